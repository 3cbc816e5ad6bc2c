import type { Clock } from '../net/clock.ts'

/** Milliseconds of a turn of the event loop that go into system calls that write. */
const BUDGET = 2

/** What holds writes back until it is told to let them out. */
export interface Corked {
  uncork(): void
}

/**
 * Lets out what connections were given to write: at the end of the turn, so that what is written in one turn leaves in one
 * system call, and for no longer than `BUDGET`. Two hundred neighbours that are told the same are two hundred system
 * calls: the rest has its turn, in order, after whoever else waits for one.
 */
export class Flusher {
  readonly #clock: Clock
  #corked: Corked[] = []
  #scheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(connection: Corked): void {
    this.#corked.push(connection)
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(this.#flush)
  }

  readonly #flush = (): void => {
    const until = this.#clock.now() + BUDGET
    const corked = this.#corked
    let count = 0
    while (count < corked.length) {
      corked[count++]!.uncork()
      if (this.#clock.now() >= until) break
    }
    this.#corked = corked.slice(count)
    this.#scheduled = this.#corked.length > 0
    if (this.#scheduled) setImmediate(this.#flush)
  }
}
