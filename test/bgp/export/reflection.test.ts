import { describe, expect, it } from 'vitest'
import { Bench, type Listener, path } from './bench.ts'

const CLUSTER = 0x0a0000fe

/** A reflector with two clients and two other internal neighbours, and who of them hears a route from where. */
class Reflector extends Bench {
  readonly clients = [
    this.#internal('10.0.9.1', 0x01010101, true),
    this.#internal('10.0.9.2', 0x02020202, true),
  ]
  readonly others = [
    this.#internal('10.0.9.3', 0x03030303, false),
    this.#internal('10.0.9.4', 0x04040404, false),
  ]

  #internal(address: string, routerId: number, client: boolean): Listener {
    const listener = this.member({ client }, address)
    this.fixture.peers.routerId[listener.peer] = routerId
    this.fixture.peers.client[listener.peer] = client ? 1 : 0
    return listener
  }

  get heard(): string[][] {
    return [...this.clients, ...this.others].map(({ log }) => log)
  }
}

describe('a route reflector', () => {
  it('gives what a client says to all of iBGP, but not back to it', () => {
    const bench = new Reflector()
    bench.fixture.announce(bench.clients[0]!.peer, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(bench.heard).toEqual([[], ['+10.1.0.0/24'], ['+10.1.0.0/24'], ['+10.1.0.0/24']])
  })

  it('gives what another internal neighbour says to its clients only', () => {
    const bench = new Reflector()
    bench.fixture.announce(bench.others[0]!.peer, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(bench.heard).toEqual([['+10.1.0.0/24'], ['+10.1.0.0/24'], [], []])
  })

  it('gives what eBGP and it itself say to all, without a word of reflection', () => {
    const bench = new Reflector()
    bench.fixture.announce(bench.fixture.peer('10.0.0.2', true, 2), '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(bench.heard).toEqual([['+10.1.0.0/24'], ['+10.1.0.0/24'], ['+10.1.0.0/24'], ['+10.1.0.0/24']])
    const told = bench.clients[0]!.routes.get('10.1.0.0/24')!
    expect(told).not.toHaveProperty('originatorId')
    expect(told).not.toHaveProperty('clusterList')
  })

  it('writes exactly these bytes: all as it came, with ORIGINATOR_ID and CLUSTER_LIST', () => {
    const bench = new Reflector()
    const set = bench.fixture.set({ via: '10.0.9.1', asPath: path(64513), med: 50, localPreference: 200 })
    bench.fixture.announce(bench.clients[0]!.peer, '192.0.2.0/24', set)
    bench.run()
    const expected = [
      'ffffffffffffffffffffffffffffffff 004b 02', // header: 75 octets, UPDATE
      '0000 0030', // nothing withdrawn, 48 octets of attributes
      '40 01 01 00', // ORIGIN IGP
      '40 02 06 02 01 0000fc01', // AS_PATH 64513
      '40 03 04 0a000901', // NEXT_HOP as it was
      '80 04 04 00000032', // MED 50
      '40 05 04 000000c8', // LOCAL_PREF 200
      '80 09 04 01010101', // ORIGINATOR_ID: the client
      '80 0a 04 0a0000fe', // CLUSTER_LIST: ours
      '18 c00002', // 192.0.2.0/24
    ]
    const bytes = expected.join('').replaceAll(' ', '')
    for (const { pieces } of [bench.clients[1]!, ...bench.others])
      expect(pieces.map(piece => Buffer.from(piece).toString('hex'))).toEqual([bytes])
  })

  it('puts itself in front of the clusters that a route came through, and leaves its ORIGINATOR_ID', () => {
    const bench = new Reflector()
    const set = bench.fixture.set({ originatorId: 0x09090909, clusterList: [7, 8] })
    bench.fixture.announce(bench.others[0]!.peer, '10.1.0.0/24', set)
    bench.run()
    const told = bench.clients[0]!.routes.get('10.1.0.0/24')!
    expect(told.originatorId).toBe(0x09090909)
    expect(told.clusterList).toEqual([CLUSTER, 7, 8])
  })

  it('keeps the next hop, unless nexthopSelf says otherwise', () => {
    const bench = new Reflector()
    const self = bench.member({ client: true, nexthopRule: 'always' })
    bench.fixture.announce(bench.clients[0]!.peer, '10.1.0.0/24', bench.fixture.set({ via: '10.0.9.1' }))
    bench.run()
    expect([...bench.clients[1]!.routes.get('10.1.0.0/24')!.nexthop]).toEqual([10, 0, 9, 1])
    expect([...self.routes.get('10.1.0.0/24')!.nexthop]).toEqual([10, 0, 0, 1])
    expect(self.routes.get('10.1.0.0/24')!.originatorId).toBe(0x01010101)
  })

  it('says a route again when the same attributes come from another client, for its ORIGINATOR_ID is another', () => {
    const bench = new Reflector()
    const [one, two] = bench.clients as [Listener, Listener]
    const set = bench.fixture.set({})
    bench.fixture.announce(two.peer, '10.1.0.0/24', set)
    bench.run()
    // The lower router id wins.
    bench.fixture.announce(one.peer, '10.1.0.0/24', set)
    bench.run()
    expect(one.log).toEqual(['+10.1.0.0/24', '-10.1.0.0/24'])
    expect(two.log).toEqual(['+10.1.0.0/24'])
    expect(two.routes.get('10.1.0.0/24')!.originatorId).toBe(0x01010101)
    expect(bench.others[0]!.log).toEqual(['+10.1.0.0/24', '+10.1.0.0/24'])
    expect(bench.others[0]!.routes.get('10.1.0.0/24')!.originatorId).toBe(0x01010101)
  })

  it('says equal attributes of two clients in an UPDATE each', () => {
    const bench = new Reflector()
    const set = bench.fixture.set({})
    for (const i of [1, 2, 3, 4]) bench.fixture.announce(bench.clients[i % 2]!.peer, `10.${i}.0.0/24`, set)
    bench.run()
    const [other] = bench.others as [Listener]
    expect(other.updates).toBe(2)
    expect([...other.routes].map(([prefix, { originatorId }]) => [prefix, originatorId]).sort()).toEqual([
      ['10.1.0.0/24', 0x02020202],
      ['10.2.0.0/24', 0x01010101],
      ['10.3.0.0/24', 0x02020202],
      ['10.4.0.0/24', 0x01010101],
    ])
    expect([...bench.clients[0]!.routes.keys()].sort()).toEqual(['10.1.0.0/24', '10.3.0.0/24'])
  })

  it('encodes once for all clients, and once for all others', () => {
    const bench = new Reflector()
    const source = bench.member({ client: true }, '10.0.9.9')
    bench.fixture.peers.client[source.peer] = 1
    bench.run()
    expect(bench.groups.size).toBe(2)
    bench.fixture.announce(source.peer, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(bench.clients[1]!.pieces[0]).toBe(bench.clients[0]!.pieces[0])
    expect(bench.others[1]!.pieces[0]).toBe(bench.others[0]!.pieces[0])
  })

  it('tells and takes back when a neighbour becomes a client and is none any more', () => {
    const bench = new Reflector()
    const [source, other] = bench.others as [Listener, Listener]
    bench.fixture.announce(source.peer, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(other.log).toEqual([])
    bench.fixture.peers.client[source.peer] = 1
    bench.groups.review()
    bench.run()
    expect(other.log).toEqual(['+10.1.0.0/24'])
    bench.fixture.peers.client[source.peer] = 0
    bench.groups.review()
    bench.run()
    expect(other.log).toEqual(['+10.1.0.0/24', '-10.1.0.0/24'])
    expect(bench.clients[0]!.log).toEqual(['+10.1.0.0/24'])
  })
})
