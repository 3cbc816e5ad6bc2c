import { describe, expect, it } from 'vitest'
import { decodeKey, formatAsPath, Verdict } from '../../../src/bgp/wire/index.ts'
import { hex } from './hex.ts'
import { NEXT_HOP, OLD, ORIGIN, PREFIX, read } from './sessions.ts'

/** What a peer with AS numbers of two octets announced: the path and the aggregator that come of it. */
function merged(attributes: string) {
  const { verdict, keys } = read({ attributes: `${ORIGIN} ${attributes} ${NEXT_HOP}`, nlri: PREFIX }, OLD)
  const { asPath, aggregator } = decodeKey(hex(keys[0]!))
  return { verdict, path: formatAsPath(asPath), aggregator, key: keys[0]! }
}

/** 65001 and AS_TRANS as two-octet AS_PATHs, 70000 (0x11170) and 80000 (0x13880) in AS4_PATH. */
const AS4_TWO = 'c0 11 0a 02 02 00011170 00013880'

describe('a peer with AS numbers of two octets (RFC 6793)', () => {
  it('has its path widened', () => {
    const { path, key, verdict } = merged('40 02 06 02 02 fde9 fdea')
    expect([path, verdict]).toEqual(['65001 65002', Verdict.ACCEPT])
    expect(key).toBe('04c0000201 40010100 40020a02020000fde90000fdea'.replaceAll(' ', ''))
  })

  it('gets the AS numbers that AS_TRANS stands for from AS4_PATH', () => {
    expect(merged(`40 02 08 02 03 fde9 5ba0 5ba0 ${AS4_TWO}`).path).toBe('65001 70000 80000')
    expect(merged(`40 02 06 02 02 5ba0 5ba0 ${AS4_TWO}`).path).toBe('70000 80000')
  })

  it('makes the key that the same path has from a peer of four octets', () => {
    const { key } = merged(`40 02 08 02 03 fde9 5ba0 5ba0 ${AS4_TWO}`)
    expect(key).toBe('04c0000201400101004002 0e 02030000fde90001117000013880'.replaceAll(' ', ''))
  })

  it('has an AS4_PATH ignored that is longer than the path', () => {
    expect(merged(`40 02 04 02 01 fde9 ${AS4_TWO}`).path).toBe('65001')
  })

  it('counts a set as one, confederation segments as none', () => {
    // AS_PATH 65001 {23456 65002}, AS4_PATH {70000 65002}: lengths 2 and 1.
    const sets = merged('40 02 0a 02 01 fde9 01 02 5ba0 fdea  c0 11 0a 01 02 00011170 0000fdea')
    expect(sets.path).toBe('65001 {70000 65002}')
    // A confederation segment has no place in AS4_PATH: it is left out of it (§6).
    const foreign = merged(`40 02 06 02 02 fde9 5ba0  c0 11 0c 03 01 00000001 02 01 00011170`)
    expect(foreign.path).toBe('65001 70000')
  })

  it('keeps leading segments whole that are ahead of AS4_PATH', () => {
    // AS_PATH {1 2} 65001 23456, AS4_PATH 70000.
    const { path } = merged('40 02 0c 01 02 0001 0002 02 02 fde9 5ba0  c0 11 06 02 01 00011170')
    expect(path).toBe('{1 2} 65001 70000')
  })

  it.each([
    ['an odd length', 'c0 11 07 02 01 00011170 02'],
    ['less than 6 octets', 'c0 11 04 02 01 0001'],
    ['an empty segment', 'c0 11 08 02 00 02 01 00011170'],
    ['an unknown segment', 'c0 11 06 05 01 00011170'],
    ['a segment that is cut off', 'c0 11 06 02 02 00011170'],
    ['AS 0', 'c0 11 06 02 01 00000000'],
    ['wrong flags', '80 11 06 02 01 00011170'],
  ])('has an AS4_PATH with %s discarded (§6)', (_what, as4) => {
    const { path, verdict } = merged(`40 02 04 02 01 5ba0 ${as4}`)
    expect([path, verdict]).toEqual(['23456', Verdict.DISCARD_ATTRIBUTE])
  })

  it('has AGGREGATOR widened, or taken from AS4_AGGREGATOR behind AS_TRANS', () => {
    const path = '40 02 04 02 01 fde9'
    expect(merged(`${path} c0 07 06 fde9 0a000001`).aggregator).toEqual({ as: 65001, routerId: 0x0a000001 })
    expect(merged(`${path} c0 07 06 5ba0 0a000001 c0 12 08 00011170 0a000002`).aggregator).toEqual({
      as: 70000,
      routerId: 0x0a000002,
    })
    expect(merged(`${path} c0 12 08 00011170 0a000002`).aggregator).toBeUndefined()
  })

  it('whose AGGREGATOR names another AS was aggregated anew: AS4 attributes are ignored (§4.2.3)', () => {
    const all = `40 02 06 02 02 fde9 5ba0 c0 07 06 fdea 0a000001 c0 11 06 02 01 00011170 c0 12 08 00011170 0a000002`
    expect(merged(all)).toMatchObject({
      path: '65001 23456',
      aggregator: { as: 65002, routerId: 0x0a000001 },
    })
  })

  it('has a malformed AS4_AGGREGATOR discarded', () => {
    const { aggregator, verdict } = merged(
      '40 02 04 02 01 fde9 c0 07 06 5ba0 0a000001 c0 12 06 fde9 0a000002',
    )
    expect([aggregator, verdict]).toEqual([{ as: 23456, routerId: 0x0a000001 }, Verdict.DISCARD_ATTRIBUTE])
  })
})
