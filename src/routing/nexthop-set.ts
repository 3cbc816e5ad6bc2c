/** One way that packets of a prefix may go, as a source of routes gives it: not yet resolved to a link. */
export interface Hop {
  /** Gateway address as canonical text; absent for a directly connected interface. */
  readonly via?: string
  /** Name of the interface packets leave through; absent where the RIB is to find it by resolving `via`. */
  readonly interface?: string
  /** `via` is reachable on `interface` though no address of ours covers it. */
  readonly onlink?: boolean
  /** Share of flows, from 1. */
  readonly weight: number
}

/**
 * All the ways of a prefix (ECMP), or a blackhole. Interned: two equal sets are the same object, so that sources,
 * RIB and FIB compare them by identity and a hundred thousand prefixes share one.
 */
export interface NexthopSet {
  /** Unique among interned sets, from 1. */
  readonly id: number
  readonly blackhole: boolean
  readonly hops: readonly Hop[]
}
