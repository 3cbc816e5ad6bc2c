import { describe, expect, it } from 'vitest'
import { parseCommunity } from '../../../src/bgp/policy/community-text.ts'
import { applyChange, type Change } from '../../../src/bgp/rib/change.ts'
import { rewriteKey, rewritten } from '../../../src/bgp/rib/rewrite-key.ts'
import { type Attributes, decodeKey, encodeKey } from '../../../src/bgp/wire/index.ts'
import { seeded } from './fixture.ts'

const random = seeded(11)
const chance = (part: number) => random() < part
const upTo = (count: number) => Math.floor(random() * count)

function attributes(): Attributes {
  const segments = Array.from({ length: upTo(3) }, () => ({
    type: 1 + upTo(4),
    ases: Array.from({ length: chance(0.1) ? 250 + upTo(6) : 1 + upTo(3) }, () => 1 + upTo(9)),
  }))
  const communities = Array.from({ length: upTo(chance(0.1) ? 90 : 4) }, () => upTo(6))
  return {
    nexthop: new Uint8Array(chance(0.5) ? 4 : 16).fill(7),
    origin: upTo(3),
    asPath: segments,
    ...(chance(0.5) && { med: upTo(50) }),
    ...(chance(0.5) && { localPreference: upTo(300) }),
    ...(communities.length > 0 && { communities: [...new Set(communities)] }),
    ...(communities.length > 0 && chance(0.3) && { partial: [8] }),
    ...(chance(0.3) && { atomicAggregate: true }),
    ...(chance(0.3) && { largeCommunities: [{ admin: 1, data1: 2, data2: 3 }] }),
    ...(chance(0.3) && { unknown: [{ code: 99, flags: 0xe0, value: new Uint8Array(upTo(300)) }] }),
  }
}

function change(): Change {
  const add = Array.from({ length: upTo(4) }, () => parseCommunity(`0:${upTo(9)}`)!)
  const relative = () => (chance(0.5) ? { add: upTo(200) - 100 } : upTo(500))
  return {
    ...(chance(0.3) && { localPreference: relative() }),
    ...(chance(0.3) && { med: chance(0.3) ? null : relative() }),
    ...(chance(0.3) && { origin: upTo(3) }),
    ...(chance(0.3) && { prepend: Array.from({ length: 1 + upTo(5) }, () => 65000) }),
    ...(chance(0.3) && { nexthop: new Uint8Array(chance(0.5) ? 4 : 16).fill(9) }),
    ...(chance(0.4) && { communities: [{ add }] }),
  }
}

describe('a key rewritten octet by octet', () => {
  it('is that of the attributes decoded, changed and encoded', () => {
    let plain = 0
    for (let i = 0; i < 5000; i++) {
      const key = encodeKey(attributes())
      const buffer = Uint8Array.of(1, 2, 3, ...key, 4, 5)
      const wanted = change()
      const length = rewriteKey(buffer, 3, 3 + key.length, wanted, 100)
      if (length < 0) continue
      plain++
      const expected = encodeKey(applyChange(decodeKey(key), wanted, 100))
      expect(Buffer.from(rewritten.subarray(0, length)).toString('hex')).toBe(
        Buffer.from(expected).toString('hex'),
      )
    }
    // Only confederation segments in front of a path are left to others here.
    expect(plain).toBeGreaterThan(4000)
  })

  it.each<[string, Change]>([
    ['takes communities away', { communities: [{ remove: [parseCommunity('0:1')!] }] }],
    ['adds one of another kind', { communities: [{ add: [parseCommunity('1:2:3')!] }] }],
    ['adds ONLY_TO_CUSTOMER', { onlyToCustomer: 7 }],
  ])('is left to others where the change %s', (_, wanted) => {
    const key = encodeKey({ nexthop: new Uint8Array(4), origin: 0, asPath: [] })
    expect(rewriteKey(key, 0, key.length, wanted, 100)).toBe(-1)
  })
})
