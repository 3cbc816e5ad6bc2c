import { WELL_KNOWN } from '../wire/index.ts'
import type { AttributeStore } from './attribute-store.ts'
import { type Hops, UNREACHABLE } from './hops.ts'
import type { PeerColumns } from './peers.ts'

/**
 * The decision process: RFC 4271 §9.1.2.2 with the tie-breaks of RFC 4456 §9.
 *
 * Paths are taken out step by step, as the RFC words it, rather than compared in pairs: MULTI_EXIT_DISC is compared only
 * between paths of one neighbouring AS, which makes "better than" between pairs a relation without order, whose outcome
 * would hang on the sequence of arrival. Step by step the result is the same for the same set of paths ("deterministic MED").
 *
 * Up to the step of the IGP metric the survivors are equal for forwarding: they are the multipath set. Since eBGP is
 * preferred to iBGP one step before, such a set is never of both.
 */

/** The steps in their order; a path's reason to lose is the step that took it out. */
export const DECISION_STEPS = [
  'stale',
  'localPreference',
  'asPathLength',
  'origin',
  'med',
  'eBgpOverIBgp',
  'igpMetric',
  'routerId',
  'clusterListLength',
  'neighborAddress',
  'pathId',
] as const

export type DecisionStep = (typeof DECISION_STEPS)[number]

/** What a path table tells the decision process of its paths, in columns by row. */
export interface PathColumns {
  readonly peer: Uint16Array
  readonly pathId: Uint32Array
  /** Attribute set after the import policy. */
  readonly effective: Uint32Array
}

/** How far a value is from good: the paths with the lowest stay. */
type Cost = (row: number) => number

export class Decision {
  /** Paths of one length share load, whatever their ASes; without it only those with the AS_PATH of the best. */
  multipathRelax = true
  /** The multipath set that `run` found last: the first `multipath` entries, of which the first is the best path. */
  readonly rows: { list: Int32Array }
  multipath = 0
  readonly #attributes: AttributeStore
  readonly #hops: Hops
  readonly #peers: PeerColumns
  #paths: PathColumns
  readonly #costs: Readonly<Record<Exclude<DecisionStep, 'med' | 'neighborAddress'>, Cost>>
  #ases = new Uint32Array(16)
  #lowest = new Float64Array(16)
  #tieStep: DecisionStep = 'routerId'

  constructor(attributes: AttributeStore, hops: Hops, peers: PeerColumns, paths: PathColumns) {
    this.#attributes = attributes
    this.#hops = hops
    this.#peers = peers
    this.#paths = paths
    this.rows = { list: new Int32Array(64) }
    const set = (row: number) => this.#paths.effective[row]!
    this.#costs = {
      // RFC 9494 §4.4: what is kept for, or told by, who has long been away loses to all that is not.
      stale: row => attributes.wellKnown[set(row)]! & WELL_KNOWN.LLGR_STALE,
      localPreference: row => -attributes.localPreference[set(row)]!,
      asPathLength: row => attributes.asPathLength[set(row)]!,
      origin: row => attributes.origin[set(row)]!,
      eBgpOverIBgp: row => 1 - peers.external[this.#paths.peer[row]!]!,
      igpMetric: row => hops.metric[attributes.hop[set(row)]!]!,
      routerId: row => this.#identifier(row),
      clusterListLength: row => attributes.clusterListLength[set(row)]!,
      pathId: row => this.#paths.pathId[row]!,
    }
  }

  /** The columns to read from now on: a table gives new ones when it grows. */
  use(paths: PathColumns): void {
    this.#paths = paths
  }

  /** Whether a path takes part: accepted by policy, with a next hop that can be reached (RFC 4271 §9.1.2). */
  eligible(row: number): boolean {
    const set = this.#paths.effective[row]!
    if (set === 0) return false
    // What is dropped needs no way.
    return (
      this.#hops.metric[this.#attributes.hop[set]!] !== UNREACHABLE || this.#attributes.blackhole[set] === 1
    )
  }

  /**
   * The best of the first `count` rows of `rows.list`, all of them eligible; -1 where there are none. Puts the multipath
   * set to the front of the list. `lost`, if given, is told the step that took out each of the others.
   */
  run(count: number, lost?: (row: number, step: DecisionStep) => void): number {
    this.multipath = count
    if (count <= 1) return count === 0 ? -1 : this.rows.list[0]!
    const costs = this.#costs
    let left = this.#keepLowest(count, costs.stale, 'stale', lost)
    left = this.#keepLowest(left, costs.localPreference, 'localPreference', lost)
    left = this.#keepLowest(left, costs.asPathLength, 'asPathLength', lost)
    left = this.#keepLowest(left, costs.origin, 'origin', lost)
    left = this.#compareMed(left, lost)
    left = this.#keepLowest(left, costs.eBgpOverIBgp, 'eBgpOverIBgp', lost)
    left = this.#keepLowest(left, costs.igpMetric, 'igpMetric', lost)
    // What loses a tie is still used for forwarding.
    const at = this.#breakTie(left, lost)
    this.multipath = this.#keepEqual(at, left)
    return this.rows.list[0]!
  }

  /** What `run` does with a single path that is eligible. */
  only(row: number): number {
    this.rows.list[0] = row
    this.multipath = 1
    return row
  }

  /** Puts the best path in front, and behind it those that may share its load; returns how many there are. */
  #keepEqual(best: number, count: number): number {
    const list = this.rows.list
    const row = list[best]!
    list[best] = list[0]!
    list[0] = row
    if (this.multipathRelax) return count
    const attributes = this.#attributes
    const set = this.#paths.effective[row]!
    let left = 1
    for (let i = 1; i < count; i++) {
      const other = list[i]!
      if (attributes.sameAsPath(set, this.#paths.effective[other]!)) list[left++] = other
    }
    return left
  }

  /** Which of two eligible paths is better, and the step that says so. */
  compare(a: number, b: number): { readonly better: number; readonly step: DecisionStep } {
    this.rows.list[0] = a
    this.rows.list[1] = b
    let step: DecisionStep = 'pathId'
    const better = this.run(2, (_row, reason) => {
      step = reason
    })
    return { better, step }
  }

  /** Moves the rows of lowest cost to the front; returns how many they are. */
  #keepLowest(
    count: number,
    cost: Cost,
    step: DecisionStep,
    lost: ((row: number, step: DecisionStep) => void) | undefined,
  ): number {
    if (count === 1) return 1
    const list = this.rows.list
    let lowest = cost(list[0]!)
    let left = 1
    for (let i = 1; i < count; i++) {
      const row = list[i]!
      const own = cost(row)
      if (own > lowest) {
        lost?.(row, step)
        continue
      }
      if (own < lowest) {
        if (lost) for (let j = 0; j < left; j++) lost(list[j]!, step)
        lowest = own
        left = 0
      }
      list[left++] = row
    }
    return left
  }

  /** RFC 4271 §9.1.2.2 c: takes out what has a higher MED than another path from the same neighbouring AS. */
  #compareMed(count: number, lost: ((row: number, step: DecisionStep) => void) | undefined): number {
    if (count === 1) return 1
    const { neighborAs, med } = this.#attributes
    const list = this.rows.list
    let known = 0
    for (let i = 0; i < count; i++) {
      const set = this.#paths.effective[list[i]!]!
      let at = 0
      while (at < known && this.#ases[at] !== neighborAs[set]) at++
      if (at === known) {
        if (known++ === this.#ases.length) this.#widenAses()
        this.#ases[at] = neighborAs[set]!
        this.#lowest[at] = med[set]!
      } else if (med[set]! < this.#lowest[at]!) this.#lowest[at] = med[set]!
    }
    let left = 0
    for (let i = 0; i < count; i++) {
      const row = list[i]!
      const set = this.#paths.effective[row]!
      let at = 0
      while (this.#ases[at] !== neighborAs[set]) at++
      if (med[set]! > this.#lowest[at]!) lost?.(row, 'med')
      else list[left++] = row
    }
    return left
  }

  #widenAses(): void {
    const ases = new Uint32Array(this.#ases.length * 2)
    ases.set(this.#ases)
    this.#ases = ases
    const lowest = new Float64Array(this.#lowest.length * 2)
    lowest.set(this.#lowest)
    this.#lowest = lowest
  }

  /** RFC 4271 §9.1.2.2 f and g, RFC 4456 §9, and at last the path identifier, for several paths of one neighbour. Returns where in the list the winner is. */
  #breakTie(count: number, lost: ((row: number, step: DecisionStep) => void) | undefined): number {
    const list = this.rows.list
    let at = 0
    for (let i = 1; i < count; i++) {
      const row = list[i]!
      const best = list[at]!
      if (this.#tie(row, best) < 0) {
        lost?.(best, this.#tieStep)
        at = i
      } else lost?.(row, this.#tieStep)
    }
    return at
  }

  /** Below 0 where `a` wins the tie; `#tieStep` says by what. */
  #tie(a: number, b: number): number {
    const { routerId, clusterListLength, pathId } = this.#costs
    this.#tieStep = 'routerId'
    let difference = routerId(a) - routerId(b)
    if (difference !== 0) return difference
    this.#tieStep = 'clusterListLength'
    difference = clusterListLength(a) - clusterListLength(b)
    if (difference !== 0) return difference
    this.#tieStep = 'neighborAddress'
    difference = this.#peers.compareAddresses(this.#paths.peer[a]!, this.#paths.peer[b]!)
    if (difference !== 0) return difference
    this.#tieStep = 'pathId'
    return pathId(a) - pathId(b)
  }

  /** RFC 4456 §9: ORIGINATOR_ID, where there is one, stands for the neighbour's BGP identifier. */
  #identifier(row: number): number {
    const set = this.#paths.effective[row]!
    const { hasOriginatorId, originatorId } = this.#attributes
    return hasOriginatorId[set] === 1 ? originatorId[set]! : this.#peers.routerId[this.#paths.peer[row]!]!
  }
}
