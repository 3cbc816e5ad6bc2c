import type { Family } from '../../net/address.ts'
import { withRoom } from '../../net/columns.ts'
import type { PrefixTable } from '../../net/prefix-table.ts'
import type { NexthopSet } from '../../routing/nexthop-set.ts'
import type { RouteSink } from '../sink.ts'
import type { AttributeStore } from './attribute-store.ts'
import type { Decision, PathColumns } from './decision.ts'
import type { Hops } from './hops.ts'
import type { PeerColumns } from './peers.ts'
import { shareWeights } from './weights.ts'

/**
 * The way of one family's best paths to the sink: of each prefix it knows what the sink was told last, and tells it only
 * what is another.
 */
export class Installing {
  /** Whether the sink hears of routes at all. */
  enabled = true
  /** Whether next hops get weights by the link bandwidth community. */
  linkBandwidth = true
  readonly #family: Family
  readonly #prefixes: PrefixTable
  readonly #paths: PathColumns
  readonly #attributes: AttributeStore
  readonly #hops: Hops
  readonly #peers: PeerColumns
  readonly #sink: RouteSink
  /** By slot: the number of the set of next hops, doubled, one more for iBGP. 0: the sink knows nothing. */
  #told = new Uint32Array(1024)
  /** Prefixes that it knows. */
  #installed = 0
  readonly #scratch = new Uint8Array(16)
  readonly #hopIds = new Int32Array(128)
  readonly #weights = new Int32Array(128)
  readonly #bandwidths = new Float64Array(128)

  constructor(parts: {
    family: Family
    prefixes: PrefixTable
    paths: PathColumns
    attributes: AttributeStore
    hops: Hops
    peers: PeerColumns
    sink: RouteSink
  }) {
    this.#family = parts.family
    this.#prefixes = parts.prefixes
    this.#paths = parts.paths
    this.#attributes = parts.attributes
    this.#hops = parts.hops
    this.#peers = parts.peers
    this.#sink = parts.sink
  }

  /** Makes room for so many slots. */
  fit(slots: number): void {
    this.#told = withRoom(this.#told, slots)
  }

  /** Whether the sink has a route of the prefix. */
  holds(slot: number): boolean {
    return this.#installed > 0 && this.#told[slot] !== 0
  }

  /**
   * Tells the sink of a prefix as it was just decided, where that is another than it knows.
   * @param best row of the best path, below 0 where there is none
   * @param limit most next hops that a prefix may have
   */
  tell(slot: number, best: number, limit: number, decision: Decision): void {
    if (best < 0 || !this.enabled) {
      if (this.#installed > 0) this.#withdraw(slot)
      return
    }
    const set = this.nexthops(best, limit, decision)
    const internal = this.#peers.external[this.#paths.peer[best]!] === 0
    const told = set.id * 2 + (internal ? 1 : 0)
    if (told === this.#told[slot]) return
    if (this.#told[slot] === 0) this.#installed++
    this.#told[slot] = told
    this.#prefixes.writeAddress(slot, this.#scratch, 0)
    const length = this.#prefixes.length(slot)
    this.#sink.update(this.#family, this.#scratch, 0, length, set, internal ? 'iBGP' : 'eBGP')
  }

  #withdraw(slot: number): void {
    if (this.#told[slot] === 0) return
    this.#told[slot] = 0
    this.#installed--
    this.#prefixes.writeAddress(slot, this.#scratch, 0)
    this.#sink.withdraw(this.#family, this.#scratch, 0, this.#prefixes.length(slot))
  }

  /** The next hops of the multipath set that `decision` has just found: each once, the best path's among them, with weights. */
  nexthops(best: number, limit: number, decision: Decision): NexthopSet {
    if (this.#drops(best)) return this.#hops.blackhole
    if (decision.multipath === 1) return this.#hops.single(this.#hop(best))
    const ids = this.#hopIds
    const list = decision.rows.list
    let count = 0
    let weighted = this.linkBandwidth
    for (let i = 0; i < decision.multipath && count < limit; i++) {
      const row = list[i]!
      // The kernel has no group with a way that drops; the best path does not.
      if (this.#drops(row)) continue
      const hop = this.#hop(row)
      const bandwidth = this.#attributes.bandwidth[this.#paths.effective[row]!]!
      if (bandwidth <= 0) weighted = false
      // In ascending order, so that equal sets are equal.
      let at = count
      while (at > 0 && ids[at - 1]! >= hop) at--
      if (at < count && ids[at] === hop) {
        this.#bandwidths[at] = Math.max(this.#bandwidths[at]!, bandwidth)
        continue
      }
      ids.copyWithin(at + 1, at, count)
      this.#bandwidths.copyWithin(at + 1, at, count)
      ids[at] = hop
      this.#bandwidths[at] = bandwidth
      count++
    }
    if (weighted) shareWeights(this.#bandwidths, count, this.#weights)
    else this.#weights.fill(1, 0, count)
    return this.#hops.several(ids, this.#weights, count)
  }

  #drops(row: number): boolean {
    return this.#attributes.blackhole[this.#paths.effective[row]!] === 1
  }

  #hop(row: number): number {
    return this.#attributes.hop[this.#paths.effective[row]!]!
  }
}
