import type { AsPathSegment } from './as-path.ts'
import type { LargeCommunity } from './communities.ts'

/** The attributes of a path, decoded: for policy and for people. What is absent was not in the UPDATE. */
export interface Attributes {
  /** 4, 16, or 32 octets: an IPv6 next hop with a link-local one behind it (RFC 2545 §3). */
  readonly nexthop: Uint8Array
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin: number
  readonly asPath: readonly AsPathSegment[]
  readonly med?: number
  readonly localPreference?: number
  readonly atomicAggregate?: boolean
  readonly aggregator?: { readonly as: number; readonly routerId: number }
  /** RFC 1997, each an unsigned 32-bit number. */
  readonly communities?: readonly number[]
  /** RFC 4456. */
  readonly originatorId?: number
  readonly clusterList?: readonly number[]
  /** RFC 4360, 8 octets each. */
  readonly extendedCommunities?: readonly Uint8Array[]
  /** RFC 5701, 20 octets each. */
  readonly ipv6ExtendedCommunities?: readonly Uint8Array[]
  /** RFC 8092. */
  readonly largeCommunities?: readonly LargeCommunity[]
  /** RFC 9234. */
  readonly onlyToCustomer?: number
  /** Codes of known attributes that came with Partial set: somebody on the way did not know them (RFC 4271 §5). */
  readonly partial?: readonly number[]
  /** Transitive attributes that are not known here, passed on as they are with Partial set. */
  readonly unknown?: readonly { readonly code: number; readonly flags: number; readonly value: Uint8Array }[]
}

/** `Attributes` in the making. */
export type AttributesDraft = { -readonly [K in keyof Attributes]?: Attributes[K] }
