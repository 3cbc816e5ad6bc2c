import { describe, expect, it } from 'vitest'
import { decodeKey, formatAsPath } from '../../src/bgp/wire/index.ts'
import { hex, message, toHex, update } from '../bgp/wire/hex.ts'
import {
  EBGP,
  IBGP,
  ORIGIN as IGP,
  MANDATORY,
  NEXT_HOP,
  PREFIX as NLRI,
  OLD,
  read,
} from '../bgp/wire/sessions.ts'
import {
  asPath,
  attributeList,
  EXTERNAL,
  EXTERNAL_TOO,
  INTERNAL,
  nexthop,
  nlri,
  ORIGIN,
  Scene,
} from './scene.ts'

const PREFIX = '192.0.2.0/24'
const WIDE = 4_200_000_000

describe('our OPEN', () => {
  it.each([
    [64512, 'fc00', '0000fc00'],
    [70000, '5ba0', '00011170'],
  ])('of AS %i says %s where two octets are, and all of it in the capability', (localAs, two, four) => {
    const scene = new Scene([EXTERNAL], { localAs })
    const text = toHex(scene.dial(EXTERNAL).remote.heard[0]!.bytes)
    expect(text.slice(40, 44)).toBe(two)
    expect(text.match(/4104[0-9a-f]{8}/g)).toEqual([`4104${four}`])
  })
})

describe('the OPEN of a neighbour', () => {
  it('is of the AS that its capability says, not of the two octets', () => {
    const neighbor = { ...EXTERNAL, remoteAs: WIDE }
    const scene = new Scene([neighbor])
    const peer = scene.join(neighbor)
    expect(scene.state(neighbor)).toBe('Established')
    expect(scene.box.neighbor(neighbor.address).remoteAs).toBe(WIDE)
    peer.announce([PREFIX])
    expect(scene.box.sink.routes.size).toBe(1)
    const other = new Scene([{ ...EXTERNAL, remoteAs: 64513 }])
    const liar = other.dial(EXTERNAL)
    // Two octets say 64513, the capability 70000.
    liar.remote.send(message(1, '04 fc01 005a 0a000002 08 02 06 41 04 00011170'))
    other.lab.clock.advance(10)
    expect(liar.remote.notification).toMatchObject({ code: 2, subcode: 2 })
  })
})

describe('between two speakers with four octets', () => {
  it('AS_PATH and AGGREGATOR have four, and there is neither AS4_PATH nor AS4_AGGREGATOR', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const peers = [scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    scene.join(EXTERNAL).announce([PREFIX], 'c0 07 08 00011170 0a000002', [64513, WIDE])
    for (const peer of peers) {
      const codes = attributeList(peer.updates[0]!).map(({ code }) => code)
      expect(codes).toContain(7)
      expect(codes).not.toContain(17)
      expect(codes).not.toContain(18)
      expect(peer.routes.get(PREFIX)?.asPath[0]?.ases.at(-1)).toBe(WIDE)
      expect(peer.routes.get(PREFIX)?.aggregator).toEqual({ as: 70000, routerId: 0x0a000002 })
    }
  })

  it.each([
    ['AS4_PATH', 'c0 11 06 02 01 00011170'],
    ['AS4_AGGREGATOR', 'c0 12 08 00011170 0a000002'],
  ])('%s is discarded, logged, and the route is taken', (name, attribute) => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const to = scene.join(EXTERNAL_TOO)
    scene.join(EXTERNAL).announce([PREFIX], attribute)
    expect(to.routes.get(PREFIX)?.asPath).toEqual([{ type: 2, ases: [64512, 64513] }])
    expect(attributeList(to.updates[0]!).map(({ code }) => code)).toEqual([1, 2, 3])
    expect(scene.box.events.filter(({ kind }) => kind === 'problem').map(({ message }) => message)).toEqual([
      expect.stringContaining(name),
    ])
  })
})

describe('a neighbour with two octets', () => {
  function told(path: readonly number[], more = '') {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const to = scene.joinOld(EXTERNAL_TOO)
    scene.join(EXTERNAL).announce([PREFIX], more, [64513, ...path])
    return to.updates[0]
  }

  it('gets AS_PATH in two octets, and no AS4_PATH where all AS numbers fit', () => {
    const attributes = `${ORIGIN} 40 02 08 02 03 fc00 fc01 fde9 ${nexthop('10.0.0.1')}`
    expect(told([65001])).toBe(toHex(update({ attributes, nlri: nlri(PREFIX) })))
  })

  it('gets AS_TRANS for what does not fit, and all of it in AS4_PATH', () => {
    const as4 = 'c0 11 0e 02 03 0000fc00 0000fc01 fa56ea00'
    const attributes = `${ORIGIN} 40 02 08 02 03 fc00 fc01 5ba0 ${nexthop('10.0.0.1')} ${as4}`
    expect(told([WIDE])).toBe(toHex(update({ attributes, nlri: nlri(PREFIX) })))
  })

  it('gets AS4_AGGREGATOR behind AS_TRANS where the aggregator does not fit, and none where it does', () => {
    const path = `${ORIGIN} 40 02 06 02 02 fc00 fc01 ${nexthop('10.0.0.1')}`
    const wide = `${path} c0 07 06 5ba0 0a000002 c0 12 08 00011170 0a000002`
    expect(told([], 'c0 07 08 00011170 0a000002')).toBe(
      toHex(update({ attributes: wide, nlri: nlri(PREFIX) })),
    )
    const narrow = `${path} c0 07 06 fde9 0a000002`
    expect(told([], 'c0 07 08 0000fde9 0a000002')).toBe(
      toHex(update({ attributes: narrow, nlri: nlri(PREFIX) })),
    )
  })

  it('has the four octets put together again on the way to the next', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const to = scene.join(EXTERNAL_TOO)
    const attributes = `${ORIGIN} 40 02 06 02 02 fc01 5ba0 ${nexthop('10.0.0.2')}
      c0 07 06 5ba0 0a000009 c0 11 06 02 01 fa56ea00 c0 12 08 00011170 0a000009`
    scene.joinOld(EXTERNAL).send(update({ attributes, nlri: nlri(PREFIX) }))
    expect(to.routes.get(PREFIX)).toMatchObject({
      asPath: [{ type: 2, ases: [64512, 64513, WIDE] }],
      aggregator: { as: 70000, routerId: 0x0a000009 },
    })
  })

  it('is logged where AS4_PATH has confederation segments, which are left out, or is malformed', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const to = scene.join(EXTERNAL_TOO)
    const from = scene.joinOld(EXTERNAL)
    const path = `${ORIGIN} 40 02 06 02 02 fc01 5ba0 ${nexthop('10.0.0.2')}`
    const problems = () =>
      scene.box.events.filter(({ kind }) => kind === 'problem').map(({ message }) => message)
    from.send(update({ attributes: `${path} c0 11 0c 03 01 00000007 02 01 fa56ea00`, nlri: nlri(PREFIX) }))
    expect(to.routes.get(PREFIX)?.asPath).toEqual([{ type: 2, ases: [64512, 64513, WIDE] }])
    expect(problems()).toEqual([expect.stringMatching(/AS4_PATH.*confederation/)])
    from.send(update({ attributes: `${path} c0 11 03 02 01 00`, nlri: nlri(PREFIX) }))
    expect(to.routes.get(PREFIX)?.asPath).toEqual([{ type: 2, ases: [64512, 64513, 23456] }])
    expect(problems()).toHaveLength(2)
    from.send(
      update({ attributes: `${path} c0 07 06 5ba0 0a000009 c0 12 06 00011170 0a00`, nlri: nlri(PREFIX) }),
    )
    expect(to.routes.get(PREFIX)?.aggregator).toEqual({ as: 23456, routerId: 0x0a000009 })
    expect(problems()).toEqual([
      expect.anything(),
      expect.anything(),
      expect.stringContaining('AS4_AGGREGATOR'),
    ])
    expect(scene.state(EXTERNAL)).toBe('Established')
  })

  it('of our own AS has leading confederation segments and those beside what is put in front kept', () => {
    const session = { ...IBGP, as4: false }
    const path = (segments: string) => {
      const octets = hex(segments).length.toString(16).padStart(2, '0')
      const attributes = `${IGP} 40 02 ${octets} ${segments} ${NEXT_HOP} c0 11 06 02 01 fa56ea00`
      const { keys, verdict } = read({ attributes, nlri: NLRI }, session)
      expect(verdict).toBe(0)
      return formatAsPath(decodeKey(hex(keys[0]!)).asPath)
    }
    expect(path('03 01 fc00 02 01 5ba0')).toBe(`(64512) ${WIDE}`)
    expect(path('03 01 fc00 02 02 fde9 5ba0')).toBe(`(64512) 65001 ${WIDE}`)
    expect(path('02 01 fde9 04 01 fc01 02 01 5ba0')).toBe(`65001 [64513] ${WIDE}`)
  })

  it('is nothing that a session of four octets mixes up', () => {
    const four = read({ attributes: MANDATORY, nlri: NLRI }, EBGP)
    const two = read({ attributes: `${IGP} 40 02 04 02 01 fde9 ${NEXT_HOP}`, nlri: NLRI }, OLD)
    expect(two.keys).toEqual(four.keys)
    expect(asPath(65001)).toBe('40 02 06 02 01 0000fde9')
  })
})
