import { describe, expect, it } from 'vitest'
import { type Attributes, encodeKey, hashKey } from '../../../src/bgp/wire/index.ts'
import { parseAddress } from '../../../src/net/address.ts'
import { DecisionTrial } from '../../fuzz/decision.ts'
import { Random } from '../../fuzz/random.ts'
import { Fixture } from './fixture.ts'

interface Candidate extends Partial<Attributes> {
  readonly via?: string
  readonly external?: boolean
  readonly routerId?: number
  readonly address?: string
  readonly pathId?: number
  readonly metric?: number
}

const sequence = (...ases: number[]) => [{ type: 2, ases }]

/** Each step with a path that wins there, and one that would win everything after it. */
const STEPS: readonly { step: string; winner: Candidate; loser: Candidate }[] = [
  {
    step: 'localPreference',
    winner: { localPreference: 2147482623, asPath: sequence(1, 2, 3) },
    loser: { localPreference: 2147482622, asPath: [] },
  },
  { step: 'localPreference', winner: { localPreference: 101 }, loser: { asPath: [] } },
  {
    step: 'localPreference',
    winner: { localPreference: 4294967295 },
    loser: { localPreference: 2147483648 },
  },
  {
    step: 'asPathLength',
    winner: { asPath: sequence(7), origin: 2 },
    loser: { asPath: sequence(7, 8), origin: 0 },
  },
  {
    step: 'asPathLength',
    winner: { asPath: [...sequence(7), { type: 1, ases: [1, 2, 3] }] },
    loser: { asPath: sequence(7, 8, 9) },
  },
  { step: 'origin', winner: { origin: 0, med: 9 }, loser: { origin: 1, med: 1 } },
  {
    step: 'med',
    winner: { asPath: sequence(7), med: 5, external: false },
    loser: { asPath: sequence(7), med: 6, external: true },
  },
  { step: 'med', winner: { asPath: sequence(7) }, loser: { asPath: sequence(7), med: 1 } },
  {
    step: 'eBgpOverIBgp',
    winner: { asPath: sequence(7), med: 9, external: true, routerId: 9 },
    loser: { asPath: sequence(8), med: 1, external: false, routerId: 1 },
  },
  {
    step: 'igpMetric',
    winner: { via: '10.0.0.5', metric: 1, routerId: 9 },
    loser: { via: '10.0.0.6', metric: 2, routerId: 1 },
  },
  {
    step: 'routerId',
    winner: { routerId: 1, address: '10.0.0.8' },
    loser: { routerId: 2, address: '10.0.0.7' },
  },
  { step: 'routerId', winner: { routerId: 9, originatorId: 1 }, loser: { routerId: 2 } },
  {
    step: 'clusterListLength',
    winner: { originatorId: 1, clusterList: [5], address: '10.0.0.8' },
    loser: { originatorId: 1, clusterList: [5, 6], address: '10.0.0.7' },
  },
  { step: 'neighborAddress', winner: { address: '10.0.0.7' }, loser: { address: '10.0.0.8' } },
  { step: 'pathId', winner: { address: '10.0.0.7', pathId: 1 }, loser: { address: '10.0.0.7', pathId: 2 } },
]

describe('the decision process', () => {
  STEPS.forEach(({ step, winner, loser }, index) => {
    for (const order of ['winner first', 'loser first']) {
      it(`decides by ${step} (${index}, ${order}), and says so of the other path`, () => {
        const fixture = new Fixture()
        const peers = new Map<string, number>()
        const add = (candidate: Candidate, address: string) => {
          const {
            external = true,
            routerId = 5,
            address: own = address,
            pathId = 0,
            metric,
            ...rest
          } = candidate
          const peer = peers.get(own) ?? fixture.peer(own, external, routerId)
          peers.set(own, peer)
          if (metric !== undefined) fixture.setMetric(rest.via!, metric)
          fixture.announce(peer, '192.0.2.0/24', fixture.set(rest), pathId)
          return { peer, pathId }
        }
        const adds = [() => add(winner, '10.0.0.21'), () => add(loser, '10.0.0.22')]
        if (order === 'loser first') adds.reverse()
        const added = adds.map(act => act())
        const expected = order === 'loser first' ? added[1]! : added[0]!
        fixture.settle()
        const paths = fixture.paths('192.0.2.0/24')
        expect(paths.find(({ best }) => best)).toMatchObject(expected)
        expect(paths.filter(({ best }) => !best).map(({ loss }) => loss?.step)).toEqual([step])
      })
    }
  })

  it('compares MED inside each neighbouring AS only, whatever came first', () => {
    // Pairwise comparison has no order here: a beats b by router id, b beats c by router id, c beats a by MED.
    const paths = [
      { asPath: sequence(1), med: 20, routerId: 1 },
      { asPath: sequence(2), med: 30, routerId: 2 },
      { asPath: sequence(1), med: 10, routerId: 3 },
    ]
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]
    for (const order of orders) {
      const fixture = new Fixture()
      const peers = paths.map(({ routerId }, i) => fixture.peer(`10.0.0.${i + 1}`, true, routerId))
      for (const i of order) {
        const { routerId: _, ...attributes } = paths[i]!
        fixture.announce(peers[i]!, '192.0.2.0/24', fixture.set(attributes))
      }
      fixture.settle()
      expect(fixture.best('192.0.2.0/24')).toBe(peers[1])
    }
  })

  it('leaves out next hops that cannot be reached', () => {
    const fixture = new Fixture()
    const near = fixture.peer('10.0.0.1', true, 1)
    const far = fixture.peer('10.0.0.2', true, 2)
    fixture.announce(near, '192.0.2.0/24', fixture.set({ via: '10.0.0.1' }))
    fixture.announce(far, '192.0.2.0/24', fixture.set({ via: '10.0.0.2' }))
    fixture.settle()
    expect(fixture.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1', '10.0.0.2'])
    fixture.setMetric('10.0.0.1', undefined)
    fixture.settle()
    expect(fixture.best('192.0.2.0/24')).toBe(far)
    expect(fixture.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.2'])
  })
})

describe('the multipath set', () => {
  it('has the next hops of all paths that are equal up to the IGP metric, each once', () => {
    const fixture = new Fixture()
    ;['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.3'].forEach((via, i) => {
      fixture.announce(fixture.peer(`10.0.1.${i}`, false, i), '192.0.2.0/24', fixture.set({ via }))
    })
    fixture.announce(
      fixture.peer('10.0.1.9', false, 9),
      '192.0.2.0/24',
      fixture.set({ via: '10.0.0.4', asPath: sequence(1) }),
    )
    fixture.settle()
    expect(fixture.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3'])
    expect(fixture.sink.types.get('192.0.2.0/24')).toBe('iBGP')
    expect(fixture.sink.changes).toBe(1)
  })

  it('is never of eBGP and iBGP together', () => {
    const fixture = new Fixture()
    fixture.announce(fixture.peer('10.0.1.1', false, 1), '192.0.2.0/24', fixture.set({ via: '10.0.0.1' }))
    fixture.announce(fixture.peer('10.0.1.2', true, 2), '192.0.2.0/24', fixture.set({ via: '10.0.0.2' }))
    fixture.settle()
    expect(fixture.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.2'])
    expect(fixture.sink.types.get('192.0.2.0/24')).toBe('eBGP')
  })

  it('is no larger than it may be, and keeps the best path', () => {
    const fixture = new Fixture()
    fixture.table.multipath = 2
    for (const i of [5, 4, 1, 3, 2]) {
      fixture.announce(
        fixture.peer(`10.0.1.${i}`, true, i),
        '192.0.2.0/24',
        fixture.set({ via: `10.0.0.${i}` }),
      )
    }
    fixture.settle()
    expect(fixture.sink.routes.get('192.0.2.0/24')).toHaveLength(2)
    expect(fixture.sink.routes.get('192.0.2.0/24')).toContain('10.0.0.1')
  })
})

describe('the multipath set by AS_PATH', () => {
  const announce = (fixture: Fixture) =>
    [sequence(1, 9), sequence(2, 9), sequence(1, 9)].forEach((asPath, i) => {
      fixture.announce(
        fixture.peer(`10.0.1.${i + 1}`, true, i + 1),
        '192.0.2.0/24',
        fixture.set({ via: `10.0.0.${i + 1}`, asPath }),
      )
    })

  it('has all paths of one length', () => {
    const fixture = new Fixture()
    announce(fixture)
    fixture.settle()
    expect(fixture.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3'])
  })

  it('has without multipathRelax only those with the path of the best one, and changes while it runs', () => {
    const fixture = new Fixture()
    announce(fixture)
    fixture.settle()
    const settings = { multipath: 64, multipathRelax: false, linkBandwidth: true, installRoutes: true }
    fixture.table.configure(settings)
    fixture.settle()
    expect(fixture.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1', '10.0.0.3'])
    expect(fixture.paths('192.0.2.0/24').map(({ multipath }) => multipath)).toEqual([true, false, true])
  })
})

describe('the weights of the multipath set', () => {
  const community = (speed: number) => {
    const bytes = Uint8Array.of(0x40, 4, 0xfd, 0xe8, 0, 0, 0, 0)
    new DataView(bytes.buffer).setFloat32(4, speed)
    return { extendedCommunities: [bytes] }
  }
  const hops = (fixture: Fixture) =>
    fixture.sink.sets.get('192.0.2.0/24')!.hops.map(({ via, weight }) => `${via}*${weight}`)
  const announce = (fixture: Fixture, ...speeds: (number | undefined)[]) => {
    speeds.forEach((speed, i) => {
      const bandwidth = speed === undefined ? {} : community(speed)
      const set = fixture.set({ via: `10.0.0.${i + 1}`, ...bandwidth })
      fixture.announce(fixture.peer(`10.0.1.${i + 1}`, true, i + 1), '192.0.2.0/24', set)
    })
    fixture.settle()
  }

  it('are in the proportion of the link bandwidths', () => {
    const fixture = new Fixture()
    announce(fixture, 1.25e9, 5e9)
    expect(hops(fixture)).toEqual(['10.0.0.1*1', '10.0.0.2*4'])
  })

  it('are equal where one path has no link bandwidth', () => {
    const fixture = new Fixture()
    announce(fixture, 1.25e9, undefined, 5e9)
    expect(hops(fixture)).toEqual(['10.0.0.1*1', '10.0.0.2*1', '10.0.0.3*1'])
  })

  it('are equal with linkBandwidth: false', () => {
    const fixture = new Fixture()
    fixture.table.configure({
      multipath: 64,
      multipathRelax: true,
      linkBandwidth: false,
      installRoutes: true,
    })
    announce(fixture, 1.25e9, 5e9)
    expect(hops(fixture)).toEqual(['10.0.0.1*1', '10.0.0.2*1'])
  })
})

describe('a next hop that changes', () => {
  it('has only those prefixes decided again that have paths to it', () => {
    const fixture = new Fixture()
    const peer = fixture.peer('10.0.1.1', true, 1)
    const [near, far] = [fixture.set({ via: '10.0.0.1' }), fixture.set({ via: '10.0.0.2' })]
    for (let i = 0; i < 200; i++) fixture.announce(peer, `10.1.${i}.0/24`, i % 2 ? near : far)
    fixture.settle()
    fixture.setMetric('10.0.0.1', undefined)
    expect(fixture.table.waiting).toBe(100)
    fixture.settle()
    expect(fixture.sink.routes.size).toBe(100)
    fixture.setMetric('10.0.0.1', 5)
    fixture.settle()
    expect(fixture.sink.routes.size).toBe(200)
    fixture.setMetric('10.0.0.1', 5)
    expect(fixture.table.waiting).toBe(0)
  })

  it('that is link-local is another one on each interface', () => {
    const fixture = new Fixture()
    const set = (link: string) => {
      const key = encodeKey({ nexthop: parseAddress('fe80::1')!, origin: 0, asPath: [] })
      const number = fixture.attributes.linkNumber(link)
      return fixture.attributes.intern(key, 0, key.length, hashKey(key, 0, key.length), number)
    }
    const [first, second] = [set('eth1'), set('eth2')]
    expect(first).not.toBe(second)
    fixture.announce(fixture.peer('fe80::1', true, 1), '192.0.2.0/24', first)
    fixture.announce(fixture.peer('fe80::1', true, 2), '192.0.2.0/24', second)
    fixture.settle()
    expect(fixture.sink.sets.get('192.0.2.0/24')!.hops).toEqual([
      { via: 'fe80::1', interface: 'eth1', weight: 1 },
      { via: 'fe80::1', interface: 'eth2', weight: 1 },
    ])
  })
})

describe('against a plain reference', () => {
  it('chooses the same best path and the same next hops for 3,000 random sets, through random changes', () => {
    const trial = new DecisionTrial(new Random(20_260))
    for (let rounds = 0; rounds < 3000; rounds++) trial.round()
    trial.end()
  })
})
