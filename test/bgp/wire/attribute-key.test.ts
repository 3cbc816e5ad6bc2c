import { describe, expect, it } from 'vitest'
import {
  type Attributes,
  Community,
  countAs,
  DecisionFields,
  decodeKey,
  encodeKey,
  formatCommunity,
  formatExtendedCommunity,
  formatIpv6ExtendedCommunity,
  hasCluster,
  hashKey,
  readDecision,
  WELL_KNOWN,
} from '../../../src/bgp/wire/index.ts'
import { hex, toHex } from './hex.ts'
import { PREFIX, read } from './sessions.ts'

const EVERYTHING: Attributes = {
  nexthop: hex('c0000201'),
  origin: 1,
  asPath: [
    { type: 3, ases: [64512, 64513] },
    { type: 2, ases: [65001, 4200000000] },
    { type: 1, ases: [65003, 65004] },
  ],
  med: 4294967295,
  localPreference: 2147482623,
  atomicAggregate: true,
  aggregator: { as: 4200000000, routerId: 0xc0000202 },
  communities: [0xfde80001, 0xffffff01],
  originatorId: 0xc0000203,
  clusterList: [0x0a000001, 0x0a000002],
  extendedCommunities: [hex('00020001000000ff')],
  ipv6ExtendedCommunities: [hex(`0002${'20010db8'.repeat(4)}0064`), hex(`4003${'00'.repeat(18)}`)],
  largeCommunities: [{ admin: 4200000000, data1: 1, data2: 2 }],
  onlyToCustomer: 65001,
  partial: [8],
  unknown: [
    { code: 26, flags: 0xe0, value: hex('0102') },
    { code: 99, flags: 0xe0, value: new Uint8Array(300) },
  ],
}

const BYTES = `
  04 c0000201
  40 01 01 01
  40 02 1e 03 02 0000fc00 0000fc01 02 02 0000fde9 fa56ea00 01 02 0000fdeb 0000fdec
  80 04 04 ffffffff
  40 05 04 7ffffbff
  40 06 00
  c0 07 08 fa56ea00 c0000202
  e0 08 08 fde80001 ffffff01
  80 09 04 c0000203
  80 0a 08 0a000001 0a000002
  c0 10 08 00020001000000ff
  c0 19 28 0002${'20010db8'.repeat(4)}0064 4003${'00'.repeat(18)}
  e0 1a 02 0102
  c0 20 0c fa56ea00 00000001 00000002
  c0 23 04 0000fde9
  f0 63 012c ${'00'.repeat(300)}`

describe('the key of a set of attributes', () => {
  it('has every attribute in its place, and gives them back', () => {
    expect(toHex(encodeKey(EVERYTHING))).toBe(toHex(hex(BYTES)))
    expect(decodeKey(hex(BYTES))).toEqual(EVERYTHING)
  })

  it('is what an UPDATE with these attributes makes', () => {
    const key = encodeKey(EVERYTHING)
    const attributes = `${toHex(key.subarray(5))} 40 03 04 c0000201`
    expect(read({ attributes, nlri: PREFIX }).keys).toEqual([toHex(key)])
  })

  it('of a route that starts here has ORIGIN and an empty path', () => {
    const key = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [], communities: [] })
    expect(toHex(key)).toBe('04c00002014001010040 0200'.replace(' ', ''))
    expect(decodeKey(key)).toEqual({ nexthop: hex('c0000201'), origin: 0, asPath: [] })
  })

  it('writes a sequence beyond 255 AS numbers as two segments', () => {
    const ases = Array.from({ length: 256 }, (_, index) => index + 1)
    const key = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [{ type: 2, ases }] })
    expect(decodeKey(key).asPath.map(segment => segment.ases.length)).toEqual([255, 1])
  })

  it('is read from the middle of other bytes', () => {
    const key = encodeKey(EVERYTHING)
    const bytes = new Uint8Array(key.length + 20).fill(0xee)
    bytes.set(key, 7)
    expect(decodeKey(bytes, 7, 7 + key.length)).toEqual(EVERYTHING)
    expect(hashKey(bytes, 7, 7 + key.length)).toBe(hashKey(key, 0, key.length))
  })

  it('hashes apart what differs in one bit', () => {
    const key = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [], med: 0 })
    const hashes = new Set([hashKey(key, 0, key.length)])
    for (let bit = 0; bit < key.length * 8; bit++) {
      const other = key.slice()
      other[bit >> 3]! ^= 1 << (bit & 7)
      hashes.add(hashKey(other, 0, other.length))
    }
    expect(hashes.size).toBe(key.length * 8 + 1)
  })

  it('spreads 65,536 sets evenly over a table', () => {
    const buckets = new Uint16Array(65536)
    for (let med = 0; med < 65536; med++) {
      const key = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [], med })
      buckets[hashKey(key, 0, key.length) & 0xffff]!++
    }
    expect(Math.max(...buckets)).toBeLessThan(14)
  })
})

describe('what the decision process asks', () => {
  const fields = new DecisionFields()
  const decide = (attributes: Partial<Attributes>) => {
    const key = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [], ...attributes })
    readDecision(key, 0, key.length, fields)
    return { ...fields }
  }

  it('is read off the key', () => {
    expect(decide(EVERYTHING)).toEqual({
      localPreference: 2147482623,
      asPathLength: 3,
      origin: 1,
      med: 4294967295,
      neighborAs: 65001,
      originAs: 0,
      originatorId: 0xc0000203,
      clusterListLength: 2,
      onlyToCustomer: 65001,
      wellKnown: WELL_KNOWN.NO_EXPORT,
      linkBandwidth: 0,
    })
  })

  it('says what is not there', () => {
    expect(decide({})).toEqual({
      localPreference: -1,
      asPathLength: 0,
      origin: 0,
      med: -1,
      neighborAs: 0,
      originAs: 0,
      originatorId: -1,
      clusterListLength: 0,
      onlyToCustomer: -1,
      wellKnown: 0,
      linkBandwidth: 0,
    })
  })

  it('has the link bandwidth of its extended community, transitive or not, where it can be a speed', () => {
    const bandwidth = (...octets: number[]) =>
      decide({ extendedCommunities: [Uint8Array.of(0, 2, 0, 1, 0, 0, 0, 1), Uint8Array.from(octets)] })
        .linkBandwidth
    // 1.25e9 octets a second, 10 Gbit/s, as an IEEE float.
    expect(bandwidth(0x40, 4, 0xfd, 0xe8, 0x4e, 0x95, 0x02, 0xf9)).toBe(1_250_000_000)
    expect(bandwidth(0x00, 4, 0xfd, 0xe8, 0x42, 0xc8, 0, 0)).toBe(100)
    expect(bandwidth(0x40, 4, 0xfd, 0xe8, 0x7f, 0x80, 0, 0)).toBe(0)
    expect(bandwidth(0x40, 4, 0xfd, 0xe8, 0xc2, 0xc8, 0, 0)).toBe(0)
    expect(bandwidth(0x01, 4, 0xfd, 0xe8, 0x42, 0xc8, 0, 0)).toBe(0)
  })

  it('takes the first and last AS of sequences only', () => {
    expect(decide({ asPath: [{ type: 2, ases: [1, 2, 3] }] })).toMatchObject({ neighborAs: 1, originAs: 3 })
    expect(
      decide({
        asPath: [
          { type: 1, ases: [1] },
          { type: 2, ases: [2] },
        ],
      }),
    ).toMatchObject({
      neighborAs: 0,
      originAs: 2,
      asPathLength: 2,
    })
    expect(decide({ asPath: [{ type: 4, ases: [1, 2] }] })).toMatchObject({ neighborAs: 0, asPathLength: 0 })
  })

  it('knows the well-known communities', () => {
    const communities = Object.values(Community)
    expect(decide({ communities }).wellKnown).toBe(255)
    expect(decide({ communities: [Community.GRACEFUL_SHUTDOWN] }).wellKnown).toBe(
      WELL_KNOWN.GRACEFUL_SHUTDOWN,
    )
    expect(decide({ communities: [Community.LLGR_STALE, 0xffff1234] }).wellKnown).toBe(WELL_KNOWN.LLGR_STALE)
  })

  it('counts an AS in the whole path, and finds a cluster', () => {
    const key = encodeKey({
      ...EVERYTHING,
      asPath: [
        { type: 3, ases: [1] },
        { type: 2, ases: [1, 2, 1] },
      ],
    })
    expect([1, 2, 3].map(as => countAs(key, 0, key.length, as))).toEqual([3, 1, 0])
    expect(hasCluster(key, 0, key.length, 0x0a000002)).toBe(true)
    expect(hasCluster(key, 0, key.length, 0x0a000003)).toBe(false)
    const bare = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [] })
    expect([countAs(bare, 0, bare.length, 1), hasCluster(bare, 0, bare.length, 1)]).toEqual([0, false])
  })
})

describe('communities for people', () => {
  it('have names or numbers', () => {
    expect([0xffffff01, 0xffff0000, 0xfde80064].map(formatCommunity)).toEqual([
      'NO_EXPORT',
      'GRACEFUL_SHUTDOWN',
      '65000:100',
    ])
  })

  it.each([
    ['rt 65000:100', '0002fde800000064'],
    ['ro 192.0.2.1:7', '0103c00002010007'],
    ['rt 4200000000:1', '0202fa56ea000001'],
    ['bandwidth 65000:125000000', '4004fde84cee6b28'],
    ['0x030c000000000008', '030c000000000008'],
  ])('extended: %s', (text, bytes) => {
    expect(formatExtendedCommunity(hex(bytes))).toBe(text)
  })

  it.each([
    ['rt 2001:db8::1:100', '0002 20010db8000000000000000000000001 0064'],
    ['0x0b 2001:db8::1:1', '400b 20010db8000000000000000000000001 0001'],
  ])('specific to an IPv6 address: %s', (text, bytes) => {
    expect(formatIpv6ExtendedCommunity(hex(`ff${bytes}`), 1)).toBe(text)
  })
})
