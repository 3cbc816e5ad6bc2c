import { describe, expect, it } from 'vitest'
import { type PrefixRange, prefixRange } from '../../../src/bgp/policy/prefix-range.ts'
import { PrefixSet } from '../../../src/bgp/policy/prefix-set.ts'
import type { Family } from '../../../src/net/address.ts'
import { networkOf, parsePrefix } from '../../../src/net/prefix.ts'
import { seeded } from '../rib/fixture.ts'

const set = (...entries: string[]) => new PrefixSet(entries.map(entry => prefixRange(entry)!))

function has(prefixes: PrefixSet, text: string): boolean {
  const { bytes, length } = parsePrefix(text)!
  const octets = (length + 7) >> 3
  const buffer = new Uint8Array(octets + 4).fill(0xff)
  buffer.set(bytes.subarray(0, octets), 2)
  return prefixes.matches(bytes.length === 4 ? 4 : 6, buffer, 2, length)
}

/** What the words of an entry mean, asked one by one. */
function naive(ranges: readonly PrefixRange[], family: Family, bytes: Uint8Array, length: number): boolean {
  return ranges.some(range => {
    if (range.family !== family || length < range.shortest || length > range.longest) return false
    const inside = networkOf({ bytes, length: range.bits }).bytes
    return inside.every((octet, i) => octet === range.bytes[i])
  })
}

describe('a set of prefixes', () => {
  it('keeps apart what is exact, what is inside, and what is around', () => {
    const prefixes = set('10.0.0.0/8', '10.1.0.0/16 le 24', '10.1.1.0/24 ge 28', '0.0.0.0/0')
    expect(
      ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.7.0/24', '10.1.1.16/28'].every(text =>
        has(prefixes, text),
      ),
    ).toBe(true)
    expect(
      ['10.0.0.0/9', '10.2.0.0/16', '10.1.0.0/25', '10.1.1.0/26', '128.0.0.0/1', '::/0'].filter(text =>
        has(prefixes, text),
      ),
    ).toEqual([])
  })

  it('has both families', () => {
    const prefixes = set('2001:db8::/32 le 64')
    expect(has(prefixes, '2001:db8:1:2::/64')).toBe(true)
    expect(has(prefixes, '2001:db9::/64')).toBe(false)
    expect(prefixes.has(6)).toBe(true)
    expect(prefixes.has(4)).toBe(false)
  })

  it('has nothing where ge is above le, and every address of the longest length', () => {
    expect(has(set('10.0.0.0/8 le 32'), '10.255.255.255/32')).toBe(true)
    expect(has(set('fd00::/8 le 128'), 'fdff::1/128')).toBe(true)
    expect(has(set('10.0.0.0/8 ge 20 le 18'), '10.0.0.0/19')).toBe(false)
  })

  it('answers as one would who asks each entry, for random sets and prefixes', () => {
    const random = seeded(7)
    for (const family of [4, 6] as const) {
      const octets = family === 4 ? 4 : 16
      // Few different octets, so that prefixes lie inside each other.
      const prefix = (longest: number) => {
        const length = Math.floor(random() * (longest + 1))
        const bytes = Uint8Array.from({ length: octets }, () => [0, 1, 0x80, 0xf0][Math.floor(random() * 4)]!)
        return networkOf({ bytes, length })
      }
      for (let round = 0; round < 20; round++) {
        const ranges = Array.from({ length: 1 + Math.floor(random() * 120) }, (): PrefixRange => {
          const { bytes, length } = prefix(family === 4 ? 32 : 72)
          const shortest = length + Math.floor(random() * 3)
          return { family, bytes, bits: length, shortest, longest: shortest + Math.floor(random() * 6) - 1 }
        })
        const bits = octets * 8
        const valid = ranges.map(range => ({ ...range, longest: Math.min(range.longest, bits) }))
        const prefixes = new PrefixSet(valid)
        for (let i = 0; i < 200; i++) {
          const { bytes, length } = prefix(bits)
          expect(prefixes.matches(family, bytes, 0, length)).toBe(naive(valid, family, bytes, length))
        }
      }
    }
  })
})
