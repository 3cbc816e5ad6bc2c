import type { Clock } from '../net/clock.ts'

/** Milliseconds of a turn of the event loop that go into system calls that write. */
const BUDGET = 1

/** What has something to write. */
export interface Outlet {
  /** Writes some of it, and is added again where there is more and room for it. */
  flush(): void
}

/**
 * Lets out what connections were given to write: at the end of the turn, so that what is written in one turn leaves in one
 * system call, and for no longer than `BUDGET`. Two hundred neighbours that are told the same are two hundred system
 * calls: the rest has its turn, in order, after whoever else waits for one.
 */
export class Flusher {
  readonly #clock: Clock
  #outlets: Outlet[] = []
  #scheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(outlet: Outlet): void {
    this.#outlets.push(outlet)
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(this.#flush)
  }

  readonly #flush = (): void => {
    const until = this.#clock.now() + BUDGET
    const outlets = this.#outlets
    let count = 0
    while (count < outlets.length) {
      outlets[count++]!.flush()
      if (this.#clock.now() >= until) break
    }
    this.#outlets = outlets.slice(count)
    this.#scheduled = this.#outlets.length > 0
    if (this.#scheduled) setImmediate(this.#flush)
  }
}
