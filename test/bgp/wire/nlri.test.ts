import { describe, expect, it } from 'vitest'
import { countNlri, NlriCursor, readNlri, validNlri } from '../../../src/bgp/wire/index.ts'
import { hex } from './hex.ts'

describe('a run of prefixes', () => {
  it('is walked without an object for each', () => {
    const bytes = hex('ee 00 18 c63364 20 c0000201 ee')
    const cursor = new NlriCursor()
    const seen: number[][] = []
    for (let at = 1; at < 10; ) {
      at = readNlri(bytes, at, false, cursor)
      seen.push([cursor.pathId, cursor.offset, cursor.length, at])
    }
    expect(seen).toEqual([
      [0, 2, 0, 2],
      [0, 3, 24, 6],
      [0, 7, 32, 11],
    ])
    expect(countNlri(bytes, 1, 11, false)).toBe(3)
  })

  it('has path identifiers of 32 bits with ADD-PATH', () => {
    const bytes = hex('ffffffff 18 c63364 00000002 00')
    const cursor = new NlriCursor()
    expect(readNlri(bytes, 0, true, cursor)).toBe(8)
    expect([cursor.pathId, cursor.offset, cursor.length]).toEqual([4294967295, 5, 24])
    expect(readNlri(bytes, 8, true, cursor)).toBe(13)
    expect([cursor.pathId, cursor.length]).toEqual([2, 0])
    expect(countNlri(bytes, 0, 13, true)).toBe(2)
  })

  it.each([
    ['', 4, false, true],
    ['20 c0000201', 4, false, true],
    ['21 c000020100', 4, false, false],
    ['21 c000020100', 6, false, true],
    [`80 ${'20'.repeat(16)}`, 6, false, true],
    [`81 ${'20'.repeat(17)}`, 6, false, false],
    ['18 c633', 4, false, false],
    ['00000001 00', 4, true, true],
    ['00000001', 4, true, false],
    ['000001', 4, true, false],
  ] as const)('%s of IPv%i (ADD-PATH: %s) is valid: %s', (text, family, addPath, valid) => {
    const bytes = hex(text)
    expect(validNlri(bytes, 0, bytes.length, family, addPath)).toBe(valid)
  })
})
