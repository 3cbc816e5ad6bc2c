import type { Notification } from './notification.ts'

/**
 * Cuts a stream of bytes into messages. Chunks are kept, not copied: a message that lies in one chunk is seen where
 * it is; only one that straddles chunks is put together elsewhere.
 *
 *     framer.push(chunk)
 *     while (framer.next()) handle(framer.type, framer.buffer, framer.start, framer.end)
 *     if (framer.error) ... // NOTIFICATION to send; the stream is lost
 */
export declare class Framer {
  /** The longest message to take: 4096, or 65535 once we announced extended messages (RFC 8654). */
  maxLength: number
  /** The bytes that the message last found lies in; valid until the next call of `next`. */
  readonly buffer: Uint8Array
  /** Where its header starts. */
  readonly start: number
  /** Behind its last octet. */
  readonly end: number
  /** Its type (RFC 4271 §4.1), one of `MessageType`. */
  readonly type: number
  /** What to tell the peer where the stream is broken (RFC 4271 §6.1); nothing is found from then on. */
  readonly error: Notification | undefined
  constructor(maxLength?: number)
  /** Takes the bytes that came next. The chunk is the framer's until its messages were seen: it must not be reused. */
  push(chunk: Uint8Array): void
  /** Finds the next whole message. False where more bytes are needed, or after an error. */
  next(): boolean
  /** Octets that were pushed and not yet seen as messages. */
  readonly buffered: number
}
