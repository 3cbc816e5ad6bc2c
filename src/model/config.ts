import Type, { type Static } from 'typebox'
import {
  AsNumber,
  addressText,
  InterfaceName,
  interfaceName,
  MacText,
  macText,
  Name,
  nameText,
  PrefixText,
  prefixText,
} from './scalars.ts'

/**
 * The configuration: one schema, from which validation, REST, OpenAPI and the reference are made. Keys are
 * camelCase as in Kubernetes; every description is a sentence that a person reads in the reference.
 */

const closed = { additionalProperties: false } as const

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

export const PrefixMatch = Type.Object(
  {
    prefix: prefixText('Prefix that routes are compared with.'),
    ge: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 128,
        description: 'Match more specific prefixes from this length on.',
      }),
    ),
    le: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 128,
        description: 'Match more specific prefixes up to this length.',
      }),
    ),
  },
  { ...closed, description: 'A prefix; with `ge` or `le` also the more specific ones inside it.' },
)

export const RouteSource = Type.Union(
  [Type.Literal('connected'), Type.Literal('static'), Type.Literal('bgp')],
  { description: 'Where a route comes from.' },
)

export const PolicyRule = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          prefixes: Type.Optional(
            Type.Array(PrefixMatch, { minItems: 1, description: 'The prefix is one of these.' }),
          ),
          sources: Type.Optional(
            Type.Array(RouteSource, { minItems: 1, description: 'The route comes from one of these.' }),
          ),
          neighborGroups: Type.Optional(
            Type.Array(Name, {
              minItems: 1,
              description: 'Learned from a neighbour of one of these groups.',
            }),
          ),
        },
        {
          ...closed,
          description:
            'What a route must be for this rule; all that is named must hold. Without it, every route.',
        },
      ),
    ),
    action: Type.Union([Type.Literal('accept'), Type.Literal('reject')], {
      description: 'What becomes of the route. The first rule that matches decides.',
    }),
    set: Type.Optional(
      Type.Object(
        {
          localPreference: Type.Optional(
            Type.Integer({ minimum: 0, maximum: 4294967295, description: 'LOCAL_PREF (RFC 4271 §5.1.5).' }),
          ),
          med: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 4294967295,
              description: 'MULTI_EXIT_DISC (RFC 4271 §5.1.4).',
            }),
          ),
          tunnel: Type.Optional(
            interfaceName(
              'VXLAN or IPIP interface that the packets leave through; the next hop of the route is the far end.',
            ),
          ),
        },
        {
          ...closed,
          description: 'What is changed on an accepted route.',
        },
      ),
    ),
  },
  { ...closed, description: 'One rule of a policy.' },
)

export const Policy = Type.Object(
  {
    name: nameText('Name that sessions refer to: lower-case letters, digits, dots and hyphens.'),
    rules: Type.Array(PolicyRule, { description: 'Tried in order; a route that matches none is rejected.' }),
  },
  { ...closed, description: 'A named policy, for import or export.' },
)

export const AddressFamily = Type.Union([Type.Literal('ipv4-unicast'), Type.Literal('ipv6-unicast')], {
  description: 'A BGP address family (AFI/SAFI).',
})

/** What neighbours and groups both have; a neighbour's own value wins over that of its group. */
const session = {
  description: Type.Optional(Type.String({ maxLength: 255, description: 'Free text for people.' })),
  remoteAs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 4294967295,
      description: 'AS of the neighbour; our own for iBGP.',
    }),
  ),
  families: Type.Optional(
    Type.Array(AddressFamily, {
      minItems: 1,
      uniqueItems: true,
      description: "Families of the session. Default: that of the neighbour's address.",
    }),
  ),
  passive: Type.Optional(
    Type.Boolean({ description: 'Wait for the neighbour to connect, never dial. Default: false.' }),
  ),
  port: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 65535, description: "The neighbour's TCP port. Default: 179." }),
  ),
  localAddress: Type.Optional(
    addressText('Our address of the session. Default: what the route to the neighbour gives.'),
  ),
  holdTime: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description: 'Hold time in seconds: 0, or at least 3. Default: 90.',
    }),
  ),
  keepaliveTime: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 21845,
      description: 'Seconds between KEEPALIVEs. Default: a third of the negotiated hold time.',
    }),
  ),
  connectRetryTime: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65535,
      description: 'Seconds between attempts to connect. Default: 5.',
    }),
  ),
  multihop: Type.Optional(
    Type.Boolean({
      description:
        'The neighbour may be more than one hop away (eBGP). Default: false, TTL 1; iBGP is always multihop.',
    }),
  ),
  nexthopSelf: Type.Optional(
    Type.Boolean({
      description:
        'Announce our own address as next hop of everything. Default: true for eBGP, false for iBGP.',
    }),
  ),
  gracefulRestartTime: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 4095,
      description:
        'Restart time in seconds that we announce (RFC 4724); 0 turns graceful restart off. Default: 120.',
    }),
  ),
  importPolicy: Type.Optional(
    nameText(
      'Policy for what the neighbour announces. Default: accept all of iBGP, nothing of eBGP (RFC 8212).',
    ),
  ),
  exportPolicy: Type.Optional(
    nameText(
      'Policy for what is announced. Default: to iBGP what eBGP taught us, to eBGP nothing (RFC 8212).',
    ),
  ),
}

export const BgpNeighborGroup = Type.Object(
  {
    name: nameText('Name of the group: lower-case letters, digits, dots and hyphens.'),
    ...session,
    listenRanges: Type.Optional(
      Type.Array(PrefixText, {
        minItems: 1,
        description: 'Accept sessions from any address in these prefixes (dynamic neighbours).',
      }),
    ),
  },
  {
    ...closed,
    description: 'Settings that neighbours share, and the ranges from which unnamed ones are accepted.',
  },
)

export const BgpNeighbor = Type.Object(
  {
    address: addressText('Address of the neighbour.'),
    group: Type.Optional(nameText('Group whose settings hold where the neighbour has none of its own.')),
    enabled: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether a session with the neighbour is held.' }),
    ),
    ...session,
  },
  { ...closed, description: 'A BGP neighbour.' },
)

export const Bgp = Type.Object(
  {
    localAs: AsNumber,
    routerId: addressText('BGP identifier: an IPv4 address of the box (RFC 6286).'),
    listen: Type.Optional(
      Type.Boolean({ default: true, description: 'Accept connections from neighbours.' }),
    ),
    port: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65535, default: 179, description: 'TCP port that we listen on.' }),
    ),
    multipath: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 128,
        default: 64,
        description: 'The most next hops that one prefix may use at a time (ECMP).',
      }),
    ),
    neighborGroups: Type.Optional(
      Type.Array(BgpNeighborGroup, { description: 'Settings shared by neighbours, and listen ranges.' }),
    ),
    neighbors: Type.Optional(Type.Array(BgpNeighbor, { description: 'Neighbours by address.' })),
  },
  { ...closed, description: 'The BGP speaker.' },
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
export type PrefixMatch = Static<typeof PrefixMatch>
export type PolicyRule = Static<typeof PolicyRule>
export type Policy = Static<typeof Policy>
export type AddressFamily = Static<typeof AddressFamily>
export type BgpNeighborGroup = Static<typeof BgpNeighborGroup>
export type BgpNeighbor = Static<typeof BgpNeighbor>
export type Bgp = Static<typeof Bgp>
