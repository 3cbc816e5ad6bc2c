import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type CpioEntry, cpioArchive } from './cpio.ts'
import { insertionOrder, type VmKernel } from './kernel.ts'

/** What the guest needs before it can load anything from the host's files. */
const BOOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'virtio_console']

const DIRECTORIES = ['bin', 'dev', 'lower', 'modules', 'proc', 'root', 'sys', 'upper']

/**
 * Path of an initramfs for `kernel`, beside its image: made when there is none for the present busybox, modules
 * and guest scripts.
 */
export function initramfs(kernel: VmKernel): string {
  const scripts = ['init', 'start'].map(name => ({
    path: name,
    mode: 0o755,
    content: readFileSync(new URL(`guest/${name}`, import.meta.url)),
  }))
  const key = createHash('sha256').update(kernel.release).update(BOOT_MODULES.join())
  for (const script of scripts) key.update(script.content)
  const path = join(dirname(kernel.image), `initramfs-${key.digest('hex').slice(0, 16)}.cpio`)
  if (existsSync(path)) return path
  const archive = cpioArchive([
    ...DIRECTORIES.map((directory): CpioEntry => ({ path: directory, mode: 0o755 })),
    { path: 'bin/busybox', mode: 0o755, content: readFileSync(kernel.busybox) },
    ...scripts,
    ...bootModules(kernel),
  ])
  // Another run may be at it as well: each writes its own file and the last one to finish stays.
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, archive)
  renameSync(unfinished, path)
  return path
}

function bootModules(kernel: VmKernel): CpioEntry[] {
  const directory = join(kernel.modules, kernel.release)
  const dependencies = readFileSync(join(directory, 'modules.dep'), 'utf8')
  const builtin = readFileSync(join(directory, 'modules.builtin'), 'utf8')
  const paths = new Set(BOOT_MODULES.flatMap(module => insertionOrder(dependencies, builtin, module)))
  const files = [...paths].map((path): CpioEntry => {
    const name = basename(path).replace(/\.xz$/, '')
    return { path: `modules/${name}`, mode: 0o644, content: moduleBytes(kernel, join(directory, path)) }
  })
  const order = files.map(file => `${basename(file.path)}\n`).join('')
  return [{ path: 'modules/order', mode: 0o644, content: Buffer.from(order) }, ...files]
}

/** Debian 12 ships plain modules, Debian 13 packs them with xz. */
function moduleBytes(kernel: VmKernel, path: string): Uint8Array {
  if (!path.endsWith('.xz')) return readFileSync(path)
  return execFileSync(kernel.busybox, ['xzcat', path], { maxBuffer: 64 * 2 ** 20 })
}
