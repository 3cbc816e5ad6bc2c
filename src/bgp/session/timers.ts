import type { Clock, Timer } from '../../net/clock.ts'

/** Random numbers from 0 up to, and without, 1. */
export type Random = () => number

/** RFC 4271 §10: a timer's value times a random factor from 0.75 to 1, so that peers do not fall into step. */
export function jittered(milliseconds: number, random: Random): number {
  return milliseconds * (0.75 + 0.25 * random())
}

/** A timer that can be set again: setting it forgets what it was set to before. */
export class Alarm {
  readonly #clock: Clock
  readonly #action: () => void
  #timer: Timer | undefined

  constructor(clock: Clock, action: () => void) {
    this.#clock = clock
    this.#action = action
  }

  /** Fires once, `milliseconds` from now. */
  set(milliseconds: number): void {
    this.cancel()
    this.#timer = this.#clock.after(milliseconds, () => {
      this.#timer = undefined
      this.#action()
    })
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  get running(): boolean {
    return this.#timer !== undefined
  }
}
