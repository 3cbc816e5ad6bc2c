import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/net/address.ts'
import { LongestMatch } from '../../src/net/longest-match.ts'
import { parsePrefix } from '../../src/net/prefix.ts'

function matchOf(...networks: string[]): LongestMatch<string> {
  const match = new LongestMatch<string>()
  for (const network of networks) match.set(parsePrefix(network)!, network)
  return match
}

const found = (match: LongestMatch<string>, address: string) => match.find(parseAddress(address)!)?.value

describe('the longest match', () => {
  it('is the most specific network that has the address', () => {
    const match = matchOf('0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/17', '10.1.2.3/32')
    expect(found(match, '10.1.2.3')).toBe('10.1.2.3/32')
    expect(found(match, '10.1.127.9')).toBe('10.1.0.0/17')
    expect(found(match, '10.1.128.9')).toBe('10.0.0.0/8')
    expect(found(match, '11.0.0.1')).toBe('0.0.0.0/0')
  })

  it('keeps the families apart', () => {
    const match = matchOf('0.0.0.0/0', '2001:db8::/32')
    expect(found(match, '2001:db8::1')).toBe('2001:db8::/32')
    expect(found(match, '2001:db9::1')).toBeUndefined()
  })

  it('goes to the next shorter network when one is taken away', () => {
    const match = matchOf('10.0.0.0/8', '10.1.0.0/16')
    match.delete(parsePrefix('10.1.0.0/16')!)
    expect(found(match, '10.1.2.3')).toBe('10.0.0.0/8')
    match.clear()
    expect(found(match, '10.1.2.3')).toBeUndefined()
  })
})
