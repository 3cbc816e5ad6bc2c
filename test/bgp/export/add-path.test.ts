import { describe, expect, it } from 'vitest'
import { compiled } from '../policy/compiled.ts'
import { Bench, type Listener, path } from './bench.ts'

describe('ADD-PATH', () => {
  it('tells all usable paths, each under its own identifier, and takes back each by itself', () => {
    const bench = new Bench()
    const member = bench.member({ addPath: true })
    const a = bench.fixture.peer('10.0.0.2', true, 2)
    const b = bench.fixture.peer('10.0.0.3', true, 3)
    bench.fixture.announce(a, '10.1.0.0/24', bench.fixture.set({ via: '10.0.0.2' }))
    bench.fixture.announce(b, '10.1.0.0/24', bench.fixture.set({ via: '10.0.0.3', asPath: path(1, 2, 3) }))
    bench.run()
    expect([...member.routes.keys()]).toHaveLength(2)
    expect([...member.routes.values()].map(({ nexthop }) => nexthop[3]).sort()).toEqual([2, 3])
    bench.fixture.withdraw(a, '10.1.0.0/24')
    bench.run()
    expect([...member.routes.values()].map(({ nexthop }) => nexthop[3])).toEqual([3])
    bench.fixture.withdraw(b, '10.1.0.0/24')
    bench.run()
    expect(member.routes.size).toBe(0)
    expect(bench.fixture.table.size).toBe(0)
    expect(bench.fixture.table.prefixes.size).toBe(0)
  })

  it('does not give an identifier to another path before the end of the first was told', () => {
    const bench = new Bench()
    const member = bench.member({ addPath: true })
    const a = bench.fixture.peer('10.0.0.2', true, 2)
    bench.fixture.announce(a, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    member.waiting = 1 << 20
    bench.fixture.withdraw(a, '10.1.0.0/24')
    bench.fixture.settle()
    bench.groups.run(() => 0, 1)
    bench.fixture.announce(a, '10.2.0.0/24', bench.fixture.set({}))
    bench.fixture.settle()
    member.waiting = 0
    bench.run()
    expect([...member.routes.keys()]).toHaveLength(1)
    expect([...member.routes.keys()][0]).toMatch(/^10\.2\.0\.0\/24#/)
  })
})

/** Four external neighbours whose paths to 10.1.0.0/24 are one AS longer each, and the last octets of the next hops told. */
class Four extends Bench {
  readonly sources = [2, 3, 4, 5].map(octet => this.fixture.peer(`10.0.0.${octet}`, true, octet))

  announce(index: number, length = index + 1): void {
    const ases = Array.from({ length }, (_, hop) => 65001 + hop)
    const set = this.fixture.set({ via: `10.0.0.${index + 2}`, asPath: path(...ases) })
    this.fixture.announce(this.sources[index]!, '10.1.0.0/24', set)
  }

  announceAll(): void {
    for (const index of [2, 0, 3, 1]) this.announce(index)
  }
}

const hops = ({ routes }: Listener) => [...routes.values()].map(({ nexthop }) => nexthop[3]).sort()

describe('ADD-PATH with a limit', () => {
  it('tells the best paths in the order of the decision process', () => {
    const bench = new Four()
    const members = [1, 2, 3, 4, 5].map(paths => bench.member({ addPath: true, paths }))
    bench.announceAll()
    bench.run()
    expect(members.map(hops)).toEqual([[2], [2, 3], [2, 3, 4], [2, 3, 4, 5], [2, 3, 4, 5]])
  })

  it('takes back the path that a better one pushes out, and tells it again when there is room', () => {
    const bench = new Four()
    const member = bench.member({ addPath: true, paths: 2 })
    for (const index of [1, 2]) bench.announce(index)
    bench.run()
    expect(hops(member)).toEqual([3, 4])
    const before = new Map(member.routes)
    member.log.length = 0
    bench.announce(0)
    bench.run()
    expect(hops(member)).toEqual([2, 3])
    expect(member.log).toHaveLength(2)
    // What stays keeps its identifier, and is not said again.
    expect([...member.routes.keys()].filter(name => before.has(name))).toHaveLength(1)
    bench.fixture.withdraw(bench.sources[0]!, '10.1.0.0/24')
    bench.run()
    expect(hops(member)).toEqual([3, 4])
    for (const index of [1, 2]) bench.fixture.withdraw(bench.sources[index]!, '10.1.0.0/24')
    bench.run()
    expect(member.routes.size).toBe(0)
    expect(bench.fixture.table.size).toBe(0)
  })

  it('counts only paths that may be told', () => {
    const bench = new Four()
    const { attributes } = bench.fixture
    const policy = compiled([{ match: { neighborGroups: ['far'] }, action: 'accept' }], { attributes })
    for (const index of [1, 3]) bench.fixture.peers.group[bench.sources[index]!] = 1
    const inside = bench.fixture.peer('10.0.0.77', false, 77)
    const best = bench.fixture.set({ via: '10.0.0.77', localPreference: 900 })
    bench.fixture.announce(inside, '10.1.0.0/24', best)
    bench.announceAll()
    const plain = bench.member({ addPath: true, paths: 2 })
    const filtered = bench.member({ addPath: true, paths: 2, policy })
    bench.run()
    expect(hops(plain)).toEqual([2, 3])
    expect(hops(filtered)).toEqual([3, 5])
  })

  it('tells our own path before all that were learned', () => {
    const bench = new Four()
    bench.announceAll()
    bench.fixture.announce(0, '10.1.0.0/24', bench.fixture.set({ via: '0.0.0.0' }), 2)
    const member = bench.member({ addPath: true, paths: 2 })
    bench.run()
    expect(hops(member)).toEqual([1, 2])
  })

  it('takes another limit by saying only what differs', () => {
    const bench = new Four()
    const member = bench.member({ addPath: true, paths: 3 })
    bench.announceAll()
    bench.run()
    member.log.length = 0
    bench.groups.retarget(() => bench.treatment({ addPath: true, paths: 1 }))
    bench.run()
    expect(hops(member)).toEqual([2])
    expect(member.log).toHaveLength(2)
    bench.groups.retarget(() => bench.treatment({ addPath: true }))
    bench.run()
    expect(hops(member)).toEqual([2, 3, 4, 5])
    expect(member.log).toHaveLength(5)
  })
})

describe('a route reflector with ADD-PATH', () => {
  it('keeps all paths of an address that several clients announce, and each hears those of the others', () => {
    const bench = new Bench()
    const treatment = { addPath: true, client: true }
    const clients = [1, 2, 3].map(octet => {
      const client = bench.member(treatment, `10.0.9.${octet}`)
      bench.fixture.peers.client[client.peer] = 1
      bench.fixture.peers.routerId[client.peer] = octet
      return client
    })
    const outside = bench.member({ addPath: true })
    clients.forEach(({ peer }, index) => {
      bench.fixture.announce(peer, '10.96.0.10/32', bench.fixture.set({ via: `10.0.9.${index + 1}` }))
    })
    bench.run()
    expect([...clients, outside].map(hops)).toEqual([
      [2, 3],
      [1, 3],
      [1, 2],
      [1, 2, 3],
    ])
    const origins = [...outside.routes.values()].map(({ originatorId, nexthop }) => [
      originatorId,
      nexthop[3],
    ])
    expect(origins.every(([originator, hop]) => originator === hop)).toBe(true)
    bench.fixture.withdraw(clients[1]!.peer, '10.96.0.10/32')
    bench.run()
    expect([...clients, outside].map(hops)).toEqual([[3], [1, 3], [1], [1, 3]])
  })
})
