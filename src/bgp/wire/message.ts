/** Octets of the header of every message: marker 16, length 2, type 1 (RFC 4271 §4.1). */
export const HEADER_LENGTH = 19

/** The longest message without the extended message capability (RFC 4271 §4.1). */
export const MAX_MESSAGE = 4096

/** The longest message with it (RFC 8654 §3). */
export const MAX_EXTENDED_MESSAGE = 65535

/** Message types (RFC 4271 §4.1; ROUTE-REFRESH: RFC 2918). */
export const MessageType = {
  OPEN: 1,
  UPDATE: 2,
  NOTIFICATION: 3,
  KEEPALIVE: 4,
  ROUTE_REFRESH: 5,
} as const

/** Names of the message types, by number. */
export const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  1: 'OPEN',
  2: 'UPDATE',
  3: 'NOTIFICATION',
  4: 'KEEPALIVE',
  5: 'ROUTE-REFRESH',
}

/** Writes a header at `offset`; `length` is that of the whole message. Returns the offset behind it. */
export function writeHeader(out: Uint8Array, offset: number, length: number, type: number): number {
  for (let i = 0; i < 16; i++) out[offset + i] = 0xff
  out[offset + 16] = length >> 8
  out[offset + 17] = length & 0xff
  out[offset + 18] = type
  return offset + HEADER_LENGTH
}

/** A whole message: the header before `body`. */
export function buildMessage(type: number, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_LENGTH + body.length)
  message.set(body, writeHeader(message, 0, message.length, type))
  return message
}

/** A KEEPALIVE: a header alone (RFC 4271 §4.4). */
export function buildKeepalive(): Uint8Array {
  return buildMessage(MessageType.KEEPALIVE, new Uint8Array(0))
}
