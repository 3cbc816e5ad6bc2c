import { ManualClock } from '../../net/manual-clock.ts'

/** Milliseconds that pass between two looks at the clock. */
const STEP = 0.25

/** A clock by which time runs short: slices of work end before the work does. Timers fire when somebody moves it. */
export class HurriedClock extends ManualClock {
  #looks = 0

  override now(): number {
    return super.now() + STEP * this.#looks++
  }
}
