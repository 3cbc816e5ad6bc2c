import { NLA_F, NLM_F } from '../constants.ts'

/** Bytes of struct nlmsghdr and of struct nlattr (netlink.h). */
export const MESSAGE_HEADER = 16
export const ATTRIBUTE_HEADER = 4

/** NLMSG_ALIGN and NLA_ALIGN: both round up to four. */
export function align(length: number): number {
  return (length + 3) & ~3
}

/**
 * Writes netlink messages one behind the other into one buffer, which grows as needed and is used again for the
 * next batch. Numbers are written in the host's byte order, as netlink asks; everything starts at a multiple of
 * four, so that typed arrays over one buffer do it without a copy.
 *
 * The messages are numbered (nlmsg_seq) from the batch's first sequence on: a message's place in the batch is what
 * its answer is found by.
 */
export class MessageWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #halves: Uint16Array<ArrayBuffer>
  #words: Uint32Array<ArrayBuffer>
  #end = 0
  /** Offset of the message that is being written, -1 where none is. */
  #open = -1
  /** Offset of the message that was closed last. */
  #last = 0
  #count = 0
  #firstSequence = 0

  constructor(capacity = 1 << 16) {
    const buffer = new ArrayBuffer(align(capacity))
    this.#bytes = new Uint8Array(buffer)
    this.#halves = new Uint16Array(buffer)
    this.#words = new Uint32Array(buffer)
  }

  /** Messages in the batch. */
  get count(): number {
    return this.#count
  }

  /** nlmsg_seq of the first message. */
  get firstSequence(): number {
    return this.#firstSequence
  }

  /** The batch as it is to be sent: a view, good until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end)
  }

  /** Empties the batch; its messages will be numbered from `firstSequence` on. */
  reset(firstSequence: number): void {
    this.#end = 0
    this.#open = -1
    this.#count = 0
    this.#firstSequence = firstSequence >>> 0
  }

  /** Starts a message (struct nlmsghdr). What belongs into it follows, then `end`. @returns where it starts */
  begin(type: number, flags: number): number {
    const start = this.#reserve(MESSAGE_HEADER)
    const word = start >> 2
    this.#open = start
    this.#halves[(word << 1) + 2] = type
    this.#halves[(word << 1) + 3] = flags | NLM_F.REQUEST
    this.#words[word + 2] = this.#firstSequence + this.#count
    return start
  }

  /** Closes the message. */
  end(): void {
    this.#words[this.#open >> 2] = this.#end - this.#open
    this.#last = this.#open
    this.#open = -1
    this.#count++
  }

  /** Takes the message that is being written back, if there is one, as if it had never been begun. */
  abandon(): void {
    if (this.#open >= 0) this.#end = this.#open
    this.#open = -1
  }

  /** Asks for an answer to the last message (NLM_F_ACK): with it the whole batch is known to be done. */
  acknowledgeLast(): void {
    this.#halves[(this.#last >> 1) + 3]! |= NLM_F.ACK
  }

  /** A fixed part of a message (struct ifinfomsg and its like), as bytes. */
  raw(...bytes: readonly number[]): void {
    const at = this.#reserve(bytes.length)
    for (let i = 0; i < bytes.length; i++) this.#bytes[at + i] = bytes[i]!
  }

  /** A 32-bit number of a fixed part. */
  rawU32(value: number): void {
    this.#words[this.#reserve(4) >> 2] = value
  }

  /** A 16-bit number of a fixed part; two must follow each other, for the part stays aligned. */
  rawU16s(first: number, second: number): void {
    const at = this.#reserve(4) >> 1
    this.#halves[at] = first
    this.#halves[at + 1] = second
  }

  /** Bytes that another encoder made: whole attributes, or a fixed part. */
  rawBytes(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#reserve(bytes.length))
  }

  /** An attribute of the given bytes; addresses and numbers in network order go this way. */
  attribute(type: number, payload: Uint8Array): void {
    const at = this.#attribute(type, payload.length)
    this.#bytes.set(payload, at)
  }

  /** An attribute without payload (NLA_FLAG). */
  flag(type: number): void {
    this.#attribute(type, 0)
  }

  u8(type: number, value: number): void {
    this.#bytes[this.#attribute(type, 1)] = value
  }

  u32(type: number, value: number): void {
    this.#words[this.#attribute(type, 4) >> 2] = value
  }

  /** Starts an attribute that holds attributes (NLA_F_NESTED). @returns what `close` wants */
  open(type: number): number {
    const at = this.#attribute(type | NLA_F.NESTED, 0)
    return at - ATTRIBUTE_HEADER
  }

  /** Closes the attribute that `open` started. */
  close(opened: number): void {
    this.#halves[opened >> 1] = this.#end - opened
  }

  /**
   * Appends a copy of a whole message of this batch under the next number: the fast way to many that are alike.
   * The few fields that differ are then patched.
   * @param offset where the message starts, as `begin` or an earlier copy answered it
   * @returns where the copy starts
   */
  copyMessage(offset: number): number {
    const length = this.#words[offset >> 2]!
    const at = this.#end
    if (at + length > this.#bytes.length) this.#grow(at + length)
    this.#bytes.copyWithin(at, offset, offset + length)
    this.#words[(at >> 2) + 2] = this.#firstSequence + this.#count
    this.#last = at
    this.#end = at + length
    this.#count++
    return at
  }

  patchByte(at: number, value: number): void {
    this.#bytes[at] = value
  }

  patchWord(at: number, value: number): void {
    this.#words[at >> 2] = value
  }

  patchBytes(at: number, source: Uint8Array, from: number, length: number): void {
    for (let i = 0; i < length; i++) this.#bytes[at + i] = source[from + i]!
  }

  #attribute(type: number, length: number): number {
    const at = this.#reserve(ATTRIBUTE_HEADER + length)
    this.#halves[at >> 1] = ATTRIBUTE_HEADER + length
    this.#halves[(at >> 1) + 1] = type
    return at + ATTRIBUTE_HEADER
  }

  /** Room for so many bytes and their padding, zeroed. @returns where they start */
  #reserve(length: number): number {
    const at = this.#end
    const end = at + align(length)
    if (end > this.#bytes.length) this.#grow(end)
    this.#bytes.fill(0, at, end)
    this.#end = end
    return at
  }

  #grow(needed: number): void {
    let capacity = this.#bytes.length
    while (capacity < needed) capacity *= 2
    const bytes = new Uint8Array(capacity)
    bytes.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = bytes
    this.#halves = new Uint16Array(bytes.buffer)
    this.#words = new Uint32Array(bytes.buffer)
  }
}
