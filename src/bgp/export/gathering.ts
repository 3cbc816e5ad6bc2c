import type { Clock } from '../../net/clock.ts'
import { Alarm } from '../session/timers.ts'

/** Milliseconds that a new member of an update group waits for others at most. */
const LIMIT = 250

/**
 * Neighbours that come at the same time are told the table together. After a restart a hundred sessions come up within a
 * moment; who began at once would be told the whole table by itself, a hundred walks instead of one. So as long as some
 * session is between its OPEN and its establishment, those that are up already wait, but not for long.
 */
export class Gathering {
  readonly #opening = new Set<object>()
  readonly #limit: Alarm
  readonly #finished: () => void

  /** @param finished those who waited may be told now */
  constructor(clock: Clock, finished: () => void) {
    this.#finished = finished
    this.#limit = new Alarm(clock, finished)
  }

  /** Whether new members wait. */
  get active(): boolean {
    return this.#limit.running
  }

  /** A session has sent its OPEN, or has come further or failed. */
  opening(session: object, is: boolean): void {
    if (is) this.#opening.add(session)
    else if (this.#opening.delete(session) && this.#opening.size === 0 && this.#limit.running) {
      this.#limit.cancel()
      this.#finished()
    }
  }

  /** A session is up, and its neighbour has heard nothing yet. */
  joined(): void {
    if (this.#opening.size > 0 && !this.#limit.running) this.#limit.set(LIMIT)
  }
}
