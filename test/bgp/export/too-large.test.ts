import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

/** Large communities, twelve octets each. */
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ admin: 1, data1: 2, data2: i }))

describe('attributes that a message of the neighbour has no room for (RFC 8654 §4)', () => {
  it('leave without what a route can do without, where they fit then', () => {
    const bench = new Bench()
    const narrow = bench.member()
    const wide = bench.member({ limit: 65_535 })
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const attributes = { atomicAggregate: true, aggregator: { as: 65001, routerId: 1 } }
    // 4096 octets hold 336 of them with the other attributes, and not the aggregator beside them.
    bench.fixture.announce(
      source,
      '10.1.0.0/24',
      bench.fixture.set({ ...attributes, largeCommunities: many(336) }),
    )
    bench.run()
    expect(wide.routes.get('10.1.0.0/24')).toMatchObject(attributes)
    const told = narrow.routes.get('10.1.0.0/24')!
    expect(told.largeCommunities).toHaveLength(336)
    expect(told).not.toHaveProperty('aggregator')
    expect(told).not.toHaveProperty('atomicAggregate')
    expect(narrow.pieces.every(({ length }) => length <= 4096)).toBe(true)
  })

  it('are withdrawn where they do not fit at all, and the rest of a batch is told', () => {
    const bench = new Bench()
    const narrow = bench.member()
    const wide = bench.member({ limit: 65_535 })
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const [small, large] = [bench.fixture.set({ med: 1 }), bench.fixture.set({ largeCommunities: many(400) })]
    for (const i of [1, 2, 3]) bench.fixture.announce(source, `10.${i}.0.0/24`, small)
    bench.run()
    bench.fixture.announce(source, '10.2.0.0/24', large)
    bench.fixture.announce(source, '10.4.0.0/24', large)
    bench.fixture.announce(source, '10.5.0.0/24', small)
    bench.run()
    expect([...narrow.routes.keys()].sort()).toEqual(['10.1.0.0/24', '10.3.0.0/24', '10.5.0.0/24'])
    expect([...wide.routes.keys()].sort()).toEqual([1, 2, 3, 4, 5].map(i => `10.${i}.0.0/24`))
    bench.fixture.announce(source, '10.2.0.0/24', small)
    bench.run()
    expect(narrow.routes.has('10.2.0.0/24')).toBe(true)
  })
})
