import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { constants } from 'node:os'
import { LabError } from './errors.ts'

/**
 * Nothing is left behind, by construction. A program that builds labs runs itself again inside mount, network
 * and PID namespaces of its own, with a /run of its own on a tmpfs: there live the names of the lab's network
 * namespaces, its sockets and files. The first process of the PID namespace is a shell, which collects orphans.
 *
 *     program ── setpriv (dies with the program) ── unshare ── sh (first process) ── program, confined
 *
 * When the program ends, however it does, the kernel kills the first process, with it all others in there, and
 * with these go the last references to mounts, network namespaces and links.
 */

/** Tells the confined program that it is, and marks its first process for who looks for it. */
const MARK = 'CAUSEWAY_CONFINED'

/** Written to while the program outside lives; its end, or a signal's name, ends the program inside. */
const CONTROL_FD = 3

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const ENTER = [
  'mount -t tmpfs -o mode=755 tmpfs /run',
  'mkdir -p /run/netns /run/lock /run/tmp',
  'ip link set lo up',
  '"$@"',
  'exit $?',
].join('\n')

/**
 * Runs `body` confined, then ends the process: with the status that `body` resolves to (0 where that is no
 * number), 1 where it throws, 130 or 143 after SIGINT or SIGTERM. Needs root. Outside nothing but the re-execution happens,
 * so call it before anything that has effects.
 * @param name what is found under this name by `findConfined`.
 */
export async function confined(body: () => Promise<unknown>, name = 'lab'): Promise<never> {
  if (process.env[MARK] === undefined) process.exit(await runConfined(name))
  // What the program starts is not the program: it may confine itself again.
  delete process.env[MARK]
  process.env.TMPDIR = '/run/tmp'
  obeyOutside()
  try {
    const status = await body()
    process.exit(typeof status === 'number' ? status : 0)
  } catch (error) {
    // What a lab says is for people; anything else is a defect, and where it happened matters.
    const text = error instanceof LabError ? error.message : error instanceof Error ? error.stack : error
    process.stderr.write(`${text}\n`)
    process.exit(1)
  }
}

/** Re-executes this program confined; resolves to its exit status. */
function runConfined(name: string): Promise<number> {
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const unshare = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc']
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...unshare, 'sh', '-ec', ENTER, 'sh', ...again], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    // A session of its own: Ctrl-C reaches the program outside only, which passes it on.
    detached: true,
    env: { ...process.env, [MARK]: name },
  })
  const control = child.stdio[CONTROL_FD] as Socket
  control.on('error', () => {})
  for (const signal of FORWARDED) process.on(signal, () => control.write(`${signal}\n`))
  return new Promise(resolve => {
    child.on('error', error => {
      process.stderr.write(`cannot confine the lab: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal!]))
  })
}

/** Ends the confined program when the one outside says so, or is gone. */
function obeyOutside(): void {
  const control = new Socket({ fd: CONTROL_FD, readable: true, writable: false })
  const end = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal])
  control.on('data', (bytes: Buffer) => end(bytes.toString().split('\n')[0] as NodeJS.Signals))
  control.on('error', () => end('SIGHUP'))
  control.on('close', () => end('SIGHUP'))
  control.unref()
}

/** PIDs, as the caller sees them, of the first processes of what runs confined under a name; newest last. */
export function findConfined(name = 'lab'): number[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
    .filter(pid => isFirstProcess(pid) && hasMark(pid, name))
    .sort((a, b) => a - b)
}

/** Whether a process is the first of a PID namespace below ours (proc_pid_status(5), NSpid). */
function isFirstProcess(pid: number): boolean {
  const pids = /^NSpid:\s*(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1]?.split(/\s+/) ?? []
  return pids.length > 1 && pids.at(-1) === '1'
}

function hasMark(pid: number, name: string): boolean {
  return read(`/proc/${pid}/environ`).split('\0').includes(`${MARK}=${name}`)
}

/** A file of /proc, empty where the process is gone or not ours to look at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The command line that runs `argv` in a namespace of a confined lab, from outside.
 * @param pid first process of the lab, as `findConfined` returns it.
 */
export function enterArgv(pid: number, namespace: string, argv: readonly string[]): string[] {
  const net = `--net=/proc/${pid}/root/run/netns/${namespace}`
  return ['nsenter', `--target=${pid}`, '--mount', '--pid', net, '--', ...argv]
}
