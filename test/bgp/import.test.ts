import { describe, expect, it } from 'vitest'
import { Importer } from '../../src/bgp/import.ts'
import { importContext } from '../../src/bgp/import-context.ts'
import { configuredNeighbors } from '../../src/bgp/neighbor-settings.ts'
import { ACCEPT_ALL } from '../../src/bgp/policy.ts'
import { Community, formatAsPath } from '../../src/bgp/wire/index.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import type { Policy, PolicyLists } from '../../src/model/config-policy.ts'
import { announcement } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'
import { Fixture } from './rib/fixture.ts'

const PREFIX = '192.0.2.0/24'
const OURS = 64512
const THEIRS = 64513

type Neighbor = NonNullable<Bgp['neighbors']>[number]
type Said = Omit<Parameters<typeof announcement>[1], 'as' | 'nexthop'> & { as?: number; nexthop?: string }

/** Our box with one eBGP neighbour that says what a test wants. */
function session(
  settings: Partial<Neighbor> = {},
  policies: readonly Policy[] = [ALL],
  bgp: Partial<Bgp> = {},
) {
  const lab = new Lab()
  const config = (more: Partial<Neighbor>): Bgp => ({
    localAs: OURS,
    routerId: '10.0.0.1',
    neighbors: [
      { address: '10.0.0.2', remoteAs: THEIRS, passive: true, importPolicy: 'all', ...settings, ...more },
    ],
    ...bgp,
  })
  const box = lab.box('10.0.0.1', config({}), policies)
  const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
  remote.open({ as: THEIRS, routerId: 2 }).keepalive()
  lab.seconds(1)
  const row = (prefix = PREFIX) => box.speaker.route(prefix)?.paths[0]
  return {
    lab,
    box,
    remote,
    row,
    announce(said: Said = {}, prefix = PREFIX) {
      remote.send(announcement([prefix], { as: THEIRS, nexthop: '10.0.0.2', ...said }))
      lab.seconds(1)
      return row(prefix)
    },
    configure(more: Partial<Neighbor>, changed: readonly Policy[] = policies, lists: PolicyLists = {}) {
      box.speaker.configure(config(more), changed, lists)
      lab.seconds(1)
    },
  }
}

const path = (...ases: number[]) => ({ asPath: [{ type: 2, ases: [THEIRS, ...ases] }] })

describe('a path that is refused whatever the policy says', () => {
  it.each<[string, Said, string]>([
    ['with our own AS in its path', path(OURS), 'ownAs'],
    ['with an address of ours as next hop', { nexthop: '10.0.0.1' }, 'ownNexthop'],
  ])('%s', (_, said, reason) => {
    const row = session().announce(said)
    expect(row?.rejected?.reason).toBe(reason)
    expect(row?.accepted).toBeUndefined()
  })

  it('is taken with a long path, and not with one that is longer than any of use', () => {
    const fixture = new Fixture()
    const importer = new Importer(fixture.attributes, fixture.hops, fixture.peer('10.0.0.2', true, 2))
    const [settings] = configuredNeighbors({
      localAs: OURS,
      routerId: '10.0.0.1',
      neighbors: [{ address: '10.0.0.2', remoteAs: THEIRS }],
    })
    const situation = { type: 'eBGP', remoteAs: THEIRS, policy: ACCEPT_ALL, group: 0, named: 0 } as const
    const context = importContext(
      settings,
      { ...situation, ownAddresses: new Set(), networks: [], interface: undefined },
      fixture.attributes,
    )
    const judged = (length: number) => {
      const set = fixture.set({ asPath: Array.from({ length }, () => ({ type: 2, ases: [1] })) })
      fixture.announce(1, PREFIX, set)
      return importer.explain(fixture.table, 0, set, context)?.reason
    }
    expect([judged(1000), judged(1001)]).toEqual([undefined, 'attributesTooLong'])
  })

  it('says so in a sentence', () => {
    expect(session().announce(path(OURS))?.rejected).toEqual({
      reason: 'ownAs',
      text: 'our own AS is in its AS path (RFC 4271 §9.1.2); allowOwnAs lets it through',
    })
  })

  it('is one to a prefix that no host can be in', () => {
    expect(session().announce({}, '127.0.0.0/8')?.rejected?.reason).toBe('unroutable')
  })
})

describe('allowOwnAs', () => {
  it('lets our own AS stand so often in a path, and not once more', () => {
    const { announce } = session({ allowOwnAs: 2 })
    expect(announce(path(OURS, OURS))?.accepted).toBeDefined()
    expect(announce(path(OURS, OURS, OURS))?.rejected?.reason).toBe('ownAs')
  })

  it('is applied to the routes that are here, and no session is reset', () => {
    const { announce, configure, row, box } = session()
    announce(path(OURS))
    configure({ allowOwnAs: 1 })
    expect(row()?.accepted).toBeDefined()
    expect([...box.sink.routes.keys()]).toEqual([PREFIX])
    configure({})
    expect(row()?.rejected?.reason).toBe('ownAs')
    expect(box.neighbor('10.0.0.2').state).toBe('Established')
  })
})

describe('the community graceful-shutdown (RFC 8326)', () => {
  const said = { communities: [Community.GRACEFUL_SHUTDOWN] }
  const preferred: Policy = {
    name: 'preferred',
    rules: [{ action: 'accept', set: { localPreference: 900 } }],
  }

  it('makes a route of an external neighbour the last to be used, whatever the policy prefers', () => {
    const { announce } = session({ importPolicy: 'preferred' }, [preferred])
    expect(announce()?.accepted?.localPreference).toBe(900)
    expect(announce(said)?.accepted?.localPreference).toBe(0)
  })

  it('can be left alone', () => {
    expect(
      session({ acceptGracefulShutdown: false }).announce(said)?.accepted?.localPreference,
    ).toBeUndefined()
  })

  it('has the same effect on all routes of a session that we shut down ourselves', () => {
    const { announce, configure, row } = session()
    announce()
    configure({ gracefulShutdown: true })
    expect(row()?.accepted?.localPreference).toBe(0)
    configure({})
    expect(row()?.accepted?.localPreference).toBeUndefined()
  })

  it('holds for all sessions by bgp.gracefulShutdown, where a neighbour does not say otherwise', () => {
    const bgp = { gracefulShutdown: true }
    expect(session({}, [ALL], bgp).announce()?.accepted?.localPreference).toBe(0)
    expect(
      session({ gracefulShutdown: false }, [ALL], bgp).announce()?.accepted?.localPreference,
    ).toBeUndefined()
  })
})

describe('a route that the policy makes a blackhole of', () => {
  const dropping: Policy = {
    name: 'dropping',
    rules: [
      {
        match: { communities: { any: ['blackhole'] }, prefixes: ['192.0.2.0/24 ge 32'] },
        action: 'accept',
        set: { blackhole: true, communities: { add: ['no-export'] } },
      },
      { action: 'accept' },
    ],
  }
  const said = { communities: [Community.BLACKHOLE] }

  it('drops, and leads to the neighbour again when the community is gone', () => {
    const { announce, box } = session({ importPolicy: 'dropping' }, [dropping])
    const prefix = '192.0.2.7/32'
    announce(said, prefix)
    expect(box.sink.sets.get(prefix)).toMatchObject({ blackhole: true, hops: [] })
    announce({}, prefix)
    expect(box.sink.sets.get(prefix)).toMatchObject({ blackhole: false, hops: [{ via: '10.0.0.2' }] })
    announce(said, '192.0.2.0/24')
    expect(box.sink.sets.get('192.0.2.0/24')?.blackhole).toBe(false)
  })

  it('drops also where its next hop cannot be reached', () => {
    const { announce, box, lab } = session({ importPolicy: 'dropping' }, [dropping])
    announce(said, '192.0.2.7/32')
    announce({}, '192.0.2.8/32')
    box.speaker.setNexthops([{ hop: { via: '10.0.0.2' }, metric: undefined }])
    lab.seconds(1)
    expect([...box.sink.routes.keys()]).toEqual(['192.0.2.7/32'])
  })

  it('stands alone where it is the best of several, and not in a group with others', () => {
    const fixture = new Fixture()
    const [a, b] = [fixture.peer('10.0.0.2', true, 2), fixture.peer('10.0.0.3', true, 3)]
    const drop = fixture.attributes.change({ blackhole: true })
    const made = (via: string, change: number) =>
      fixture.attributes.derive(fixture.set({ via, asPath: [{ type: 2, ases: [1] }] }), change)
    fixture.announce(a, PREFIX, made('10.0.0.2', drop))
    fixture.announce(b, PREFIX, made('10.0.0.3', 0))
    fixture.announce(a, '198.51.100.0/24', made('10.0.0.2', 0))
    fixture.announce(b, '198.51.100.0/24', made('10.0.0.3', drop))
    fixture.settle()
    expect(fixture.sink.sets.get(PREFIX)?.blackhole).toBe(true)
    expect(fixture.sink.sets.get('198.51.100.0/24')?.hops.map(({ via }) => via)).toEqual(['10.0.0.2'])
  })
})

describe('ONLY_TO_CUSTOMER on receipt (RFC 9234 §5)', () => {
  const otc = (role: NonNullable<Neighbor['role']>, onlyToCustomer?: number) => {
    const row = session({ role }).announce(onlyToCustomer === undefined ? {} : { onlyToCustomer })
    return row?.rejected?.reason ?? row?.accepted?.onlyToCustomer
  }

  it('is a leak from a customer and from a client of the route server', () => {
    expect([otc('provider', 7), otc('rs', 7)]).toEqual(['leak', 'leak'])
    expect([otc('provider'), otc('rs')]).toEqual([undefined, undefined])
  })

  it('is a leak from a peer where it is not that of the peer itself', () => {
    expect([otc('peer', 7), otc('peer', THEIRS)]).toEqual(['leak', THEIRS])
  })

  it('is added to what a provider, a peer and a route server say, and theirs is kept', () => {
    expect([otc('customer'), otc('peer'), otc('rs-client')]).toEqual([THEIRS, THEIRS, THEIRS])
    expect([otc('customer', 7), otc('rs-client', 7)]).toEqual([7, 7])
  })

  it("is nobody's matter without a role", () => {
    expect(session().announce({ onlyToCustomer: 7 })?.accepted?.onlyToCustomer).toBe(7)
    expect(session().announce()?.accepted?.onlyToCustomer).toBeUndefined()
  })
})

describe('a path that the policy rejects', () => {
  const bogons: Policy = {
    name: 'bogons',
    rules: [
      { match: { prefixes: ['198.51.100.0/24'] }, action: 'accept' },
      { match: { prefixes: ['192.0.2.0/24 le 32'] }, action: 'reject' },
    ],
  }

  it('says which rule of which policy does', () => {
    const { announce } = session({ importPolicy: ['bogons', 'all'] }, [bogons, ALL])
    expect(announce()?.rejected).toEqual({
      reason: 'policy',
      text: 'rule 2 of policy bogons rejects it: 192.0.2.0/24 le 32 → reject',
      policy: 'bogons',
      rule: 2,
    })
    expect(announce({}, '203.0.113.0/24')?.rejected).toBeUndefined()
  })

  it('says so where no rule matches, and where there is no policy', () => {
    const none = session({ importPolicy: 'bogons' }, [bogons]).announce({}, '203.0.113.0/24')
    expect(none?.rejected).toEqual({
      reason: 'policy',
      text: 'no rule of policy bogons accepts it',
      policy: 'bogons',
    })
    const without = new Lab()
    const box = without.box('10.0.0.1', {
      localAs: OURS,
      neighbors: [{ address: '10.0.0.2', remoteAs: THEIRS, passive: true }],
    })
    const remote = Remote.dial(without.network.host('10.0.0.2'), '10.0.0.1')
    remote.open({ as: THEIRS, routerId: 2 }).keepalive()
    without.seconds(1)
    remote.send(announcement([PREFIX], { as: THEIRS, nexthop: '10.0.0.2' }))
    without.seconds(1)
    expect(box.speaker.route(PREFIX)?.paths[0]?.rejected?.text).toBe(
      'an eBGP neighbour without importPolicy gives nothing (RFC 8212)',
    )
  })
})

describe('a changed policy', () => {
  const listed: Policy = { name: 'listed', rules: [{ match: { prefixLists: ['known'] }, action: 'accept' }] }
  const known = (...entries: string[]): PolicyLists => ({ prefixLists: [{ name: 'known', entries }] })

  it('is one also where only a list has changed, and is applied to the routes that are here', () => {
    const { announce, configure, row, box } = session({ importPolicy: 'listed' }, [listed])
    configure({}, [listed], known('10.0.0.0/8'))
    announce()
    expect(row()?.rejected?.reason).toBe('policy')
    configure({}, [listed], known('10.0.0.0/8', PREFIX))
    expect(row()?.accepted).toBeDefined()
    expect(box.neighbor('10.0.0.2').state).toBe('Established')
  })

  it('is asked of the routes of those neighbours alone that have it', () => {
    const lab = new Lab()
    const neighbors = ['10.0.0.2', '10.0.0.3'].map((address, i) => ({
      address,
      remoteAs: THEIRS + i,
      passive: true,
      importPolicy: i === 0 ? 'listed' : 'other',
    }))
    const other: Policy = { name: 'other', rules: [{ match: { prefixLists: ['others'] }, action: 'accept' }] }
    const bgp = { localAs: OURS, routerId: '10.0.0.1', neighbors }
    const box = lab.box('10.0.0.1', bgp, [listed, other])
    const lists = (...entries: string[]) => ({
      prefixLists: [...known(...entries).prefixLists!, { name: 'others', entries: ['0.0.0.0/0 le 32'] }],
    })
    neighbors.forEach(({ address, remoteAs }, i) => {
      const remote = Remote.dial(lab.network.host(address), '10.0.0.1').open({
        as: remoteAs,
        routerId: i + 2,
      })
      remote.keepalive()
      lab.seconds(1)
      remote.send(announcement([PREFIX], { as: remoteAs, nexthop: address }))
    })
    lab.seconds(1)
    const asked = new Map<string, number>()
    const table = box.speaker.tables.paths[4]
    const reconsider = table.reconsider.bind(table)
    table.reconsider = (peer, ...rest) => {
      asked.set(String(peer), (asked.get(String(peer)) ?? 0) + 1)
      return reconsider(peer, ...rest)
    }
    box.speaker.configure(bgp, [listed, other], lists('10.0.0.0/8'))
    lab.seconds(1)
    expect(asked.size).toBe(2)
    asked.clear()
    box.speaker.configure(bgp, [listed, other], lists('10.0.0.0/8', PREFIX))
    lab.seconds(1)
    expect([...asked]).toEqual([['1', 1]])
    asked.clear()
    box.speaker.configure(bgp, structuredClone([listed, other]), structuredClone(lists('10.0.0.0/8', PREFIX)))
    lab.seconds(1)
    expect([...asked]).toEqual([])
  })
})

describe('a policy on the way out', () => {
  function chain(exportRules: Policy['rules'], settings: Partial<Neighbor> = {}) {
    const lab = new Lab()
    const out: Policy = { name: 'out', rules: exportRules }
    const both = { importPolicy: 'all', exportPolicy: 'all' }
    lab
      .box('10.0.0.1', { localAs: 65001, neighbors: [{ address: '10.0.0.2', remoteAs: 65002, ...both }] }, [
        ALL,
      ])
      .originate(PREFIX)
    lab.box(
      '10.0.0.2',
      {
        localAs: 65002,
        neighbors: [
          { address: '10.0.0.1', remoteAs: 65001, ...both },
          { address: '10.0.0.3', remoteAs: 65003, importPolicy: 'all', exportPolicy: 'out', ...settings },
        ],
      },
      [ALL, out],
    )
    const last = lab.box(
      '10.0.0.3',
      { localAs: 65003, neighbors: [{ address: '10.0.0.2', remoteAs: 65002, ...both }] },
      [ALL],
    )
    lab.seconds(10)
    const { received } = last.speaker.route(PREFIX)!.paths[0]!
    return { path: formatAsPath(received.asPath), nexthop: received.nexthop.join('.'), received }
  }

  it('puts our AS in front once more for each time', () => {
    expect(chain([{ action: 'accept', set: { asPathPrepend: { times: 2 } } }]).path).toBe(
      '65002 65002 65002 65001',
    )
  })

  it("says which next hop goes out, before what the neighbour's settings say", () => {
    expect(chain([{ action: 'accept' }]).nexthop).toBe('10.0.0.2')
    expect(chain([{ action: 'accept', set: { nexthop: 'unchanged' } }]).nexthop).toBe('10.0.0.1')
    expect(chain([{ action: 'accept', set: { nexthop: '10.0.0.77' } }]).nexthop).toBe('10.0.0.77')
    expect(chain([{ action: 'accept', set: { nexthop: 'self' } }], { nexthopSelf: false }).nexthop).toBe(
      '10.0.0.2',
    )
  })

  it('adds communities, and keeps a MED that it sets', () => {
    const { received } = chain([
      { action: 'accept', set: { med: 30, communities: { add: ['65002:7', '65002:1:2'] } } },
    ])
    expect(received).toMatchObject({
      med: 30,
      communities: [65002 * 65536 + 7],
      largeCommunities: [{ admin: 65002, data1: 1, data2: 2 }],
    })
  })
})
