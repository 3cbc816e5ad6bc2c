import { describe, expect, it } from 'vitest'
import {
  buildKeepalive,
  buildRouteRefresh,
  parseRouteRefresh,
  RefreshSubtype,
} from '../../../src/bgp/wire/index.ts'
import { hex, message, toHex } from './hex.ts'

const parse = (bytes: Uint8Array, enhanced = true) => parseRouteRefresh(bytes, 0, bytes.length, enhanced)

describe('a ROUTE-REFRESH', () => {
  it.each([
    ['a request', RefreshSubtype.REQUEST, '0002 00 01'],
    ['the begin of a refresh', RefreshSubtype.BEGIN, '0002 01 01'],
    ['the end of a refresh', RefreshSubtype.END, '0002 02 01'],
  ])('is %s', (_what, subtype, body) => {
    const built = buildRouteRefresh(2, 1, subtype)
    expect(toHex(built)).toBe(toHex(message(5, body)))
    expect(parse(built)).toEqual({ refresh: { afi: 2, safi: 1, subtype } })
  })

  it('with an outbound route filter is a request', () => {
    expect(parse(message(5, '0001 00 01 01 80 0000'))).toEqual({ refresh: { afi: 1, safi: 1, subtype: 0 } })
  })

  it('has a reserved octet and no subtype without RFC 7313', () => {
    expect(parse(message(5, '0001 02 01'), false)).toEqual({ refresh: { afi: 1, safi: 1, subtype: 0 } })
  })

  it('of an unknown subtype is ignored', () => {
    expect(parse(message(5, '0001 03 01'))).toEqual({ ignore: 'ROUTE-REFRESH with unknown subtype 3' })
  })

  it('of a wrong length is answered with the whole message (RFC 7313 §5)', () => {
    const long = message(5, '0001 01 01 00')
    expect(parse(long)).toEqual({ error: { code: 7, subcode: 1, data: long } })
    const short = message(5, '0001 01')
    expect(parse(short)).toEqual({ error: { code: 7, subcode: 1, data: short } })
    expect(parse(short, false)).toEqual({ error: { code: 1, subcode: 2, data: hex('0016') } })
  })
})

describe('a KEEPALIVE', () => {
  it('is a header', () => {
    expect(toHex(buildKeepalive())).toBe(`${'ff'.repeat(16)}001304`)
  })
})
