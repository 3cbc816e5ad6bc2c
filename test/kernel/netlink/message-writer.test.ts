import { describe, expect, it } from 'vitest'
import { MessageWriter } from '../../../src/kernel/netlink/message-writer.ts'
import { written } from '../bytes.ts'

describe('a message writer', () => {
  it('writes a header with length, type, flags and sequence, and asks with NLM_F_REQUEST', () => {
    const bytes = written(writer => {
      writer.begin(0x12, 0x300)
      writer.rawU32(7)
      writer.end()
    }, 5)
    expect(bytes).toBe(`${'14000000'}${'1200'}${'0103'}${'05000000'}${'00000000'}${'07000000'}`)
  })

  it('pads attributes to four bytes but not their length', () => {
    const bytes = written(writer => {
      writer.begin(1, 0)
      writer.u8(9, 0xaa)
      writer.attribute(10, Uint8Array.of(1, 2, 3, 4, 5))
      writer.flag(4)
      writer.end()
    })
    const attributes = `${'05000900aa000000'}${'09000a000102030405000000'}${'04000400'}`
    expect(bytes.slice(32)).toBe(attributes)
  })

  it('marks nested attributes and counts what is inside', () => {
    const bytes = written(writer => {
      writer.begin(1, 0)
      const outer = writer.open(18)
      writer.u32(1, 2)
      writer.close(outer)
      writer.end()
    })
    expect(bytes.slice(32)).toBe(`${'0c001280'}${'0800010002000000'}`)
  })

  it('numbers messages from the first sequence on, across the end of 32 bits', () => {
    const writer = new MessageWriter()
    writer.reset(0xffffffff)
    for (let i = 0; i < 2; i++) {
      writer.begin(1, 0)
      writer.end()
    }
    const words = new Uint32Array(writer.bytes.slice().buffer)
    expect([words[2], words[6]]).toEqual([0xffffffff, 0])
  })

  it('asks for an acknowledgement of the last whole message only', () => {
    const writer = new MessageWriter()
    writer.reset(1)
    for (let i = 0; i < 2; i++) {
      writer.begin(1, 0)
      writer.end()
    }
    writer.begin(2, 0)
    writer.abandon()
    writer.acknowledgeLast()
    const halves = new Uint16Array(writer.bytes.slice().buffer)
    expect([halves[3], halves[11], halves.length]).toEqual([0x1, 0x5, 16])
  })

  it('abandons the message that is being written and leaves those before alone', () => {
    const whole = (writer: MessageWriter) => {
      writer.begin(1, 0)
      writer.u32(1, 1)
      writer.end()
    }
    const bytes = written(writer => {
      whole(writer)
      writer.abandon()
      writer.begin(2, 0)
      writer.u32(1, 2)
      writer.abandon()
      whole(writer)
    })
    expect(bytes).toBe(
      written(writer => {
        whole(writer)
        whole(writer)
      }),
    )
  })

  it('copies a message under the next number', () => {
    const writer = new MessageWriter()
    writer.reset(8)
    const first = writer.begin(24, 0)
    writer.u32(6, 20)
    writer.end()
    const copy = writer.copyMessage(first)
    const words = new Uint32Array(writer.bytes.slice().buffer)
    expect(copy).toBe(24)
    expect([words[2], words[8]]).toEqual([8, 9])
    expect(writer.count).toBe(2)
  })

  it('grows beyond its first capacity and leaves no trash in reused padding', () => {
    const writer = new MessageWriter(64)
    const fill = (value: number, payload: number) => {
      writer.reset(1)
      writer.begin(1, 0)
      writer.attribute(1, new Uint8Array(payload).fill(value))
      writer.end()
    }
    fill(0xff, 1000)
    expect(writer.bytes.length).toBe(16 + 4 + 1000)
    fill(0x11, 5)
    expect([...writer.bytes.subarray(20)]).toEqual([0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0])
  })
})
