import { Address6 } from 'ip-address'

/** IP version, as in the `Family` of a prefix or a table. */
export type Family = 4 | 6

/** Bytes of an address of each family. */
export const ADDRESS_BYTES: Readonly<Record<Family, number>> = { 4: 4, 6: 16 }

/** Bits of an address of each family: the longest prefix length. */
export const ADDRESS_BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 }

/** The family that an address of so many bytes has. */
export function familyOf(bytes: Uint8Array): Family {
  return bytes.length === 4 ? 4 : 6
}

/**
 * Reads an IPv4 address in dotted decimal (four decimal octets without leading zeros) or an IPv6 address
 * (RFC 4291 §2.2), without zone.
 * @returns 4 or 16 bytes in network order, or undefined where the text is not one address.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  if (text.includes('/') || text.includes('%') || text.length > 45) return undefined
  if (text.includes(':')) {
    return Address6.isValid(text) ? parseColons(text) : undefined
  }
  return parseDotted(text)
}

function parseColons(text: string): Uint8Array {
  const significant = new Address6(text).toUnsignedByteArray()
  const bytes = new Uint8Array(16)
  bytes.set(significant, 16 - significant.length)
  return bytes
}

function parseDotted(text: string): Uint8Array | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined
  const octets = text.split('.').map(Number)
  return octets.every(octet => octet <= 255) ? Uint8Array.from(octets) : undefined
}

/**
 * The canonical text of the address at `offset`: dotted decimal, or RFC 5952 for IPv6.
 * @param length 4 or 16
 */
export function formatAddress(bytes: Uint8Array, offset = 0, length = bytes.length - offset): string {
  if (length === 4) {
    return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`
  }
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push((bytes[offset + i]! << 8) | bytes[offset + i + 1]!)
  if (isMapped(groups)) return `::ffff:${formatAddress(bytes, offset + 12, 4)}`
  const run = longestZeroRun(groups)
  const hex = groups.map(group => group.toString(16))
  if (run.length < 2) return hex.join(':')
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)
}

/** RFC 5952 §4.2.3: the first of the longest runs is the one to shorten. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < groups.length; i++) {
    let end = i
    while (end < groups.length && groups[end] === 0) end++
    if (end - i > best.length) best = { start: i, length: end - i }
    if (end > i) i = end
  }
  return best
}

/** The canonical text of an address given as text, or undefined where it is not one. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text)
  return bytes && formatAddress(bytes)
}

/** fe80::/10 (RFC 4291 §2.5.6). */
export function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(bytes: Uint8Array): boolean {
  return bytes.length === 16 ? bytes[0] === 0xff : bytes[0]! >> 4 === 14
}

/** 0.0.0.0 or ::. */
export function isUnspecified(bytes: Uint8Array): boolean {
  return bytes.every(byte => byte === 0)
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return bytes[0] === 127
  return bytes[15] === 1 && bytes.subarray(0, 15).every(byte => byte === 0)
}
