import Type, { type Static } from 'typebox'
import { AddressFamily } from './config-bgp.ts'
import { RouteSource } from './config-policy.ts'

/** What is so, as read from the kernel and the live tables: the schemas of everything that REST and the console show. */

const closed = { additionalProperties: false } as const
const count = (description: string) => Type.Integer({ minimum: 0, description })

export const Counters = Type.Object(
  {
    rxPackets: count('Packets received.'),
    txPackets: count('Packets sent.'),
    rxBytes: count('Bytes received.'),
    txBytes: count('Bytes sent.'),
    rxErrors: count('Receive errors.'),
    txErrors: count('Transmit errors.'),
    rxDropped: count('Received packets dropped.'),
    txDropped: count('Packets dropped before sending.'),
  },
  { ...closed, description: 'What went in and out since the link was made.' },
)

export const InterfaceState = Type.Object(
  {
    name: Type.String({ description: 'Name of the link.' }),
    index: Type.Integer({ description: "The kernel's ifindex." }),
    type: Type.String({ description: 'As in the configuration, or the kind that the kernel names.' }),
    configured: Type.Boolean({ description: 'Whether the configuration names it.' }),
    adminUp: Type.Boolean({ description: 'IFF_UP.' }),
    carrier: Type.Boolean({ description: 'IFF_LOWER_UP.' }),
    mtu: Type.Integer({ description: 'MTU in bytes.' }),
    macAddress: Type.String({ description: 'MAC address; empty where the link has none.' }),
    parent: Type.Optional(Type.String({ description: 'The interface that this one stands on.' })),
    bridge: Type.Optional(Type.String({ description: 'The bridge that this interface is a port of.' })),
    addresses: Type.Array(Type.String(), { description: 'Addresses with their prefix lengths.' }),
    counters: Type.Optional(Counters),
  },
  closed,
)

export const TunnelState = Type.Object(
  {
    name: Type.String({ description: 'Name of the tunnel interface.' }),
    type: Type.Union([Type.Literal('vxlan'), Type.Literal('ipip')], { description: 'Kind of tunnel.' }),
    adminUp: Type.Boolean({ description: 'IFF_UP.' }),
    mtu: Type.Integer({ description: 'MTU in bytes.' }),
    local: Type.Optional(Type.String({ description: 'Outer source address.' })),
    remote: Type.Optional(Type.String({ description: 'The one far end, where there is one.' })),
    vni: Type.Optional(Type.Integer({ description: 'VXLAN network identifier.' })),
    port: Type.Optional(Type.Integer({ description: 'VXLAN: UDP destination port.' })),
    macAddress: Type.Optional(Type.String({ description: 'VXLAN: MAC address of our VTEP.' })),
    peers: Type.Array(
      Type.Object(
        {
          destination: Type.String({ description: 'Underlay address of the far end.' }),
          macAddress: Type.Optional(Type.String({ description: 'VXLAN: MAC of the far VTEP.' })),
          addresses: Type.Array(Type.String(), { description: 'Next hops that resolve to this far end.' }),
        },
        closed,
      ),
      { description: 'Far ends that packets are sent to.' },
    ),
    counters: Type.Optional(Counters),
  },
  closed,
)

export const SessionState = Type.Union(
  [
    Type.Literal('Idle'),
    Type.Literal('Connect'),
    Type.Literal('Active'),
    Type.Literal('OpenSent'),
    Type.Literal('OpenConfirm'),
    Type.Literal('Established'),
  ],
  { description: 'State of the BGP finite state machine (RFC 4271 §8).' },
)

export const BmpStationState = Type.Object(
  {
    address: Type.String({ description: 'Address of the station.' }),
    port: Type.Integer({ description: 'Its TCP port.' }),
    state: Type.Union([Type.Literal('connecting'), Type.Literal('up'), Type.Literal('waiting')], {
      description: 'up: it is told of everything; waiting: the next attempt comes by itself.',
    }),
    messages: Type.Integer({ description: 'BMP messages sent since the connection is up.' }),
    lastDown: Type.Optional(Type.String({ description: 'Why it is not there.' })),
  },
  { description: 'A BMP monitoring station (RFC 7854).' },
)

export const BgpNeighborState = Type.Object(
  {
    address: Type.String({ description: 'Address of the neighbour.' }),
    group: Type.Optional(Type.String({ description: 'Neighbour group that it is of.' })),
    dynamic: Type.Boolean({ description: 'Accepted from a listen range, not named in the configuration.' }),
    description: Type.Optional(Type.String({ description: 'As in the configuration.' })),
    localAs: Type.Integer({ description: 'Our AS.' }),
    remoteAs: Type.Integer({ description: 'AS of the neighbour.' }),
    type: Type.Union([Type.Literal('iBGP'), Type.Literal('eBGP'), Type.Literal('confederation')], {
      description: 'Whether the neighbour is of our AS, of another, or of another of our confederation.',
    }),
    state: SessionState,
    routerId: Type.Optional(Type.String({ description: "The neighbour's BGP identifier." })),
    uptime: Type.Optional(Type.Number({ description: 'Seconds since the session was established.' })),
    holdTime: Type.Optional(Type.Integer({ description: 'Negotiated, seconds.' })),
    keepaliveTime: Type.Optional(Type.Number({ description: 'Seconds between our KEEPALIVEs.' })),
    capabilities: Type.Array(Type.String(), { description: 'Capabilities that both sides announced.' }),
    families: Type.Array(
      Type.Object(
        {
          family: AddressFamily,
          received: count('Paths in the Adj-RIB-In.'),
          accepted: count('Of these, accepted by the import policy.'),
          advertised: count('Paths announced to the neighbour.'),
          addPathSend: Type.Boolean({ description: 'We announce several paths of a prefix (RFC 7911).' }),
          addPathReceive: Type.Boolean({ description: 'We take several paths of a prefix (RFC 7911).' }),
          stale: count('Paths kept from before a restart of the neighbour (RFC 4724).'),
          maxPrefixes: Type.Optional(
            count('The most paths that the neighbour may announce, by `maxPrefixes` of the configuration.'),
          ),
          staleUntil: Type.Optional(
            Type.String({
              description: 'When the stale paths go, if the neighbour does not come back to them; RFC 3339.',
            }),
          ),
          longLived: Type.Optional(
            Type.Boolean({
              description:
                'The stale paths are kept as a last resort, the restart time being over (RFC 9494).',
            }),
          ),
        },
        closed,
      ),
      { description: 'Negotiated address families.' },
    ),
    messages: Type.Object(
      {
        received: count('Messages received.'),
        sent: count('Messages sent.'),
        updatesReceived: count('Of these, UPDATEs.'),
        updatesSent: count('Of these, UPDATEs.'),
      },
      { ...closed, description: 'Messages of the session.' },
    ),
    lastDown: Type.Optional(
      Type.Object(
        {
          at: Type.String({ description: 'When, RFC 3339.' }),
          reason: Type.String({
            description: 'Why the session ended or does not come up, in a sentence with what to do.',
          }),
        },
        { ...closed, description: 'The last time that the session ended or did not come up.' },
      ),
    ),
    lastProblem: Type.Optional(
      Type.Object(
        {
          at: Type.String({ description: 'When, RFC 3339.' }),
          message: Type.String({ description: 'What was wrong, all of it.' }),
          octets: Type.Integer({ description: 'Length of the UPDATE.' }),
          update: Type.String({
            description: 'The UPDATE with its header in hexadecimal, the first 1024 octets of it.',
          }),
        },
        {
          ...closed,
          description:
            'The last UPDATE with which something was wrong (RFC 7606 §6), be it that the session goes on.',
        },
      ),
    ),
  },
  closed,
)

export const MigrationState = Type.Object(
  {
    group: Type.String({ description: 'Neighbour group whose members are the nodes.' }),
    ready: Type.Boolean({ description: 'The sessions between the nodes can be switched off.' }),
    summary: Type.String({ description: 'That, or what is missing, in a sentence.' }),
    nodes: Type.Array(
      Type.Object(
        {
          address: Type.String({ description: 'Address of the node.' }),
          established: Type.Boolean({ description: 'Its session with us is up.' }),
          endOfRibReceived: Type.Union(
            [Type.Literal('received'), Type.Literal('awaited'), Type.Literal('unknown')],
            {
              description:
                'Whether the node has said all its routes; unknown: it does not send End-of-RIB (RFC 4724).',
            },
          ),
          endOfRibSent: Type.Boolean({ description: 'The node was told all that there is.' }),
          notTold: count('Prefixes that other nodes announce and the node is not told.'),
          missing: Type.Optional(Type.String({ description: 'What is missing at this node.' })),
        },
        closed,
      ),
      { description: 'The members of the group, by address.' },
    ),
  },
  {
    ...closed,
    description: 'Whether a full mesh of nodes could be replaced by this box as route reflector.',
  },
)

export const NexthopState = Type.Object(
  {
    via: Type.Optional(Type.String({ description: 'Gateway address.' })),
    interface: Type.Optional(Type.String({ description: 'Interface that the packets leave through.' })),
    onlink: Type.Optional(
      Type.Boolean({ description: 'Reached on the interface though no address of ours covers it.' }),
    ),
    weight: Type.Optional(Type.Integer({ description: 'Share of flows.' })),
  },
  closed,
)

/** One prefix: what the RIB wants and what the kernel has, side by side. */
export const RouteState = Type.Object(
  {
    prefix: Type.String({ description: 'Destination.' }),
    rib: Type.Optional(
      Type.Object(
        {
          source: RouteSource,
          distance: Type.Integer({ description: 'Administrative distance.' }),
          blackhole: Type.Optional(Type.Boolean({ description: 'Packets are dropped in silence.' })),
          nexthops: Type.Array(NexthopState, {
            description: 'Resolved next hops; none where nothing resolves.',
          }),
        },
        { ...closed, description: 'What the RIB wants.' },
      ),
    ),
    kernel: Type.Optional(
      Type.Object(
        {
          protocol: Type.String({ description: 'As ip-route names it, or its number.' }),
          metric: Type.Integer({ description: 'Priority in the kernel; the lowest wins.' }),
          type: Type.String({ description: 'Type of the route: unicast, blackhole, ...' }),
          nexthopId: Type.Optional(Type.Integer({ description: 'Nexthop object that the route points at.' })),
          nexthops: Type.Array(NexthopState, { description: 'Next hops as the kernel has them.' }),
          offload: Type.Boolean({ description: 'RTM_F_OFFLOAD: a switch forwards it in hardware.' }),
        },
        { ...closed, description: 'What the kernel has.' },
      ),
    ),
    agree: Type.Boolean({ description: 'Whether RIB and kernel say the same.' }),
  },
  closed,
)

const longest = (description: string) =>
  Type.Object(
    {
      ever: Type.Number({ description: 'Milliseconds, since the engine started.' }),
      lately: Type.Number({ description: 'Milliseconds, in the last one to two minutes.' }),
    },
    { ...closed, description },
  )

export const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')], {
      description: 'Health in a word; ok: the engine runs and the kernel is as configured.',
    }),
    hostName: Type.String({ description: 'Name of the box.' }),
    version: Type.String({ description: 'Version of the engine.' }),
    uptime: Type.Number({ description: 'Seconds since the engine started.' }),
    reconciled: Type.Boolean({ description: 'The kernel was read back and is as configured.' }),
    failures: Type.Array(
      Type.Object(
        {
          object: Type.String({ description: 'What was refused.' }),
          error: Type.String({ description: 'Why.' }),
        },
        closed,
      ),
      {
        description: 'What the kernel refused, and its words.',
      },
    ),
    neighbors: Type.Object(
      { configured: count('BGP neighbours known.'), established: count('Of these, established.') },
      { ...closed, description: 'BGP neighbours.' },
    ),
    routes: Type.Object(
      {
        rib: count('Prefixes in the RIB.'),
        installed: count('Routes of ours in the kernel.'),
        pending: count('Routes not yet written.'),
        bgpInstalled: Type.Boolean({
          description:
            'BGP routes go into the RIB and the kernel; false where `bgp.installRoutes` is false and they are only announced.',
        }),
      },
      { ...closed, description: 'Routes on their way from the RIB to the kernel.' },
    ),
    longestTurn: longest(
      'The longest that one piece of work kept all others waiting in the engine, keepalives among them.',
    ),
    longestWork: longest(
      'The same in computing time of the engine alone, without what the machine gave to other programs.',
    ),
  },
  closed,
)

export type Counters = Static<typeof Counters>
export type InterfaceState = Static<typeof InterfaceState>
export type TunnelState = Static<typeof TunnelState>
export type SessionState = Static<typeof SessionState>
export type BmpStationState = Static<typeof BmpStationState>
export type BgpNeighborState = Static<typeof BgpNeighborState>
export type NexthopState = Static<typeof NexthopState>
export type RouteState = Static<typeof RouteState>
export type MigrationState = Static<typeof MigrationState>
export type MigrationNode = MigrationState['nodes'][number]
export type Health = Static<typeof Health>
