import Type, { type TSchema } from 'typebox'
import { AddressFamily } from './config-bgp-keeping.ts'
import type { MethodName } from './engine-protocol.ts'

/** Parameters of queries: what REST takes in the query string and the engine over its socket. */

/** Rows of a page, where the query does not say, and at most: a page is one line on the engine's socket. */
export const DEFAULT_PAGE = 100
export const LARGEST_PAGE = 1_000

const limit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: LARGEST_PAGE,
    default: DEFAULT_PAGE,
    description: 'At most so many rows.',
  }),
)

/** Paths that a prefix is shown with, where the query does not say. */
export const DEFAULT_PATHS = 200

const BEGIN = 'Where the page begins: `cursor` of the page before it.'

const Neighbor = Type.String({
  format: 'bgp-neighbor',
  description:
    'A BGP neighbour: its address, with zone where it is link-local, or %eth0 for the one on that interface.',
})

const inside = Type.Optional(
  Type.String({
    format: 'ip-prefix',
    description: 'Only this prefix and the more specific ones inside it, as in 10.244.0.0/16.',
  }),
)

export const routeQuery = {
  family: Type.Optional(
    Type.Union([Type.Literal('ipv4'), Type.Literal('ipv6')], { description: 'Only this IP version.' }),
  ),
  prefix: inside,
  limit,
  cursor: Type.Optional(Type.String({ format: 'ip-prefix', description: BEGIN })),
}

export const bgpTableQuery = {
  family: Type.Optional(AddressFamily),
  prefix: inside,
  limit,
  cursor: Type.Optional(Type.String({ pattern: '^[46]\\.[0-9]{1,9}$', description: BEGIN })),
}

export const bgpRouteQuery = {
  ...bgpTableQuery,
  neighbor: Type.Optional(Neighbor),
}

/** The paths of one prefix. */
export const bgpPathQuery = {
  neighbor: Type.Optional(Neighbor),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: LARGEST_PAGE,
      default: DEFAULT_PATHS,
      description: 'At most so many paths.',
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      pattern: '^[0-3]\\.[0-9]{1,9}$',
      description: 'Where the paths begin: `cursor` of the answer before it, or of the prefix in the table.',
    }),
  ),
}

/** What the engine takes, by method; methods that are not named here look at their parameters themselves. */
export const engineParameters: Partial<Record<MethodName, Readonly<Record<string, TSchema>>>> = {
  getRoutes: routeQuery,
  getBgpRoutes: bgpRouteQuery,
  getReceivedRoutes: { ...bgpTableQuery, neighbor: Neighbor },
  getBgpRoute: {
    ...bgpPathQuery,
    prefix: Type.String({ format: 'ip-prefix', description: 'The prefix, as in 10.244.1.0/24.' }),
  },
  getAdvertisedRoutes: { ...bgpTableQuery, neighbor: Neighbor },
}
