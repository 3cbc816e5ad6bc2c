import { describe, expect, it } from 'vitest'
import { ATTRIBUTE_TABLE } from '../../src/bgp/wire/attribute-table.ts'
import { AttributeCode as Code, Verdict } from '../../src/bgp/wire/index.ts'
import { hex, number, toHex, update } from '../bgp/wire/hex.ts'
import { IBGP, MANDATORY, PREFIX, read } from '../bgp/wire/sessions.ts'
import { asPath, EXTERNAL, EXTERNAL_TOO, INTERNAL, nexthop, nlri, ORIGIN, Scene } from './scene.ts'

const IPV4 = '192.0.2.0/24'
const IPV6 = '2001:db8:1::/48'
const NEXT_HOP6 = '20010db8000000000000000000000002'
const BOTH = { families: ['ipv4-unicast', 'ipv6-unicast'] as ('ipv4-unicast' | 'ipv6-unicast')[] }
const CAPABILITIES = {
  families: [
    { afi: 1, safi: 1 },
    { afi: 2, safi: 1 },
  ],
}

const reach6 = (prefix: string, next = NEXT_HOP6) => {
  const value = `0002 01 10 ${next} 00 ${nlri(prefix)}`
  return `80 0e ${number(hex(value).length, 1)} ${value}`
}
const unreach6 = (prefix: string) => {
  const value = `0002 01 ${nlri(prefix)}`
  return `80 0f ${number(hex(value).length, 1)} ${value}`
}

/** A neighbour with a route of each family, and one that is told of them. */
function dual() {
  const source = { ...EXTERNAL, ...BOTH }
  const listener = { ...EXTERNAL_TOO, ...BOTH, nexthopSelf: false }
  const scene = new Scene([source, listener])
  const to = scene.join(listener, {}, CAPABILITIES)
  const from = scene.join(source, {}, CAPABILITIES)
  from.send(update({ attributes: `${reach6(IPV6)} ${ORIGIN} ${asPath(64513)}` }))
  from.announce([IPV4])
  return { scene, from, to }
}

describe('treat-as-withdraw', () => {
  it('removes what came before of the prefixes of the UPDATE, of both families, and withdraws it everywhere', () => {
    const { scene, from, to } = dual()
    expect([...scene.box.sink.routes.keys()].sort()).toEqual([IPV4, IPV6])
    expect([...to.routes.keys()].sort()).toEqual([IPV4, IPV6])
    const bad = `40 01 01 09 ${asPath(64513)}`
    from.send(update({ attributes: `${bad} ${nexthop('10.0.0.2')}`, nlri: nlri(IPV4) }))
    expect([...scene.box.sink.routes.keys()]).toEqual([IPV6])
    from.send(update({ attributes: `${reach6(IPV6)} ${bad}` }))
    expect(scene.box.sink.routes.size).toBe(0)
    expect(to.routes.size).toBe(0)
    const state = scene.box.neighbor(EXTERNAL.address)
    expect(state.families.map(({ received }) => received)).toEqual([0, 0])
    expect(state.state).toBe('Established')
    expect(from.remote.notification).toBeUndefined()
  })
})

describe('attribute discard', () => {
  it('leaves the attribute out and takes the rest of the UPDATE', () => {
    const scene = new Scene([EXTERNAL, INTERNAL])
    const [from, to] = [scene.join(EXTERNAL), scene.join(INTERNAL)]
    from.announce([IPV4], '40 06 01 00 c0 08 04 fde80001')
    const told = to.routes.get(IPV4)
    expect(told?.communities).toEqual([0xfde80001])
    expect(told?.atomicAggregate).toBeUndefined()
    expect(from.remote.notification).toBeUndefined()
  })

  it('is for no attribute that has an effect on choice or installation', () => {
    const discarded = ATTRIBUTE_TABLE.filter(({ onFault }) => onFault === Verdict.DISCARD_ATTRIBUTE)
    expect(discarded.map(({ code }) => code)).toEqual([
      Code.ATOMIC_AGGREGATE,
      Code.AGGREGATOR,
      Code.AS4_PATH,
      Code.AS4_AGGREGATOR,
    ])
  })
})

describe('an attribute of no octets', () => {
  it.each(
    ATTRIBUTE_TABLE.filter(({ code }) => code !== Code.AS_PATH && code !== Code.ATOMIC_AGGREGATE).map(
      ({ name, code, flags }) => [name, code, flags] as const,
    ),
  )('is malformed where it is %s', (_name, code, flags) => {
    const empty = `${number(flags, 1)} ${number(code, 1)} 00`
    const parts = ['40 01 01 00', '40 02 06 02 01 0000fde9', '40 03 04 c0000201']
    const others = parts.filter(text => hex(text)[1] !== code).join(' ')
    const result = read({ attributes: `${others} ${empty}`, nlri: PREFIX })
    expect(result.verdict).toBeGreaterThan(Verdict.ACCEPT)
    expect(result.texts).toHaveLength(1)
  })

  it('is fine where it is AS_PATH or ATOMIC_AGGREGATE', () => {
    const attributes = '40 01 01 00 40 02 00 40 03 04 c0000201 40 06 00'
    expect(read({ attributes, nlri: PREFIX }).verdict).toBe(Verdict.ACCEPT)
  })
})

describe('what we send', () => {
  it('has MP_REACH_NLRI or MP_UNREACH_NLRI first, and one of the four ways to name prefixes in an UPDATE', () => {
    const { scene, from, to } = dual()
    scene.box.originate('198.51.100.0/24', '2001:db8:2::/48')
    scene.lab.seconds(1)
    from.remote.send(update({ withdrawn: nlri(IPV4), attributes: unreach6(IPV6) }))
    scene.box.withdraw('198.51.100.0/24', '2001:db8:2::/48')
    scene.lab.seconds(1)
    const ways = { withdrawn: 0, announced: 0, reach: 0, unreach: 0 }
    for (const text of to.updates) {
      const bytes = hex(text)
      const withdrawn = (bytes[19]! << 8) | bytes[20]!
      const attributes = (bytes[21 + withdrawn]! << 8) | bytes[22 + withdrawn]!
      const first = bytes[23 + withdrawn + 1]
      const codes = new Set<number>()
      for (let at = 23 + withdrawn; at < 23 + withdrawn + attributes; ) {
        const long = (bytes[at]! & 0x10) !== 0
        codes.add(bytes[at + 1]!)
        at += long ? 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!) : 3 + bytes[at + 2]!
      }
      const used = {
        withdrawn: Number(withdrawn > 0),
        announced: Number(bytes.length > 23 + withdrawn + attributes),
        reach: Number(codes.has(14)),
        unreach: Number(codes.has(15)),
      }
      expect(used.withdrawn + used.announced + used.reach + used.unreach).toBeLessThanOrEqual(1)
      if (used.reach) expect(first).toBe(14)
      if (used.unreach) expect(first).toBe(15)
      for (const way of Object.keys(ways) as (keyof typeof ways)[]) ways[way] += used[way]
    }
    for (const count of Object.values(ways)) expect(count).toBeGreaterThan(0)
  })
})

describe('prefixes that cannot be read', () => {
  it('end the session, or disable their family where the other one can go on', () => {
    const { scene, from } = dual()
    // MP_REACH_NLRI with a prefix of 129 bits.
    const bad = `80 0e 26 0002 01 10 ${NEXT_HOP6} 00 81 ${'20'.repeat(16)}`
    from.send(update({ attributes: `${bad} ${ORIGIN} ${asPath(64513)}` }))
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect([...scene.box.sink.routes.keys()]).toEqual([IPV4])
    from.send(update({ attributes: `${reach6('2001:db8:9::/48')} ${ORIGIN} ${asPath(64513)}` }))
    expect([...scene.box.sink.routes.keys()]).toEqual([IPV4])
    from.send(update({ withdrawn: '21 c000020000' }))
    expect(from.remote.notification).toMatchObject({ code: 3, subcode: 10 })
    expect(scene.box.sink.routes.size).toBe(0)
  })
})

describe('communities of unknown types', () => {
  it.each([
    ['extended', 'c0 10 08 3f77010203040506'],
    ['specific to an IPv6 address', `c0 19 14 3f77${'ab'.repeat(18)}`],
  ])('are no error where they are %s, and are passed on', (_what, attribute) => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    const [from, to] = [scene.join(EXTERNAL), scene.join(EXTERNAL_TOO)]
    from.announce([IPV4], attribute)
    expect(to.updates[0]).toContain(toHex(hex(attribute)))
    expect(scene.box.events.filter(({ kind }) => kind === 'problem')).toEqual([])
  })
})

describe('UPDATEs of older speakers', () => {
  it('may have MP_REACH_NLRI anywhere, and prefixes in all ways at once', () => {
    const { scene, from } = dual()
    const attributes = `${ORIGIN} ${unreach6(IPV6)} ${asPath(64513)} ${nexthop('10.0.0.2')} ${reach6('2001:db8:5::/48')}`
    from.send(update({ withdrawn: nlri(IPV4), attributes, nlri: nlri('198.51.100.0/24') }))
    expect([...scene.box.sink.routes.keys()].sort()).toEqual(['198.51.100.0/24', '2001:db8:5::/48'])
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(read({ withdrawn: PREFIX, attributes: MANDATORY, nlri: '18 cb0071' }, IBGP).verdict).toBe(
      Verdict.ACCEPT,
    )
  })
})
