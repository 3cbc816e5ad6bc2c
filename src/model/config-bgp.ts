import Type, { type Static } from 'typebox'
import { accepting, impersonating } from './config-bgp-ases.ts'
import { announcer, announcing } from './config-bgp-export.ts'
import { AddressFamily, keeping, limiting } from './config-bgp-keeping.ts'
import { protecting } from './config-bgp-session.ts'
import { AsNumber, addressText, closed, interfaceName, nameText, PrefixText } from './scalars.ts'

/** The part of the configuration that is the BGP speaker. */

/** One policy, or several: the rules of the second are tried where none of the first has decided. */
const policyNames = (description: string) =>
  Type.Union(
    [
      nameText('Name of a policy.'),
      Type.Array(nameText('Name of a policy.'), {
        minItems: 1,
        maxItems: 16,
        uniqueItems: true,
        description: 'Names of policies, whose rules are tried one after the other as those of one policy.',
      }),
    ],
    { description },
  )

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
        'The neighbour may be more than one hop away (eBGP), and so may the next hops of its routes. Default: false, TTL 1 and next hops on the link; iBGP is always multihop.',
    }),
  ),
  ...protecting,
  ...announcing,
  ...keeping,
  ...limiting,
  ...impersonating,
  allowOwnAs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10,
      description:
        'Accept routes with our own AS in their path, at most so often: for sites of one AS with another in between. Default: none is accepted.',
    }),
  ),
  gracefulShutdown: Type.Optional(
    Type.Boolean({
      description:
        'The session is about to go down for maintenance (RFC 8326): what it is told carries the community graceful-shutdown (inside the AS LOCAL_PREF 0 too), and what the eBGP neighbour announces gets LOCAL_PREF 0. Default: what bgp.gracefulShutdown says.',
    }),
  ),
  acceptGracefulShutdown: Type.Optional(
    Type.Boolean({
      description:
        'Give routes of an eBGP neighbour with the community graceful-shutdown LOCAL_PREF 0, after the import policy (RFC 8326). Default: true.',
    }),
  ),
  importPolicy: Type.Optional(
    policyNames(
      'Policy for what the neighbour announces, or several. Default: accept all of iBGP, nothing of eBGP (RFC 8212).',
    ),
  ),
  exportPolicy: Type.Optional(
    policyNames(
      'Policy for what is announced, or several. Default: to iBGP what eBGP taught us, to eBGP nothing (RFC 8212).',
    ),
  ),
}

export const PresetName = Type.Union(
  [
    Type.Literal('calico-tor'),
    Type.Literal('calico-rr'),
    Type.Literal('cilium'),
    Type.Literal('metallb'),
    Type.Literal('kube-router'),
    Type.Literal('hybridnet'),
  ],
  { description: 'Kind of cluster network, and the part that the box has in it.' },
)

export const BgpPreset = Type.Object(
  {
    name: PresetName,
    pods: Type.Optional(
      Type.Array(PrefixText, {
        minItems: 1,
        description: 'Networks of the pods; what lies inside them may be announced by the nodes.',
      }),
    ),
    services: Type.Optional(
      Type.Array(PrefixText, {
        minItems: 1,
        description: 'Networks of the services; what lies inside them may be announced by the nodes.',
      }),
    ),
  },
  {
    ...closed,
    description:
      'Settings and policies for the nodes of a kind of cluster, where the group has none of its own. GET /api/v1/config/expanded shows them written out.',
  },
)

export const BgpNeighborGroup = Type.Object(
  {
    name: nameText('Name of the group: lower-case letters, digits, dots and hyphens.'),
    preset: Type.Optional(BgpPreset),
    ...session,
    listenRanges: Type.Optional(
      Type.Array(PrefixText, {
        minItems: 1,
        description:
          'Accept sessions from any address in these prefixes (dynamic neighbours), also several from one address, with a BGP identifier each: the first is known by the address, others as 192.0.2.1#192.0.2.9.',
      }),
    ),
    ...accepting,
  },
  {
    ...closed,
    description: 'Settings that neighbours share, and the ranges from which unnamed ones are accepted.',
  },
)

export const BgpNeighbor = Type.Object(
  {
    address: Type.Optional(
      Type.String({
        format: 'zoned-address',
        description: 'Address of the neighbour; a link-local one with its link, as in fe80::1%eth1.',
      }),
    ),
    interface: Type.Optional(
      interfaceName(
        'In place of address: the neighbour is the router at the other end of this interface, found by its router advertisements or its connection, and known as %eth1. Families are then by default both.',
      ),
    ),
    group: Type.Optional(nameText('Group whose settings hold where the neighbour has none of its own.')),
    enabled: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether a session with the neighbour is held.' }),
    ),
    shutdownMessage: Type.Optional(
      Type.String({
        maxLength: 255,
        description:
          'Text for the log of the neighbour when enabled becomes false (RFC 9003), of which the first 255 octets are sent. Default: none.',
      }),
    ),
    ...session,
  },
  { ...closed, description: 'A BGP neighbour.' },
)

export const BmpStation = Type.Object(
  {
    address: addressText('Address of the monitoring station.'),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'TCP port that it listens on. Default: 11019.',
      }),
    ),
    localAddress: Type.Optional(
      addressText('Our address of the connection. Default: what the route to the station gives.'),
    ),
    description: Type.Optional(Type.String({ maxLength: 255, description: 'Free text for people.' })),
  },
  { ...closed, description: 'A monitoring station: a collector of BMP.' },
)

export const Bmp = Type.Object(
  {
    stations: Type.Array(BmpStation, { description: 'Who is told.' }),
    statisticsInterval: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 86400,
        description: 'Seconds between reports of statistics; 0: none. Default: 60.',
      }),
    ),
  },
  {
    ...closed,
    description:
      'The BGP monitoring protocol (RFC 7854): stations are told of every session, and of all routes as neighbours announce them, before policy.',
  },
)

export const Bgp = Type.Object(
  {
    localAs: AsNumber,
    routerId: addressText('BGP identifier: an IPv4 address of the box (RFC 6286).'),
    ...announcer,
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
    multipathRelax: Type.Optional(
      Type.Boolean({
        description:
          'Paths share load where their AS_PATHs are equally long; false: only where they are the same, AS for AS. Default: true.',
      }),
    ),
    linkBandwidth: Type.Optional(
      Type.Boolean({
        description:
          'Weigh next hops that share load by the link bandwidth community, where all their paths have one. Default: true.',
      }),
    ),
    installRoutes: Type.Optional(
      Type.Boolean({
        description:
          'Put BGP routes into the kernel. False for a route reflector that packets do not pass through: it decides and announces, and installs nothing. Default: true.',
      }),
    ),
    selectionDeferralTime: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65535,
        description:
          'After a restart of the box, the most seconds to wait for the End-of-RIB of all neighbours before routes are chosen (RFC 4724). Default: the longest gracefulRestartTime.',
      }),
    ),
    gracefulShutdown: Type.Optional(
      Type.Boolean({
        description:
          'The box is about to go down for maintenance: gracefulShutdown of all sessions that do not say otherwise. Default: false.',
      }),
    ),
    bmp: Type.Optional(Bmp),
    neighborGroups: Type.Optional(
      Type.Array(BgpNeighborGroup, { description: 'Settings shared by neighbours, and listen ranges.' }),
    ),
    neighbors: Type.Optional(Type.Array(BgpNeighbor, { description: 'Neighbours by address.' })),
  },
  { ...closed, description: 'The BGP speaker.' },
)

export { AddressFamily } from './config-bgp-keeping.ts'
export type PresetName = Static<typeof PresetName>
export type BgpPreset = Static<typeof BgpPreset>
export type BgpNeighborGroup = Static<typeof BgpNeighborGroup>
export type BgpNeighbor = Static<typeof BgpNeighbor>
export type Bmp = Static<typeof Bmp>
export type Bgp = Static<typeof Bgp>
