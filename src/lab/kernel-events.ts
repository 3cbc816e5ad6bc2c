import type { Namespace } from './namespace.ts'
import type { LabProcess } from './process.ts'

/** What changes in a namespace's kernel, as `ip monitor` tells it: wakes who waits for a change. */
export class KernelEvents {
  readonly #process: LabProcess
  readonly #listeners = new Set<() => void>()

  constructor(namespace: Namespace) {
    this.#process = namespace.start(['ip', 'monitor', 'link', 'address', 'route', 'neigh'], {
      name: `ip monitor in ${namespace.name}`,
      onLine: () => {
        for (const listener of [...this.#listeners]) listener()
      },
    })
  }

  /** For `until`: calls the listener at each change. */
  readonly wake = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }
}
