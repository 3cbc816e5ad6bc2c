import { RT_TABLE } from '../kernel/constants.ts'
import type { Kernel, Route } from '../kernel/objects.ts'
import type { RoutePage, RouteQuery } from '../model/engine-protocol.ts'
import { DEFAULT_PAGE, LARGEST_PAGE } from '../model/engine-queries.ts'
import type { RouteState } from '../model/state.ts'
import { type Family, familyOf } from '../net/address.ts'
import { FirstPrefixes, type PrefixRange } from '../net/first-prefixes.ts'
import { comparePrefixes, formatPrefix, type Prefix, parsePrefix } from '../net/prefix.ts'
import type { Rib, RibRoute } from '../routing/index.ts'
import type { Pause, Pauses } from './pauses.ts'
import { prefixOf } from './query-prefix.ts'
import { RouteStates } from './state/routes.ts'

/** A prefix with what each side says of it. */
interface Row {
  readonly prefix: Prefix
  readonly text: string
  readonly rib?: RibRoute
  readonly kernel: readonly Route[]
}

/** What one side has of a range, in order. */
interface Side<T> {
  readonly rows: readonly { readonly prefix: Prefix; readonly thing: T }[]
  /** Where there may be more than was asked for, how far it was looked; undefined: to the end. */
  readonly last: Prefix | undefined
}

/**
 * RIB and kernel side by side, in pages. The order is that of addresses and a page begins behind a prefix, so that a walk over
 * the pages meets what is there all the time once, whatever comes and goes. The kernel's worker reads the kernel's table and
 * leaves all but the page's rows where they are; the walk over the RIB takes many turns of the event loop, each a short one.
 */
export class RoutePages {
  readonly #kernel: Pick<Kernel, 'dump'>
  readonly #rib: Rib
  readonly #pauses: Pick<Pauses, 'begin'>

  constructor(parts: {
    readonly kernel: Pick<Kernel, 'dump'>
    readonly rib: Rib
    readonly pauses: Pick<Pauses, 'begin'>
  }) {
    this.#kernel = parts.kernel
    this.#rib = parts.rib
    this.#pauses = parts.pauses
  }

  /** @throws CausewayError where the query is not valid */
  async page(query: RouteQuery): Promise<RoutePage> {
    const inside = query.prefix === undefined ? undefined : prefixOf(query.prefix)
    const after = query.cursor === undefined ? undefined : prefixOf(query.cursor)
    const limit = Math.min(query.limit ?? DEFAULT_PAGE, LARGEST_PAGE)
    const [nexthops, links] = await Promise.all([this.#kernel.dump('nexthops'), this.#kernel.dump('links')])
    const states = new RouteStates({ nexthops, links })
    const pause = this.#pauses.begin()
    const routes: RouteState[] = []
    for (const family of familiesOf(query, inside, after)) {
      // One more than there is room for says whether another page follows.
      const range = { inside, after, first: limit - routes.length + 1 }
      const { rows, last } = await this.#rows(family, range, pause)
      for (const { text, rib, kernel } of rows) {
        if (routes.length === limit) return { routes, cursor: routes.at(-1)!.prefix }
        if (pause.due) await pause.take()
        routes.push(states.of(text, rib, kernel))
      }
      if (last) return { routes, cursor: last }
    }
    return { routes }
  }

  /** Both sides of a range, as far as both were looked at; `last` says how far, where that is not to the end. */
  async #rows(family: Family, range: PrefixRange, pause: Pause): Promise<{ rows: Row[]; last?: string }> {
    const kernel = await this.#kernelSide(family, range, pause)
    const rib = await this.#ribSide(family, range, pause)
    const last = [rib.last, kernel.last].flatMap(one => one ?? []).sort(comparePrefixes)[0]
    const rows = new Map<string, { prefix: Prefix; text: string; rib?: RibRoute; kernel: Route[] }>()
    for (const { prefix, thing } of rib.rows) {
      rows.set(thing.prefix, { prefix, text: thing.prefix, rib: thing, kernel: [] })
    }
    for (const { prefix, thing } of kernel.rows) {
      const row = rows.get(thing.prefix)
      if (row) row.kernel.push(thing)
      else rows.set(thing.prefix, { prefix, text: thing.prefix, kernel: [thing] })
    }
    const seen = [...rows.values()].filter(({ prefix }) => !last || comparePrefixes(prefix, last) <= 0)
    seen.sort((a, b) => comparePrefixes(a.prefix, b.prefix))
    return { rows: seen, ...(last && { last: formatPrefix(last) }) }
  }

  async #kernelSide(
    family: Family,
    { first, after, inside }: PrefixRange,
    pause: Pause,
  ): Promise<Side<Route>> {
    const range = { first, ...(after && { after }), ...(inside && { inside }) }
    const routes = await this.#kernel.dump('routes', { family, table: RT_TABLE.MAIN, ...range })
    const rows: { prefix: Prefix; thing: Route }[] = []
    for (const route of routes) {
      if (pause.due) await pause.take()
      const known = rows.at(-1)
      const prefix = known?.thing.prefix === route.prefix ? known.prefix : parsePrefix(route.prefix)!
      rows.push({ prefix, thing: route })
    }
    const full = new Set(routes.map(route => route.prefix)).size === first
    return { rows, last: full ? rows.at(-1)!.prefix : undefined }
  }

  async #ribSide(family: Family, range: PrefixRange, pause: Pause): Promise<Side<RibRoute>> {
    const found = new FirstPrefixes<undefined>(range)
    const walk = this.#rib.walk(family, prefix => {
      if (found.wants(prefix)) found.add({ bytes: prefix.bytes.slice(), length: prefix.length }, undefined)
    })
    for (const _ of walk) if (pause.due) await pause.take()
    const rows = found.sorted().flatMap(({ prefix }) => {
      // In a pause it may have gone.
      const route = this.#rib.route(family, prefix.bytes, prefix.length)
      return route ? [{ prefix, thing: route }] : []
    })
    return { rows, last: found.last }
  }
}

function familiesOf(
  query: RouteQuery,
  inside: Prefix | undefined,
  after: Prefix | undefined,
): readonly Family[] {
  const asked: readonly Family[] = query.family === undefined ? [4, 6] : query.family === 'ipv4' ? [4] : [6]
  return asked.filter(
    family => (!inside || family === familyOf(inside.bytes)) && (!after || family >= familyOf(after.bytes)),
  )
}
