import { describe, expect, it } from 'vitest'
import { canonicalZoned, parseZoned, withoutZone } from '../../src/net/zone.ts'

describe('an address with a zone', () => {
  it('is link-local, and keeps the name of its link as it is', () => {
    expect(canonicalZoned('FE80:0::1%Eth1.5')).toBe('fe80::1%Eth1.5')
    expect(parseZoned('fe80::1%eth0')?.zone).toBe('eth0')
  })

  it('is any other address without one', () => {
    expect(canonicalZoned('2001:DB8::1')).toBe('2001:db8::1')
    expect(canonicalZoned('192.0.2.1')).toBe('192.0.2.1')
  })

  it.each(['2001:db8::1%eth0', '192.0.2.1%eth0', 'fe80::1%', '%eth0', 'eth0', ''])('is not %j', text => {
    expect(canonicalZoned(text)).toBeUndefined()
  })

  it('has bytes of its own', () => {
    expect(withoutZone('fe80::1%eth0')).toEqual(withoutZone('fe80::1'))
    expect(withoutZone('%eth0')).toBeUndefined()
  })
})
