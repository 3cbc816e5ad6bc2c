import { NLA_F } from '../constants.ts'
import { ATTRIBUTE_HEADER, align, MESSAGE_HEADER } from './message-writer.ts'

/** Attribute types above this are newer than what Causeway reads, and skipped. */
const LARGEST_TYPE = 63

/** Bytes that a socket received, seen as bytes and as numbers in the host's order. */
export class ReceiveBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly halves: Uint16Array<ArrayBuffer>
  readonly words: Uint32Array<ArrayBuffer>

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(align(capacity))
    this.bytes = new Uint8Array(buffer)
    this.halves = new Uint16Array(buffer)
    this.words = new Uint32Array(buffer)
  }

  /** The same over a copy of bytes that lie elsewhere. */
  static from(bytes: Uint8Array): ReceiveBuffer {
    const buffer = new ReceiveBuffer(bytes.length)
    buffer.bytes.set(bytes)
    return buffer
  }
}

/** One message in a receive buffer: its header (struct nlmsghdr), and where its payload lies. */
export interface Message {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly buffer: ReceiveBuffer
  /** Offset of the payload. */
  readonly start: number
  /** Offset behind the payload. */
  readonly end: number
}

/** Calls `visit` with each whole message of what was received; a message that is cut off ends the walk. */
export function forEachMessage(
  buffer: ReceiveBuffer,
  length: number,
  visit: (message: Message) => void,
): void {
  let at = 0
  while (at + MESSAGE_HEADER <= length) {
    const size = buffer.words[at >> 2]!
    if (size < MESSAGE_HEADER || at + size > length) return
    visit({
      type: buffer.halves[(at >> 1) + 2]!,
      flags: buffer.halves[(at >> 1) + 3]!,
      sequence: buffer.words[(at >> 2) + 2]!,
      buffer,
      start: at + MESSAGE_HEADER,
      end: at + size,
    })
    at += align(size)
  }
}

/**
 * Calls `visit` with type, offset and length of each attribute's payload between two offsets. The flag bits of the
 * type are taken off. An attribute that is cut off ends the walk: nothing is ever thrown at what was received.
 */
export function forEachAttribute(
  buffer: ReceiveBuffer,
  start: number,
  end: number,
  visit: (type: number, at: number, length: number) => void,
): void {
  let at = align(start)
  while (at + ATTRIBUTE_HEADER <= end) {
    const size = buffer.halves[at >> 1]!
    if (size < ATTRIBUTE_HEADER || at + size > end) return
    const type = buffer.halves[(at >> 1) + 1]! & ~(NLA_F.NESTED | NLA_F.NET_BYTEORDER)
    visit(type, at + ATTRIBUTE_HEADER, size - ATTRIBUTE_HEADER)
    at += align(size)
  }
}

/**
 * The attributes of a message or inside of another attribute, found by type. Each reader answers undefined where the
 * attribute is absent or shorter than what is asked for; of several of one type the last counts.
 */
export class Attributes {
  readonly #buffer: ReceiveBuffer
  /** By type: offset of the payload, 0 where absent (no payload starts there: a header precedes it). */
  readonly #offsets = new Int32Array(LARGEST_TYPE + 1)
  readonly #lengths = new Int32Array(LARGEST_TYPE + 1)

  constructor(buffer: ReceiveBuffer, start: number, end: number) {
    this.#buffer = buffer
    forEachAttribute(buffer, start, end, (type, at, length) => {
      if (type > LARGEST_TYPE) return
      this.#offsets[type] = at
      this.#lengths[type] = length
    })
  }

  has(type: number): boolean {
    return this.#offsets[type] !== 0
  }

  u8(type: number): number | undefined {
    return this.#fits(type, 1) ? this.#buffer.bytes[this.#offsets[type]!] : undefined
  }

  u16(type: number): number | undefined {
    return this.#fits(type, 2) ? this.#buffer.halves[this.#offsets[type]! >> 1] : undefined
  }

  /** A 16-bit number in network order, such as a port. */
  u16be(type: number): number | undefined {
    if (!this.#fits(type, 2)) return undefined
    const at = this.#offsets[type]!
    return (this.#buffer.bytes[at]! << 8) | this.#buffer.bytes[at + 1]!
  }

  u32(type: number): number | undefined {
    return this.#fits(type, 4) ? this.#buffer.words[this.#offsets[type]! >> 2] : undefined
  }

  /** The payload: a view, good until the buffer is received into again. */
  bytes(type: number): Uint8Array | undefined {
    if (!this.has(type)) return undefined
    const at = this.#offsets[type]!
    return this.#buffer.bytes.subarray(at, at + this.#lengths[type]!)
  }

  /** The payload where it has exactly so many bytes as one of the lengths. */
  sized(type: number, ...lengths: readonly number[]): Uint8Array | undefined {
    const bytes = this.bytes(type)
    return bytes && lengths.includes(bytes.length) ? bytes : undefined
  }

  /** Text up to its NUL, or to the attribute's end. */
  text(type: number): string | undefined {
    const bytes = this.bytes(type)
    if (!bytes) return undefined
    const nul = bytes.indexOf(0)
    return Buffer.from(bytes.buffer, bytes.byteOffset, nul < 0 ? bytes.length : nul).toString('utf8')
  }

  /** The attributes inside of one. */
  nested(type: number): Attributes | undefined {
    if (!this.has(type)) return undefined
    const at = this.#offsets[type]!
    return new Attributes(this.#buffer, at, at + this.#lengths[type]!)
  }

  /** Unsigned 64-bit number at a place inside of an attribute; attributes are aligned to four bytes only. */
  u64At(type: number, offset: number): number | undefined {
    if (!this.#fits(type, offset + 8)) return undefined
    const { bytes } = this.#buffer
    return Number(new DataView(bytes.buffer).getBigUint64(this.#offsets[type]! + offset, littleEndian))
  }

  #fits(type: number, length: number): boolean {
    return this.#offsets[type] !== 0 && this.#lengths[type]! >= length
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
