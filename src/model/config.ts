import Type, { type Static } from 'typebox'
import { Bgp } from './config-bgp.ts'
import { AsPathList, CommunityList, Policy, PrefixList } from './config-policy.ts'
import {
  addressText,
  closed,
  InterfaceName,
  interfaceName,
  MacText,
  macText,
  PrefixText,
  prefixText,
} from './scalars.ts'

/**
 * The configuration: one schema, from which validation, REST, OpenAPI and the reference are made. Keys are
 * camelCase as in Kubernetes; every description is a sentence that a person reads in the reference.
 */

/** The key that tells the kinds of interface apart. */
const interfaceType = <Name extends string>(name: Name) =>
  Type.Literal(name, { description: 'Kind of interface; it decides which other keys there are.' })

const common = {
  name: InterfaceName,
  description: Type.Optional(Type.String({ maxLength: 255, description: 'Free text for people.' })),
  enabled: Type.Optional(
    Type.Boolean({ default: true, description: 'Whether the link is set up (IFF_UP).' }),
  ),
  mtu: Type.Optional(
    Type.Integer({
      minimum: 68,
      maximum: 65535,
      description: 'MTU in bytes: the largest packet, without the Ethernet header.',
    }),
  ),
  addresses: Type.Optional(
    Type.Array(PrefixText, {
      description: 'Addresses of the box on this interface, each with its prefix length.',
    }),
  ),
}

export const EthernetInterface = Type.Object(
  {
    type: interfaceType('ethernet'),
    ...common,
    macAddress: Type.Optional(MacText),
  },
  {
    ...closed,
    title: 'Ethernet',
    description: 'A port of the box. The link must exist; it is configured, never made.',
  },
)

export const LoopbackInterface = Type.Object(
  {
    type: interfaceType('loopback'),
    ...common,
    name: Type.Literal('lo', { description: "The kernel's loopback link." }),
  },
  {
    ...closed,
    title: 'Loopback',
    description: 'Addresses of the box itself that no link failure takes away.',
  },
)

export const VlanInterface = Type.Object(
  {
    type: interfaceType('vlan'),
    ...common,
    parent: interfaceName('Interface that carries the tagged frames.'),
    vlanId: Type.Integer({ minimum: 1, maximum: 4094, description: 'VLAN identifier (IEEE 802.1Q VID).' }),
  },
  { ...closed, title: 'VLAN', description: 'An 802.1Q sub-interface.' },
)

export const BridgeInterface = Type.Object(
  {
    type: interfaceType('bridge'),
    ...common,
    macAddress: Type.Optional(MacText),
    ports: Type.Optional(
      Type.Array(InterfaceName, { description: 'Interfaces that are ports of this bridge.' }),
    ),
  },
  { ...closed, title: 'Bridge', description: 'An Ethernet bridge of the kernel, without spanning tree.' },
)

export const VxlanInterface = Type.Object(
  {
    type: interfaceType('vxlan'),
    ...common,
    macAddress: Type.Optional(MacText),
    vni: Type.Integer({
      minimum: 1,
      maximum: 16777215,
      description: 'VXLAN network identifier (RFC 7348), 24 bits.',
    }),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        default: 4789,
        description: 'UDP destination port. IANA: 4789; Flannel, Hybridnet and Cilium: 8472.',
      }),
    ),
    local: addressText(
      'Outer source address, and the IP version of the tunnel: an address of the box on the underlay.',
    ),
    parent: Type.Optional(
      interfaceName('Interface that the tunnel is bound to. Without it, routes to the far ends decide.'),
    ),
    learning: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether the FDB learns from what arrives. Flannel and Calico: false.',
      }),
    ),
    ttl: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        default: 0,
        description: 'TTL of the outer header; 0 is the default of the kernel.',
      }),
    ),
  },
  { ...closed, title: 'VXLAN', description: 'A VXLAN tunnel end point (VTEP).' },
)

export const IpipInterface = Type.Object(
  {
    type: interfaceType('ipip'),
    ...common,
    local: addressText('Outer source address: an IPv4 address of the box on the underlay.'),
    remote: Type.Optional(
      addressText('IPv4 address of the far end. Without it, any node: the next hop of a route.'),
    ),
    ttl: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        default: 0,
        description: 'TTL of the outer header; 0 is inherited from the inner one.',
      }),
    ),
  },
  {
    ...closed,
    title: 'IPIP',
    description:
      'An IPv4-in-IPv4 tunnel (RFC 2003, protocol 4). Without `remote` it reaches any node: the next hop of a route is the far end.',
  },
)

export const Interface = Type.Union(
  [EthernetInterface, LoopbackInterface, VlanInterface, BridgeInterface, VxlanInterface, IpipInterface],
  { description: 'A network interface.' },
)

export const StaticNeighbor = Type.Object(
  {
    interface: interfaceName('Interface that the neighbour is on.'),
    address: addressText('Address of the neighbour.'),
    macAddress: macText('MAC address that the neighbour has.'),
  },
  { ...closed, description: 'A permanent ARP (IPv4) or neighbour discovery (IPv6) entry.' },
)

export const FdbEntry = Type.Object(
  {
    interface: interfaceName('VXLAN interface that the entry is for.'),
    macAddress: macText('Destination of the frames; 00:00:00:00:00:00 is for all that have no entry.'),
    destination: addressText('Address of the far VTEP on the underlay.'),
  },
  {
    ...closed,
    description: 'A permanent entry of a VXLAN forwarding database: frames to this MAC go to that VTEP.',
  },
)

export const StaticNexthop = Type.Object(
  {
    via: Type.Optional(addressText('Address of the next router.')),
    interface: Type.Optional(
      interfaceName('Interface that the packets leave through. Without it, the one that `via` is on.'),
    ),
    onlink: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Take `via` as reachable on the interface though no address of ours covers it.',
      }),
    ),
    weight: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        default: 1,
        description: 'Share of flows among the next hops of the route.',
      }),
    ),
  },
  {
    ...closed,
    description: 'Where packets of a static route go: `via` an address, out of an `interface`, or both.',
  },
)

export const StaticRoute = Type.Object(
  {
    prefix: prefixText('Destination, as in 10.244.0.0/16.'),
    nexthops: Type.Optional(
      Type.Array(StaticNexthop, { minItems: 1, description: 'One next hop, or several for ECMP.' }),
    ),
    blackhole: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Drop packets of this prefix in silence, instead of next hops.',
      }),
    ),
    distance: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 255,
        default: 1,
        description: 'Administrative distance: the lowest among the sources of a prefix wins.',
      }),
    ),
  },
  { ...closed, description: 'A static route.' },
)

export const Config = Type.Object(
  {
    system: Type.Object(
      {
        hostName: Type.String({
          pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
          description: 'Name of the box (RFC 1123 label).',
        }),
      },
      { ...closed, description: 'The box as a whole.' },
    ),
    interfaces: Type.Optional(
      Type.Array(Interface, { description: 'Ports, and the links that are made of them.' }),
    ),
    neighbors: Type.Optional(
      Type.Array(StaticNeighbor, { description: 'Permanent ARP and neighbour discovery entries.' }),
    ),
    fdb: Type.Optional(
      Type.Array(FdbEntry, { description: 'Permanent entries of VXLAN forwarding databases.' }),
    ),
    routes: Type.Optional(Type.Array(StaticRoute, { description: 'Static routes.' })),
    policies: Type.Optional(
      Type.Array(Policy, { description: 'Policies that BGP sessions refer to by name.' }),
    ),
    prefixLists: Type.Optional(
      Type.Array(PrefixList, { description: 'Lists of prefixes that policies refer to by name.' }),
    ),
    asPathLists: Type.Optional(
      Type.Array(AsPathList, { description: 'Lists of AS path patterns that policies refer to by name.' }),
    ),
    communityLists: Type.Optional(
      Type.Array(CommunityList, { description: 'Lists of communities that policies refer to by name.' }),
    ),
    bgp: Type.Optional(Bgp),
  },
  {
    ...closed,
    $id: 'Config',
    title: 'Causeway configuration',
    description: 'The whole configuration of a box.',
  },
)

export type Config = Static<typeof Config>
export type Interface = Static<typeof Interface>
export type EthernetInterface = Static<typeof EthernetInterface>
export type LoopbackInterface = Static<typeof LoopbackInterface>
export type VlanInterface = Static<typeof VlanInterface>
export type BridgeInterface = Static<typeof BridgeInterface>
export type VxlanInterface = Static<typeof VxlanInterface>
export type IpipInterface = Static<typeof IpipInterface>
export type StaticNeighbor = Static<typeof StaticNeighbor>
export type FdbEntry = Static<typeof FdbEntry>
export type StaticNexthop = Static<typeof StaticNexthop>
export type StaticRoute = Static<typeof StaticRoute>
