import { widened } from '../../net/columns.ts'
import type { Hop } from '../../routing/nexthop-set.ts'
import { describeLoss, metricOf, type Values } from './comparison.ts'
import { DECISION_STEPS, type Decision, type DecisionStep } from './decision.ts'
import type { Loss, PathRow } from './path-row.ts'
import type { RankedPaths } from './ranking.ts'

/** Steps that decide between paths that are equal for forwarding, and those before MULTI_EXIT_DISC. */
const TIES: ReadonlySet<DecisionStep> = new Set([
  'routerId',
  'clusterListLength',
  'neighborAddress',
  'pathId',
])
const FIRST: ReadonlySet<DecisionStep> = new Set(['stale', 'localPreference', 'asPathLength', 'origin'])

/** Numbers of the steps in a column, where 0 is none. */
const NUMBERS = new Map<DecisionStep, number>(DECISION_STEPS.map((step, i) => [step, i + 1]))

/** What explaining asks a path table. */
export interface DecidedPaths extends RankedPaths {
  readonly received: Uint32Array
  /** Rows ever used. */
  readonly rows: number
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
  /** By row: number of the step that took it out. Cleared after use. */
  #steps = new Uint8Array(0)

  constructor(table: DecidedPaths, decision: Decision, values: Values) {
    this.#table = table
    this.#decision = decision
    this.#values = values
  }

  /**
   * Decides a prefix once more, and says what came of each path. A prefix may have tens of thousands: what a path lost by is
   * worked out where it is read, so it is to be read before the table changes.
   */
  of(slot: number): PathRow[] {
    const table = this.#table
    const decision = this.#decision
    decision.use(table)
    this.#steps = widened(this.#steps, table.rows)
    const steps = this.#steps
    const best = decision.run(table.gather(slot), (row, step) => {
      steps[row] = NUMBERS.get(step)!
    })
    const equal = new Set(decision.rows.list.subarray(0, Math.min(decision.multipath, table.multipath)))
    const paths: ExplainedPath[] = []
    const prefix = new ExplainedPrefix(table, decision, this.#values, best, paths)
    for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
      if (!table.holds(row)) continue
      paths.push(new ExplainedPath(prefix, row, DECISION_STEPS[steps[row]! - 1], equal.has(row)))
      steps[row] = 0
    }
    return paths
  }
}

/** What the paths of a prefix share. */
class ExplainedPrefix {
  readonly table: DecidedPaths
  readonly values: Values
  readonly best: number
  readonly #decision: Decision
  readonly #paths: readonly ExplainedPath[]
  #lowest: ReadonlyMap<number, number> | undefined

  constructor(
    table: DecidedPaths,
    decision: Decision,
    values: Values,
    best: number,
    paths: readonly ExplainedPath[],
  ) {
    this.table = table
    this.#decision = decision
    this.values = values
    this.best = best
    this.#paths = paths
  }

  /** To which a path lost that the decision process took out at a step, and by what. */
  loss(row: number, lost: DecisionStep): Loss {
    // MED is compared inside one neighbouring AS, and there the best of all need not be.
    const { neighborAs } = this.values.attributes
    this.#lowest ??= lost === 'med' ? this.#lowestMeds() : undefined
    const winner = lost === 'med' ? this.#lowest!.get(neighborAs[this.table.effective[row]!]!)! : this.best
    // Ties are broken one after the other: of what the best path itself is better by, the first counts.
    const step = TIES.has(lost) ? this.#decision.compare(winner, row).step : lost
    const comparison = describeLoss(this.values, step, row, winner)
    return { step, peer: this.table.peer[winner]!, comparison }
  }

  /** The path with the lowest MED, of those of one neighbouring AS that got as far as that step: by the AS. */
  #lowestMeds(): ReadonlyMap<number, number> {
    const { neighborAs, med } = this.values.attributes
    const lowest = new Map<number, number>()
    for (const { row, effective, usable, lost } of this.#paths) {
      if (!usable || FIRST.has(lost!)) continue
      const known = lowest.get(neighborAs[effective]!)
      if (known === undefined || med[effective]! < med[this.table.effective[known]!]!)
        lowest.set(neighborAs[effective]!, row)
    }
    return lowest
  }
}

class ExplainedPath implements PathRow {
  readonly row: number
  readonly lost: DecisionStep | undefined
  readonly multipath: boolean
  readonly #prefix: ExplainedPrefix

  constructor(prefix: ExplainedPrefix, row: number, lost: DecisionStep | undefined, multipath: boolean) {
    this.#prefix = prefix
    this.row = row
    this.lost = lost
    this.multipath = multipath
  }

  get peer(): number {
    return this.#prefix.table.peer[this.row]!
  }

  get pathId(): number {
    return this.#prefix.table.pathId[this.row]!
  }

  get received(): number {
    return this.#prefix.table.received[this.row]!
  }

  get effective(): number {
    return this.#prefix.table.effective[this.row]!
  }

  get stale(): boolean {
    return this.#prefix.table.isStale(this.row)
  }

  get best(): boolean {
    return this.row === this.#prefix.best
  }

  get usable(): boolean {
    return this.best || this.lost !== undefined
  }

  get hop(): Hop | undefined {
    const { hops, attributes } = this.#prefix.values
    return hops.hop(attributes.hop[this.effective]!)
  }

  get metric(): number | undefined {
    return metricOf(this.#prefix.values, this.row)
  }

  get loss(): Loss | undefined {
    return this.lost === undefined ? undefined : this.#prefix.loss(this.row, this.lost)
  }
}
