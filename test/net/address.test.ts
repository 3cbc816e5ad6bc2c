import { describe, expect, it } from 'vitest'
import { canonicalAddress, parseAddress } from '../../src/net/address.ts'
import { formatMac, parseMac } from '../../src/net/mac.ts'
import { contains, formatPrefix, isNetwork, networkOf, overlaps, parsePrefix } from '../../src/net/prefix.ts'

describe('an address', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
  ])('%s is written %s (RFC 5952)', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4/24',
    ':::',
    '::g',
    'fe80::1%eth0',
    '1::2::3',
    ' 1.2.3.4',
  ])('is not %j', text => {
    expect(parseAddress(text)).toBeUndefined()
  })
})

describe('a prefix', () => {
  it('keeps host bits, and its network has none', () => {
    const prefix = parsePrefix('192.168.50.77/26')!
    expect(isNetwork(prefix)).toBe(false)
    expect(formatPrefix(networkOf(prefix))).toBe('192.168.50.64/26')
    expect(formatPrefix(networkOf(parsePrefix('2001:db8:ffff::1/33')!))).toBe('2001:db8:8000::/33')
  })

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '::/129', '10.0.0.0/08', '/8', '10.0.0.0/'])(
    'is not %j',
    text => {
      expect(parsePrefix(text)).toBeUndefined()
    },
  )

  it('contains and overlaps within its family alone', () => {
    const [wide, narrow, other, six] = ['10.0.0.0/8', '10.128.0.0/9', '11.0.0.0/8', 'a00::/8'].map(
      text => parsePrefix(text)!,
    )
    expect(contains(wide!, narrow!)).toBe(true)
    expect(contains(narrow!, wide!)).toBe(false)
    expect(overlaps(narrow!, wide!)).toBe(true)
    expect(overlaps(wide!, other!)).toBe(false)
    expect(overlaps(wide!, six!)).toBe(false)
  })
})

describe('a MAC address', () => {
  it('is six octets, written in lower case', () => {
    expect(formatMac(parseMac('0E:00:00:00:00:09')!)).toBe('0e:00:00:00:00:09')
    expect(parseMac('0e:00:00:00:00')).toBeUndefined()
    expect(parseMac('0e-00-00-00-00-09')).toBeUndefined()
  })
})
