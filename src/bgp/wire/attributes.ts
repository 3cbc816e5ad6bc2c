/** One segment of an AS_PATH (RFC 4271 §4.3, RFC 5065 §3): 1 AS_SET, 2 AS_SEQUENCE, 3 AS_CONFED_SEQUENCE, 4 AS_CONFED_SET. */
export interface AsPathSegment {
  readonly type: number
  readonly ases: readonly number[]
}

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
  /** RFC 8092. */
  readonly largeCommunities?: readonly {
    readonly admin: number
    readonly data1: number
    readonly data2: number
  }[]
  /** RFC 9234. */
  readonly onlyToCustomer?: number
  /** Transitive attributes that are not known here, passed on as they are with Partial set. */
  readonly unknown?: readonly { readonly code: number; readonly flags: number; readonly value: Uint8Array }[]
}

/**
 * The canonical bytes of a set of attributes, its *key*, by which it is interned: octets of the next hop (4, 16, 32),
 * the next hop, then the attributes as on the wire in ascending order of their codes, with flags as the RFCs have them,
 * AS numbers of four octets, without NEXT_HOP, MP_REACH_NLRI, MP_UNREACH_NLRI, AS4_PATH, AS4_AGGREGATOR and without
 * what was discarded. Equal sets have equal keys, whatever session they came over.
 */
export declare function encodeKey(attributes: Attributes): Uint8Array

/** Decodes a key. The key must be one that `parseUpdate` or `encodeKey` made. */
export declare function decodeKey(key: Uint8Array, start?: number, end?: number): Attributes

/** The hash of a key, a signed 32-bit number; the same as `parseUpdate` gives for it. */
export declare function hashKey(key: Uint8Array, start: number, end: number): number

/** What the decision process asks of a set of attributes, without any object: filled by `readDecision`, made once and reused. */
export declare class DecisionFields {
  /** LOCAL_PREF, or -1. */
  localPreference: number
  /** RFC 4271 §9.1.2.2 a: AS_SET counts 1; confederation segments count 0 (RFC 5065 §5.3). */
  asPathLength: number
  origin: number
  /** MULTI_EXIT_DISC, or -1. */
  med: number
  /** The first AS of the AS_PATH outside of confederation segments, 0 where the path is empty or starts with a set. */
  neighborAs: number
  /** The last AS of the AS_PATH, 0 where it is empty or ends in a set. */
  originAs: number
  /** ORIGINATOR_ID as an unsigned number, or -1. */
  originatorId: number
  /** Entries of CLUSTER_LIST. */
  clusterListLength: number
  /** ONLY_TO_CUSTOMER, or -1. */
  onlyToCustomer: number
  /** Bits of the well-known communities that the set has: see `WELL_KNOWN`. */
  wellKnown: number
}

/** Bits of `DecisionFields.wellKnown` (RFC 1997, 3765, 7999, 8326, 9494). */
export const WELL_KNOWN = {
  NO_EXPORT: 1,
  NO_ADVERTISE: 2,
  NO_EXPORT_SUBCONFED: 4,
  NO_PEER: 8,
  GRACEFUL_SHUTDOWN: 16,
  LLGR_STALE: 32,
  NO_LLGR: 64,
  BLACKHOLE: 128,
} as const

export declare function readDecision(key: Uint8Array, start: number, end: number, out: DecisionFields): void

/** How often the AS stands in the AS_PATH of a key, confederation segments included: loops, `allowOwnAs`. */
export declare function countAs(key: Uint8Array, start: number, end: number, as: number): number

/** Whether the CLUSTER_LIST of a key has this cluster (RFC 4456 §8). */
export declare function hasCluster(key: Uint8Array, start: number, end: number, clusterId: number): boolean
