import { describe, expect, it } from 'vitest'
import { hex, message, toHex, update } from '../bgp/wire/hex.ts'
import {
  AS,
  asPath,
  EXTERNAL,
  EXTERNAL_TOO,
  INTERNAL,
  nexthop,
  nlri,
  ORIGIN,
  type Peer,
  Scene,
  US,
} from './scene.ts'

const PREFIX = '192.0.2.0/24'
const MARKER = 'ff'.repeat(16)

/** The NOTIFICATION that a neighbour got, as `code/subcode data`. */
function told(peer: Peer): string | undefined {
  const { notification } = peer.remote
  return notification && `${notification.code}/${notification.subcode} ${toHex(notification.data)}`.trim()
}

function problems(scene: Scene): string[] {
  return scene.box.events.filter(({ kind }) => kind === 'problem').map(({ message }) => message)
}

function established(): { scene: Scene; peer: Peer } {
  const scene = new Scene([EXTERNAL])
  return { scene, peer: scene.join(EXTERNAL) }
}

describe('an error in a header', () => {
  it.each([
    ['a marker that is not all ones', `${'ff'.repeat(15)}00 0013 04`, '1/1'],
    ['length 18', `${MARKER} 0012 04`, '1/2 0012'],
    ['an OPEN of 28 octets', `${MARKER} 001c 01`, '1/2 001c'],
    ['an UPDATE of 22 octets', `${MARKER} 0016 02`, '1/2 0016'],
    ['a KEEPALIVE of 20 octets', `${MARKER} 0014 04`, '1/2 0014'],
    ['a NOTIFICATION of 20 octets', `${MARKER} 0014 03`, '1/2 0014'],
    ['type 9', `${MARKER} 0013 09`, '1/3 09'],
  ])('ends the session with %s', (_what, octets, notification) => {
    const { scene, peer } = established()
    peer.remote.send(hex(octets))
    scene.lab.clock.advance(10)
    expect(told(peer)).toBe(notification)
    expect(peer.remote.closed).toBe(true)
    expect(scene.state(EXTERNAL)).toBe('Idle')
  })

  it('of a length beyond 4096 ends a session without extended messages', () => {
    const { scene, peer } = established()
    peer.remote.send(hex(`${MARKER} ffff 02`))
    scene.lab.clock.advance(10)
    expect(told(peer)).toBeUndefined()
    const second = new Scene([EXTERNAL])
    const early = second.dial(EXTERNAL)
    early.remote.send(hex(`${MARKER} 1001 01`))
    second.lab.clock.advance(10)
    expect(told(early)).toBe('1/2 1001')
  })
})

describe('an error in an OPEN', () => {
  const open = (version: string, as: string, hold: string, id: string, parameters: string) =>
    message(1, `${version} ${as} ${hold} ${id} ${parameters}`)

  it.each([
    ['version 3', open('03', 'fc01', '005a', '0a000002', '00'), '2/1 0004'],
    ['version 5', open('05', 'fc01', '005a', '0a000002', '00'), '2/1 0004'],
    ['another AS', open('04', 'fc99', '005a', '0a000002', '00'), '2/2'],
    ['AS 0', open('04', '0000', '005a', '0a000002', '00'), '2/2'],
    ['a hold time of 1 s', open('04', 'fc01', '0001', '0a000002', '00'), '2/6'],
    ['a hold time of 2 s', open('04', 'fc01', '0002', '0a000002', '00'), '2/6'],
    ['identifier 0.0.0.0', open('04', 'fc01', '005a', '00000000', '00'), '2/3'],
    [
      'an optional parameter that nobody knows',
      open('04', 'fc01', '005a', '0a000002', '03 07 01 00'),
      '2/4 07',
    ],
    ['a parameter that runs over the end', open('04', 'fc01', '005a', '0a000002', '04 02 09 0104'), '2/0'],
  ])('%s is answered with its subcode, and ends the connection', (_what, bytes, notification) => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.dial(EXTERNAL)
    peer.remote.send(bytes)
    scene.lab.clock.advance(10)
    expect(told(peer)).toMatch(new RegExp(`^${notification}( |$)`))
    expect(peer.remote.names).toEqual(['OPEN', 'NOTIFICATION'])
    expect(peer.remote.closed).toBe(true)
  })

  it('none of these is a Cease: that is for what is no error', () => {
    const { scene, peer } = established()
    scene.configure({ neighbors: [] })
    expect(told(peer)).toBe('6/3')
    const other = established()
    other.peer.remote.send(hex(`${'00'.repeat(16)} 0013 04`))
    other.scene.lab.clock.advance(10)
    expect(other.peer.remote.notification?.code).toBe(1)
    other.scene.configure({ neighbors: [] })
    expect(other.peer.remote.names.filter(name => name === 'NOTIFICATION')).toHaveLength(1)
  })

  it('has its hold time, where it is fine, taken as the smaller of both, exactly', () => {
    for (const [ours, theirs, agreed] of [
      [90, 30, 30],
      [30, 90, 30],
      [90, 0, 0],
      [90, 3, 3],
    ] as const) {
      const neighbor = { ...EXTERNAL, holdTime: ours }
      const scene = new Scene([neighbor])
      const peer = scene.join(neighbor, { holdTime: theirs })
      expect(scene.box.neighbor(EXTERNAL.address)).toMatchObject({ state: 'Established', holdTime: agreed })
      expect(peer.remote.heard[0]!.open!.holdTime).toBe(ours)
    }
  })
})

describe('an error in an UPDATE', () => {
  const good = `${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.2')}`

  it.each([
    ['withdrawn routes beyond the message', message(2, '0009 18c63364 0000'), '3/1'],
    ['attributes beyond the message', message(2, '0000 0009 40010100'), '3/1'],
    ['a prefix of 33 bits', update({ attributes: good, nlri: '21 c000020100' }), '3/10'],
    ['a withdrawn prefix that is cut off', update({ withdrawn: '18 c000' }), '3/10'],
    [
      'an attribute that is well-known and not known',
      update({ attributes: `${good} 40 63 01 07`, nlri: nlri(PREFIX) }),
      '3/2 40630107',
    ],
    ['MP_REACH_NLRI twice', update({ attributes: '80 0e 09 0001 01 04 0a000002 00'.repeat(2) }), '3/1'],
    [
      'wrong flags where nothing is announced',
      update({ withdrawn: nlri(PREFIX), attributes: 'c0 01 01 00' }),
      '3/4 c0010100',
    ],
    [
      'a wrong length where nothing is announced',
      update({ withdrawn: nlri(PREFIX), attributes: '40 01 02 0000' }),
      '3/5 4001020000',
    ],
    [
      'ORIGIN 3 where nothing is announced',
      update({ withdrawn: nlri(PREFIX), attributes: '40 01 01 03' }),
      '3/6 40010103',
    ],
    [
      'an AS_PATH of segment type 9 where nothing is announced',
      update({ withdrawn: nlri(PREFIX), attributes: '40 02 06 09 01 0000fc01' }),
      '3/11 4002060901',
    ],
    [
      'a first AS that is not the neighbour, where nothing is announced',
      update({ withdrawn: nlri(PREFIX), attributes: asPath(64999) }),
      '3/11 400206',
    ],
    [
      'MP_REACH_NLRI of the only family with no next hop',
      update({ attributes: `80 0e 05 0001 01 00 00 ${good}` }),
      '3/9 800e0500010100',
    ],
  ])('that asks for a reset ends the session: %s', (_what, bytes, notification) => {
    const { scene, peer } = established()
    peer.announce([PREFIX])
    expect(scene.box.sink.routes.size).toBe(1)
    peer.remote.send(bytes)
    scene.lab.clock.advance(20)
    expect(told(peer)).toMatch(new RegExp(`^${notification}`))
    expect(peer.remote.closed).toBe(true)
    expect(scene.state(EXTERNAL)).toBe('Idle')
    expect(scene.box.sink.routes.size).toBe(0)
  })

  it('of an optional attribute that is known discards the attribute', () => {
    const scene = new Scene([EXTERNAL, INTERNAL])
    const [peer, inside] = [scene.join(EXTERNAL), scene.join(INTERNAL)]
    // AGGREGATOR with AS 0.
    peer.announce([PREFIX], 'c0 07 08 00000000 0a000002')
    expect(inside.routes.get(PREFIX)).toBeDefined()
    expect(inside.routes.get(PREFIX)?.aggregator).toBeUndefined()
    expect(
      scene.box.events.some(({ kind, message }) => kind === 'problem' && message.includes('AGGREGATOR')),
    ).toBe(true)
  })

  it('is none where attributes are right and prefixes are not there', () => {
    const { scene, peer } = established()
    peer.announce([PREFIX]).send(update({ attributes: good }))
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(scene.box.sink.routes.size).toBe(1)
    expect(scene.box.events.filter(({ kind }) => kind === 'problem')).toEqual([])
  })

  it('that only concerns a prefix leaves the session alone and the prefix out, and is logged', () => {
    const { scene, peer } = established()
    peer.announce(['224.0.0.0/4', PREFIX, '127.0.0.0/8'])
    expect(problems(scene)).toEqual([expect.stringContaining('224.0.0.0/4 is ignored')])
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect([...scene.box.sink.routes.keys()]).toEqual([PREFIX])
  })

  it('that names ourselves as next hop leaves the session alone and the route out, and is logged', () => {
    const { scene, peer } = established()
    peer.send(update({ attributes: `${ORIGIN} ${asPath(64513)} ${nexthop(US)}`, nlri: nlri(PREFIX) }))
    peer.announce(['198.51.100.0/24'])
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(told(peer)).toBeUndefined()
    expect([...scene.box.sink.routes.keys()]).toEqual(['198.51.100.0/24'])
    expect(problems(scene)).toEqual([expect.stringContaining('routes with next hop 10.0.0.1 are ignored')])
  })

  it('is none where a route of ours comes back with our next hop: that happens', () => {
    const { scene, peer } = established()
    const attributes = `${ORIGIN} ${asPath(64513, AS)} ${nexthop(US)}`
    peer.send(update({ attributes, nlri: nlri(PREFIX) }))
    expect(scene.box.sink.routes.size).toBe(0)
    expect(problems(scene)).toEqual([])
  })
})

describe('a next hop', () => {
  const announced = (via: string) =>
    update({ attributes: `${ORIGIN} ${asPath(64513)} ${nexthop(via)}`, nlri: nlri(PREFIX) })

  it.each([
    ['the neighbour itself', EXTERNAL, '10.0.0.2', 1],
    ['another host of the network that both are on', EXTERNAL, '10.0.0.99', 1],
    ['somewhere else, and the neighbour is one hop away', EXTERNAL, '10.7.0.1', 0],
    ['somewhere else, and the neighbour is farther away', { ...EXTERNAL, multihop: true }, '10.7.0.1', 1],
    ['somewhere else, and the neighbour is inside', INTERNAL, '10.7.0.1', 1],
    [
      'the neighbour itself, which is not on our network',
      { ...EXTERNAL, address: '10.8.0.2' },
      '10.8.0.2',
      1,
    ],
  ])('that is %s', (_what, neighbor, via, accepted) => {
    const scene = new Scene([neighbor])
    scene.join(neighbor).send(announced(via))
    expect(scene.box.neighbor(neighbor.address)).toMatchObject({
      state: 'Established',
      families: [{ received: 1, accepted }],
    })
    expect([...scene.box.sink.routes.keys()]).toEqual(accepted ? [PREFIX] : [])
    const [path] = scene.box.speaker.route(PREFIX)!.paths
    expect(problems(scene)).toHaveLength(1 - accepted)
    if (!accepted) expect(path).toMatchObject({ rejected: { reason: 'nexthopElsewhere' } })
  })

  it('elsewhere is judged again when the neighbour may be farther away', () => {
    const scene = new Scene([EXTERNAL])
    scene.join(EXTERNAL).send(announced('10.7.0.1'))
    scene.configure({ neighbors: [{ ...EXTERNAL, multihop: true }] })
    scene.join(EXTERNAL).send(announced('10.7.0.1'))
    expect([...scene.box.sink.routes.keys()]).toEqual([PREFIX])
  })
})

describe('other errors', () => {
  it('of the hold time have subcode 0', () => {
    const { scene, peer } = established()
    scene.lab.seconds(92)
    expect(told(peer)).toBe('4/0')
    expect(scene.state(EXTERNAL)).not.toBe('Established')
  })

  it('of a NOTIFICATION are written to the log, its numbers in it, and not answered', () => {
    const { scene, peer } = established()
    peer.remote.notify(77, 13)
    scene.lab.clock.advance(10)
    expect(told(peer)).toBeUndefined()
    const down = scene.box.events.filter(({ kind }) => kind === 'down').map(({ message }) => message)
    expect(down).toHaveLength(1)
    expect(down[0]).toContain('77')
    expect(down[0]).toContain('13')
  })

  it('of one neighbour do not touch the session of another', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const [one, two] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO)]
    two.announce([PREFIX])
    one.remote.send(hex(`${'00'.repeat(16)} 0013 04`))
    scene.lab.clock.advance(10)
    expect(scene.state(EXTERNAL)).toBe('Idle')
    expect(scene.state(EXTERNAL_TOO)).toBe('Established')
    expect(scene.box.sink.routes.size).toBe(1)
    expect(two.remote.notification).toBeUndefined()
  })
})
