/** Path attribute type codes (IANA "BGP Path Attributes"), with the RFCs that define them. */
export const AttributeCode = {
  /** RFC 4271 §5.1. */
  ORIGIN: 1,
  AS_PATH: 2,
  NEXT_HOP: 3,
  MULTI_EXIT_DISC: 4,
  LOCAL_PREF: 5,
  ATOMIC_AGGREGATE: 6,
  AGGREGATOR: 7,
  /** RFC 1997. */
  COMMUNITIES: 8,
  /** RFC 4456. */
  ORIGINATOR_ID: 9,
  CLUSTER_LIST: 10,
  /** RFC 4760. */
  MP_REACH_NLRI: 14,
  MP_UNREACH_NLRI: 15,
  /** RFC 4360. */
  EXTENDED_COMMUNITIES: 16,
  /** RFC 6793. */
  AS4_PATH: 17,
  AS4_AGGREGATOR: 18,
  /** RFC 5701. */
  IPV6_EXTENDED_COMMUNITIES: 25,
  /** RFC 8092. */
  LARGE_COMMUNITY: 32,
  /** RFC 9234. */
  ONLY_TO_CUSTOMER: 35,
} as const

/** Bits of the flags octet (RFC 4271 §4.3). */
export const AttributeFlag = {
  OPTIONAL: 0x80,
  TRANSITIVE: 0x40,
  PARTIAL: 0x20,
  EXTENDED_LENGTH: 0x10,
} as const
