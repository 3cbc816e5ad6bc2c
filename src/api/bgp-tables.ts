import Type from 'typebox'
import { bgpPathQuery, bgpRouteQuery, bgpTableQuery } from '../model/engine-queries.ts'
import { AddressText, BgpNeighborText } from '../model/scalars.ts'
import { type ApiRequest, type ApiResponse, engineErrors, type Route } from './route.ts'

const neighborErrors = ['neighbor-not-found', 'query-invalid', ...engineErrors] as const

const Prefix = Type.String({
  format: 'ip-prefix',
  description: 'The prefix, its slash written as %2F: 10.244.1.0%2F24.',
})

const oneRoute = {
  method: 'GET',
  tag: 'state',
  query: bgpPathQuery,
  responses: { 200: { description: 'The prefix.', schema: Type.Ref('BgpRoute#') } },
  errors: ['bgp-route-not-found', ...neighborErrors],
  handle: getRoute,
} as const

/** The BGP table: the paths of each prefix with what became of them, and what neighbours said and were told. */
export const bgpTableRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/bgp/neighbors/{address}/adj-rib-in',
    id: 'getReceivedRoutes',
    summary: 'What a BGP neighbour has announced, accepted or not, with the reason.',
    tag: 'state',
    params: { address: BgpNeighborText },
    query: bgpTableQuery,
    responses: { 200: { description: 'A page of its routes.', schema: Type.Ref('BgpRoutePage#') } },
    errors: neighborErrors,
    handle: async ({ engine, params: { address = '' }, query }) => ({
      body: await engine.call('getReceivedRoutes', { ...query, neighbor: address }),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/bgp/neighbors/{address}/adj-rib-out',
    id: 'getAdvertisedRoutes',
    summary: 'What a BGP neighbour was told, with the attributes as they were sent.',
    tag: 'state',
    params: { address: BgpNeighborText },
    query: bgpTableQuery,
    responses: { 200: { description: 'A page of routes.', schema: Type.Ref('BgpAdvertisedPage#') } },
    errors: neighborErrors,
    handle: async ({ engine, params: { address = '' }, query }) => ({
      body: await engine.call('getAdvertisedRoutes', { ...query, neighbor: address }),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/bgp/routes',
    id: 'getBgpRoutes',
    summary:
      'The BGP table: each prefix with its first 200 paths, the best in front, and why each won or lost.',
    tag: 'state',
    query: bgpRouteQuery,
    responses: { 200: { description: 'A page of prefixes.', schema: Type.Ref('BgpRoutePage#') } },
    errors: neighborErrors,
    handle: async ({ engine, query }) => ({ body: await engine.call('getBgpRoutes', query) }),
  },
  {
    ...oneRoute,
    path: '/api/v1/bgp/routes/{prefix}',
    id: 'getBgpRoute',
    summary: 'One prefix with its paths, the best in front, and why each won or lost.',
    params: { prefix: Prefix },
  },
  {
    ...oneRoute,
    path: '/api/v1/bgp/routes/{address}/{length}',
    id: 'getBgpRouteByAddress',
    summary: 'The same, with the slash of the prefix as it is.',
    params: {
      address: AddressText,
      length: Type.Integer({ minimum: 0, maximum: 128, description: 'Length of the prefix in bits.' }),
    },
  },
]

async function getRoute({ engine, params, query }: ApiRequest): Promise<ApiResponse> {
  const { prefix, address, length } = params
  return { body: await engine.call('getBgpRoute', { ...query, prefix: prefix ?? `${address}/${length}` }) }
}
