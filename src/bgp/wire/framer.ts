import { readUint16 } from './bytes.ts'
import { HEADER_LENGTH, MAX_MESSAGE, MessageType } from './message.ts'
import { ERROR, type Notification, notification } from './notification.ts'

/**
 * The shortest message of each type (RFC 4271 §4.2 to §4.5). That of ROUTE-REFRESH is not among them: its length is
 * judged by RFC 7313 §5, with an error of its own.
 */
const MIN_LENGTH: Readonly<Record<number, number>> = {
  [MessageType.OPEN]: 29,
  [MessageType.UPDATE]: 23,
  [MessageType.NOTIFICATION]: 21,
  [MessageType.KEEPALIVE]: HEADER_LENGTH,
  [MessageType.ROUTE_REFRESH]: HEADER_LENGTH,
}

/** Types that RFC 8654 §4 does not let grow, and a KEEPALIVE that is a header and nothing else. */
const MAX_LENGTH: Readonly<Record<number, number>> = {
  [MessageType.OPEN]: MAX_MESSAGE,
  [MessageType.KEEPALIVE]: HEADER_LENGTH,
}

const NOTHING = new Uint8Array(0)

/**
 * Cuts a stream of bytes into messages. Chunks are kept, not copied: a message that lies in one chunk is seen where
 * it is; only one that straddles chunks is put together elsewhere.
 *
 *     framer.push(chunk)
 *     while (framer.next()) handle(framer.type, framer.buffer, framer.start, framer.end)
 *     if (framer.error) ... // NOTIFICATION to send; the stream is lost
 */
export class Framer {
  /** The longest message to take: 4096, or 65535 once we announced extended messages (RFC 8654). */
  maxLength: number
  /** The bytes that the message last found lies in; valid until the next call of `next`. */
  buffer: Uint8Array = NOTHING
  /** Where its header starts. */
  start = 0
  /** Behind its last octet. */
  end = 0
  /** Its type (RFC 4271 §4.1), one of `MessageType`. */
  type = 0
  /** What to tell the peer where the stream is broken (RFC 4271 §6.1); nothing is found from then on. */
  error: Notification | undefined
  /** Octets that were pushed and not yet seen as messages. */
  buffered = 0

  /** The chunk that is read, the place in it, and the chunks behind it. */
  #chunk: Uint8Array = NOTHING
  #at = 0
  readonly #queue: Uint8Array[] = []
  #head = 0
  /** A message that straddles chunks, as far as it came. Made when first needed. */
  #joint: Uint8Array = NOTHING
  #joined = 0

  constructor(maxLength = MAX_MESSAGE) {
    this.maxLength = maxLength
  }

  /** Takes the bytes that came next. The chunk is the framer's until its messages were seen: it must not be reused. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.buffered += chunk.length
    if (this.#at === this.#chunk.length && this.#head === this.#queue.length) {
      this.#chunk = chunk
      this.#at = 0
    } else {
      this.#queue.push(chunk)
    }
  }

  /** Finds the next whole message. False where more bytes are needed, or after an error. */
  next(): boolean {
    if (this.error) return false
    if (this.#joined > 0) return this.#continueJoint()
    for (;;) {
      const rest = this.#chunk.length - this.#at
      if (rest === 0) {
        if (!this.#nextChunk()) return false
        continue
      }
      if (rest < HEADER_LENGTH) break
      const length = this.#judge(this.#chunk, this.#at)
      if (length === 0) return false
      if (rest < length) break
      this.#found(this.#chunk, this.#at, length)
      this.#at += length
      return true
    }
    return this.#continueJoint()
  }

  /** Fills the joint from the chunks: first to a header, then to the length that the header tells. */
  #continueJoint(): boolean {
    if (!this.#fillJoint(HEADER_LENGTH)) return false
    const length = this.#judge(this.#joint, 0)
    if (length === 0 || !this.#fillJoint(length)) return false
    this.#joined = 0
    this.#found(this.#joint, 0, length)
    return true
  }

  #fillJoint(length: number): boolean {
    if (this.#joint.length < length) {
      const larger = new Uint8Array(length <= MAX_MESSAGE ? MAX_MESSAGE : this.maxLength)
      larger.set(this.#joint.subarray(0, this.#joined))
      this.#joint = larger
    }
    while (this.#joined < length) {
      const rest = this.#chunk.length - this.#at
      if (rest === 0) {
        if (!this.#nextChunk()) return false
        continue
      }
      const taken = Math.min(rest, length - this.#joined)
      this.#joint.set(this.#chunk.subarray(this.#at, this.#at + taken), this.#joined)
      this.#joined += taken
      this.#at += taken
    }
    return true
  }

  #nextChunk(): boolean {
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0
      this.#head = 0
      this.#chunk = NOTHING
      this.#at = 0
      return false
    }
    this.#chunk = this.#queue[this.#head]!
    this.#queue[this.#head++] = NOTHING
    this.#at = 0
    return true
  }

  #found(buffer: Uint8Array, start: number, length: number): void {
    this.buffer = buffer
    this.start = start
    this.end = start + length
    this.type = buffer[start + 18]!
    this.buffered -= length
  }

  /** Checks a header (RFC 4271 §6.1): the length of its message, or 0 with `error` set. */
  #judge(buffer: Uint8Array, at: number): number {
    for (let i = 0; i < 16; i++) {
      if (buffer[at + i] !== 0xff) return this.#fail(notification(ERROR.header.connectionNotSynchronized))
    }
    const length = readUint16(buffer, at + 16)
    const type = buffer[at + 18]!
    if (length < HEADER_LENGTH || length > this.maxLength) {
      return this.#fail(notification(ERROR.header.badMessageLength, buffer.subarray(at + 16, at + 18)))
    }
    const shortest = MIN_LENGTH[type]
    if (shortest === undefined) {
      return this.#fail(notification(ERROR.header.badMessageType, buffer.subarray(at + 18, at + 19)))
    }
    if (length < shortest || length > (MAX_LENGTH[type] ?? this.maxLength)) {
      return this.#fail(notification(ERROR.header.badMessageLength, buffer.subarray(at + 16, at + 18)))
    }
    return length
  }

  #fail(error: Notification): 0 {
    this.error = error
    return 0
  }
}
