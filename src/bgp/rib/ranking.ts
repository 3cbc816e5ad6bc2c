import { widened } from '../../net/columns.ts'
import type { Decision, PathColumns } from './decision.ts'
import { LOCAL } from './peers.ts'

/** What ranking asks a path table. */
export interface RankedPaths extends PathColumns {
  firstRow(slot: number): number
  nextRow(row: number): number
  usable(row: number): boolean
}

/** The best paths of a prefix in their order, for those who are told several but not all (RFC 7911). */
export class Ranking {
  readonly #table: RankedPaths
  readonly #decision: Decision
  #left = new Int32Array(16)

  constructor(table: RankedPaths, decision: Decision) {
    this.#table = table
    this.#decision = decision
  }

  /**
   * Puts the best usable paths that `accepts` takes into `out`: our own first, then each as the best of what those
   * before it leave.
   * @param slot of the prefix
   * @returns how many they are, at most `out.length`
   */
  best(slot: number, accepts: (row: number) => boolean, out: Int32Array): number {
    const table = this.#table
    const decision = this.#decision
    let found = 0
    let left = 0
    for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
      if (!table.usable(row) || !accepts(row)) continue
      if (table.peer[row] === LOCAL) {
        if (found < out.length) out[found++] = row
        continue
      }
      this.#left = widened(this.#left, left + 1)
      this.#left[left++] = row
    }
    decision.use(table)
    for (; found < out.length && left > 0; found++) {
      decision.rows.list = widened(decision.rows.list, left)
      for (let i = 0; i < left; i++) decision.rows.list[i] = this.#left[i]!
      const best = decision.run(left)
      out[found] = best
      this.#left[this.#left.indexOf(best)] = this.#left[--left]!
    }
    return found
  }
}
