import type { Family } from '../net/address.ts'
import type { Hop, NexthopSet } from '../routing/nexthop-set.ts'

/** A session inside our own AS, or with another (RFC 4271 §1.1: internal and external peers). */
export type PeerType = 'eBGP' | 'iBGP' | 'confederation'

/** Where the Loc-RIB goes: the best multipath set of each prefix. Called synchronously, in slices. */
export interface RouteSink {
  /** `bytes` holds the ceil(length / 8) significant octets of the prefix from `offset` on; it is reused after the call. */
  update(
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    nexthops: NexthopSet,
    type: 'eBGP' | 'iBGP',
  ): void
  withdraw(family: Family, bytes: Uint8Array, offset: number, length: number): void
  /** All neighbours that were expected have sent End-of-RIB, or their time is up: what an earlier run left may go. */
  converged(): void
}

/** Gives equal sets of next hops one object. */
export interface NexthopInterner {
  intern(hops: readonly Hop[], blackhole?: boolean): NexthopSet
}

/** A next hop by its address and, where that is link-local or a tunnel's far end, the interface. */
export type HopName = Pick<Hop, 'via' | 'interface'>

/** What has become of a next hop. */
export interface NexthopChange {
  readonly hop: HopName
  /** IGP metric, or undefined where it cannot be reached. */
  readonly metric: number | undefined
}

/**
 * Says of next hops whether they can be reached (RFC 4271 §9.1.2.1). It is asked about those that paths have, for as long as
 * they have them; whoever implements it tells `Speaker.setNexthops` what changes in between.
 */
export interface NexthopReachability {
  /** Paths have this next hop from now on. @returns its IGP metric, or undefined where it cannot be reached. */
  track(hop: Hop): number | undefined
  /** No path has it any more. */
  untrack(hop: Hop): void
}
