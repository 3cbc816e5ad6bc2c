import { describe, expect, it } from 'vitest'
import { FirstPrefixes } from '../../src/net/first-prefixes.ts'
import { formatPrefix, parsePrefix } from '../../src/net/prefix.ts'

const p = (text: string) => parsePrefix(text)!

function first(range: { first: number; after?: string; inside?: string }, texts: readonly string[]) {
  const found = new FirstPrefixes<number>({
    first: range.first,
    after: range.after === undefined ? undefined : p(range.after),
    inside: range.inside === undefined ? undefined : p(range.inside),
  })
  for (const [i, text] of texts.entries()) if (found.wants(p(text))) found.add(p(text), i)
  const kept = found.sorted().map(({ prefix, thing }) => `${formatPrefix(prefix)} #${thing}`)
  return { kept, last: found.last && formatPrefix(found.last), found }
}

const mixed = ['10.9.0.0/24', '2001:db8::/32', '10.9.0.0/16', '9.0.0.0/8', '10.10.0.0/16', '0.0.0.0/0']

describe('the first prefixes', () => {
  it('are in order of address and length, IPv4 first', () => {
    expect(first({ first: 10 }, mixed)).toMatchObject({
      kept: [
        '0.0.0.0/0 #5',
        '9.0.0.0/8 #3',
        '10.9.0.0/16 #2',
        '10.9.0.0/24 #0',
        '10.10.0.0/16 #4',
        '2001:db8::/32 #1',
      ],
      last: undefined,
    })
  })

  it('lie behind one and inside one, and say the last where there may be more', () => {
    expect(first({ first: 2, after: '9.0.0.0/8' }, mixed)).toMatchObject({
      kept: ['10.9.0.0/16 #2', '10.9.0.0/24 #0'],
      last: '10.9.0.0/24',
    })
    expect(first({ first: 2, inside: '10.9.0.0/16', after: '10.9.0.0/16' }, mixed)).toMatchObject({
      kept: ['10.9.0.0/24 #0'],
      last: undefined,
    })
  })

  it('keep all that have one prefix', () => {
    const two = ['10.0.0.0/8', '11.0.0.0/8', '10.0.0.0/8', '12.0.0.0/8', '11.0.0.0/8']
    expect(first({ first: 2 }, two).kept.map(text => text.split(' ')[0])).toEqual([
      '10.0.0.0/8',
      '10.0.0.0/8',
      '11.0.0.0/8',
      '11.0.0.0/8',
    ])
  })

  it('of very many are held alone: what lies behind them is not wanted any more', () => {
    const all = Array.from({ length: 10_000 }, (_, i) => {
      const place = (i * 7919) % 10_000
      return `10.${place >> 8}.${place & 255}.0/24`
    })
    const { kept, found } = first({ first: 3 }, all)
    expect(kept.map(text => text.split(' ')[0])).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'])
    expect(found.wants(p('10.0.3.0/24'))).toBe(false)
    expect(found.wants(p('10.0.2.0/24'))).toBe(true)
  })
})
