import { describe, expect, it } from 'vitest'
import { Attributes, forEachAttribute, ReceiveBuffer } from '../../../src/kernel/netlink/message-reader.ts'
import { hex, messagesOf } from '../bytes.ts'

function attributesOf(...groups: readonly string[]): Attributes {
  const bytes = hex('00000000', ...groups)
  return new Attributes(ReceiveBuffer.from(bytes), 4, bytes.length)
}

describe('reading messages', () => {
  it('walks over whole messages, each at a multiple of four', () => {
    const bytes = hex('11000000 1000 0200 01000000 00000000 aa000000', '10000000 0300 0000 02000000 00000000')
    expect(
      messagesOf(bytes).map(({ type, flags, sequence, start, end }) => [type, flags, sequence, end - start]),
    ).toEqual([
      [16, 2, 1, 1],
      [3, 0, 2, 0],
    ])
  })

  it('stops at a message that is cut off or shorter than its header', () => {
    expect(messagesOf(hex('20000000 1000 0000 01000000 00000000'))).toEqual([])
    expect(messagesOf(hex('08000000 1000 0000 01000000 00000000'))).toEqual([])
    expect(messagesOf(hex('10000000 1000'))).toEqual([])
  })
})

describe('reading attributes', () => {
  it('reads numbers, text and bytes by type', () => {
    const attributes = attributesOf(
      '0500 0100 7f000000',
      '0600 0200 3412 0000',
      '0800 0300 78563412',
      '0800 0400 65746800',
      '0600 0f00 12b5 0000',
    )
    expect(attributes.u8(1)).toBe(0x7f)
    expect(attributes.u16(2)).toBe(0x1234)
    expect(attributes.u32(3)).toBe(0x12345678)
    expect(attributes.text(4)).toBe('eth')
    expect(attributes.u16be(15)).toBe(4789)
    expect(attributes.bytes(1)).toEqual(Uint8Array.of(0x7f))
  })

  it('ignores the flag bits of a type', () => {
    expect(attributesOf('0c00 1280', '0800 0100 05000000').nested(18)?.u32(1)).toBe(5)
    expect(attributesOf('0800 0140 05000000').u32(1)).toBe(5)
  })

  it('answers undefined for what is absent or too short', () => {
    const attributes = attributesOf('0500 0100 01000000')
    expect([
      attributes.u32(1),
      attributes.u16(1),
      attributes.u32(2),
      attributes.text(2),
      attributes.nested(3),
    ]).toEqual([undefined, undefined, undefined, undefined, undefined])
    expect(attributes.sized(1, 4, 16)).toBeUndefined()
  })

  it('reads 64-bit numbers that are aligned to four bytes only', () => {
    const attributes = attributesOf('0400 0900', '1400 1700 0100000000000000 00ca9a3b00000000')
    expect([attributes.u64At(23, 0), attributes.u64At(23, 8), attributes.u64At(23, 16)]).toEqual([
      1,
      1_000_000_000,
      undefined,
    ])
  })

  it('skips types that are newer than it and ends at one that is cut off', () => {
    const attributes = attributesOf('0800 ff03 01000000', '0800 0100 02000000', '2000 0200 03000000')
    expect(attributes.u32(1)).toBe(2)
    expect(attributes.has(2)).toBe(false)
  })

  it('never reads beyond the end or for ever, whatever the bytes', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed >> 8
    }
    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from({ length: random() % 64 }, () => (random() % 3 ? random() & 0x1f : 0))
      const buffer = ReceiveBuffer.from(bytes)
      forEachAttribute(buffer, 0, bytes.length, (_type, at, length) => {
        expect(at + length).toBeLessThanOrEqual(bytes.length)
      })
    }
  })
})
