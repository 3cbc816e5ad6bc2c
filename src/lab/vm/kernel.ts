import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Debian's kernel as `tools/setup.sh vm` unpacks it. */
export interface VmKernel {
  /** As `uname -r` in the guest shows it. */
  readonly release: string
  /** Path of the bootable image. */
  readonly image: string
  /** Path of the directory that holds a directory of modules a release. */
  readonly modules: string
  /** Path of a statically linked busybox. */
  readonly busybox: string
}

/** The checkout's cache of the VM's kernel. */
export const VM_CACHE = fileURLToPath(new URL('../../../.cache/vm', import.meta.url))

/** The kernel in `cache`, or undefined when the set-up has not fetched one. */
export function findVmKernel(cache: string = VM_CACHE): VmKernel | undefined {
  if (!existsSync(join(cache, 'release'))) return undefined
  return {
    release: readFileSync(join(cache, 'release'), 'utf8').trim(),
    image: join(cache, 'vmlinuz'),
    modules: join(cache, 'lib/modules'),
    busybox: join(cache, 'busybox'),
  }
}

/**
 * Paths, relative to the release's directory, of a module and all that it needs, in the order to insert them.
 * `modulesDep` is the text of modules.dep (depmod(8)), a line of which names a module and after the colon its
 * needs, the direct ones first. Empty when the kernel has the module built in; throws when it is in neither list.
 */
export function insertionOrder(modulesDep: string, modulesBuiltin: string, module: string): string[] {
  const line = modulesDep.split('\n').find(candidate => moduleName(candidate.split(':')[0]) === module)
  if (line !== undefined) {
    const [path, needs] = line.split(':')
    return [
      ...needs
        .split(' ')
        .filter(need => need !== '')
        .reverse(),
      path,
    ]
  }
  if (modulesBuiltin.split('\n').some(path => moduleName(path) === module)) return []
  throw new Error(`the VM's kernel has no module ${module}`)
}

/** `kernel/net/9p/9pnet_virtio.ko.xz` is the module `9pnet_virtio`; `-` and `_` are one. */
function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1)
  return file.replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_')
}
