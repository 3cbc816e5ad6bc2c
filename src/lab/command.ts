import { spawn } from 'node:child_process'
import { CommandError } from './errors.ts'

export interface CommandOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string
  /** Milliseconds after which the command is killed. Default 30,000. */
  readonly timeout?: number
  /** Where it runs, for errors: `namespace box`. */
  readonly where?: string
  /** The command as a person knows it, for errors, where `argv` has a prefix that says nothing. */
  readonly shown?: string
  readonly environment?: Readonly<Record<string, string>>
}

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | undefined
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined
}

/**
 * Runs a command to its end and hands back whatever came of it.
 * @throws {CommandError} only where it cannot be started or does not end in time.
 */
export function attempt(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { timeout = 30_000, environment } = options
  const shown = options.shown ?? argv.join(' ')
  const where = options.where ? `${options.where}: ` : ''
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(environment && { env: { ...process.env, ...environment } }),
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeout)
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
    // A command that ends before it read its input closes the pipe under us; its status says what happened.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
    child.on('error', error => {
      clearTimeout(timer)
      reject(new CommandError(`${where}cannot start \`${shown}\`: ${error.message}`, argv, undefined, ''))
    })
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      const errors = Buffer.concat(stderr).toString()
      if (late) {
        const message = `${where}\`${shown}\` did not end within ${timeout / 1000} s`
        reject(new CommandError(message, argv, undefined, errors))
        return
      }
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: errors,
        status: status ?? undefined,
        signal: signal ?? undefined,
      })
    })
  })
}

/**
 * Runs a command that must end with status 0.
 * @returns its standard output.
 * @throws {CommandError} that names the place, the command, its status and what it wrote to standard error.
 */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await attempt(argv, options)
  if (result.status === 0) return result.stdout
  const where = options.where ? `${options.where}: ` : ''
  const end = result.status === undefined ? `was ended by ${result.signal}` : `ended with ${result.status}`
  const said = result.stderr.trim() || result.stdout.trim()
  throw new CommandError(
    `${where}\`${options.shown ?? argv.join(' ')}\` ${end}${said ? `: ${said}` : ''}`,
    argv,
    result.status,
    result.stderr,
  )
}
