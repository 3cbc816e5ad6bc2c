import { describe, expect, it } from 'vitest'
import { parsePrefix } from '../../src/net/prefix.ts'
import { PrefixTable } from '../../src/net/prefix-table.ts'

const insert = (table: PrefixTable, text: string) => {
  const { bytes, length } = parsePrefix(text)!
  return table.insert(bytes, 0, length)
}
const find = (table: PrefixTable, text: string) => {
  const { bytes, length } = parsePrefix(text)!
  return table.find(bytes, 0, length)
}

describe('a prefix table', () => {
  it('gives one slot to a prefix however often it is inserted, and other slots to other lengths', () => {
    const table = new PrefixTable(4)
    const slot = insert(table, '10.0.0.0/8')
    expect(insert(table, '10.0.0.0/8')).toBe(slot)
    expect(insert(table, '10.0.0.0/9')).not.toBe(slot)
    expect(table.size).toBe(2)
    expect(table.text(slot)).toBe('10.0.0.0/8')
  })

  it('takes bits behind the length as zero and reads no byte behind the last one', () => {
    const table = new PrefixTable(4)
    const slot = table.insert(Uint8Array.of(10, 0xff), 0, 9)
    expect(table.text(slot)).toBe('10.128.0.0/9')
    expect(table.text(table.insert(Uint8Array.of(), 0, 0))).toBe('0.0.0.0/0')
    const v6 = new PrefixTable(6)
    expect(v6.text(v6.insert(Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0xff), 0, 33))).toBe('2001:db8:8000::/33')
    expect(v6.text(v6.insert(Uint8Array.of(), 0, 0))).toBe('::/0')
  })

  it('writes a prefix as NLRI', () => {
    const table = new PrefixTable(6)
    const out = new Uint8Array(20)
    expect(table.writeNlri(insert(table, '2001:db8:8000::/33'), out, 1)).toBe(7)
    expect([...out.subarray(0, 8)]).toEqual([0, 33, 0x20, 0x01, 0x0d, 0xb8, 0x80, 0])
  })

  it('finds what is left after many were removed, and gives their slots to others', () => {
    const table = new PrefixTable(4, 16)
    const text = (i: number) => `${10 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`
    for (let i = 0; i < 20_000; i++) insert(table, text(i))
    const top = table.top
    for (let i = 0; i < 20_000; i += 3) table.remove(find(table, text(i)))
    for (let i = 0; i < 20_000; i++) expect(find(table, text(i)) >= 0).toBe(i % 3 !== 0)
    for (let i = 0; i < 20_000; i += 3) insert(table, text(i))
    expect(table.top).toBe(top)
    expect(new Set(table.slots()).size).toBe(20_000)
  })

  it('agrees with a plain set through random insertions and removals, while it grows and is walked', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return seed % below
    }
    for (const family of [4, 6] as const) {
      const table = new PrefixTable(family, 16)
      const plain = new Set<string>()
      for (let i = 0; i < 30_000; i++) {
        const length = 16 + random(17)
        const text =
          family === 4 ? `10.${random(40)}.${random(256)}.0/${length}` : `2001:${random(4000)}::/${length}`
        const slot = find(table, text)
        const canonical = slot < 0 ? undefined : table.text(slot)
        if (canonical !== undefined && random(3) === 0) {
          table.remove(slot)
          expect(plain.delete(canonical)).toBe(true)
        } else {
          plain.add(table.text(insert(table, text)))
        }
        if (i % 5_000 === 0) expect(new Set([...table.slots()].map(each => table.text(each)))).toEqual(plain)
      }
      expect(table.size).toBe(plain.size)
      for (const text of plain) expect(find(table, text)).toBeGreaterThanOrEqual(0)
    }
  })

  it('finds what is there and nothing else while ever new prefixes come and go', () => {
    for (const family of [4, 6] as const) {
      const table = new PrefixTable(family, 16)
      const text = (i: number) =>
        family === 4 ? `10.${(i >> 8) & 255}.${i & 255}.0/24` : `2001:db8:${i.toString(16)}::/48`
      for (let i = 0; i < 12_000; i++) {
        insert(table, text(i))
        if (i >= 300) table.remove(find(table, text(i - 300)))
        if (i >= 900) expect(find(table, text(i - 900))).toBe(-1)
      }
      expect([...table.slots()].map(slot => table.text(slot)).sort()).toEqual(
        Array.from({ length: 300 }, (_, i) => text(11_700 + i)).sort(),
      )
      expect(table.capacity).toBeLessThan(1024)
    }
  })

  it('refuses to remove a slot that holds nothing', () => {
    const table = new PrefixTable(4)
    const slot = insert(table, '10.0.0.0/8')
    table.remove(slot)
    expect(() => table.remove(slot)).toThrow('holds no prefix')
  })

  it('finds prefixes in the order in which they came, in the other, and in none', () => {
    for (const family of [4, 6] as const) {
      const table = new PrefixTable(family)
      const text = (i: number) =>
        family === 4 ? `10.${i >> 8}.${i & 255}.0/24` : `2001:db8:${i.toString(16)}::/48`
      const numbers = Array.from({ length: 500 }, (_, i) => i)
      const slots = numbers.map(i => insert(table, text(i)))
      const orders = [numbers, numbers.toReversed(), numbers.map(i => (i * 7) % 500)]
      for (const order of orders) {
        expect(order.map(i => find(table, text(i)))).toEqual(order.map(i => slots[i]))
        expect(order.map(i => insert(table, text(i)))).toEqual(order.map(i => slots[i]))
      }
    }
  })

  it('does not find what was removed beside what was found last', () => {
    const table = new PrefixTable(4)
    const [first, second] = [insert(table, '10.0.0.0/24'), insert(table, '10.0.1.0/24')]
    table.remove(second)
    expect(find(table, '10.0.0.0/24')).toBe(first)
    expect(find(table, '10.0.1.0/24')).toBe(-1)
    expect(find(table, '0.0.0.0/0')).toBe(-1)
  })
})
