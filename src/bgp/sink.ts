import type { Family } from '../net/address.ts'
import type { Hop, NexthopSet } from '../routing/nexthop-set.ts'

/** A session inside our own AS, or with another (RFC 4271 §1.1: internal and external peers). */
export type PeerType = 'eBGP' | 'iBGP'

/** Where the Loc-RIB goes: the best multipath set of each prefix. Called synchronously, in slices. */
export interface RouteSink {
  /** `bytes` holds the ceil(length / 8) significant octets of the prefix from `offset` on; it is reused after the call. */
  update(
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    nexthops: NexthopSet,
    type: PeerType,
  ): void
  withdraw(family: Family, bytes: Uint8Array, offset: number, length: number): void
  /** All neighbours that were expected have sent End-of-RIB, or their time is up: what an earlier run left may go. */
  converged(): void
}

/** Gives equal sets of next hops one object. */
export interface NexthopInterner {
  intern(hops: readonly Hop[], blackhole?: boolean): NexthopSet
}
