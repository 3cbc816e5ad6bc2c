import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/model/config-policy.ts'
import { number, toHex, update } from '../bgp/wire/hex.ts'
import {
  asPath,
  EXTERNAL,
  EXTERNAL_TOO,
  INTERNAL,
  INTERNAL_TOO,
  nexthop,
  nlri,
  ORIGIN,
  type Peer,
  Scene,
} from './scene.ts'

const PREFIX = '192.0.2.0/24'
const OTHER = '198.51.100.0/24'

/** Two sources outside, and who hears of it outside and inside. */
function four() {
  const listener = { ...EXTERNAL, address: '10.0.0.9', remoteAs: 64519 }
  const scene = new Scene([EXTERNAL, EXTERNAL_TOO, listener, INTERNAL])
  const [outside, inside] = [scene.join(listener), scene.join(INTERNAL)]
  return { scene, one: scene.join(EXTERNAL), two: scene.join(EXTERNAL_TOO), outside, inside }
}

function paths(scene: Scene, prefix = PREFIX) {
  return scene.box.speaker.route(prefix)?.paths ?? []
}

/** What a neighbour was told, one line each: `+192.0.2.0/24`. */
function log({ told }: Peer): string[] {
  return told.map(({ announced, name }) => `${announced ? '+' : '-'}${name}`)
}

describe('what a neighbour says', () => {
  it('is kept when it is new, and chosen', () => {
    const { scene, one, outside } = four()
    one.announce([PREFIX])
    expect(paths(scene)).toMatchObject([{ neighbor: '10.0.0.2', best: true }])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
    expect(log(outside)).toEqual([`+${PREFIX}`])
  })

  it('takes the place of what it said of the same prefix before, and the choice is made again', () => {
    const { scene, one, two, outside } = four()
    one.announce([PREFIX])
    two.announce([PREFIX], '', [64514, 65001])
    one.announce([PREFIX], '', [64513, 65001, 65002])
    expect(paths(scene)).toHaveLength(2)
    expect(paths(scene).find(({ neighbor }) => neighbor === '10.0.0.2')?.received.asPath).toEqual([
      { type: 2, ases: [64513, 65001, 65002] },
    ])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.3'])
    expect(outside.routes.get(PREFIX)?.asPath).toEqual([{ type: 2, ases: [64512, 64514, 65001] }])
  })

  it('is removed when it is withdrawn, and the next best is chosen, told and used', () => {
    const { scene, one, two, outside, inside } = four()
    one.announce([PREFIX])
    two.announce([PREFIX], '', [64514, 65001])
    one.withdraw(PREFIX)
    expect(paths(scene)).toMatchObject([{ neighbor: '10.0.0.3', best: true }])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.3'])
    expect(outside.routes.get(PREFIX)?.asPath).toEqual([{ type: 2, ases: [64512, 64514, 65001] }])
    two.withdraw(PREFIX)
    expect(paths(scene)).toEqual([])
    expect(scene.box.sink.routes.size).toBe(0)
    for (const peer of [outside, inside]) {
      expect(peer.routes.size).toBe(0)
      expect(log(peer).at(-1)).toBe(`-${PREFIX}`)
    }
  })

  it('may overlap: the less and the more specific route are both used and told', () => {
    const { scene, one, two, outside } = four()
    one.announce(['198.18.0.0/15', '198.18.0.0/16'])
    two.announce(['198.18.7.0/24'])
    const all = ['198.18.0.0/15', '198.18.0.0/16', '198.18.7.0/24']
    expect([...scene.box.sink.routes.keys()].sort()).toEqual(all)
    expect([...outside.routes.keys()].sort()).toEqual(all)
    expect(outside.routes.get('198.18.0.0/15')?.asPath).toEqual([{ type: 2, ases: [64512, 64513] }])
    expect(outside.routes.get('198.18.7.0/24')?.asPath).toEqual([{ type: 2, ases: [64512, 64514] }])
  })

  it('is never put together: neighbouring prefixes with different MED leave as they came', () => {
    const { one, inside } = four()
    one.announce(['198.18.0.0/16'], '80 04 04 00000001')
    one.announce(['198.19.0.0/16'], '80 04 04 00000002')
    expect([...inside.routes].map(([prefix, { med }]) => [prefix, med])).toEqual([
      ['198.18.0.0/16', 1],
      ['198.19.0.0/16', 2],
    ])
  })
})

describe('a next hop', () => {
  it('that cannot be reached keeps its paths out of the choice, but not out of the table', () => {
    const { scene, one, two, outside } = four()
    one.announce([PREFIX])
    two.announce([PREFIX], '', [64514, 65001])
    scene.reach('10.0.0.2', undefined)
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.3'])
    expect(paths(scene)).toHaveLength(2)
    expect(scene.box.neighbor('10.0.0.2').families[0]).toMatchObject({ received: 1 })
    scene.reach('10.0.0.3', undefined)
    expect(scene.box.sink.routes.size).toBe(0)
    expect(outside.routes.size).toBe(0)
    expect(log(outside).at(-1)).toBe(`-${PREFIX}`)
    scene.reach('10.0.0.2', 0)
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
  })

  it('whose distance changes has the choice made again', () => {
    const scene = new Scene([INTERNAL, INTERNAL_TOO])
    scene.join(INTERNAL).announce([PREFIX])
    scene.join(INTERNAL_TOO).announce([PREFIX])
    scene.reach('10.0.0.4', 10)
    scene.reach('10.0.0.5', 20)
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.4'])
    scene.reach('10.0.0.4', 30)
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.5'])
  })
})

/** A path to choose from: who says it, with what, and how far its next hop is. */
interface Candidate {
  readonly external?: boolean
  readonly host: number
  readonly more?: string
  readonly path?: readonly number[]
  readonly identifier?: number
  readonly metric?: number
}

/** Each criterion with a path that wins by it, and one that would win by all that come after. */
const CRITERIA: readonly [string, Candidate, Candidate][] = [
  ['LOCAL_PREF', { host: 9, more: pref(200), path: [1, 2] }, { host: 4, more: pref(100), path: [1] }],
  [
    'length of AS_PATH',
    { host: 9, more: `40 01 01 02 ${pref(100)}`, path: [1] },
    { host: 4, more: `40 01 01 00 ${pref(100)}`, path: [1, 2] },
  ],
  [
    'ORIGIN',
    { host: 9, more: `40 01 01 00 ${med(9)} ${pref(100)}`, path: [1] },
    { host: 4, more: `40 01 01 01 ${med(1)} ${pref(100)}`, path: [1] },
  ],
  [
    'MED',
    { host: 9, more: `${med(1)} ${pref(100)}`, path: [64513] },
    { host: 2, external: true, more: med(2), path: [64513] },
  ],
  [
    'eBGP before iBGP',
    { host: 9, external: true, path: [64513], metric: 9 },
    { host: 4, more: pref(100), path: [65001], metric: 1 },
  ],
  [
    'distance of the next hop',
    { host: 9, more: pref(100), path: [1], metric: 1 },
    { host: 4, more: pref(100), path: [1], metric: 2 },
  ],
  [
    'identifier',
    { host: 9, more: pref(100), path: [1], identifier: 1 },
    { host: 4, more: pref(100), path: [1], identifier: 2 },
  ],
  [
    'address',
    { host: 4, more: pref(100), path: [1], identifier: 7 },
    { host: 9, more: pref(100), path: [1], identifier: 7 },
  ],
]

function pref(value: number): string {
  return `40 05 04 ${number(value, 4)}`
}

function med(value: number): string {
  return `80 04 04 ${number(value, 4)}`
}

describe('the choice between paths', () => {
  it.each(CRITERIA)('applies its criteria in their order: %s', (_criterion, winner, loser) => {
    for (const order of [
      [winner, loser],
      [loser, winner],
    ]) {
      const neighbors = order.map(({ host, external }) => ({
        ...(external ? EXTERNAL : INTERNAL),
        address: `10.0.0.${host}`,
      }))
      const scene = new Scene(neighbors)
      for (const [index, candidate] of order.entries()) {
        const { host, more = '', path = [], identifier = host, metric } = candidate
        const origin = more.startsWith('40 01') ? '' : ORIGIN
        const attributes = `${origin} ${asPath(...path)} ${nexthop(`10.0.0.${host}`)} ${more}`
        const peer = scene.join(neighbors[index]!, { routerId: identifier })
        peer.send(update({ attributes, nlri: nlri(PREFIX) }))
        if (metric !== undefined) scene.reach(`10.0.0.${host}`, metric)
      }
      const best = paths(scene).find(({ best }) => best)
      expect(best?.neighbor).toBe(`10.0.0.${winner.host}`)
    }
  })

  it('compares MED between paths that iBGP taught', () => {
    const scene = new Scene([INTERNAL, INTERNAL_TOO])
    const [four, five] = [scene.join(INTERNAL), scene.join(INTERNAL_TOO)]
    four.announce([PREFIX], '80 04 04 00000002 40 05 04 00000064', [65001])
    five.announce([PREFIX], '80 04 04 00000001 40 05 04 00000064', [65001])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.5'])
    four.announce([PREFIX], '80 04 04 00000000 40 05 04 00000064', [65001])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.4'])
  })

  it('stays as it is while nothing changes, and nothing is told', () => {
    const { scene, one, two, outside, inside } = four()
    one.announce([PREFIX])
    two.announce([PREFIX])
    const before = [log(outside), log(inside), scene.box.sink.changes]
    for (let time = 0; time < 3; time++) {
      one.announce([PREFIX])
      for (const peer of [one, two, outside, inside]) peer.remote.keepalive()
      scene.lab.seconds(30)
    }
    expect([log(outside), log(inside), scene.box.sink.changes]).toEqual(before)
    expect(log(outside)).toEqual([`+${PREFIX}`])
  })

  it('that leaves our own AS in the path out has no loop', () => {
    const { scene, one } = four()
    one.announce([PREFIX], '', [64513, 65001, 64512]).announce([OTHER])
    expect([...scene.box.sink.routes.keys()]).toEqual([OTHER])
    expect(scene.state(EXTERNAL)).toBe('Established')
  })
})

describe('what is told', () => {
  it('of an internal neighbour goes to the outside, and to no other internal one', () => {
    const scene = new Scene([EXTERNAL, INTERNAL, INTERNAL_TOO])
    const [outside, inside] = [scene.join(EXTERNAL), scene.join(INTERNAL_TOO)]
    scene.join(INTERNAL).announce([PREFIX])
    expect([...outside.routes.keys()]).toEqual([PREFIX])
    expect(inside.updates).toEqual([])
  })

  it('is every new route and every end of one, and no route twice', () => {
    const { one, outside } = four()
    one.announce([PREFIX, OTHER]).announce([PREFIX]).withdraw(OTHER).announce([PREFIX])
    expect(log(outside)).toEqual([`+${PREFIX}`, `+${OTHER}`, `-${OTHER}`])
  })

  it('at once to neighbours inside, without waiting for a time to pass', () => {
    const { scene, one, inside } = four()
    for (let round = 0; round < 5; round++) {
      one.remote.send(
        update({
          attributes: `${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.2')} 80 04 04 ${number(round, 4)}`,
          nlri: nlri(PREFIX),
        }),
      )
      scene.lab.clock.advance(5)
      expect(inside.routes.get(PREFIX)?.med).toBe(round)
    }
  })

  it('to a neighbour that does not read is, when it reads again, what was chosen last', () => {
    const { scene, one, inside } = four()
    const near = scene.lab.network.connections.find(
      ({ localAddress, remoteAddress }) => localAddress === '10.0.0.1' && remoteAddress === inside.address,
    )!
    near.room = 1
    for (let round = 0; round < 40; round++) one.announce([PREFIX], `80 04 04 ${number(round, 4)}`)
    expect(inside.routes.size).toBe(0)
    near.drain()
    scene.lab.seconds(1)
    expect(inside.routes.get(PREFIX)?.med).toBe(39)
  })

  it('is withdrawn where a new policy leaves it out', () => {
    const { scene, one, outside } = four()
    one.announce([PREFIX, OTHER])
    const rules: Policy['rules'] = [
      { match: { prefixes: [{ prefix: PREFIX }] }, action: 'reject' },
      { action: 'accept' },
    ]
    const listener = { ...EXTERNAL, address: '10.0.0.9', remoteAs: 64519, exportPolicy: 'some' }
    scene.configure({ neighbors: [EXTERNAL, EXTERNAL_TOO, listener, INTERNAL] }, [
      { name: 'all', rules: [{ action: 'accept' }] },
      { name: 'some', rules },
    ])
    expect(log(outside).slice(2)).toEqual([`-${PREFIX}`])
    expect([...outside.routes.keys()]).toEqual([OTHER])
  })

  it('of our own networks follows them, and only as the policy says', () => {
    const silent = { ...EXTERNAL_TOO, exportPolicy: 'nothing' }
    const scene = new Scene([EXTERNAL, silent], {}, [
      { name: 'all', rules: [{ action: 'accept' }] },
      { name: 'nothing', rules: [] },
    ])
    const [outside, none] = [scene.join(EXTERNAL), scene.join(silent)]
    scene.box.originate(PREFIX)
    scene.lab.seconds(1)
    expect([...outside.routes.keys()]).toEqual([PREFIX])
    scene.box.withdraw(PREFIX)
    scene.lab.seconds(1)
    expect(log(outside)).toEqual([`+${PREFIX}`, `-${PREFIX}`])
    expect(none.updates).toEqual([])
  })

  it('leaves out a route whose attributes leave no room for a prefix, and takes back what it was before', () => {
    const { scene, one, outside } = four()
    one.announce([PREFIX])
    expect([...outside.routes.keys()]).toEqual([PREFIX])
    // 1011 communities: with one AS in the path 4095 octets, with two more than fit.
    const communities = `d0 08 ${number(1011 * 4, 2)} ${'fde80001'.repeat(1011)}`
    const attributes = `${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.2')} ${communities}`
    const largest = update({ attributes, nlri: nlri(PREFIX) })
    expect(largest.length).toBeLessThanOrEqual(4096)
    expect(largest.length + 4).toBeGreaterThan(4096)
    one.send(largest)
    expect(paths(scene)).toMatchObject([{ best: true }])
    expect(outside.routes.size).toBe(0)
    expect(outside.remote.notification).toBeUndefined()
    one.announce([PREFIX])
    expect([...outside.routes.keys()]).toEqual([PREFIX])
  })

  it('of a route reaches the kernel and the neighbours with octets that are the same each time', () => {
    const { one, outside } = four()
    one.announce([PREFIX]).withdraw(PREFIX).announce([PREFIX])
    const attributes = `${ORIGIN} ${asPath(64512, 64513)} ${nexthop('10.0.0.1')}`
    const announcement = toHex(update({ attributes, nlri: nlri(PREFIX) }))
    expect(outside.updates).toEqual([announcement, toHex(update({ withdrawn: nlri(PREFIX) })), announcement])
  })
})

describe('a changed import policy', () => {
  it('has its effect on routes that are here, and resets nothing', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.join(EXTERNAL)
    peer.announce([PREFIX, OTHER])
    const sent = peer.remote.heard.length
    scene.configure({}, [
      { name: 'all', rules: [{ match: { prefixes: [{ prefix: OTHER }] }, action: 'accept' }] },
    ])
    expect([...scene.box.sink.routes.keys()]).toEqual([OTHER])
    scene.configure({})
    expect([...scene.box.sink.routes.keys()].sort()).toEqual([PREFIX, OTHER])
    expect(peer.remote.notification).toBeUndefined()
    // It did not have to ask for the routes again either: they were kept.
    expect(peer.remote.names.slice(sent)).not.toContain('ROUTE-REFRESH')
  })
})
