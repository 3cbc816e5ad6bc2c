import type { Follower } from '../rib/follower.ts'
import type { PathTable } from '../rib/path-table.ts'
import { LOCAL } from '../rib/peers.ts'
import type { AdjRibOut } from './adj-rib-out.ts'

/** Entries between two looks at the clock. */
const STRIDE = 128

/**
 * The Adj-RIB-Out of an update group that is no more. It keeps prefixes and paths in the table whose end the group had not
 * told yet, and counts of attribute sets; it lets go of them a little at a time, since they may be half a million.
 */
export class AbandonedRibOut implements Follower {
  readonly allPaths: boolean
  readonly #table: PathTable
  readonly #out: AdjRibOut
  #next = 0

  constructor(table: PathTable, out: AdjRibOut, allPaths: boolean) {
    this.#table = table
    this.#out = out
    this.allPaths = allPaths
    table.follow(this)
  }

  /** Nobody is to be told. */
  mark(): void {}

  holdsSlot(slot: number): boolean {
    return !this.allPaths && this.#out.holds(slot)
  }

  holdsRow(row: number): boolean {
    return this.allPaths && this.#out.holds(row)
  }

  /** Lets go until the time is over. True: there is more. */
  run(now: () => number, until: number): boolean {
    while (this.#out.size > 0) {
      const at = this.#next++
      if (this.#out.holds(at)) {
        this.#out.record(at, 0, LOCAL)
        if (this.allPaths) this.#table.reapRow(at)
        else this.#table.reap(at)
      }
      if (this.#next % STRIDE === 0 && now() >= until) return this.#out.size > 0
    }
    this.#table.unfollow(this)
    return false
  }
}
