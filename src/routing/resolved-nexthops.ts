/** One way out of the box: the link packets leave through and the address that they are handed to there. */
export interface ResolvedHop {
  /** Gateway address as canonical text; absent where the destination itself is on the link. */
  readonly gateway?: string
  /** Name of the interface. */
  readonly link: string
  /** The gateway is on the link though no address of ours covers it (RTNH_F_ONLINK). */
  readonly onlink: boolean
  /** Share of flows, from 1. */
  readonly weight: number
}

/**
 * What a prefix is to point at in the kernel. Interned like `NexthopSet`: the same object for the same ways, to be
 * compared by identity.
 */
export interface ResolvedNexthops {
  /** Unique among resolved sets, from 1. */
  readonly id: number
  readonly blackhole: boolean
  /** Distinct, in a fixed order; empty for a blackhole. */
  readonly hops: readonly ResolvedHop[]
}
