import { describe, expect, it } from 'vitest'
import { matchesPath, parseAsPattern } from '../../../src/bgp/policy/as-pattern.ts'
import { writeSegments } from '../../../src/bgp/wire/as-path.ts'
import { type AsPathSegment, Segment, segmentsLength } from '../../../src/bgp/wire/index.ts'

/** A path as text: numbers, sets in braces, confederation sequences in parentheses. */
function segments(text: string): AsPathSegment[] {
  return [...text.matchAll(/\{([^}]*)\}|\(([^)]*)\)|([\d ]+)/g)].flatMap(([, set, confederation, plain]) => {
    const ases = (set ?? confederation ?? plain!).trim().split(/\s+/).filter(Boolean).map(Number)
    const type = set ? Segment.SET : confederation ? Segment.CONFED_SEQUENCE : Segment.SEQUENCE
    return ases.length > 0 ? [{ type, ases }] : []
  })
}

function matches(pattern: string, path: string): boolean {
  const parsed = parseAsPattern(pattern)
  if (typeof parsed === 'string') throw new Error(parsed)
  const list = segments(path)
  const bytes = new Uint8Array(segmentsLength(list, 4))
  writeSegments(list, 4, bytes, 0)
  return matchesPath(parsed, bytes, 0, bytes.length)
}

describe('a pattern over AS paths', () => {
  const rows: readonly [pattern: string, yes: string[], no: string[]][] = [
    ['65001', ['65001', '1 65001 2', '65001 65001'], ['', '6500', '650011']],
    ['^ 65001', ['65001', '65001 2'], ['', '2 65001']],
    ['65001 $', ['65001', '2 65001'], ['', '65001 2']],
    ['^ $', [''], ['1']],
    ['^ . $', ['1', '{1 2}'], ['', '1 2']],
    ['^ * $', ['', '1 2 3'], []],
    ['^ 65001 * 65009 $', ['65001 65009', '65001 1 2 65009'], ['65001', '65001 65009 1', '1 65001 65009']],
    ['^ 65001+ $', ['65001', '65001 65001 65001'], ['', '65001 2 65001']],
    [
      '^ 65001+ [65100-65199]+ $',
      ['65001 65001 65100', '65001 65100 65199'],
      ['65001', '65001 65200', '65100'],
    ],
    ['^ .+ 65001 $', ['1 65001', '65001 65001'], ['65001']],
    ['[64512-65534]', ['1 64512', '65534 2'], ['64511', '65535']],
    ['[1,3 10-12]', ['1', '3', '11'], ['2', '13']],
    ['^65001 65002$', ['65001 65002'], ['65001 1 65002']],
    ['65002', ['65001 {65002 65003}', '{65003 65002} 1'], ['{65001 65003}']],
    ['^ 65002 65003 $', ['{65002 65004} 65003'], ['65002 65004 65003']],
    ['^ 65001 $', ['(65100 65101) 65001'], ['(65001)']],
    ['65100', [], ['(65100) 65001']],
    ['4294967295', ['4294967295'], ['4294967294']],
  ]
  it.each(rows)('%s', (pattern, yes, no) => {
    expect(yes.filter(path => !matches(pattern, path))).toEqual([])
    expect(no.filter(path => matches(pattern, path))).toEqual([])
  })

  it('says what is wrong with a text that is none', () => {
    expect(parseAsPattern('')).toBe('it is empty')
    expect(parseAsPattern('65001 $ 2')).toBe('something stands behind $')
    expect(parseAsPattern('1 ^ 2')).toBe('^ stands elsewhere than at the front')
    expect(parseAsPattern('_65001_')).toBe('what begins at "_65001_" is no part of a pattern')
    expect(parseAsPattern('(1|2)*')).toBe('what begins at "(1|2)*" is no part of a pattern')
    expect(parseAsPattern('[]')).toBe('brackets are empty')
    expect(parseAsPattern('[5-3]')).toBe('"5-3" is no AS number or range from 1 to 4294967295')
    expect(parseAsPattern('4294967296')).toBe('"4294967296" is no AS number or range from 1 to 4294967295')
    expect(parseAsPattern('0')).toBe('"0" is no AS number or range from 1 to 4294967295')
    expect(parseAsPattern('. '.repeat(29))).toBe('it has 29 items, and 28 is the most')
  })

  it('takes time by the length of a path, whatever the path is made to do to it', () => {
    // What makes a backtracking matcher try every way to divide the path.
    const pattern = parseAsPattern('* . * . * . * . * . * . * . * . * . * . * . * . * . 9 $')
    if (typeof pattern === 'string') throw new Error(pattern)
    const list = Array.from({ length: 60 }, () => ({ type: Segment.SEQUENCE, ases: new Array(255).fill(8) }))
    const bytes = new Uint8Array(segmentsLength(list, 4))
    writeSegments(list, 4, bytes, 0)
    const before = performance.now()
    expect(matchesPath(pattern, bytes, 0, bytes.length)).toBe(false)
    expect(performance.now() - before).toBeLessThan(1000)
  })
})
