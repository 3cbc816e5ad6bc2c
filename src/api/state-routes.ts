import Type, { type TSchema } from 'typebox'
import { routeQuery } from '../model/engine-queries.ts'
import { CausewayError } from '../model/errors.ts'
import { BgpNeighborText, InterfaceName } from '../model/scalars.ts'
import { canonicalZoned } from '../net/zone.ts'
import { type ApiRequest, type ApiResponse, engineErrors, type Route } from './route.ts'

const RoutePage = Type.Object(
  {
    routes: Type.Array(Type.Ref('RouteState#'), {
      description:
        'Each prefix with what the RIB wants and what the kernel has, in order of address, IPv4 first.',
    }),
    cursor: Type.Optional(
      Type.String({ description: 'Where the next page begins; absent on the last one.' }),
    ),
  },
  {
    $id: 'RoutePage',
    title: 'Routes',
    description: 'A page of the routing table. It may have fewer rows than were asked for.',
  },
)

/** Schemas that the routes below refer to by name. */
export const stateSchemas = [RoutePage] as const

const listOf = (name: string): TSchema => Type.Array(Type.Ref(`${name}#`))

export const stateRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/interfaces',
    id: 'getInterfaces',
    summary: 'All interfaces, as the kernel has them.',
    tag: 'state',
    responses: { 200: { description: 'The interfaces.', schema: listOf('InterfaceState') } },
    errors: engineErrors,
    handle: async ({ engine }) => ({ body: await engine.call('getInterfaces', {}) }),
  },
  {
    method: 'GET',
    path: '/api/v1/interfaces/{name}',
    id: 'getInterface',
    summary: 'One interface, as the kernel has it.',
    tag: 'state',
    params: { name: InterfaceName },
    responses: { 200: { description: 'The interface.', schema: Type.Ref('InterfaceState#') } },
    errors: ['interface-not-found', 'query-invalid', ...engineErrors],
    handle: getInterface,
  },
  {
    method: 'GET',
    path: '/api/v1/tunnels',
    id: 'getTunnels',
    summary: 'The VXLAN and IPIP tunnels and their far ends.',
    tag: 'state',
    responses: { 200: { description: 'The tunnels.', schema: listOf('TunnelState') } },
    errors: engineErrors,
    handle: async ({ engine }) => ({ body: await engine.call('getTunnels', {}) }),
  },
  {
    method: 'GET',
    path: '/api/v1/bgp/neighbors',
    id: 'getNeighbors',
    summary: 'The BGP neighbours and their sessions.',
    tag: 'state',
    responses: { 200: { description: 'The neighbours.', schema: listOf('BgpNeighborState') } },
    errors: engineErrors,
    handle: async ({ engine }) => ({ body: await engine.call('getNeighbors', {}) }),
  },
  {
    method: 'GET',
    path: '/api/v1/bgp/neighbors/{address}',
    id: 'getNeighbor',
    summary: 'One BGP neighbour and its session.',
    tag: 'state',
    params: { address: BgpNeighborText },
    responses: { 200: { description: 'The neighbour.', schema: Type.Ref('BgpNeighborState#') } },
    errors: ['neighbor-not-found', 'query-invalid', ...engineErrors],
    handle: getNeighbor,
  },
  {
    method: 'GET',
    path: '/api/v1/bgp/monitoring',
    id: 'getMonitoring',
    summary: 'The BMP monitoring stations, and how they stand.',
    tag: 'state',
    responses: { 200: { description: 'The stations.', schema: listOf('BmpStationState') } },
    errors: engineErrors,
    handle: async ({ engine }) => ({ body: await engine.call('getMonitoring', {}) }),
  },
  {
    method: 'GET',
    path: '/api/v1/routes',
    id: 'getRoutes',
    summary: 'Routes: what the RIB wants and what the kernel has, side by side.',
    tag: 'state',
    query: routeQuery,
    responses: { 200: { description: 'A page of routes.', schema: Type.Ref('RoutePage#') } },
    errors: ['query-invalid', ...engineErrors],
    handle: async ({ engine, query }) => ({ body: await engine.call('getRoutes', query) }),
  },
]

async function getInterface({ engine, params: { name = '' } }: ApiRequest): Promise<ApiResponse> {
  const interfaces = await engine.call('getInterfaces', {})
  const found = interfaces.find(one => one.name === name)
  if (!found) throw new CausewayError('interface-not-found', { name })
  return { body: found }
}

async function getNeighbor({ engine, params: { address = '' } }: ApiRequest): Promise<ApiResponse> {
  const neighbors = await engine.call('getNeighbors', {})
  const wanted = canonicalZoned(address) ?? address
  const found = neighbors.find(one => one.address === wanted)
  if (!found) throw new CausewayError('neighbor-not-found', { address })
  return { body: found }
}
