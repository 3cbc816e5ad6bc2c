import Type, { type Static } from 'typebox'
import { AddressFamily } from './config-bgp.ts'

/** What the BGP speaker knows of routes: the schemas of what REST and the console show of it. */

const closed = { additionalProperties: false } as const

export const BgpAttributes = Type.Object(
  {
    nexthop: Type.Optional(
      Type.String({ description: 'Next hop; a link-local one beside a global one stands behind a space.' }),
    ),
    origin: Type.String({ description: 'ORIGIN: IGP, EGP or INCOMPLETE.' }),
    asPath: Type.String({
      description:
        'AS_PATH; an AS_SET in braces, confederation segments in parentheses. Empty inside our own AS.',
    }),
    localPreference: Type.Optional(Type.Integer({ description: 'LOCAL_PREF.' })),
    med: Type.Optional(Type.Integer({ description: 'MULTI_EXIT_DISC.' })),
    communities: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Communities (RFC 1997), as 65000:100 or by the name of a well-known one.',
      }),
    ),
    extendedCommunities: Type.Optional(
      Type.Array(Type.String(), { description: 'Extended communities (RFC 4360).' }),
    ),
    largeCommunities: Type.Optional(
      Type.Array(Type.String(), { description: 'Large communities (RFC 8092), as 65000:1:2.' }),
    ),
    originatorId: Type.Optional(Type.String({ description: 'ORIGINATOR_ID (RFC 4456).' })),
    clusterList: Type.Optional(Type.Array(Type.String(), { description: 'CLUSTER_LIST (RFC 4456).' })),
    aggregator: Type.Optional(Type.String({ description: 'AGGREGATOR: AS and BGP identifier.' })),
    atomicAggregate: Type.Optional(Type.Boolean({ description: 'ATOMIC_AGGREGATE is there.' })),
    onlyToCustomer: Type.Optional(Type.Integer({ description: 'ONLY_TO_CUSTOMER (RFC 9234).' })),
    unknown: Type.Optional(
      Type.Array(Type.Integer(), { description: 'Codes of attributes that are passed on unread.' }),
    ),
  },
  { ...closed, description: 'Path attributes.' },
)

export const BgpPath = Type.Object(
  {
    neighbor: Type.Optional(
      Type.String({ description: 'Neighbour that announced the path; absent: it is our own.' }),
    ),
    pathId: Type.Optional(Type.Integer({ description: 'Path identifier (RFC 7911), where there is one.' })),
    best: Type.Boolean({ description: 'It is the best path.' }),
    multipath: Type.Boolean({ description: 'Its next hop is used: it is the best path or equal to it.' }),
    accepted: Type.Boolean({ description: 'The import policy and the checks before it took it.' }),
    stale: Type.Boolean({ description: 'Kept from before a restart of the neighbour (RFC 4724).' }),
    reason: Type.String({
      description: 'Why it is the best path, or to which it lost and by what, or why it is not used.',
    }),
    lostAt: Type.Optional(Type.String({ description: 'Step of the decision process that it lost at.' })),
    metric: Type.Optional(
      Type.Integer({ description: 'IGP metric of the next hop; absent where it cannot be reached.' }),
    ),
    interface: Type.Optional(
      Type.String({ description: 'Interface of a link-local next hop, or tunnel that the policy chose.' }),
    ),
    attributes: BgpAttributes,
    received: Type.Optional(BgpAttributes),
  },
  {
    ...closed,
    description:
      'A path of a prefix. `attributes` are those after the import policy; `received` is there where that changed them.',
  },
)

export const BgpRoute = Type.Object(
  {
    prefix: Type.String({ description: 'Destination.' }),
    family: AddressFamily,
    installed: Type.Boolean({ description: 'The kernel forwards by the best path.' }),
    installation: Type.String({ description: 'Why the kernel forwards by the best path, or why not.' }),
    pathCount: Type.Integer({
      description:
        'Paths that there are: of all neighbours, or of the one that was asked for. `paths` may have fewer.',
    }),
    paths: Type.Array(BgpPath, {
      description:
        'The first paths: the best, then those that share its load, those that lost, and those that are not used.',
    }),
    cursor: Type.Optional(
      Type.String({
        description:
          'Where the other paths begin, for /api/v1/bgp/routes/{prefix}; absent where these are all.',
      }),
    ),
  },
  { ...closed, description: 'A prefix with its paths, and why each won or lost.' },
)

export const BgpAdvertisedRoute = Type.Object(
  {
    prefix: Type.String({ description: 'Destination.' }),
    family: AddressFamily,
    paths: Type.Array(
      Type.Object(
        {
          pathId: Type.Optional(Type.Integer({ description: 'Path identifier (RFC 7911).' })),
          attributes: BgpAttributes,
        },
        closed,
      ),
      { description: 'What the neighbour was told, read back from the UPDATE.' },
    ),
  },
  { ...closed, description: 'A prefix as a neighbour was told of it.' },
)

const cursor = Type.Optional(
  Type.String({ description: 'Where the next page begins; absent on the last one.' }),
)

export const BgpRoutePage = Type.Object(
  { routes: Type.Array(BgpRoute, { description: 'Prefixes, in no particular order.' }), cursor },
  { ...closed, description: 'A page of the BGP table. It may have fewer rows than were asked for.' },
)

export const BgpAdvertisedPage = Type.Object(
  { routes: Type.Array(BgpAdvertisedRoute, { description: 'Prefixes, in no particular order.' }), cursor },
  { ...closed, description: 'A page of what a neighbour was told.' },
)

export type BgpAttributes = Static<typeof BgpAttributes>
export type BgpPath = Static<typeof BgpPath>
export type BgpRoute = Static<typeof BgpRoute>
export type BgpAdvertisedRoute = Static<typeof BgpAdvertisedRoute>
export type BgpRoutePage = Static<typeof BgpRoutePage>
export type BgpAdvertisedPage = Static<typeof BgpAdvertisedPage>
