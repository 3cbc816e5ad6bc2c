import Type from 'typebox'
import type { AddressFamily } from '../model/config-bgp-keeping.ts'
import { BgpNeighborText } from '../model/scalars.ts'
import { engineErrors, type Route } from './route.ts'

const Outcome = Type.Object(
  {
    outcome: Type.Union(
      [Type.Literal('asked'), Type.Literal('judged'), Type.Literal('told'), Type.Literal('begun')],
      {
        description:
          'asked: the neighbour was asked for all its routes; judged: it cannot be asked, and its routes were judged again; told: it is told all routes again; begun: the session was reset.',
      },
    ),
  },
  { $id: 'NeighborOutcome', title: 'Outcome', description: 'What was done to a session.' },
)

/** Schemas that the routes below refer to by name. */
export const bgpSchemas = [Outcome] as const

const outcome = { description: 'It was done.', schema: Type.Ref('NeighborOutcome#') }

/** What an operator does to BGP sessions, and asks before. */
export const bgpRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/bgp/neighbors/{address}/refresh',
    id: 'refreshNeighbor',
    summary: 'Soft reset: exchange routes with a BGP neighbour again, without ending the session.',
    tag: 'state',
    params: { address: BgpNeighborText },
    query: {
      direction: Type.Union([Type.Literal('in'), Type.Literal('out')], {
        description: 'in: what the neighbour announces; out: what it is told.',
      }),
      family: Type.Optional(
        Type.Union([Type.Literal('ipv4-unicast'), Type.Literal('ipv6-unicast')], {
          description: 'Only this family. Default: all of the session.',
        }),
      ),
    },
    responses: { 200: outcome },
    errors: ['neighbor-not-found', 'neighbor-down', 'query-invalid', ...engineErrors],
    handle: async ({ engine, params: { address = '' }, query: { direction, family } }) => ({
      body: await engine.call('refreshNeighbor', {
        address,
        direction: direction as 'in' | 'out',
        ...(family !== undefined && { family: family as AddressFamily }),
      }),
    }),
  },
  {
    method: 'POST',
    path: '/api/v1/bgp/neighbors/{address}/reset',
    id: 'resetNeighbor',
    summary:
      'Hard reset: end the session with a BGP neighbour, or clear what keeps it down, and begin it again.',
    tag: 'state',
    params: { address: BgpNeighborText },
    query: {
      message: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 255,
          description: "Goes to the neighbour's log (RFC 9003); more than 255 octets are cut.",
        }),
      ),
    },
    responses: { 200: outcome },
    errors: ['neighbor-not-found', 'neighbor-disabled', 'query-invalid', ...engineErrors],
    handle: async ({ engine, params: { address = '' }, query: { message } }) => ({
      body: await engine.call('resetNeighbor', {
        address,
        ...(message !== undefined && { message: String(message) }),
      }),
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/bgp/migration',
    id: 'getMigration',
    summary: 'Whether the full mesh of the nodes of a neighbour group could be switched off.',
    tag: 'state',
    query: {
      group: Type.String({ minLength: 1, description: 'Name of the neighbour group that the nodes are of.' }),
      nodes: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 65535,
          description: 'How many nodes there are: with fewer it is not ready.',
        }),
      ),
    },
    responses: { 200: { description: 'What is so.', schema: Type.Ref('MigrationState#') } },
    errors: ['neighbor-group-not-found', 'query-invalid', ...engineErrors],
    handle: async ({ engine, query: { group, nodes } }) => ({
      body: await engine.call('getMigration', {
        group: String(group),
        ...(nodes !== undefined && { nodes: Number(nodes) }),
      }),
    }),
  },
]
