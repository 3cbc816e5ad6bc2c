import type { PathPlace, RouteView, Speaker, Wanted, WantedPaths } from '../bgp/index.ts'
import type { Fib } from '../forwarding/index.ts'
import type { BgpPathQuery, BgpRouteQuery } from '../model/engine-protocol.ts'
import { DEFAULT_PAGE, DEFAULT_PATHS, LARGEST_PAGE } from '../model/engine-queries.ts'
import { CausewayError } from '../model/errors.ts'
import type { BgpAdvertisedPage, BgpPath, BgpRoute, BgpRoutePage } from '../model/state-bgp.ts'
import { type Family, familyOf } from '../net/address.ts'
import { formatPrefix, networkOf, type Prefix, parsePrefix } from '../net/prefix.ts'
import { canonicalZoned } from '../net/zone.ts'
import type { Resolver, Rib } from '../routing/index.ts'
import type { Pauses } from './pauses.ts'
import { prefixOf } from './query-prefix.ts'
import { advertisedState, bgpRouteState, type Installation } from './state/bgp-routes.ts'

/** Paths of one page: a prefix may have hundreds of them. */
const PATHS = 2_000
/** Paths of one prefix that are described in one turn of the event loop. */
const PATHS_OF_A_TURN = 200

/** The BGP table for people, in pages. A walk over a large table takes many turns of the event loop, each a short one. */
export class BgpTables {
  readonly #view: RouteView
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    this.#view = parts.speaker.view
  }

  /** A page of the table, or of what one neighbour has announced. @throws CausewayError where the query is not valid */
  routes(query: BgpRouteQuery & { neighbor?: string }): Promise<BgpRoutePage> {
    const neighbor = query.neighbor === undefined ? undefined : this.#peerOf(query.neighbor)
    const wanted = neighbor === undefined ? undefined : ({ peer: neighbor, direction: 'received' } as const)
    return this.#page(query, wanted, (family, slot) => this.#describe(family, slot, { first: DEFAULT_PATHS }))
  }

  /** A page of what one neighbour has announced, without the paths of others. @throws CausewayError */
  received(query: BgpRouteQuery & { neighbor: string }): Promise<BgpRoutePage> {
    const peer = this.#peerOf(query.neighbor)
    return this.#page(query, { peer, direction: 'received' }, (family, slot) =>
      this.#describe(family, slot, { peer, first: DEFAULT_PATHS }),
    )
  }

  /** A page of what a neighbour was told. @throws CausewayError */
  advertised(query: BgpRouteQuery & { neighbor: string }): Promise<BgpAdvertisedPage> {
    const peer = this.#peerOf(query.neighbor)
    return this.#page(query, { peer, direction: 'advertised' }, (family, slot) =>
      advertisedState(family, this.#view.advertised(family, slot, peer)),
    )
  }

  /**
   * One prefix with a page of its paths. Of very many a turn of the event loop describes a few.
   * @throws CausewayError `bgp-route-not-found`, or where the query is not valid
   */
  async route(query: BgpPathQuery & { prefix: string }): Promise<BgpRoute> {
    const prefix = networkOf(prefixOf(query.prefix))
    const family = familyOf(prefix.bytes)
    const peer = query.neighbor === undefined ? undefined : this.#peerOf(query.neighbor)
    const limit = Math.min(query.limit ?? DEFAULT_PATHS, LARGEST_PAGE)
    const pause = this.#parts.pauses.begin()
    const paths: BgpPath[] = []
    for (let cursor = query.cursor; ; ) {
      const slot = this.#view.find(family, prefix)
      if (slot < 0) throw new CausewayError('bgp-route-not-found', { prefix: formatPrefix(prefix) })
      const first = Math.min(PATHS_OF_A_TURN, limit - paths.length)
      const route = this.#describe(family, slot, { peer, first, after: readPlace(cursor) })
      paths.push(...route.paths)
      if (route.cursor === undefined || paths.length >= limit) return { ...route, paths }
      cursor = route.cursor
      if (pause.due) await pause.take()
    }
  }

  async #page<Row extends { readonly paths: readonly unknown[] }>(
    query: BgpRouteQuery,
    neighbor: Wanted['neighbor'],
    describe: (family: Family, slot: number) => Row,
  ): Promise<{ routes: Row[]; cursor?: string }> {
    const inside = query.prefix === undefined ? undefined : prefixOf(query.prefix)
    const limit = Math.min(query.limit ?? DEFAULT_PAGE, LARGEST_PAGE)
    const from = readCursor(query.cursor)
    const pause = this.#parts.pauses.begin()
    const routes: Row[] = []
    let paths = 0
    for (const family of familiesOf(query, inside)) {
      if (family < from.family) continue
      const first = family === from.family ? from.slot : 0
      for (const slot of this.#view.slots(family, first, { inside, neighbor })) {
        if (pause.due) await pause.take()
        if (slot < 0) continue
        if (routes.length >= limit || paths >= PATHS) return { routes, cursor: `${family}.${slot}` }
        const row = describe(family, slot)
        // In a pause it may have gone.
        if (row.paths.length === 0) continue
        paths += row.paths.length
        routes.push(row)
      }
    }
    return { routes }
  }

  #describe(family: Family, slot: number, wanted: WantedPaths): BgpRoute {
    const row = this.#view.describe(family, slot, wanted)
    const { resolver } = this.#parts
    return bgpRouteState(family, row, {
      fault: hop => resolver.reach(hop).fault,
      installation: this.#installation(parsePrefix(row.prefix)!),
    })
  }

  #installation(prefix: Prefix): Installation {
    const { rib, fib, installing } = this.#parts
    const family = familyOf(prefix.bytes)
    const route = rib.route(family, prefix.bytes, prefix.length)
    const not = (why: string): Installation => ({ installed: false, why: `Not installed: ${why}.` })
    if (!installing()) return not('bgp.installRoutes is false')
    if (!route) return not('no path can be used')
    if (route.source === 'connected') return not('the box is on this network itself')
    if (route.source === 'static') return not(`a static route has distance ${route.distance}, and that wins`)
    const { installed, fault } = fib.standing(family, prefix.bytes, prefix.length)
    return installed ? { installed, why: 'The kernel forwards by it.' } : not(fault ?? 'it is being written')
  }

  #peerOf(text: string): number {
    const peer = this.#view.peerOf(canonicalZoned(text) ?? text) ?? this.#view.peerOf(text)
    if (peer === undefined) throw new CausewayError('neighbor-not-found', { address: text })
    return peer
  }
}

export interface Parts {
  readonly speaker: Pick<Speaker, 'view'>
  readonly rib: Rib
  readonly resolver: Resolver
  readonly fib: Pick<Fib, 'standing'>
  readonly pauses: Pick<Pauses, 'begin'>
  /** Whether BGP routes go into the kernel. */
  installing(): boolean
}

function familiesOf({ family }: BgpRouteQuery, inside: Prefix | undefined): readonly Family[] {
  const asked: readonly Family[] = family === undefined ? [4, 6] : family === 'ipv4-unicast' ? [4] : [6]
  return inside ? asked.filter(one => one === familyOf(inside.bytes)) : asked
}

function readCursor(text: string | undefined): { family: number; slot: number } {
  const [family, slot] = text === undefined ? [4, 0] : numbersOf(text, /^([46])\.(\d{1,9})$/)
  return { family, slot }
}

function readPlace(text: string | undefined): PathPlace | undefined {
  if (text === undefined) return undefined
  const [standing, row] = numbersOf(text, /^([0-3])\.(\d{1,9})$/)
  return { standing, row }
}

/** The two numbers of a cursor. */
function numbersOf(text: string, form: RegExp): readonly [number, number] {
  const [, first, second] = form.exec(text) ?? []
  if (first !== undefined && second !== undefined) return [Number(first), Number(second)]
  throw new CausewayError('engine-request-invalid', {
    reason: `${JSON.stringify(text)} is no cursor of a page`,
  })
}
