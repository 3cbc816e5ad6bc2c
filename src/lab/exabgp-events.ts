import type { Family } from '../net/address.ts'
import type { PeerNeighbor, PeerRoute, UnknownAttribute } from './bgp-peer.ts'

/** What ExaBGP tells its processes in JSON, and the tables that follow from it. */

interface Nlri {
  readonly nlri: string
  readonly 'path-information'?: string
}

type Attributes = Readonly<Record<string, unknown>>

interface Update {
  readonly attribute?: Attributes
  readonly announce?: Readonly<Record<string, Readonly<Record<string, readonly Nlri[]>>>>
  readonly withdraw?: Readonly<Record<string, readonly Nlri[]>>
}

export interface ExaBgpEvent {
  readonly type: string
  readonly neighbor?: {
    readonly address: { readonly local: string; readonly peer: string }
    /** Of `state` events: `connected`, `up`, `down`. */
    readonly state?: string
    readonly reason?: string
    readonly direction?: string
    readonly message?: { readonly update?: Update; readonly eor?: { readonly afi: string } }
    readonly notification?: { readonly code: number; readonly subcode: number; readonly data: string }
    readonly open?: { readonly capabilities: Readonly<Record<string, unknown>> }
    readonly 'route-refresh'?: { readonly afi: string; readonly subtype: string }
  }
}

/** One JSON object a line; a line that is not whole yet is left. */
export function parseExaBgpEvents(text: string): ExaBgpEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter(line => line.startsWith('{'))
    .map(line => {
      // Version 4.2 writes the octets of a NOTIFICATION's data as they are.
      const text = line.replace(/\p{Cc}/gu, ' ')
      // And it puts the words of a ROUTE-REFRESH between two pairs of quotation marks.
      const sound = text.includes('"route-refresh": {') ? text.replace(/""([^"]*)""/g, '"$1"') : text
      return JSON.parse(sound) as ExaBgpEvent
    })
}

/** The sessions after all these events. */
export function replayNeighbors(events: readonly ExaBgpEvent[]): PeerNeighbor[] {
  const states = new Map<string, string>()
  for (const { neighbor } of events) {
    if (!neighbor) continue
    const { address, state, reason, notification, direction } = neighbor
    if (state !== undefined) states.set(address.peer, reason ? `${state}; ${reason}` : state)
    if (notification && direction === 'receive') {
      const { code, subcode, data } = notification
      states.set(
        address.peer,
        `notification ${code}/${subcode} ${Buffer.from(data.replace(/^0x/, ''), 'hex')}`,
      )
    }
  }
  return [...states].map(([address, state]) => ({ address, established: state === 'up', state }))
}

/** The paths that were heard, not withdrawn, and whose session is up. */
export function replayRoutes(events: readonly ExaBgpEvent[], family: Family): PeerRoute[] {
  const name = `ipv${family} unicast`
  const tables = new Map<string, Map<string, PeerRoute>>()
  for (const { neighbor } of events) {
    if (!neighbor) continue
    const peer = neighbor.address.peer
    if (neighbor.state === 'down' || neighbor.state === 'connected') tables.delete(peer)
    const update = neighbor.direction === 'receive' ? neighbor.message?.update : undefined
    if (!update) continue
    const table = tables.get(peer) ?? new Map<string, PeerRoute>()
    tables.set(peer, table)
    for (const one of update.withdraw?.[name] ?? []) table.delete(keyOf(one))
    // A prefix comes once for each of its next hops: the global address, and the link-local one beside it.
    const nexthops = new Map<string, string[]>()
    for (const [nexthop, nlris] of Object.entries(update.announce?.[name] ?? {})) {
      for (const one of nlris) {
        const all = [...(nexthops.get(keyOf(one)) ?? []), nexthop]
        nexthops.set(keyOf(one), all)
        table.set(keyOf(one), routeOf(one.nlri, all, update.attribute ?? {}))
      }
    }
  }
  return [...tables.values()].flatMap(table => [...table.values()])
}

const keyOf = (one: Nlri) => `${one.nlri} ${one['path-information'] ?? ''}`

const numbers = (value: unknown) => (Array.isArray(value) ? (value as (readonly number[])[]) : [])

function routeOf(prefix: string, nexthops: readonly string[], attributes: Attributes): PeerRoute {
  const originatorId = attributes['originator-id']
  const localPreference = attributes['local-preference']
  return {
    prefix,
    nexthops,
    asPath: numbers(attributes['as-path']).flat(2),
    communities: numbers(attributes.community).map(one => one.join(':')),
    largeCommunities: numbers(attributes['large-community']).map(one => one.join(':')),
    extendedCommunities: ((attributes['extended-community'] ?? []) as { string: string }[])
      .filter(({ string }) => string.startsWith('target'))
      .map(({ string }) => string.replace(/^target\w*:/, 'rt:').replace(/L$/, '')),
    ...(typeof localPreference === 'number' && { localPreference }),
    ...(typeof originatorId === 'string' && { originatorId }),
    clusterList: ((attributes['cluster-list'] ?? []) as string[]).map(String),
    unknown: Object.entries(attributes).flatMap(unknownOf),
    stale: false,
  }
}

/** `attribute-0x63-0xE0: 0x0102`: code, flags, octets. */
function unknownOf([name, value]: [string, unknown]): UnknownAttribute[] {
  const [, code, flags] = /^attribute-0x([0-9a-f]+)-0x([0-9a-f]+)$/i.exec(name) ?? []
  if (code === undefined || flags === undefined) return []
  return [{ code: parseInt(code, 16), flags: parseInt(flags, 16), value: String(value).replace(/^0x/, '') }]
}
