import { Worker } from 'node:worker_threads'
import type { Family } from '../net/address.ts'
import { KernelError } from './errors.ts'
import type {
  Kernel,
  KernelChange,
  KernelDumps,
  KernelEvent,
  KernelFailure,
  RouteBatch,
  RouteColumns,
  RouteFilter,
} from './objects.ts'
import {
  buffersOf,
  detachedBatch,
  type EventListener,
  type FromWorker,
  type KernelOptions,
  READY,
  type RemoteMethod,
  type RowFailure,
  type ToWorker,
} from './worker-protocol.ts'

interface PendingCall {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** The worker's file: a source beside this one, or in a bundle one of its files. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** A kernel whose sockets are in a worker thread: calls are posted to it, and answered in order. */
export class WorkerKernel implements Kernel {
  readonly #worker: Worker
  readonly #log: (line: string) => void
  readonly #pending = new Map<number, PendingCall>()
  readonly #listeners = new Set<EventListener>()
  /** Settles when the worker has opened its sockets, or says why it cannot. */
  readonly #opened: Promise<unknown>
  readonly #ended: Promise<void>
  #nextId = READY + 1
  /** Why there will be no more answers. */
  #end: KernelError | undefined

  /**
   * Starts the worker.
   * @param module is what the worker runs: it speaks `worker-protocol`
   * @throws KernelError where netlink cannot be used
   */
  static async open(
    options: KernelOptions,
    log: (line: string) => void,
    module: URL = WORKER,
  ): Promise<WorkerKernel> {
    // The options that Node itself was started with (--eval's, a debugger's, a test runner's) are not the worker's.
    const worker = new Worker(module, { name: 'kernel', workerData: options, execArgv: [] })
    const kernel = new WorkerKernel(worker, log)
    await kernel.#opened
    return kernel
  }

  private constructor(worker: Worker, log: (line: string) => void) {
    this.#worker = worker
    this.#log = log
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', error => this.#fail(`the kernel worker failed: ${error}`))
    this.#opened = this.#answerTo(READY)
    this.#ended = new Promise(resolve => {
      worker.on('exit', () => {
        this.#fail('the kernel worker has ended')
        resolve()
      })
    })
  }

  dump<K extends keyof KernelDumps>(kind: K, filter?: RouteFilter): Promise<KernelDumps[K]> {
    return this.#call('dump', [kind, filter])
  }

  apply(changes: readonly KernelChange[]): Promise<(KernelFailure | undefined)[]> {
    return this.#call('apply', [changes])
  }

  writeRoutes(batch: RouteBatch): Promise<readonly RowFailure[]> {
    const detached = detachedBatch(batch)
    return this.#call('writeRoutes', [detached], buffersOf(detached))
  }

  readRoutes(family: Family, table: number, protocol: number): Promise<RouteColumns> {
    return this.#call('readRoutes', [family, table, protocol])
  }

  readSysctl(path: string): Promise<string | undefined> {
    return this.#call('readSysctl', [path])
  }

  monitor(listener: EventListener): () => void {
    // Each call is a listener of its own, also where the function is the same.
    const own: EventListener = events => listener(events)
    if (this.#listeners.size === 0) this.#post({ kind: 'monitor', on: true })
    this.#listeners.add(own)
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0)
        this.#post({ kind: 'monitor', on: false })
    }
  }

  /** Lets the calls that are under way finish, closes the sockets and ends the worker. */
  async close(): Promise<void> {
    this.#listeners.clear()
    this.#post({ kind: 'close' })
    await this.#ended
  }

  #call<T>(
    method: RemoteMethod,
    args: readonly unknown[],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<T> {
    if (this.#end) return Promise.reject(this.#end)
    const id = this.#nextId++
    try {
      this.#post({ kind: 'call', id, method, arguments: args }, transfer)
    } catch (error) {
      // What cannot be cloned.
      return Promise.reject(error)
    }
    // The worker answers what LocalKernel's method of this name returns, which is what the caller promises.
    return this.#answerTo(id) as Promise<T>
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
    })
  }

  #post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    if (!this.#end) this.#worker.postMessage(message, transfer)
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'events') this.#tell(message.events)
    else if (message.kind === 'result') this.#settle(message.id, call => call.resolve(message.result))
    else if (message.kind === 'failure')
      this.#settle(message.id, call => call.reject(errorOf(message.failure)))
  }

  #settle(id: number, how: (call: PendingCall) => void): void {
    const call = this.#pending.get(id)
    this.#pending.delete(id)
    if (call) how(call)
  }

  #tell(events: readonly KernelEvent[]): void {
    for (const listener of [...this.#listeners]) listener(events)
  }

  #fail(why: string): void {
    if (this.#end) return
    this.#end = new KernelError('EPIPE', why)
    if (this.#pending.size > 0 || this.#listeners.size > 0) this.#log(why)
    for (const call of this.#pending.values()) call.reject(this.#end)
    this.#pending.clear()
  }
}

function errorOf({ code, message }: KernelFailure): KernelError {
  return new KernelError(code, message)
}
