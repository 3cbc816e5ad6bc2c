import type { AttributeStore } from '../rib/attribute-store.ts'
import { AdjRibOut } from './adj-rib-out.ts'

/** Entries between two looks at the clock. */
const STRIDE = 1024

/**
 * A copy of the Adj-RIB-Out of an update group, for a part of the group that is to go its own way: half a million entries, and
 * memory that the kernel has to find for them, so it is made a little at a time. What is copied stays as it is meanwhile.
 */
export class RibOutCopy {
  /** Whole when `run` has said so. */
  readonly copy: AdjRibOut
  readonly #original: AdjRibOut
  #next = 0

  constructor(original: AdjRibOut, attributes: AttributeStore) {
    this.#original = original
    this.copy = new AdjRibOut(attributes)
    this.copy.reserve(original.length)
  }

  /** Copies until the time is over. True: there is more. */
  run(now: () => number, until: number): boolean {
    while (this.#next < this.#original.length) {
      const end = Math.min(this.#next + STRIDE, this.#original.length)
      this.#original.copyTo(this.copy, this.#next, end)
      this.#next = end
      if (now() >= until) break
    }
    return this.#next < this.#original.length
  }
}
