/**
 * Reads the capture file format of libpcap (draft-ietf-opsawg-pcap) as it arrives, in any pieces: either byte
 * order, timestamps in micro- or nanoseconds.
 */

/** Link types (the IANA registry of PCAP LINKTYPE values) that the decoder knows. */
export const LINKTYPE_ETHERNET = 1
export const LINKTYPE_RAW = 101
export const LINKTYPE_LINUX_SLL2 = 276

export interface PcapPacket {
  /** Seconds since 1970-01-01 UTC. */
  readonly time: number
  readonly linkType: number
  /** What was captured; shorter than `length` where the snapshot length cut it. */
  readonly bytes: Uint8Array
  /** Bytes that were on the wire. */
  readonly length: number
}

const FILE_HEADER = 24
const RECORD_HEADER = 16
/** No link has larger frames: a longer record is a file gone wrong. */
const LONGEST_RECORD = 1 << 20

const MAGIC: Readonly<Record<number, { littleEndian: boolean; ticks: number }>> = {
  3569595041: { littleEndian: true, ticks: 1e6 },
  1295823521: { littleEndian: true, ticks: 1e9 },
  2712847316: { littleEndian: false, ticks: 1e6 },
  2712812621: { littleEndian: false, ticks: 1e9 },
}

export class PcapReader {
  #held = new Uint8Array(0)
  #format: { littleEndian: boolean; ticks: number; linkType: number } | undefined
  #error: string | undefined

  /** Why the rest of the stream is not read: it is not a capture, or it is broken. */
  get error(): string | undefined {
    return this.#error
  }

  /** Takes the next bytes; returns the packets that are whole now. Never throws. */
  push(bytes: Uint8Array): PcapPacket[] {
    if (this.#error !== undefined) return []
    const all = new Uint8Array(this.#held.length + bytes.length)
    all.set(this.#held)
    all.set(bytes, this.#held.length)
    const packets: PcapPacket[] = []
    const end = this.#read(new DataView(all.buffer), packets)
    this.#held = all.slice(end)
    return packets
  }

  /** Reads what is whole; returns where it stopped. */
  #read(view: DataView, packets: PcapPacket[]): number {
    let at = 0
    if (!this.#format) {
      if (view.byteLength < FILE_HEADER) return 0
      const magic = MAGIC[view.getUint32(0)]
      if (!magic) {
        this.#error = `not a capture: it begins with 0x${view.getUint32(0).toString(16)}`
        return view.byteLength
      }
      // The upper bits of the field tell of a frame check sequence, which Linux does not capture.
      this.#format = { ...magic, linkType: view.getUint32(20, magic.littleEndian) & 0xffff }
      at = FILE_HEADER
    }
    const { littleEndian, ticks, linkType } = this.#format
    while (view.byteLength - at >= RECORD_HEADER) {
      const captured = view.getUint32(at + 8, littleEndian)
      if (captured > LONGEST_RECORD) {
        this.#error = `a record of ${captured} bytes: the capture is broken`
        return view.byteLength
      }
      if (view.byteLength - at < RECORD_HEADER + captured) break
      packets.push({
        time: view.getUint32(at, littleEndian) + view.getUint32(at + 4, littleEndian) / ticks,
        linkType,
        bytes: new Uint8Array(view.buffer, at + RECORD_HEADER, captured),
        length: view.getUint32(at + 12, littleEndian),
      })
      at += RECORD_HEADER + captured
    }
    return at
  }
}
