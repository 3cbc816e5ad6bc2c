import { describe, expect, it } from 'vitest'
import { isUnroutable } from '../../src/bgp/unroutable.ts'
import { parsePrefix } from '../../src/net/prefix.ts'

/** As NLRI have it: the significant bytes only, somewhere in a buffer. */
function judge(text: string): boolean {
  const { bytes, length } = parsePrefix(text)!
  const significant = bytes.subarray(0, (length + 7) >> 3)
  return isUnroutable(bytes.length === 4 ? 4 : 6, Uint8Array.of(224, ...significant, 224), 1, length)
}

describe('a prefix that no host can be in', () => {
  it.each([
    '0.0.0.0/8',
    '0.1.0.0/16',
    '127.0.0.0/8',
    '127.0.0.1/32',
    '224.0.0.0/4',
    '224.0.0.5/32',
    '239.255.0.0/16',
    '255.255.255.255/32',
    '::/128',
    '::1/128',
    'ff00::/8',
    'ff02::1/128',
    'fe80::/10',
    'febf::/16',
  ])('%s is ignored', prefix => expect(judge(prefix)).toBe(true))

  it.each([
    '0.0.0.0/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '224.0.0.0/3',
    '126.0.0.0/7',
    '1.0.0.0/8',
    '10.0.0.0/8',
    '169.254.0.0/16',
    '223.255.255.0/24',
    '240.0.0.0/4',
    '255.255.255.0/24',
    '::/0',
    '::/127',
    '::2/128',
    '2000::/3',
    'fec0::/10',
    'fe00::/9',
    'fd00::/8',
  ])('%s is a route like any other', prefix => expect(judge(prefix)).toBe(false))
})
