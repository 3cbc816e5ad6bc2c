import { describeLoss, metricOf, type Values } from './comparison.ts'
import type { Decision, DecisionStep } from './decision.ts'
import type { Loss, PathRow } from './path-row.ts'
import { LOCAL } from './peers.ts'
import type { RankedPaths } from './ranking.ts'

/** Steps that decide between paths that are equal for forwarding, and those before MULTI_EXIT_DISC. */
const TIES: ReadonlySet<DecisionStep> = new Set([
  'routerId',
  'clusterListLength',
  'neighborAddress',
  'pathId',
])
const FIRST: ReadonlySet<DecisionStep> = new Set(['stale', 'localPreference', 'asPathLength', 'origin'])

/** What explaining asks a path table. */
export interface DecidedPaths extends RankedPaths {
  readonly received: Uint32Array
  /** Most next hops that a prefix may have. */
  readonly multipath: number
  holds(row: number): boolean
  isStale(row: number): boolean
  /** Puts the learned paths that may be used before the decision process; returns how many they are. */
  gather(slot: number): number
}

/** The paths of a prefix for people: which is best, and of each other one to which it lost, where, and by what. */
export class ExplainedPaths {
  readonly #table: DecidedPaths
  readonly #decision: Decision
  readonly #values: Values

  constructor(table: DecidedPaths, decision: Decision, values: Values) {
    this.#table = table
    this.#decision = decision
    this.#values = values
  }

  /** Decides a prefix once more, and says what came of each path. */
  of(slot: number): PathRow[] {
    const table = this.#table
    const decision = this.#decision
    decision.use(table)
    const losers = new Map<number, DecisionStep>()
    const best = decision.run(table.gather(slot), (row, step) => losers.set(row, step))
    const equal = new Set(decision.rows.list.subarray(0, Math.min(decision.multipath, table.multipath)))
    const lowestMeds = this.#lowestMeds(slot, losers)
    const rows: PathRow[] = []
    for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
      if (!table.holds(row)) continue
      const effective = table.effective[row]!
      rows.push({
        row,
        peer: table.peer[row]!,
        pathId: table.pathId[row]!,
        received: table.received[row]!,
        effective,
        stale: table.isStale(row),
        best: row === best,
        multipath: best >= 0 && equal.has(row) && table.usable(row) && table.peer[row] !== LOCAL,
        hop: this.#values.hops.hop(this.#values.attributes.hop[effective]!),
        metric: metricOf(this.#values, row),
        loss: this.#loss(row, losers.get(row), best, lowestMeds),
      })
    }
    return rows
  }

  #loss(
    row: number,
    lost: DecisionStep | undefined,
    best: number,
    lowestMeds: ReadonlyMap<number, number>,
  ): Loss | undefined {
    if (lost === undefined) return undefined
    // MED is compared inside one neighbouring AS, and there the best of all need not be.
    const { neighborAs } = this.#values.attributes
    const winner = lost === 'med' ? lowestMeds.get(neighborAs[this.#table.effective[row]!]!)! : best
    // Ties are broken one after the other: of what the best path itself is better by, the first counts.
    const step = TIES.has(lost) ? this.#decision.compare(winner, row).step : lost
    const comparison = describeLoss(this.#values, step, row, winner)
    return { step, peer: this.#table.peer[winner]!, comparison }
  }

  /** The path with the lowest MED, of those of one neighbouring AS that got as far as that step: by the AS. */
  #lowestMeds(slot: number, losers: ReadonlyMap<number, DecisionStep>): ReadonlyMap<number, number> {
    const table = this.#table
    const { neighborAs, med } = this.#values.attributes
    const lowest = new Map<number, number>()
    for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
      const set = table.effective[row]!
      if (table.peer[row] === LOCAL || !table.usable(row) || FIRST.has(losers.get(row)!)) continue
      const known = lowest.get(neighborAs[set]!)
      if (known === undefined || med[set]! < med[table.effective[known]!]!) lowest.set(neighborAs[set]!, row)
    }
    return lowest
  }
}
