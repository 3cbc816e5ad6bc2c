import { type RehearsalOptions, rehearse } from '../bgp/index.ts'
import { parsePrefix } from '../net/prefix.ts'
import { type FibSink, NexthopSets, Resolver, Rib } from '../routing/index.ts'
import { NexthopTracker } from './nexthop-tracker.ts'
import { ribSink } from './rib-sink.ts'

/** The networks that the neighbours of a rehearsal are on. */
const NETWORKS = ['192.0.2.0/24', '2001:db8::/64']

const NOWHERE: FibSink = { set() {}, delete() {} }

/** Rehearses the way of routes from neighbours through the speaker and the RIB, short of the kernel. */
export function rehearseRouting(options: Omit<RehearsalOptions, 'surroundings'>): Promise<void> {
  return rehearse({ ...options, surroundings })
}

function surroundings() {
  const nexthops = new NexthopSets()
  const resolver = new Resolver()
  resolver.setTopology({
    connected: NETWORKS.map(network => ({ network: parsePrefix(network)!, interface: 'eth0' })),
    statics: [],
  })
  const rib = new Rib({ sets: nexthops, resolver, fib: NOWHERE, onBest() {} })
  return { nexthops, reachability: new NexthopTracker(resolver), sink: ribSink(rib, () => {}) }
}
