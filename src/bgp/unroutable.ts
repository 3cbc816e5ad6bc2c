import type { Family } from '../net/address.ts'

/**
 * Whether no host can be inside a prefix, so that a route to it would only mislead the kernel: 0.0.0.0/8 (RFC 1122 §3.2.1.3;
 * the default route and what else is wider is fine), loopback 127.0.0.0/8 and ::1, multicast 224.0.0.0/4 and ff00::/8, limited
 * broadcast, ::, and what is on every link, fe80::/10. 240.0.0.0/4 is used as unicast in clusters and is let through.
 * RFC 4271 §6.3: such a prefix is ignored, and the session goes on.
 * @param bytes holds the significant bytes of the prefix from `offset` on
 * @param length prefix length in bits
 */
export function isUnroutable(family: Family, bytes: Uint8Array, offset: number, length: number): boolean {
  const first = length > 0 ? bytes[offset]! : 0
  if (family === 4) {
    if (length >= 8 && (first === 0 || first === 127)) return true
    if (length >= 4 && first >> 4 === 14) return true
    return length === 32 && isFilled(bytes, offset, offset + 4, 255)
  }
  if (length >= 8 && first === 255) return true
  if (length >= 10 && first === 0xfe && bytes[offset + 1]! >> 6 === 2) return true
  return length === 128 && isFilled(bytes, offset, offset + 15, 0) && bytes[offset + 15]! <= 1
}

function isFilled(bytes: Uint8Array, from: number, to: number, value: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== value) return false
  return true
}
