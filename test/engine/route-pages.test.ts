import { describe, expect, it } from 'vitest'
import { RoutePages } from '../../src/engine/route-pages.ts'
import type { KernelDumps, Route, RouteFilter } from '../../src/kernel/objects.ts'
import type { RouteQuery } from '../../src/model/engine-protocol.ts'
import { FirstPrefixes } from '../../src/net/first-prefixes.ts'
import { parsePrefix, prefixFamily } from '../../src/net/prefix.ts'
import { NexthopSets, Resolver, Rib } from '../../src/routing/index.ts'
import { countedPauses } from './counted-pauses.ts'

/** A RIB and the routes of a kernel, and pages over both; `onPause` runs in each pause, which is due all the time. */
function box() {
  const sets = new NexthopSets()
  const rib = new Rib({
    sets,
    resolver: new Resolver(),
    fib: { set: () => undefined, delete: () => undefined },
    onBest: () => undefined,
  })
  const gateway = sets.intern([{ via: '192.168.50.2', weight: 1 }])
  const want = (...prefixes: string[]) => {
    for (const prefix of prefixes) {
      const { bytes, length } = parsePrefix(prefix)!
      rib.set('eBGP', prefixFamily({ bytes, length }), bytes, 0, length, gateway)
    }
  }
  const unwant = (prefix: string) => {
    const { bytes, length } = parsePrefix(prefix)!
    rib.remove('eBGP', prefixFamily({ bytes, length }), bytes, 0, length)
  }
  const held: Route[] = []
  const hold = (...prefixes: string[]) => {
    for (const prefix of prefixes) {
      const family = prefixFamily(parsePrefix(prefix)!)
      const rest = { table: 254, protocol: 201, metric: 20, type: 1, scope: 0, flags: 0, paths: [] }
      held.push({ family, prefix, ...rest })
    }
  }
  const handedOver: number[] = []
  const dump = async <K extends keyof KernelDumps>(kind: K, filter: RouteFilter = {}) => {
    const { family, first = 0, after, inside } = filter
    const found = new FirstPrefixes<Route>({ first, after, inside })
    for (const route of kind === 'routes' ? held : []) {
      const prefix = parsePrefix(route.prefix)!
      if (route.family === family && found.wants(prefix)) found.add(prefix, route)
    }
    const routes = found.sorted().map(({ thing }) => thing)
    if (kind === 'routes') handedOver.push(routes.length)
    return routes as unknown as KernelDumps[K]
  }
  const { seen, pauses } = countedPauses()
  const pages = new RoutePages({ kernel: { dump }, rib, pauses })
  const page = async (query: RouteQuery) => {
    const { routes, cursor } = await pages.page(query)
    return { prefixes: routes.map(({ prefix }) => prefix), cursor }
  }
  const walk = async (query: RouteQuery, between: () => void = () => {}) => {
    const all: string[][] = []
    for (let cursor: string | undefined, turn = 0; turn < 1000; turn++) {
      const next = await page({ ...query, ...(cursor !== undefined && { cursor }) })
      all.push(next.prefixes)
      cursor = next.cursor
      if (cursor === undefined) return all
      between()
    }
    throw new Error('the walk does not end')
  }
  return { want, unwant, hold, pages, page, walk, seen, handedOver }
}

const many = (count: number) => Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`)
const shuffled = <T>(all: readonly T[]) => all.map((_, i) => all[(i * 7919) % all.length]!)

describe('pages of routes', () => {
  it('go over what either side has in order of address, IPv4 first, each prefix once', async () => {
    const { want, hold, walk } = box()
    want('2001:db8:1::/48', '10.9.0.0/24', '10.10.0.0/16', '9.0.0.0/8')
    hold('10.9.0.0/16', '10.10.0.0/16', '2001:db8::/32', '0.0.0.0/0')
    expect(await walk({ limit: 3 })).toEqual([
      ['0.0.0.0/0', '9.0.0.0/8', '10.9.0.0/16'],
      ['10.9.0.0/24', '10.10.0.0/16', '2001:db8::/32'],
      ['2001:db8:1::/48'],
    ])
  })

  it('have both sides of a prefix in one row', async () => {
    const { want, hold, pages } = box()
    want('10.1.0.0/16')
    hold('10.1.0.0/16', '10.2.0.0/16')
    expect((await pages.page({})).routes).toMatchObject([
      { prefix: '10.1.0.0/16', rib: { source: 'bgp' }, kernel: { protocol: 'causeway' } },
      { prefix: '10.2.0.0/16', kernel: { protocol: 'causeway' } },
    ])
  })

  it('end without a cursor where they are just full', async () => {
    const { want, page } = box()
    want('10.1.0.0/16', '10.2.0.0/16')
    expect(await page({ limit: 2 })).toEqual({ prefixes: ['10.1.0.0/16', '10.2.0.0/16'] })
    expect(await page({ limit: 1 })).toEqual({ prefixes: ['10.1.0.0/16'], cursor: '10.1.0.0/16' })
    want('2001:db8::/32')
    expect(await page({ limit: 2 })).toEqual({
      prefixes: ['10.1.0.0/16', '10.2.0.0/16'],
      cursor: '10.2.0.0/16',
    })
  })

  it('are of one family, and of what lies inside a prefix', async () => {
    const { want, hold, page } = box()
    want('10.9.0.0/24', '10.10.0.0/16', '2001:db8::/32')
    hold('10.9.0.0/16', '10.8.0.0/16')
    expect((await page({ family: 'ipv6' })).prefixes).toEqual(['2001:db8::/32'])
    expect((await page({ prefix: '10.9.0.0/16' })).prefixes).toEqual(['10.9.0.0/16', '10.9.0.0/24'])
    expect((await page({ family: 'ipv4', prefix: '2001:db8::/32' })).prefixes).toEqual([])
    await expect(page({ prefix: '10.9' })).rejects.toThrow('"10.9" is not a prefix')
    await expect(page({ cursor: '4.1' })).rejects.toThrow('"4.1" is not a prefix')
  })

  it('have a hundred rows where nothing is said, and a thousand at most', async () => {
    const { want, page } = box()
    want(...many(1200))
    expect((await page({})).prefixes).toHaveLength(100)
    expect((await page({ limit: 1_000_000 })).prefixes).toHaveLength(1000)
  })

  it('of a large table build no more than the page, with pauses on the way', async () => {
    const { want, hold, page, seen, handedOver } = box()
    want(...shuffled(many(5000)))
    hold(...shuffled(many(5000)))
    expect((await page({ limit: 10 })).prefixes).toEqual(many(10))
    expect(handedOver).toEqual([11])
    expect(seen.pauses).toBeGreaterThan(4)
  })

  it('meet what is there all the time once, whatever comes and goes between them', async () => {
    const { want, unwant, walk } = box()
    const all = many(60)
    want(...shuffled(all))
    let turn = 0
    const pages = await walk({ limit: 7 }, () => {
      unwant(all[turn]!)
      want(`9.${turn++}.0.0/16`)
    })
    expect(pages.flat()).toEqual(all)
  })

  it('go on where routes go in a pause, though a page has fewer rows for it', async () => {
    const { want, unwant, page, walk, seen } = box()
    const all = many(4000)
    want(...all)
    seen.onPause = () => {
      for (const prefix of all.slice(0, 5)) unwant(prefix)
    }
    const { prefixes, cursor } = await page({ limit: 4 })
    expect({ prefixes, cursor }).toEqual({ prefixes: [], cursor: '10.0.4.0/24' })
    expect((await walk({ limit: 1000, cursor: cursor! })).flat()).toEqual(all.slice(5))
  })
})
