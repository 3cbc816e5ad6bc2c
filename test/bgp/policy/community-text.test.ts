import { describe, expect, it } from 'vitest'
import { isListName, parseCommunity, parseCommunityPattern } from '../../../src/bgp/policy/community-text.ts'
import { formatCommunity, formatExtendedCommunity } from '../../../src/bgp/wire/index.ts'

const hex = (text: string) => {
  const pattern = parseCommunity(text)
  return pattern && `${pattern.kind} ${Buffer.from(pattern.bytes).toString('hex')}`
}

describe('a community in the configuration', () => {
  it.each([
    ['65000:100', 'standard fde80064'],
    ['no-export', 'standard ffffff01'],
    ['no-advertise', 'standard ffffff02'],
    ['graceful-shutdown', 'standard ffff0000'],
    ['blackhole', 'standard ffff029a'],
    ['llgr-stale', 'standard ffff0006'],
    ['no-llgr', 'standard ffff0007'],
    ['4200000000:1:2', 'large fa56ea000000000100000002'],
    // Values of RFC 4360 §3 and §4, RFC 5668 §2, and the link bandwidth of 1 Gbit/s as a float.
    ['rt:65000:100', 'extended 0002fde800000064'],
    ['ro:65000:100', 'extended 0003fde800000064'],
    ['rt:192.0.2.1:100', 'extended 0102c00002010064'],
    ['rt:4200000000:100', 'extended 0202fa56ea000064'],
    ['bandwidth:65000:125000000', 'extended 4004fde84cee6b28'],
    ['0x4300000000000001', 'extended 4300000000000001'],
  ])('%s', (text, octets) => {
    expect(hex(text)).toBe(octets)
  })

  it.each([
    '65536:1',
    '65000:65536',
    '65000',
    '65000:1:2:3',
    '4294967296:1:1',
    'rt:65000',
    'rt:70000:70000',
    'rt:192.0.2.1:65536',
    'bandwidth:70000:1',
    '01:1',
    '65000:*',
    '0x01',
    '-1:1',
    '',
    'NO_EXPORT',
  ])('is not %j', text => {
    expect(parseCommunity(text)).toBeUndefined()
  })

  it('is a pattern with a * for a number', () => {
    const pattern = parseCommunityPattern('65000:*')!
    expect([...pattern.mask]).toEqual([255, 255, 0, 0])
    expect(parseCommunityPattern('*:*:7')?.kind).toBe('large')
    expect(parseCommunityPattern('rt:65000:*')?.exact).toBe(false)
    expect(parseCommunityPattern('rt:*:1')).toBeUndefined()
  })

  it('is told from the name of a list', () => {
    expect(['customers', 'tier-1', 'no-exports'].filter(isListName)).toHaveLength(3)
    expect(['no-export', '65000:1', 'rt:1:1', '*:*', '0x0000000000000000'].filter(isListName)).toEqual([])
  })

  it('reads back what is shown of a route', () => {
    const text = formatExtendedCommunity(parseCommunity('rt:65000:100')!.bytes)
    expect(text).toBe('rt 65000:100')
    expect(formatCommunity(0xfde80064)).toBe('65000:100')
  })
})
