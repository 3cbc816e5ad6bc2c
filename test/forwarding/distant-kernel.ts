import type { Kernel, KernelChange, KernelEvent, RouteBatch } from '../../src/kernel/objects.ts'
import type { Family } from '../../src/net/address.ts'
import type { MemoryKernel } from './memory-kernel.ts'

/**
 * A memory kernel behind a worker: calls are carried out in order, when a test says so, and answers and events come back in one
 * line, when a test says so. What the kernel does in between is not known yet.
 */
export class DistantKernel implements Kernel {
  readonly #kernel: MemoryKernel
  readonly #calls: (() => Promise<void>)[] = []
  /** What the monitor's socket holds. */
  readonly #told: KernelEvent[] = []
  readonly #back: (() => void)[] = []
  readonly #listeners = new Set<(events: readonly KernelEvent[]) => void>()
  /** Whether the next call fails altogether. */
  fails: () => boolean = () => false

  constructor(kernel: MemoryKernel) {
    this.#kernel = kernel
    kernel.monitor(events => this.#told.push(...events))
  }

  /** Carries out the call that was made first. */
  async answer(): Promise<boolean> {
    const call = this.#calls.shift()
    await call?.()
    return call !== undefined
  }

  /** Reads what the kernel told. */
  read(): void {
    const events = this.#told.splice(0)
    if (events.length === 0) return
    this.#back.push(() => {
      for (const listener of [...this.#listeners]) listener(events)
    })
  }

  /** The kernel's room for notifications is over. */
  overrun(): void {
    this.#told.splice(0, this.#told.length, { kind: 'lost' })
  }

  /** Brings back one answer, or the events of one reading. */
  async deliver(): Promise<boolean> {
    const next = this.#back.shift()
    next?.()
    await new Promise(resolve => setImmediate(resolve))
    return next !== undefined
  }

  /** Carries out all calls and brings all answers back, until nobody asks anything any more. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet++) {
      while (await this.answer()) quiet = 0
      while (await this.deliver()) quiet = 0
    }
  }

  dump: Kernel['dump'] = kind => this.#call(() => this.#kernel.dump(kind))
  apply = (changes: readonly KernelChange[]) => this.#call(() => this.#kernel.apply(changes))
  writeRoutes = (batch: RouteBatch) => this.#call(() => this.#kernel.writeRoutes(batch))
  readRoutes = (family: Family, table: number, protocol: number) =>
    this.#call(() => this.#kernel.readRoutes(family, table, protocol))
  readSysctl = (path: string) => this.#call(() => this.#kernel.readSysctl(path))

  monitor(listener: (events: readonly KernelEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
  }

  #call<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#calls.push(async () => {
        if (this.fails()) {
          this.#back.push(() => reject(Object.assign(new Error('no answer'), { code: 'EIO' })))
          return
        }
        const result = await call()
        this.#back.push(() => resolve(result))
      })
    })
  }
}
