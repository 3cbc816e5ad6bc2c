import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { LabError } from './errors.ts'

export interface ProcessOptions {
  /** What people call it: `bird on node-a`. */
  readonly name: string
  readonly environment?: Readonly<Record<string, string>>
  /** Where standard output goes as bytes, instead of into the log as lines. */
  readonly onBytes?: (bytes: Buffer) => void
  /** Called for each line that it writes. */
  readonly onLine?: (line: string) => void
}

export interface Exit {
  readonly status: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

/** Lines of its log that a process keeps. */
const KEPT_LINES = 5000

/** Milliseconds that the output of a process which ended may still take to arrive. */
const LAST_WORDS = 200

/** A process that runs beside the lab until it is stopped, with the lines that it wrote. */
export class LabProcess {
  readonly name: string
  /** What it wrote to standard error and standard output, oldest first; the oldest go when there are too many. */
  readonly lines: string[] = []
  /** Resolves when it has ended and its output is read. Never rejects. */
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #waiting = new Set<(line: string | undefined) => void>()
  #exit: Exit | undefined
  #stopping = false

  constructor(argv: readonly string[], options: ProcessOptions) {
    this.name = options.name
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.environment && { env: { ...process.env, ...options.environment } }),
    })
    this.#child = child
    const keep = (line: string) => {
      this.lines.push(line)
      if (this.lines.length > KEPT_LINES) this.lines.shift()
      options.onLine?.(line)
      for (const waiting of [...this.#waiting]) waiting(line)
    }
    createInterface({ input: child.stderr! }).on('line', keep)
    if (options.onBytes) child.stdout!.on('data', options.onBytes)
    else createInterface({ input: child.stdout! }).on('line', keep)
    this.exited = new Promise(resolve => {
      const end = (exit: Exit) => {
        if (this.#exit) return
        this.#exit = exit
        for (const waiting of [...this.#waiting]) waiting(undefined)
        resolve(exit)
      }
      child.on('error', error => {
        keep(`cannot start: ${error.message}`)
        end({ status: undefined, signal: undefined })
      })
      child.on('exit', (status, signal) => {
        const exit = { status: status ?? undefined, signal: signal ?? undefined }
        child.on('close', () => end(exit))
        // Its own children may hold its output open; they are not what was waited for.
        setTimeout(() => end(exit), LAST_WORDS)
      })
    })
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new LabError(`${this.name} could not be started`)
    return this.#child.pid
  }

  get running(): boolean {
    return this.#exit === undefined
  }

  /** Whether it was told to stop: an end after that is no surprise. */
  get stopping(): boolean {
    return this.#stopping
  }

  /**
   * Waits for a line of its log, also one that it wrote before.
   * @throws {LabError} with the last lines of the log, when it ends first or the time (ms) is up.
   */
  waitForLine(pattern: RegExp, limit = 10_000): Promise<string> {
    const before = this.lines.find(line => pattern.test(line))
    if (before !== undefined) return Promise.resolve(before)
    return new Promise((resolve, reject) => {
      const finish = (action: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        action()
      }
      const look = (line: string | undefined) => {
        if (line === undefined) finish(() => reject(this.#error(`ended before it wrote ${pattern}`)))
        else if (pattern.test(line)) finish(() => resolve(line))
      }
      const timer = setTimeout(
        () => finish(() => reject(this.#error(`did not write ${pattern} within ${limit / 1000} s`))),
        limit,
      )
      this.#waiting.add(look)
      if (this.#exit) look(undefined)
    })
  }

  /** Sends a signal, and leaves it to the process what it makes of it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it with a signal, with SIGKILL where it is still there after `grace` milliseconds. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', grace = 3000): Promise<Exit> {
    this.#stopping = true
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), grace)
    const exit = await this.exited
    clearTimeout(timer)
    return exit
  }

  #error(what: string): LabError {
    const end = this.#exit ? ` (status ${this.#exit.status ?? this.#exit.signal})` : ''
    const log = this.lines.slice(-10).map(line => `\n  ${line}`)
    return new LabError(`${this.name} ${what}${end}${log.length ? `; it said:${log.join('')}` : ''}`)
  }
}
