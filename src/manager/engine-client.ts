import { connect, type Socket } from 'node:net'
import type { EngineMethods, MethodName } from '../model/engine-protocol.ts'
import { CausewayError } from '../model/errors.ts'
import type { Clock, Timer } from '../net/clock.ts'
import { type Line, LineReader, writeLine } from '../net/ndjson.ts'
import { readFault } from './fault.ts'

/** What a caller of the engine needs: one typed call a method. */
export interface EngineCalls {
  /**
   * @throws CausewayError: what the engine refused, or `engine-unavailable`, `engine-timeout`,
   * `engine-connection-lost`.
   */
  call<Method extends MethodName>(
    method: Method,
    params: EngineMethods[Method]['params'],
  ): Promise<EngineMethods[Method]['result']>
}

export interface EngineClientOptions {
  /** Path of the engine's Unix socket. */
  readonly path: string
  readonly clock: Clock
  readonly log: (line: string) => void
  /** Milliseconds that the answer to a method may take, where it is not the usual time. */
  readonly timeouts?: Partial<Record<MethodName, number>>
}

interface Pending {
  readonly method: string
  readonly timer: Timer
  resolve(result: unknown): void
  reject(error: CausewayError): void
}

const USUAL_TIMEOUT = 10_000
/** A new configuration may be thousands of changes to the kernel. */
const USUAL_TIMEOUTS: Partial<Record<MethodName, number>> = { getHealth: 3_000, replaceConfig: 60_000 }
/** Methods that are not asked again of themselves: they may have been carried out. */
const CHANGES: ReadonlySet<MethodName> = new Set<MethodName>([
  'replaceConfig',
  'refreshNeighbor',
  'resetNeighbor',
])
/** Milliseconds to the next attempt after the engine went away: at once first, then ever more slowly. */
const RETRY_DELAYS = [50, 100, 250, 500, 1000, 2000] as const

/**
 * The manager's end of the engine's socket. It connects by itself, again after the engine went away, and asks
 * several things at a time. While the engine is away, requests fail at once with an error that says so: each tries
 * to connect first, so that the first one after a restart finds the engine.
 */
export class EngineClient implements EngineCalls {
  readonly #options: EngineClientOptions
  readonly #pending = new Map<number, Pending>()
  #socket: Socket | undefined
  #connecting: Promise<Socket> | undefined
  #retry: Timer | undefined
  #failures = 0
  #lastId = 0
  #closed = false

  constructor(options: EngineClientOptions) {
    this.#options = options
  }

  /** Begins to connect, and keeps on until `close`. */
  start(): void {
    this.#connect().catch(() => undefined)
  }

  get connected(): boolean {
    return this.#socket !== undefined
  }

  async call<Method extends MethodName>(
    method: Method,
    params: EngineMethods[Method]['params'],
  ): Promise<EngineMethods[Method]['result']> {
    try {
      return await this.#ask(method, params)
    } catch (error) {
      // The engine has just been restarted, and what only reads may be asked again.
      const lost = error instanceof CausewayError && error.code === 'engine-connection-lost'
      if (!lost || CHANGES.has(method) || this.#closed) throw error
      return await this.#ask(method, params)
    }
  }

  async #ask<Method extends MethodName>(
    method: Method,
    params: EngineMethods[Method]['params'],
  ): Promise<EngineMethods[Method]['result']> {
    const socket = this.#socket ?? (await this.#connect())
    const id = ++this.#lastId
    const timeout = this.#options.timeouts?.[method] ?? USUAL_TIMEOUTS[method] ?? USUAL_TIMEOUT
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(timeout, () => {
        this.#pending.delete(id)
        reject(new CausewayError('engine-timeout', { method, seconds: timeout / 1000 }))
      })
      this.#pending.set(id, {
        method,
        timer,
        // What the engine sends has the type that the method table says; both come from one build.
        resolve: result => resolve(result as EngineMethods[Method]['result']),
        reject,
      })
      socket.write(writeLine({ id, method, params }))
    })
  }

  /** Ends the connection; what was asked and not answered fails. */
  close(): void {
    this.#closed = true
    this.#retry?.cancel()
    this.#socket?.destroy()
    this.#lose()
  }

  #connect(): Promise<Socket> {
    this.#connecting ??= this.#dial().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  #dial(): Promise<Socket> {
    const { path, log } = this.#options
    this.#retry?.cancel()
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new CausewayError('engine-unavailable', { path, reason: 'the manager is stopping' }))
        return
      }
      const socket = connect(path)
      let reason = 'the connection was closed'
      socket.once('connect', () => {
        log(`engine: connected on ${path}`)
        this.#failures = 0
        this.#socket = socket
        resolve(socket)
      })
      socket.on('error', error => {
        reason = reasonOf(error)
      })
      socket.once('close', () => {
        reject(new CausewayError('engine-unavailable', { path, reason }))
        if (this.#socket === socket) {
          if (!this.#closed) log(`engine: connection lost: ${reason}`)
          this.#lose()
        } else if (this.#failures === 0) log(`engine: no answer on ${path}: ${reason}; trying on`)
        this.#tryLater()
      })
      this.#read(socket)
    })
  }

  #read(socket: Socket): void {
    const reader = new LineReader()
    socket.on('data', bytes => {
      for (const line of reader.push(bytes)) this.#answer(line)
    })
  }

  #answer(line: Line): void {
    if (line.fault !== undefined) {
      this.#options.log(`engine: sent something that is not an answer: ${line.fault}`)
      return
    }
    const answer: { id?: unknown; result?: unknown; error?: unknown } =
      typeof line.value === 'object' && line.value !== null ? line.value : {}
    const pending = typeof answer.id === 'number' ? this.#pending.get(answer.id) : undefined
    // An answer that came after its time was up has nobody waiting.
    if (!pending || typeof answer.id !== 'number') return
    this.#pending.delete(answer.id)
    pending.timer.cancel()
    if (answer.error !== undefined) pending.reject(readFault(answer.error, pending.method))
    else if (answer.result === undefined) pending.reject(readFault(undefined, pending.method))
    else pending.resolve(answer.result)
  }

  #lose(): void {
    this.#socket = undefined
    const lost = [...this.#pending.values()]
    this.#pending.clear()
    for (const { method, timer, reject } of lost) {
      timer.cancel()
      reject(new CausewayError('engine-connection-lost', { method }))
    }
  }

  #tryLater(): void {
    if (this.#closed) return
    const delay = RETRY_DELAYS[Math.min(this.#failures, RETRY_DELAYS.length - 1)]!
    this.#failures++
    this.#retry?.cancel()
    this.#retry = this.#options.clock.after(delay, () => this.start())
  }
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such socket'
  if (code === 'ECONNREFUSED') return 'nothing listens on the socket'
  if (code === 'EACCES') return 'the permissions of the socket do not allow it'
  return error.message
}
