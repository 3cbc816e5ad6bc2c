import type { Family } from '../../net/address.ts'
import { type Endpoint, type NodeName, OUTSIDE, PODS } from './plan.ts'

/** One way through the box, in one direction, and how it must look. */
export interface Path {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly family: Family
  /** What must be on the wire before and behind the box: `ipip → vxlan 1/8472`; `plain` where it is plain on both. */
  readonly wire: string
  /** The largest packet that passes unfragmented, in bytes of the inner IP packet. */
  readonly largest: number
}

/** How packets of an endpoint travel between it and the box. */
interface Mechanism {
  readonly wire: string
  readonly mtu: number
}

const PLAIN: Mechanism = { wire: 'plain', mtu: 1500 }

/** By endpoint and family. VXLAN takes 50 bytes off 1500 over IPv4 and 70 over IPv6, IPIP 20, an 802.1Q tag none. */
const MECHANISMS: Readonly<Record<string, Readonly<Partial<Record<Family, Mechanism>>>>> = {
  [OUTSIDE.name]: { 4: PLAIN, 6: PLAIN },
  [PODS.a1.name]: { 4: PLAIN, 6: PLAIN },
  [PODS.b1.name]: { 4: { wire: 'vxlan 1/8472', mtu: 1450 }, 6: { wire: 'vxlan 1/8472', mtu: 1430 } },
  [PODS.c10.name]: { 4: { wire: 'vlan 10', mtu: 1500 }, 6: { wire: 'vlan 10', mtu: 1500 } },
  [PODS.c20.name]: { 4: { wire: 'vlan 20', mtu: 1500 }, 6: { wire: 'vlan 20', mtu: 1500 } },
  [PODS.d1.name]: { 4: { wire: 'ipip', mtu: 1480 } },
}

/** Outside with a pod of each kind, each kind with each other, and the two VLANs with each other. */
const PAIRS: readonly (readonly [Endpoint, Endpoint])[] = [
  [OUTSIDE, PODS.a1],
  [OUTSIDE, PODS.b1],
  [OUTSIDE, PODS.c10],
  [OUTSIDE, PODS.c20],
  [OUTSIDE, PODS.d1],
  [PODS.a1, PODS.b1],
  [PODS.a1, PODS.c10],
  [PODS.a1, PODS.d1],
  [PODS.b1, PODS.c10],
  [PODS.b1, PODS.d1],
  [PODS.c10, PODS.d1],
  [PODS.c10, PODS.c20],
]

/** All paths of a lab with these nodes: both directions, each family that both ends and their mechanisms have. */
export function pathsOf(nodes: readonly NodeName[]): Path[] {
  const there = (endpoint: Endpoint) => endpoint.node === 'outside' || nodes.includes(endpoint.node)
  return PAIRS.filter(([a, b]) => there(a) && there(b)).flatMap(([a, b]) =>
    ([4, 6] as const).flatMap(family => [...path(a, b, family), ...path(b, a, family)]),
  )
}

function path(from: Endpoint, to: Endpoint, family: Family): Path[] {
  const before = MECHANISMS[from.name]?.[family]
  const behind = MECHANISMS[to.name]?.[family]
  if (!before || !behind) return []
  const largest = Math.min(before.mtu, behind.mtu)
  return [{ from, to, family, wire: wireText(before.wire, behind.wire), largest }]
}

/** `before → behind`, or the one word where the packet is plain on both sides of the box. */
export function wireText(before: string, behind: string): string {
  return before === 'plain' && behind === 'plain' ? 'plain' : `${before} → ${behind}`
}
