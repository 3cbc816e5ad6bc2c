import { describe, expect, it } from 'vitest'
import {
  type Attributes,
  decodeKey,
  encodeKey,
  encodeOutgoing,
  type Outgoing,
} from '../../../src/bgp/wire/index.ts'
import { hex, toHex } from './hex.ts'
import { NEXT_HOP6, OLD, PREFIX, read } from './sessions.ts'

const IBGP: Outgoing = {
  type: 'iBGP',
  as4: true,
  localAs: 65000,
  prepend: 1,
  localPreference: 100,
  keepMed: false,
}
const EBGP: Outgoing = { ...IBGP, type: 'eBGP' }
const MEMBER: Outgoing = { ...IBGP, type: 'confederation' }

const ROUTE: Attributes = {
  nexthop: hex('c0000201'),
  origin: 0,
  asPath: [{ type: 2, ases: [65001] }],
  med: 10,
  localPreference: 200,
  communities: [0xfde80001],
}

/** The attributes as they go out, in hexadecimal. */
function sent(attributes: Attributes, outgoing: Outgoing, family: 4 | 6 = 4): string {
  const key = encodeKey(attributes)
  return toHex(encodeOutgoing(key, 0, key.length, family, outgoing).bytes)
}

const flat = (text: string) => toHex(hex(text))

describe('attributes on their way out', () => {
  it('stay as they are inside the AS', () => {
    expect(sent(ROUTE, IBGP)).toBe(
      flat(`40 01 01 00  40 02 06 02 01 0000fde9  40 03 04 c0000201  80 04 04 0000000a
            40 05 04 000000c8  c0 08 04 fde80001`),
    )
  })

  it('get LOCAL_PREF inside the AS where they have none', () => {
    const { localPreference: _, ...without } = ROUTE
    expect(sent(without, IBGP)).toBe(
      flat(`40 01 01 00  40 02 06 02 01 0000fde9  40 03 04 c0000201  80 04 04 0000000a
            40 05 04 00000064  c0 08 04 fde80001`),
    )
    expect(sent({ nexthop: ROUTE.nexthop, origin: 0, asPath: [] }, IBGP)).toBe(
      flat('40 01 01 00  40 02 00  40 03 04 c0000201  40 05 04 00000064'),
    )
  })

  it('get our AS in front and lose LOCAL_PREF and MED towards the outside', () => {
    expect(sent(ROUTE, EBGP)).toBe(
      flat('40 01 01 00  40 02 0a 02 02 0000fde8 0000fde9  40 03 04 c0000201  c0 08 04 fde80001'),
    )
    expect(sent(ROUTE, { ...EBGP, keepMed: true })).toContain('80040400 00000a'.replace(' ', ''))
  })

  it('lose what only the inside understands towards the outside', () => {
    const inside = {
      ...ROUTE,
      originatorId: 1,
      clusterList: [2],
      extendedCommunities: [hex('0002fde800000064'), hex('4004fde84cee6b28')],
      unknown: [{ code: 99, flags: 0xe0, value: hex('01') }],
    }
    expect(sent(inside, EBGP)).toBe(
      flat(`40 01 01 00  40 02 0a 02 02 0000fde8 0000fde9  40 03 04 c0000201  c0 08 04 fde80001
            c0 10 08 0002fde800000064  e0 63 01 01`),
    )
    const wide = (type: string) => hex(`${type}02 ${'20010db8'.repeat(4)} 0064`)
    const both = { ...ROUTE, ipv6ExtendedCommunities: [wide('40'), wide('00')] }
    expect(sent(both, EBGP)).toContain(flat(`c0 19 14 00 02 ${'20010db8'.repeat(4)} 0064`))
    expect(sent(both, MEMBER)).toContain(flat(`c0 19 28 40 02 ${'20010db8'.repeat(4)} 0064 00 02`))
    const hidden = { ...ROUTE, extendedCommunities: [hex('4004fde84cee6b28')] }
    expect(sent(hidden, EBGP)).toBe(sent(ROUTE, EBGP))
    expect(sent(hidden, MEMBER)).toContain('c010084004fde84cee6b28')
  })

  it.each([
    ['an empty path', [], 1, '02 01 0000fde8'],
    ['a path, three times', [{ type: 2, ases: [65001] }], 3, '02 04 0000fde8 0000fde8 0000fde8 0000fde9'],
    ['a set', [{ type: 1, ases: [65001] }], 1, '02 01 0000fde8 01 01 0000fde9'],
    ['a path, not at all', [{ type: 2, ases: [65001] }], 0, '02 01 0000fde9'],
    [
      'a confederation',
      [
        { type: 3, ases: [1] },
        { type: 2, ases: [65001] },
      ],
      1,
      '02 02 0000fde8 0000fde9',
    ],
    [
      'nothing but a confederation',
      [
        { type: 3, ases: [1] },
        { type: 4, ases: [2] },
      ],
      1,
      '02 01 0000fde8',
    ],
    [
      'a confederation, not at all',
      [
        { type: 3, ases: [1] },
        { type: 2, ases: [65001] },
      ],
      0,
      '02 01 0000fde9',
    ],
  ])('put our AS before %s towards the outside', (_what, asPath, prepend, path) => {
    const octets = hex(path).length.toString(16).padStart(2, '0')
    expect(sent({ ...ROUTE, asPath }, { ...EBGP, prepend })).toContain(flat(`4002${octets}${path}`))
  })

  it('begin a new segment where the first is full', () => {
    const ases = Array.from({ length: 254 }, () => 65001)
    const key = encodeKey({ ...ROUTE, asPath: [{ type: 2, ases }] })
    const { bytes } = encodeOutgoing(key, 0, key.length, 4, { ...EBGP, prepend: 3 })
    const { asPath } = decodeKey(Uint8Array.of(0, ...bytes))
    expect(asPath).toEqual([
      { type: 2, ases: [65000, 65000] },
      { type: 2, ases: [65000, ...ases] },
    ])
  })

  it('between members of a confederation get a confederation segment and keep LOCAL_PREF and MED', () => {
    expect(sent(ROUTE, MEMBER)).toBe(
      flat(`40 01 01 00  40 02 0c 03 01 0000fde8 02 01 0000fde9  40 03 04 c0000201  80 04 04 0000000a
            40 05 04 000000c8  c0 08 04 fde80001`),
    )
    const inside = [{ type: 3, ases: [64512] }]
    expect(sent({ ...ROUTE, asPath: inside }, MEMBER)).toContain(flat('40 02 0a 03 02 0000fde8 0000fc00'))
  })

  it('are reflected with the originator and the cluster (RFC 4456 §8)', () => {
    const reflect = { originatorId: 0x0a000001, clusterId: 0x0a000009 }
    expect(sent(ROUTE, { ...IBGP, reflect })).toBe(
      flat(`40 01 01 00  40 02 06 02 01 0000fde9  40 03 04 c0000201  80 04 04 0000000a  40 05 04 000000c8
            c0 08 04 fde80001  80 09 04 0a000001  80 0a 04 0a000009`),
    )
    const again = { ...ROUTE, originatorId: 0x0a000002, clusterList: [0x0a000008] }
    expect(sent(again, { ...IBGP, reflect })).toContain(flat('80 09 04 0a000002  80 0a 08 0a000009 0a000008'))
    expect(sent(again, IBGP)).toContain(flat('80 09 04 0a000002  80 0a 04 0a000008'))
  })

  it('get communities that they do not have, once', () => {
    const communities = [0xffff0000, 0xffffff01]
    expect(sent(ROUTE, { ...EBGP, communities })).toContain(flat('c0 08 0c fde80001 ffff0000 ffffff01'))
    const has = { ...ROUTE, communities: [0xffffff01, 0xfde80001] }
    expect(sent(has, { ...EBGP, communities })).toContain(flat('c0 08 0c ffffff01 fde80001 ffff0000'))
    const { communities: _, ...without } = ROUTE
    expect(sent(without, { ...EBGP, communities })).toContain(
      flat('40 03 04 c0000201  c0 08 08 ffff0000 ffffff01'),
    )
  })

  it('get communities behind 255 octets of others', () => {
    const many = Array.from({ length: 63 }, (_, i) => 0xfde80000 + i)
    const key = encodeKey({ ...ROUTE, communities: many })
    const outgoing = { ...EBGP, communities: [0xffff0000] }
    const { bytes } = encodeOutgoing(key, 0, key.length, 4, outgoing)
    expect(decodeKey(Uint8Array.of(0, ...bytes)).communities).toEqual([...many, 0xffff0000])
    const longer = encodeKey({ ...ROUTE, communities: [...many, 1] })
    const more = encodeOutgoing(longer, 0, longer.length, 4, outgoing)
    expect(decodeKey(Uint8Array.of(0, ...more.bytes)).communities).toEqual([...many, 1, 0xffff0000])
  })

  it('get a LOCAL_PREF that is not theirs where it is asked for, inside only', () => {
    expect(sent(ROUTE, { ...IBGP, fixedPreference: 0 })).toContain(flat('40 05 04 00000000'))
    expect(sent(ROUTE, { ...EBGP, fixedPreference: 0 })).not.toContain('400504')
  })

  it('get ONLY_TO_CUSTOMER towards the outside, where they have none (RFC 9234 §5)', () => {
    expect(sent(ROUTE, { ...EBGP, onlyToCustomer: 65000 })).toContain(flat('c0 23 04 0000fde8'))
    expect(sent(ROUTE, { ...IBGP, onlyToCustomer: 65000 })).not.toContain('c02304')
    const marked = { ...ROUTE, onlyToCustomer: 7 }
    expect(sent(marked, { ...EBGP, onlyToCustomer: 65000 })).toContain(flat('c0 23 04 00000007'))
    expect(sent(marked, EBGP)).toContain(flat('c0 23 04 00000007'))
  })

  it('can do without what is said of aggregation', () => {
    const aggregated = { ...ROUTE, atomicAggregate: true, aggregator: { as: 70000, routerId: 1 } }
    expect(sent(aggregated, { ...EBGP, shorter: true })).toBe(sent(ROUTE, EBGP))
    expect(sent(aggregated, { ...EBGP, as4: false, shorter: true })).toBe(
      sent(ROUTE, { ...EBGP, as4: false }),
    )
  })

  it('have our next hop where it is asked for', () => {
    const outgoing = { ...EBGP, nexthop: hex('0a000001') }
    expect(sent(ROUTE, outgoing)).toContain(flat('40 03 04 0a000001'))
  })

  it('have the next hop apart for IPv6, without a link-local one of another link', () => {
    const own = hex(NEXT_HOP6)
    const linkLocal = hex('fe800000000000000000000000000001')
    const key = encodeKey({ ...ROUTE, nexthop: Uint8Array.of(...own, ...linkLocal) })
    const encoded = encodeOutgoing(key, 0, key.length, 6, IBGP)
    expect(encoded.nexthop).toEqual(own)
    expect(toHex(encoded.bytes)).not.toContain('400304')
    const both = Uint8Array.of(...own, ...linkLocal)
    expect(encodeOutgoing(key, 0, key.length, 6, { ...EBGP, nexthop: both }).nexthop).toEqual(both)
  })

  it('have an IPv4-mapped next hop for IPv6 where they had an IPv4 one', () => {
    const key = encodeKey(ROUTE)
    expect(toHex(encodeOutgoing(key, 0, key.length, 6, IBGP).nexthop!)).toBe(`${'00'.repeat(10)}ffffc0000201`)
  })

  it('go into MP_REACH_NLRI for IPv4 with an IPv6 next hop, or where it is asked for', () => {
    const six = encodeKey({ ...ROUTE, nexthop: hex(NEXT_HOP6) })
    expect(toHex(encodeOutgoing(six, 0, six.length, 4, IBGP).nexthop!)).toBe(NEXT_HOP6)
    const four = encodeKey(ROUTE)
    const asked = encodeOutgoing(four, 0, four.length, 4, { ...IBGP, multiprotocolIpv4: true })
    expect(asked.nexthop).toEqual(hex('c0000201'))
    expect(toHex(asked.bytes)).not.toContain('400304')
  })

  it('are not overwritten by the next ones', () => {
    const first = encodeKey(ROUTE)
    const encoded = encodeOutgoing(first, 0, first.length, 4, IBGP)
    const before = toHex(encoded.bytes)
    for (let med = 0; med < 1000; med++) sent({ ...ROUTE, med }, EBGP)
    expect(toHex(encoded.bytes)).toBe(before)
  })
})

describe('attributes on their way to a peer with AS numbers of two octets', () => {
  const narrow: Outgoing = { ...EBGP, as4: false }

  it('have two octets, and no AS4 attributes where all fits', () => {
    expect(sent({ ...ROUTE, aggregator: { as: 65001, routerId: 0x0a000001 } }, narrow)).toBe(
      flat(`40 01 01 00  40 02 06 02 02 fde8 fde9  40 03 04 c0000201  c0 07 06 fde9 0a000001
            c0 08 04 fde80001`),
    )
  })

  it('have AS_TRANS, AS4_PATH without confederations, and AS4_AGGREGATOR where not', () => {
    const wide: Attributes = {
      ...ROUTE,
      asPath: [
        { type: 3, ases: [64512] },
        { type: 2, ases: [70000, 65001] },
      ],
      aggregator: { as: 80000, routerId: 0x0a000001 },
    }
    expect(sent(wide, narrow)).toBe(
      flat(`40 01 01 00  40 02 08 02 03 fde8 5ba0 fde9  40 03 04 c0000201  c0 07 06 5ba0 0a000001
            c0 08 04 fde80001
            c0 11 0e 02 03 0000fde8 00011170 0000fde9  c0 12 08 00013880 0a000001`),
    )
    expect(sent(wide, { ...IBGP, as4: false })).toContain(flat('40 02 0a 03 01 fc00 02 02 5ba0 fde9'))
    expect(sent(wide, { ...IBGP, as4: false })).toContain(flat('c0 11 0a 02 02 00011170 0000fde9'))
  })

  it('come back as they were', () => {
    const wide = { ...ROUTE, asPath: [{ type: 2, ases: [70000, 65001, 80000] }], med: undefined }
    const { med: _, localPreference: __, ...rest } = wide
    const attributes = sent(rest, { ...narrow, prepend: 0 })
    const { keys } = read({ attributes, nlri: PREFIX }, OLD)
    expect(decodeKey(hex(keys[0]!))).toEqual(rest)
  })
})
