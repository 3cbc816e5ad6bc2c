import type { Family } from '../../net/address.ts'
import type { Feature } from '../features.ts'

/**
 * The numbers of the gateway lab: who has which address. The box's own are in box.yaml; here is what its
 * neighbours know of it.
 */

export type NodeName = 'node-a' | 'node-b' | 'node-c' | 'node-d'

/** An end of a path: a host outside of the cluster, or a pod. */
export interface Endpoint {
  /** Also the name of its namespace. */
  readonly name: string
  readonly node: NodeName | 'outside'
  /** Its address of each family that it has. */
  readonly addresses: Readonly<Partial<Record<Family, string>>>
}

/** Addresses of the box that others are configured with. */
export const BOX = {
  as: 64512,
  outside: { 4: '172.16.0.1', 6: 'fd00:16::1' },
  nodes: { 4: '192.168.50.1', 6: 'fd00:50::1' },
  vlan10: { 4: '10.10.0.1', 6: 'fd00:10:10::1' },
  vlan20: { 4: '10.20.0.1', 6: 'fd00:10:20::1' },
  /** MACs of its VTEPs, as flanneld reads them from a Node's annotations. */
  vtepMac: { 4: '0e:00:c0:a8:32:01', 6: '0e:00:fd:00:50:01' },
} as const

/** Addresses of the nodes on the link that they share with the box. */
export const NODES: Readonly<Record<NodeName, Readonly<Record<Family, string>>>> = {
  'node-a': { 4: '192.168.50.11', 6: 'fd00:50::11' },
  'node-b': { 4: '192.168.50.12', 6: 'fd00:50::12' },
  'node-c': { 4: '192.168.50.13', 6: 'fd00:50::13' },
  'node-d': { 4: '192.168.50.14', 6: 'fd00:50::14' },
}

/** Where the nodes' default routes lead: a router of the site, which is not part of the lab. */
export const SITE_ROUTER = { 4: '192.168.50.254', 6: 'fd00:50::fe' } as const

/** What a node is like, for people, and what its kernel must know. */
export const KINDS: Readonly<
  Record<NodeName, { readonly like: string; readonly needs: readonly Feature[] }>
> = {
  'node-a': { like: 'Calico with BGP', needs: [] },
  'node-b': { like: 'Flannel VXLAN', needs: ['vxlan'] },
  'node-c': { like: 'Bifrost macvlan on VLANs', needs: ['vlan', 'macvlan'] },
  'node-d': { like: 'Calico IPIP', needs: ['ipip'] },
}

export const OUTSIDE: Endpoint = {
  name: 'outside',
  node: 'outside',
  addresses: { 4: '172.16.0.10', 6: 'fd00:16::10' },
}

export const PODS = {
  a1: pod('pod-a1', 'node-a', '10.244.1.2', 'fd00:10:244:1::2'),
  a2: pod('pod-a2', 'node-a', '10.244.1.3', 'fd00:10:244:1::3'),
  b1: pod('pod-b1', 'node-b', '10.244.2.2', 'fd00:10:244:2::2'),
  b2: pod('pod-b2', 'node-b', '10.244.2.3', 'fd00:10:244:2::3'),
  c10: pod('pod-c10', 'node-c', '10.10.0.10', 'fd00:10:10::10'),
  c20: pod('pod-c20', 'node-c', '10.20.0.10', 'fd00:10:20::10'),
  d1: pod('pod-d1', 'node-d', '10.244.4.2'),
  d2: pod('pod-d2', 'node-d', '10.244.4.3'),
} as const

function pod(name: string, node: NodeName, v4: string, v6?: string): Endpoint {
  return { name, node, addresses: v6 === undefined ? { 4: v4 } : { 4: v4, 6: v6 } }
}

/** Pod networks and what lies outside of the cluster, by who they are behind. */
export const NETWORKS: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  4: {
    outside: '172.16.0.0/24',
    'node-a': '10.244.1.0/26',
    'node-b': '10.244.2.0/24',
    vlan10: '10.10.0.0/24',
    vlan20: '10.20.0.0/24',
    'node-d': '10.244.4.0/26',
  },
  6: {
    outside: 'fd00:16::/64',
    'node-a': 'fd00:10:244:1::/122',
    'node-b': 'fd00:10:244:2::/64',
    vlan10: 'fd00:10:10::/64',
    vlan20: 'fd00:10:20::/64',
  },
}
