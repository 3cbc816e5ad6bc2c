import Type, { type Static } from 'typebox'
import { AddressFamily, RouteSource } from './config.ts'

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
  closed,
)

export const InterfaceState = Type.Object(
  {
    name: Type.String(),
    index: Type.Integer({ description: "The kernel's ifindex." }),
    type: Type.String({ description: 'As in the configuration, or the kind that the kernel names.' }),
    configured: Type.Boolean({ description: 'Whether the configuration names it.' }),
    adminUp: Type.Boolean({ description: 'IFF_UP.' }),
    carrier: Type.Boolean({ description: 'IFF_LOWER_UP.' }),
    mtu: Type.Integer(),
    macAddress: Type.String(),
    parent: Type.Optional(Type.String()),
    bridge: Type.Optional(Type.String({ description: 'The bridge that this interface is a port of.' })),
    addresses: Type.Array(Type.String()),
    counters: Type.Optional(Counters),
  },
  closed,
)

export const TunnelState = Type.Object(
  {
    name: Type.String(),
    type: Type.Union([Type.Literal('vxlan'), Type.Literal('ipip')]),
    adminUp: Type.Boolean(),
    mtu: Type.Integer(),
    local: Type.Optional(Type.String()),
    remote: Type.Optional(Type.String()),
    vni: Type.Optional(Type.Integer()),
    port: Type.Optional(Type.Integer()),
    macAddress: Type.Optional(Type.String()),
    peers: Type.Array(
      Type.Object(
        {
          destination: Type.String({ description: 'Underlay address of the far end.' }),
          macAddress: Type.Optional(Type.String({ description: 'VXLAN: MAC of the far VTEP.' })),
          addresses: Type.Array(Type.String(), { description: 'Next hops that resolve to this far end.' }),
        },
        closed,
      ),
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

export const BgpNeighborState = Type.Object(
  {
    address: Type.String(),
    group: Type.Optional(Type.String()),
    dynamic: Type.Boolean({ description: 'Accepted from a listen range, not named in the configuration.' }),
    description: Type.Optional(Type.String()),
    localAs: Type.Integer(),
    remoteAs: Type.Integer(),
    type: Type.Union([Type.Literal('iBGP'), Type.Literal('eBGP')]),
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
          addPathSend: Type.Boolean(),
          addPathReceive: Type.Boolean(),
          stale: count('Paths kept from before a restart of the neighbour (RFC 4724).'),
        },
        closed,
      ),
    ),
    messages: Type.Object(
      {
        received: count('Messages received.'),
        sent: count('Messages sent.'),
        updatesReceived: count('Of these, UPDATEs.'),
        updatesSent: count('Of these, UPDATEs.'),
      },
      closed,
    ),
    lastDown: Type.Optional(
      Type.Object(
        {
          at: Type.String({ description: 'RFC 3339.' }),
          reason: Type.String({
            description: 'Why the session ended or does not come up, in a sentence with what to do.',
          }),
        },
        closed,
      ),
    ),
  },
  closed,
)

export const NexthopState = Type.Object(
  {
    via: Type.Optional(Type.String()),
    interface: Type.Optional(Type.String()),
    onlink: Type.Optional(Type.Boolean()),
    weight: Type.Optional(Type.Integer()),
  },
  closed,
)

/** One prefix: what the RIB wants and what the kernel has, side by side. */
export const RouteState = Type.Object(
  {
    prefix: Type.String(),
    rib: Type.Optional(
      Type.Object(
        {
          source: RouteSource,
          distance: Type.Integer(),
          blackhole: Type.Optional(Type.Boolean()),
          nexthops: Type.Array(NexthopState, {
            description: 'Resolved next hops; none where nothing resolves.',
          }),
        },
        closed,
      ),
    ),
    kernel: Type.Optional(
      Type.Object(
        {
          protocol: Type.String({ description: 'As ip-route names it, or its number.' }),
          metric: Type.Integer(),
          type: Type.String({ description: 'unicast, blackhole, ...' }),
          nexthopId: Type.Optional(Type.Integer({ description: 'Nexthop object that the route points at.' })),
          nexthops: Type.Array(NexthopState),
          offload: Type.Boolean({ description: 'RTM_F_OFFLOAD: a switch forwards it in hardware.' }),
        },
        closed,
      ),
    ),
    agree: Type.Boolean({ description: 'Whether RIB and kernel say the same.' }),
  },
  closed,
)

export const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')], {
      description: 'ok: engine runs and the kernel is as configured.',
    }),
    hostName: Type.String(),
    version: Type.String(),
    uptime: Type.Number({ description: 'Seconds since the engine started.' }),
    reconciled: Type.Boolean({ description: 'The kernel was read back and is as configured.' }),
    failures: Type.Array(Type.Object({ object: Type.String(), error: Type.String() }, closed), {
      description: 'What the kernel refused, and its words.',
    }),
    neighbors: Type.Object(
      { configured: count('BGP neighbours known.'), established: count('Of these, established.') },
      closed,
    ),
    routes: Type.Object(
      {
        rib: count('Prefixes in the RIB.'),
        installed: count('Routes of ours in the kernel.'),
        pending: count('Routes not yet written.'),
      },
      closed,
    ),
  },
  closed,
)

export type Counters = Static<typeof Counters>
export type InterfaceState = Static<typeof InterfaceState>
export type TunnelState = Static<typeof TunnelState>
export type SessionState = Static<typeof SessionState>
export type BgpNeighborState = Static<typeof BgpNeighborState>
export type NexthopState = Static<typeof NexthopState>
export type RouteState = Static<typeof RouteState>
export type Health = Static<typeof Health>
