import { describe, expect, it } from 'vitest'
import { PcapReader } from '../../src/lab/pcap.ts'

interface Options {
  littleEndian?: boolean
  magic?: number
  linkType?: number
}

/** A capture file with these packets, one a second. */
function capture(packets: readonly Uint8Array[], options: Options = {}): Uint8Array {
  const { littleEndian = true, magic = 0xa1b2c3d4, linkType = 1 } = options
  const bytes = new Uint8Array(24 + packets.reduce((sum, packet) => sum + 16 + packet.length, 0))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, littleEndian)
  view.setUint16(4, 2, littleEndian)
  view.setUint16(6, 4, littleEndian)
  view.setUint32(16, 256, littleEndian)
  view.setUint32(20, linkType, littleEndian)
  let at = 24
  packets.forEach((packet, index) => {
    view.setUint32(at, 1000 + index, littleEndian)
    view.setUint32(at + 4, 500_000, littleEndian)
    view.setUint32(at + 8, packet.length, littleEndian)
    view.setUint32(at + 12, packet.length + 10, littleEndian)
    bytes.set(packet, at + 16)
    at += 16 + packet.length
  })
  return bytes
}

const PACKETS = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4, 5, 6, 7)]

describe('the capture reader', () => {
  it('reads packets with their time, link type and length on the wire', () => {
    const [first, second, third] = new PcapReader().push(capture(PACKETS))
    expect(first).toEqual({ time: 1000.5, linkType: 1, bytes: PACKETS[0], length: 13 })
    expect(second!.bytes).toEqual(Uint8Array.of())
    expect(third).toMatchObject({ time: 1002.5, bytes: PACKETS[2] })
  })

  it('reads either byte order, and nanoseconds', () => {
    const options = { littleEndian: false, magic: 0xa1b23c4d, linkType: 276 }
    const [packet] = new PcapReader().push(capture(PACKETS, options))
    expect(packet).toMatchObject({ time: 1000.0005, linkType: 276, bytes: PACKETS[0] })
  })

  it('finds the same packets however the stream is cut', () => {
    const whole = capture(PACKETS)
    for (let size = 1; size < whole.length; size++) {
      const reader = new PcapReader()
      const packets = []
      for (let at = 0; at < whole.length; at += size)
        packets.push(...reader.push(whole.subarray(at, at + size)))
      expect(packets.map(packet => [...packet.bytes])).toEqual([[1, 2, 3], [], [4, 5, 6, 7]])
    }
  })

  it('says what is wrong with a stream that is no capture, and reads no further', () => {
    const reader = new PcapReader()
    expect(reader.push(new TextEncoder().encode('tcpdump: eth7: No such device exists'))).toEqual([])
    expect(reader.error).toBe('not a capture: it begins with 0x74637064')
    expect(reader.push(capture(PACKETS))).toEqual([])
  })

  it('does not wait for a record of a length that no link has', () => {
    const bytes = capture(PACKETS)
    new DataView(bytes.buffer).setUint32(24 + 8, 0x7fffffff, true)
    const reader = new PcapReader()
    expect(reader.push(bytes)).toEqual([])
    expect(reader.error).toBe('a record of 2147483647 bytes: the capture is broken')
  })
})
