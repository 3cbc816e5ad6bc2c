import { describe, expect, it, vi } from 'vitest'
import { RouteView } from '../../src/bgp/route-view.ts'
import { BgpTables } from '../../src/engine/bgp-tables.ts'
import type { BgpPath } from '../../src/model/state-bgp.ts'
import { NexthopSets, Resolver, Rib } from '../../src/routing/index.ts'
import { Fixture } from '../bgp/rib/fixture.ts'
import { countedPauses } from './counted-pauses.ts'

const PREFIX = '192.0.2.0/24'
const NEIGHBORS = ['10.0.0.2', '10.0.0.3']

/** The BGP table with two neighbours of ADD-PATH, in front of it what people see; a pause is due all the time. */
function box() {
  const fixture = new Fixture()
  const [one, two] = NEIGHBORS.map((address, i) => fixture.peer(address, true, i + 2)) as [number, number]
  const view = new RouteView({
    tables: {
      hops: fixture.hops,
      attributes: fixture.attributes,
      columns: fixture.peers,
      paths: { 4: fixture.table, 6: new Fixture().table },
    },
    addressOf: peer => NEIGHBORS[[one, two].indexOf(peer)],
    peerOf: address => [one, two][NEIGHBORS.indexOf(address)],
    groupOf: () => undefined,
    refusalOf: () => undefined,
  })
  const { seen, pauses } = countedPauses()
  const resolver = new Resolver()
  const rib = new Rib({
    sets: new NexthopSets(),
    resolver,
    fib: { set: () => undefined, delete: () => undefined },
    onBest: () => undefined,
  })
  const fib = { standing: () => ({ installed: false }) }
  const tables = new BgpTables({ speaker: { view }, rib, resolver, fib, pauses, installing: () => true })
  /** So many paths of each neighbour: of every four one shares load with the best, two lose, one is not accepted. */
  const announce = (count: number, prefix = PREFIX) => {
    const good = fixture.set({ localPreference: 200 })
    const bad = fixture.set({ localPreference: 100 })
    for (let i = 0; i < count; i++) {
      for (const peer of [one, two]) {
        const set = i % 4 === 0 ? good : bad
        fixture.announce(peer, prefix, set, i + 1, i % 4 === 3 ? 0 : set)
      }
    }
    fixture.settle()
  }
  const walk = async (query: { limit: number; neighbor?: string; cursor?: string }) => {
    const all: BgpPath[] = []
    for (let cursor = query.cursor, turn = 0; turn < 1000; turn++) {
      const route = await tables.route({ ...query, prefix: PREFIX, ...(cursor !== undefined && { cursor }) })
      expect(route.paths.length).toBeLessThanOrEqual(query.limit)
      all.push(...route.paths)
      cursor = route.cursor
      if (cursor === undefined) return all
    }
    throw new Error('the walk does not end')
  }
  return { fixture, tables, announce, walk, seen, one, two }
}

const nameOf = ({ neighbor, pathId }: BgpPath) => `${neighbor} ${pathId}`
const standings = (paths: readonly BgpPath[]) =>
  paths.map(path => (path.best ? 0 : path.multipath ? 1 : path.lostAt !== undefined ? 2 : 3))

describe('a prefix with very many paths', () => {
  it('is in the table with the first of them, the best in front, and says how many there are', async () => {
    const { fixture, tables, announce } = box()
    announce(2000)
    const decode = vi.spyOn(fixture.attributes, 'decode')
    const { routes } = await tables.routes({})
    expect(routes).toMatchObject([{ prefix: PREFIX, pathCount: 4000 }])
    const [{ paths, cursor }] = routes as [(typeof routes)[0]]
    expect(paths).toHaveLength(200)
    expect(paths[0]).toMatchObject({ best: true, reason: 'Best of 3000 paths.' })
    expect(standings(paths)).toEqual([0, ...new Array(63).fill(1), ...new Array(136).fill(2)])
    expect(cursor).toMatch(/^2\.\d+$/)
    expect(decode.mock.calls.length).toBe(2 * 200)
  })

  it('has them all in pages, each once, in turns of a few', async () => {
    const { fixture, tables, announce, walk, seen } = box()
    announce(600)
    const whole = await walk({ limit: 1000 })
    expect(seen.pauses).toBe(4)
    const names = whole.map(nameOf)
    expect(names.length).toBe(1200)
    expect(new Set(names).size).toBe(1200)
    const order = standings(whole)
    expect(order).toEqual([...order].sort())
    expect((await walk({ limit: 7 })).map(nameOf)).toEqual(names)
    const decode = vi.spyOn(fixture.attributes, 'decode')
    await tables.route({ prefix: PREFIX, limit: 3 })
    expect(decode.mock.calls.length).toBeLessThanOrEqual(2 * 3)
  })

  it('goes on from the page of the table', async () => {
    const { tables, announce, walk } = box()
    announce(300)
    const { routes } = await tables.routes({})
    const { paths, cursor } = routes[0]!
    const rest = await walk({ limit: 250, cursor: cursor! })
    expect([...paths, ...rest].map(nameOf)).toEqual((await walk({ limit: 1000 })).map(nameOf))
  })

  it('has those of one neighbour alone, with their own count', async () => {
    const { tables, announce, walk } = box()
    announce(300)
    const of = await walk({ limit: 100, neighbor: '10.0.0.3' })
    expect(of).toHaveLength(300)
    expect(new Set(of.map(({ neighbor }) => neighbor))).toEqual(new Set(['10.0.0.3']))
    const { routes } = await tables.received({ neighbor: '10.0.0.3' })
    expect(routes).toMatchObject([{ pathCount: 300, cursor: expect.any(String) }])
    expect(routes[0]!.paths.map(nameOf)).toEqual(of.slice(0, 200).map(nameOf))
    await expect(tables.route({ prefix: PREFIX, neighbor: '10.0.0.9' })).rejects.toThrow('10.0.0.9')
  })

  it('is gone where it goes in a pause, and has what stays where paths go', async () => {
    const { fixture, tables, announce, walk, seen, one, two } = box()
    announce(300)
    const before = (await walk({ limit: 1000 })).map(nameOf)
    seen.onPause = () => {
      for (let id = 2; id <= 300; id += 4) fixture.withdraw(one, PREFIX, id)
      fixture.settle()
    }
    const after = (await walk({ limit: 1000 })).map(nameOf)
    const stay = before.filter(name => name.startsWith('10.0.0.3'))
    expect(stay.filter(name => !after.includes(name))).toEqual([])
    seen.onPause = () => {
      for (let id = 1; id <= 300; id++) for (const peer of [one, two]) fixture.withdraw(peer, PREFIX, id)
      fixture.settle()
    }
    await expect(tables.route({ prefix: PREFIX, limit: 1000 })).rejects.toThrow(
      `No BGP neighbour has announced ${PREFIX}`,
    )
  })
})

describe('cursors that are none', () => {
  it('are refused', async () => {
    const { tables, announce } = box()
    announce(1)
    await expect(tables.route({ prefix: PREFIX, cursor: '4.1' })).rejects.toThrow('"4.1" is no cursor')
    await expect(tables.routes({ cursor: '2.1' })).rejects.toThrow('"2.1" is no cursor')
    await expect(tables.route({ prefix: 'x' })).rejects.toThrow('"x" is not a prefix')
  })
})
