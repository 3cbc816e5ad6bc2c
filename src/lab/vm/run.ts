import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { initramfs } from './initramfs.ts'
import { findVmKernel, type VmKernel } from './kernel.ts'

/** Where the guest sees the directory that `VmRun.share` names. */
export const VM_SHARE = '/run/share'

const QEMU = 'qemu-system-x86_64'
/**
 * Quick under emulation. QEMU keeps translated code by its address: without `norandmaps` every start of a program is
 * translated anew (100 starts of /bin/true: 3.5 s against 1.2 s). The counter of the emulated processor is
 * the host's, so the TSC may be trusted, and reading the time needs no device.
 */
const KERNEL_PARAMETERS =
  'console=ttyS0 quiet panic=-1 mitigations=off norandmaps tsc=reliable clocksource=tsc'
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** A command to run as root on Debian's kernel. */
export interface VmRun {
  /** Program and arguments; paths are the host's. */
  readonly argv: readonly string[]
  /** Working directory; the present one unless said. */
  readonly cwd?: string
  /** The command's environment, beside PATH, HOME and TERM. */
  readonly environment?: Readonly<Record<string, string>>
  /** A directory of the host that the guest may write to, as `/run/share`. All else it writes goes with it. */
  readonly share?: string
  /** Milliseconds until the guest is switched off; none unless said. */
  readonly timeout?: number
  /** Guest memory in MiB, 2048 unless said; what the command writes outside of the share counts. */
  readonly memory?: number
  /** Switches the guest off. */
  readonly signal?: AbortSignal
  /** Called with the command's output as it comes; to this process' own streams unless given. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void
}

/** The guest did not get as far as to run the command, or did not get to its end. */
export class VmError extends Error {
  override readonly name = 'VmError'
}

/** Why this machine cannot run a VM, in a sentence, or undefined when it can. */
export function whyNoVm(): string | undefined {
  if (!onPath(QEMU)) return `${QEMU} is missing: apt-get install qemu-system-x86`
  if (!onPath('modprobe')) return 'modprobe is missing: apt-get install kmod'
  if (findVmKernel() === undefined) return 'the kernel of the VM is missing: sh tools/setup.sh vm'
  return undefined
}

/**
 * Runs a command as root in a QEMU guest on Debian's kernel, and resolves to its exit status.
 *
 * The guest has the host's root file system, read-only by 9p with a tmpfs over it: programs, node_modules and the
 * working directory are there under their own paths, and what it writes is gone with it. It has no network.
 * Kernel modules load by themselves when a link type or socket asks for them. QEMU emulates the processor (TCG), so
 * no hardware support is needed; expect five seconds to boot and a tenth of the host's speed. The guest dies with
 * this process, however that ends.
 *
 * Throws VmError when the guest stopped before the command ended: time-out, abort, panic, no QEMU.
 */
export async function runInVm(run: VmRun): Promise<number> {
  const reason = whyNoVm()
  const kernel = findVmKernel()
  if (reason !== undefined || kernel === undefined) throw new VmError(reason)
  const work = mkdtempSync(join(tmpdir(), 'causeway-vm-'))
  try {
    const guest = join(work, 'guest')
    const share = run.share ?? join(work, 'share')
    for (const directory of [guest, share]) mkdirSync(directory, { recursive: true })
    writeFileSync(join(guest, 'modules'), realpathSync(kernel.modules))
    writeFileSync(join(guest, 'command'), commandScript(run))
    const console = join(work, 'console')
    const machine = startMachine(machineArguments(kernel, run.memory ?? 2048, { guest, share, console }))
    const end = await followMachine(machine, run)
    const status = join(guest, 'status')
    if (end === undefined && existsSync(status)) return Number(readFileSync(status, 'utf8'))
    throw new VmError(`the VM ${end ?? 'stopped before its command ended'}${consoleTail(console)}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** A script for /bin/sh that sets environment and directory and becomes the command. */
export function commandScript(run: Pick<VmRun, 'argv' | 'cwd' | 'environment'>): string {
  const environment = { PATH, HOME: '/root', TERM: 'dumb', ...run.environment }
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}\n`)
  return `${variables.join('')}cd ${quote(realpathSync(run.cwd ?? process.cwd()))} && exec ${run.argv.map(quote).join(' ')}\n`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function machineArguments(
  kernel: VmKernel,
  memory: number,
  paths: { guest: string; share: string; console: string },
): string[] {
  const directory = (tag: string, path: string, options: string) => [
    '-fsdev',
    `local,id=${tag},path=${path.replaceAll(',', ',,')},security_model=none,multidevs=remap${options}`,
    '-device',
    `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`,
  ]
  const port = (name: string, fd: number) => [
    '-chardev',
    `socket,id=${name},fd=${fd}`,
    '-device',
    `virtserialport,chardev=${name},name=${name}`,
  ]
  // One processor, emulated by one thread: with two of them on two threads, one start of Node in ten ended in a
  // segmentation fault or a trap (QEMU 7.2, any -cpu), and none of those on one thread did.
  return [
    ...['-M', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', `${memory}M`],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-nic', 'none'],
    ...['-kernel', kernel.image, '-initrd', initramfs(kernel)],
    ...['-append', KERNEL_PARAMETERS],
    ...['-serial', `file:${paths.console.replaceAll(',', ',,')}`],
    ...directory('hostroot', '/', ',readonly=on'),
    ...directory('guest', paths.guest, ''),
    ...directory('share', paths.share, ''),
    ...['-device', 'virtio-serial-pci', ...port('stdout', 3), ...port('stderr', 4)],
  ]
}

/** prctl(PR_SET_PDEATHSIG) by setpriv(1): nothing that ends this process leaves QEMU behind. */
function startMachine(argv: readonly string[]): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'KILL', QEMU, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  })
}

/** Resolves when the machine is off: to undefined, or to what made it stop before its time. */
function followMachine(machine: ChildProcess, run: VmRun): Promise<string | undefined> {
  const { onOutput = (stream, bytes) => process[stream].write(bytes) } = run
  const [, , complaints, stdout, stderr] = machine.stdio as [null, null, Readable, Readable, Readable]
  stdout.on('data', (bytes: Uint8Array) => onOutput('stdout', bytes))
  stderr.on('data', (bytes: Uint8Array) => onOutput('stderr', bytes))
  let complaint = ''
  complaints.on('data', (bytes: Uint8Array) => {
    complaint += Buffer.from(bytes).toString()
  })
  let end: string | undefined
  const stop = (reason: string) => {
    end ??= reason
    machine.kill('SIGKILL')
  }
  const onAbort = () => stop('was stopped')
  run.signal?.addEventListener('abort', onAbort)
  if (run.signal?.aborted) onAbort()
  const timer =
    run.timeout === undefined
      ? undefined
      : setTimeout(
          () => stop(`was switched off: its command took more than ${run.timeout! / 1000} s`),
          run.timeout,
        )
  return new Promise(resolve => {
    machine.on('error', error => {
      end ??= `could not be started: ${error.message}`
    })
    machine.on('close', code => {
      clearTimeout(timer)
      run.signal?.removeEventListener('abort', onAbort)
      if (code !== 0) end ??= `ended with status ${code}: ${complaint.trim()}`
      resolve(end)
    })
  })
}

function consoleTail(path: string): string {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(-40) : []
  return lines.join('') === '' ? '' : `\nlast lines of its console:\n  ${lines.join('\n  ')}`
}

function onPath(program: string): boolean {
  const directories = `${process.env.PATH ?? ''}${delimiter}${PATH}`.split(delimiter)
  return directories.some(directory => existsSync(join(directory, program)))
}
