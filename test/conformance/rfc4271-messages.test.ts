import { describe, expect, it } from 'vitest'
import {
  buildKeepalive,
  buildNotification,
  buildOpen,
  buildRouteRefresh,
  ERROR,
  notification,
} from '../../src/bgp/wire/index.ts'
import { toHex, update } from '../bgp/wire/hex.ts'
import {
  asPath,
  attributeList,
  EXTERNAL,
  EXTERNAL_TOO,
  INTERNAL,
  INTERNAL_TOO,
  nexthop,
  nlri,
  ORIGIN,
  Scene,
  US,
} from './scene.ts'

const PREFIX = '192.0.2.0/24'
const MED = '80 04 04 0000000a'
const COMMUNITY = 'c0 08 04 fde80001'
/** An optional transitive attribute that nobody knows, with and without Partial, and one that is not transitive. */
const UNKNOWN = 'c0 63 02 abcd'
const UNKNOWN_LOCAL = '80 64 01 07'

describe('messages', () => {
  it('begin with 16 octets of ones, and have the length that they say and no octet more', () => {
    const open = { as: 64512, holdTime: 90, routerId: 1, capabilities: { families: [] } }
    const built = [
      buildOpen(open),
      buildKeepalive(),
      buildNotification(notification(ERROR.cease.peerDeconfigured)),
      buildRouteRefresh(1, 1, 0),
    ]
    const scene = new Scene([EXTERNAL])
    const peer = scene.join(EXTERNAL)
    scene.box.originate(PREFIX, '198.51.100.0/24')
    scene.lab.seconds(1)
    built.push(...peer.remote.heard.map(({ bytes }) => bytes))
    expect(peer.remote.names).toContain('UPDATE')
    for (const bytes of built) {
      expect(toHex(bytes.subarray(0, 16))).toBe('ff'.repeat(16))
      expect((bytes[16]! << 8) | bytes[17]!).toBe(bytes.length)
    }
    expect(built.map(({ length }) => length).slice(0, 4)).toEqual([37, 19, 21, 23])
  })

  it('of announcements fill no more octets than their attributes and prefixes need', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.join(EXTERNAL)
    scene.box.originate(PREFIX)
    scene.lab.seconds(1)
    expect(peer.updates).toEqual([
      toHex(update({ attributes: `${ORIGIN} ${asPath(64512)} ${nexthop(US)}`, nlri: nlri(PREFIX) })),
    ])
  })
})

describe('attribute flags', () => {
  /** What one neighbour outside and one inside are told of a route with every kind of attribute. */
  function passed(attributes: string) {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const [from, outside, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    from.send(update({ attributes, nlri: nlri(PREFIX) }))
    return [...outside.updates, ...inside.updates].map(attributeList)
  }

  const AGGREGATE = '40 06 00 c0 07 08 0000fc01 0a000002'

  it('have Transitive on well-known attributes, and Partial neither on these nor on those that are not transitive', () => {
    const lists = passed(`${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.2')} ${MED} ${AGGREGATE} ${COMMUNITY}`)
    expect(lists).toHaveLength(2)
    const flags = new Map(lists.flat().map(({ code, flags }) => [code, flags & 0xe0]))
    expect(Object.fromEntries(flags)).toEqual({
      1: 0x40,
      2: 0x40,
      3: 0x40,
      4: 0x80,
      5: 0x40,
      6: 0x40,
      7: 0xc0,
      8: 0xc0,
    })
  })

  it('have their four spare bits ignored when they come and zero when they go', () => {
    const spare = `4f 01 01 00 4f ${asPath(64513).slice(3)} 4f ${nexthop('10.0.0.2').slice(3)} cf 08 04 fde80001`
    const lists = passed(spare)
    expect(lists.map(list => list.map(({ code }) => code))).toEqual([
      [1, 2, 3, 8],
      [1, 2, 3, 5, 8],
    ])
    expect(lists.flat().map(({ flags }) => flags & 0x0f)).toEqual(new Array(9).fill(0))
  })
})

describe('an UPDATE that names a prefix twice', () => {
  it('as withdrawn and as announced announces it', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.join(EXTERNAL)
    const attributes = `${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.2')}`
    peer.send(update({ withdrawn: nlri(PREFIX), attributes, nlri: nlri(PREFIX) }))
    expect([...scene.box.sink.routes.keys()]).toEqual([PREFIX])
    expect(scene.state(EXTERNAL)).toBe('Established')
  })

  it('is never sent, however routes come and go in one turn', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const [from, to] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO)]
    const prefixes = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24']
    for (let round = 0; round < 24; round++) {
      const attributes = `${ORIGIN} ${asPath(64513, round + 1)} ${nexthop('10.0.0.2')}`
      const here = prefixes.filter((_, i) => (round >> i) & 1)
      const gone = prefixes.filter((_, i) => (round >> (i + 1)) & 1)
      // All of one turn: what is told has to be sorted out of what came in between.
      from.remote.send(update({ attributes, nlri: here.map(nlri).join('') }))
      from.remote.send(update({ withdrawn: gone.map(nlri).join('') }))
      if (round % 3 === 0) from.remote.send(update({ attributes, nlri: gone.map(nlri).join('') }))
      if (round % 2 === 0) scene.lab.seconds(1)
    }
    expect(to.updates.length).toBeGreaterThan(10)
    for (const text of to.updates) {
      const withdrawnLength = Number.parseInt(text.slice(38, 42), 16)
      const attributesLength = Number.parseInt(
        text.slice(42 + 2 * withdrawnLength, 46 + 2 * withdrawnLength),
        16,
      )
      expect(withdrawnLength === 0 || attributesLength === 0).toBe(true)
    }
  })
})

describe('a route that is passed on', () => {
  const MANDATORY = `${ORIGIN} ${asPath(64513, 65001)} ${nexthop('10.0.0.2')}`

  function pass(attributes: string) {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL, INTERNAL_TOO])
    const [from, outside, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    from.send(update({ attributes, nlri: nlri(PREFIX) }))
    return { outside: outside.routes.get(PREFIX), inside: inside.routes.get(PREFIX), scene }
  }

  it('has ORIGIN, AS_PATH and NEXT_HOP, inside and outside', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const [from, outside, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    from.announce([PREFIX])
    scene.box.originate('198.51.100.0/24')
    scene.lab.seconds(1)
    const lists = [...outside.updates, ...inside.updates].map(text =>
      attributeList(text).map(({ code }) => code),
    )
    expect(lists).toHaveLength(4)
    for (const codes of lists) expect(codes).toEqual(expect.arrayContaining([1, 2, 3]))
  })

  it('keeps every well-known attribute that it came with', () => {
    for (const origin of [0, 1, 2]) {
      const attributes = `40 01 01 0${origin} ${asPath(64513, 65001)} ${nexthop('10.0.0.2')} 40 06 00`
      const { outside, inside } = pass(attributes)
      expect(inside).toMatchObject({
        origin,
        asPath: [{ type: 2, ases: [64513, 65001] }],
        nexthop: Uint8Array.of(10, 0, 0, 2),
        localPreference: 100,
        atomicAggregate: true,
      })
      expect(outside).toMatchObject({
        origin,
        asPath: [{ type: 2, ases: [64512, 64513, 65001] }],
        atomicAggregate: true,
      })
    }
  })

  it('is taken with an optional transitive attribute that nobody knows, which goes on with Partial set', () => {
    const { outside, inside } = pass(`${MANDATORY} ${UNKNOWN}`)
    const unknown = [{ code: 99, flags: 0xe0, value: Uint8Array.of(0xab, 0xcd) }]
    expect(outside).toMatchObject({ unknown })
    expect(inside).toMatchObject({ unknown })
  })

  it('keeps Partial on an attribute that we know where another AS has set it', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const [from, outside, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    from.announce([PREFIX], 'e0 08 04 fde80001 e0 07 08 0000fc01 0a000002')
    for (const { updates } of [outside, inside]) {
      const list = attributeList(updates[0]!)
      expect(list.filter(({ code }) => code === 7 || code === 8).map(({ flags }) => flags)).toEqual([
        0xe0, 0xe0,
      ])
    }
  })

  it('loses an optional attribute that nobody knows and that is not transitive, without a word', () => {
    const { outside, inside, scene } = pass(`${MANDATORY} ${UNKNOWN_LOCAL}`)
    expect(outside).toBeDefined()
    expect([outside!.unknown, inside!.unknown]).toEqual([undefined, undefined])
    expect(scene.box.events.filter(({ kind }) => kind === 'problem')).toEqual([])
  })

  it('has its attributes in the order of their types, whatever the order that they came in', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const [from, outside, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    const attributes = `${UNKNOWN} ${COMMUNITY} 40 06 00 ${MED} ${nexthop('10.0.0.2')} ${asPath(64513)} ${ORIGIN}`
    from.send(update({ attributes, nlri: nlri(PREFIX) }))
    expect(scene.box.neighbor(EXTERNAL.address)).toMatchObject({
      state: 'Established',
      families: [{ accepted: 1 }],
    })
    for (const { updates } of [outside, inside]) {
      const codes = attributeList(updates[0]!).map(({ code }) => code)
      expect(codes).toEqual([...codes].sort((a, b) => a - b))
      expect(codes.length).toBeGreaterThan(5)
    }
  })

  it('keeps ATOMIC_AGGREGATE and its own prefix, no more specific one', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const [from, outside, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    from.announce(['198.18.0.0/15'], '40 06 00').announce(['198.18.7.0/24'])
    for (const { routes } of [outside, inside]) {
      expect([...routes.keys()].sort()).toEqual(['198.18.0.0/15', '198.18.7.0/24'])
      expect(routes.get('198.18.0.0/15')?.atomicAggregate).toBe(true)
      expect(routes.get('198.18.7.0/24')?.atomicAggregate).toBeUndefined()
    }
  })

  it('carries MED inside the AS, and not to another neighbouring AS', () => {
    const { outside, inside } = pass(`${MANDATORY} ${MED}`)
    expect(inside?.med).toBe(10)
    expect(outside).toBeDefined()
    expect(outside?.med).toBeUndefined()
  })

  it('carries LOCAL_PREF to all inside and to nobody outside', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL, INTERNAL_TOO])
    const peers = [EXTERNAL_TOO, INTERNAL, INTERNAL_TOO].map(neighbor => scene.join(neighbor))
    scene.join(EXTERNAL).announce([PREFIX])
    scene.box.originate('198.51.100.0/24')
    scene.lab.seconds(1)
    for (const prefix of [PREFIX, '198.51.100.0/24'])
      expect(peers.map(({ routes }) => routes.get(prefix)?.localPreference)).toEqual([undefined, 100, 100])
    expect(peers.map(({ routes }) => routes.size)).toEqual([2, 2, 2])
  })

  it('has LOCAL_PREF ignored where it comes from outside', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const [one, two, inside] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    one.announce([PREFIX], '40 05 04 000003e8', [64513, 65001])
    two.announce([PREFIX])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.3'])
    expect(inside.routes.get(PREFIX)?.localPreference).toBe(100)
  })
})

describe('degree of preference', () => {
  const PREFERRED = {
    name: 'preferred',
    rules: [{ action: 'accept' as const, set: { localPreference: 300 } }],
  }
  const ALL = { name: 'all', rules: [{ action: 'accept' as const }] }

  it('comes of the import policy, is told inside as LOCAL_PREF, and the higher one wins', () => {
    const better = { ...EXTERNAL, importPolicy: 'preferred' }
    const scene = new Scene([better, EXTERNAL_TOO, INTERNAL], {}, [ALL, PREFERRED])
    const inside = scene.join(INTERNAL)
    scene.join(EXTERNAL_TOO).announce([PREFIX])
    expect(inside.routes.get(PREFIX)?.localPreference).toBe(100)
    scene.join(better).announce([PREFIX], '', [64513, 65001, 65002])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
    expect(inside.routes.get(PREFIX)?.localPreference).toBe(300)
  })

  it('of a route is the same whatever other routes there are', () => {
    const better = { ...EXTERNAL, importPolicy: 'preferred' }
    const preference = (order: readonly (typeof EXTERNAL)[]) => {
      const scene = new Scene([better, EXTERNAL_TOO, INTERNAL], {}, [ALL, PREFERRED])
      for (const neighbor of order) scene.join(neighbor).announce([PREFIX])
      const path = scene.box.speaker.route(PREFIX)!.paths.find(({ neighbor }) => neighbor === '10.0.0.2')
      return path?.accepted?.localPreference
    }
    expect(preference([better])).toBe(300)
    expect(preference([better, EXTERNAL_TOO, INTERNAL])).toBe(300)
    expect(preference([INTERNAL, EXTERNAL_TOO, better])).toBe(300)
  })

  it('and the choice see MED as the import policy has set it', () => {
    const even = { name: 'even', rules: [{ action: 'accept' as const, set: { med: 5 } }] }
    const twice = [
      { ...EXTERNAL, importPolicy: 'even' },
      { ...EXTERNAL_TOO, remoteAs: 64513, importPolicy: 'all' },
    ]
    const scene = new Scene([...twice, INTERNAL], {}, [ALL, even])
    const inside = scene.join(INTERNAL)
    scene.join(twice[0]!).announce([PREFIX], '80 04 04 00000064')
    scene.join(twice[1]!).announce([PREFIX], '80 04 04 00000006')
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
    expect(inside.routes.get(PREFIX)?.med).toBe(5)
  })
})

describe('MED', () => {
  it('is taken away where the import policy says so, before the choice is made and before anybody is told', () => {
    const twice = [
      { ...EXTERNAL, importPolicy: 'without' },
      { ...EXTERNAL_TOO, remoteAs: 64513, importPolicy: 'all' },
    ]
    const rules = (med: 'none' | 7) => [
      { action: 'next' as const, set: { med: 7 } },
      { action: 'accept' as const, set: { med } },
    ]
    const all = { name: 'all', rules: [{ action: 'accept' as const }] }
    const scene = new Scene([...twice, INTERNAL], {}, [all, { name: 'without', rules: rules('none') }])
    const inside = scene.join(INTERNAL)
    scene.join(twice[0]!).announce([PREFIX], '80 04 04 00000064')
    scene.join(twice[1]!).announce([PREFIX], '80 04 04 00000006')
    // Without a MED it is the lowest there is.
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
    expect(inside.routes.get(PREFIX)).toBeDefined()
    expect(inside.routes.get(PREFIX)?.med).toBeUndefined()
    scene.configure({}, [all, { name: 'without', rules: rules(7) }])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.3'])
    expect(inside.routes.get(PREFIX)?.med).toBe(6)
  })
})

describe('NEXT_HOP', () => {
  it('of a route is where the RIB is told to send packets', () => {
    const scene = new Scene([EXTERNAL])
    scene
      .join(EXTERNAL)
      .send(update({ attributes: `${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.77')}`, nlri: nlri(PREFIX) }))
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.77'])
  })

  it('is left as it is for neighbours inside, unless nexthopSelf is set', () => {
    const self = { ...INTERNAL_TOO, nexthopSelf: true }
    const scene = new Scene([EXTERNAL, INTERNAL, self])
    const [plain, own] = [scene.join(INTERNAL), scene.join(self)]
    scene.join(EXTERNAL).announce([PREFIX])
    expect([...plain.routes.get(PREFIX)!.nexthop]).toEqual([10, 0, 0, 2])
    expect([...own.routes.get(PREFIX)!.nexthop]).toEqual([10, 0, 0, 1])
  })

  it('of what starts here is our end of the session, never an address of the neighbour', () => {
    const scene = new Scene([EXTERNAL, INTERNAL])
    const peers = [scene.join(EXTERNAL), scene.join(INTERNAL)]
    scene.box.originate(PREFIX)
    scene.lab.seconds(1)
    for (const { routes } of peers) expect([...routes.get(PREFIX)!.nexthop]).toEqual([10, 0, 0, 1])
  })

  it.each([false, true])('towards the outside is our own by default, with multihop %s', multihop => {
    const outside = { ...EXTERNAL_TOO, multihop }
    const scene = new Scene([EXTERNAL, outside, INTERNAL])
    const peer = scene.join(outside)
    scene.join(EXTERNAL).announce([PREFIX])
    scene.join(INTERNAL).announce(['198.51.100.0/24'])
    for (const prefix of [PREFIX, '198.51.100.0/24'])
      expect([...peer.routes.get(prefix)!.nexthop]).toEqual([10, 0, 0, 1])
  })

  it('of a third party is told only on a network that all share, and where nexthopSelf is false', () => {
    const third = { ...EXTERNAL_TOO, nexthopSelf: false }
    const far = { ...EXTERNAL, multihop: true }
    const scene = new Scene([far, third])
    const peer = scene.join(third)
    const elsewhere = `${ORIGIN} ${asPath(64513)} ${nexthop('10.7.7.7')}`
    scene
      .join(far)
      .announce([PREFIX])
      .send(update({ attributes: elsewhere, nlri: nlri('198.51.100.0/24') }))
    expect([...peer.routes.get(PREFIX)!.nexthop]).toEqual([10, 0, 0, 2])
    expect([...peer.routes.get('198.51.100.0/24')!.nexthop]).toEqual([10, 0, 0, 1])
    scene.configure({ neighbors: [far, { ...third, nexthopSelf: true }] })
    expect([...peer.routes.get(PREFIX)!.nexthop]).toEqual([10, 0, 0, 1])
  })
})

describe('KEEPALIVE', () => {
  it('is never sent more than once a second, however short the hold time', () => {
    const scene = new Scene([{ ...EXTERNAL, holdTime: 3 }], {}, [])
    const peer = scene.join({ ...EXTERNAL, holdTime: 3 }, { holdTime: 3 })
    const at: number[] = []
    for (let step = 0; step < 2000; step++) {
      const before = peer.remote.heard.length
      scene.lab.clock.advance(10)
      if (step % 50 === 0) peer.remote.keepalive()
      if (peer.remote.heard.length > before) at.push(scene.lab.clock.now())
    }
    const pauses = at.slice(1).map((time, i) => time - at[i]!)
    expect(pauses.length).toBeGreaterThan(10)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(990)
    expect(scene.state(EXTERNAL)).toBe('Established')
  })
})
