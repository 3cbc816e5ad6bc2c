export type { Hop, NexthopSet } from './nexthop-set.ts'
export { NexthopSets } from './nexthop-sets.ts'
export type { ResolvedHop, ResolvedNexthops } from './resolved-nexthops.ts'
export { type Reach, Resolver } from './resolver.ts'
export { type BestListener, type FibSink, Rib, type RibRoute, SOURCES, type SourceName } from './rib.ts'
export type {
  ConnectedNetwork,
  ForeignRoute,
  ForeignRoutes,
  LostNetwork,
  StaticPath,
  Topology,
} from './topology.ts'
