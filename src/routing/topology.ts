import type { Prefix } from '../net/prefix.ts'
import type { NexthopSet } from './nexthop-set.ts'

/** A network that an interface of ours is on. */
export interface ConnectedNetwork {
  readonly network: Prefix
  /** Name of the interface. */
  readonly interface: string
}

/** A static route as resolution sees it. */
export interface StaticPath {
  readonly network: Prefix
  readonly nexthops: NexthopSet
}

/**
 * A network that an interface of ours is to be on and cannot be used on now. Its hosts are there or nowhere: a default route
 * leads to none of them.
 */
export interface LostNetwork {
  readonly network: Prefix
  readonly interface: string
  /** What is wrong, as the end of a sentence: 'eth1 has no carrier'. */
  readonly why: string
}

/** A route that another program has put into the kernel. */
export interface ForeignRoute {
  readonly network: Prefix
  readonly metric: number
  /** Who put it there, as ip-route names it. */
  readonly protocol: string
  /** Empty where it drops, or says that there is no way. */
  readonly ways: readonly { readonly gateway?: string; readonly link: string; readonly onlink: boolean }[]
}

/** Finds the kernel's route to an address among those of other programs. */
export interface ForeignRoutes {
  find(address: Uint8Array): { readonly length: number; readonly value: ForeignRoute } | undefined
}

/** What next hops are resolved by. */
export interface Topology {
  readonly connected: readonly ConnectedNetwork[]
  readonly statics: readonly StaticPath[]
  readonly lost?: readonly LostNetwork[]
  readonly foreign?: ForeignRoutes
  /** Why a link cannot be used now, as the end of a sentence; undefined where it can. Without it all can. */
  linkFault?(name: string): string | undefined
}
