import type { Clock } from '../net/clock.ts'

/** Lines about one subject that may come at once. */
const BURST = 20
/** After that one more is let through in so many milliseconds. */
const INTERVAL = 5000
/** Subjects that are remembered; beyond them those go that have been quiet. */
const REMEMBERED = 1024

interface Bucket {
  lines: number
  /** When `lines` was right, on the clock. */
  at: number
  leftOut: number
}

/**
 * Keeps whoever sends us nonsense from filling the log: of each subject a burst of lines is let through, then a trickle, and
 * the next line that is says how many were left out.
 */
export class LogLimit {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The line to write: as it is, with a count of those before it that were left out, or undefined where it is left out too. */
  pass(subject: string, line: string): string | undefined {
    const bucket = this.#bucket(subject)
    if (bucket.lines < 1) {
      bucket.leftOut++
      return undefined
    }
    bucket.lines--
    const { leftOut } = bucket
    bucket.leftOut = 0
    return leftOut === 0 ? line : `${line} (lines about this left out before: ${leftOut})`
  }

  #bucket(subject: string): Bucket {
    const now = this.#clock.now()
    const known = this.#buckets.get(subject)
    if (known) {
      known.lines = Math.min(BURST, known.lines + (now - known.at) / INTERVAL)
      known.at = now
      return known
    }
    if (this.#buckets.size >= REMEMBERED) this.#forgetQuiet(now)
    const bucket = { lines: BURST, at: now, leftOut: 0 }
    this.#buckets.set(subject, bucket)
    return bucket
  }

  /** Those that are quiet for long, or, where there are none, all: memory is bounded whatever comes. */
  #forgetQuiet(now: number): void {
    for (const [subject, { at }] of this.#buckets)
      if (now - at >= BURST * INTERVAL) this.#buckets.delete(subject)
    if (this.#buckets.size >= REMEMBERED) this.#buckets.clear()
  }
}
