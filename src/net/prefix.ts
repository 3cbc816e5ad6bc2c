import { ADDRESS_BITS, type Family, familyOf, formatAddress, parseAddress } from './address.ts'

/** An address with a prefix length. As a network its host bits are zero; as an interface address they may be set. */
export interface Prefix {
  /** 4 or 16 bytes in network order. */
  readonly bytes: Uint8Array
  /** Bits of the network part: 0 to 32 or 0 to 128. */
  readonly length: number
}

/**
 * Reads `address/length`. Host bits are kept: ask `isNetwork` where they must be zero.
 * @returns undefined where the text is not one prefix.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const bytes = parseAddress(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (!bytes || !/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined
  const length = Number(digits)
  return length <= bytes.length * 8 ? { bytes, length } : undefined
}

/** The canonical text, `10.0.0.0/8` or `2001:db8::/32`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.bytes)}/${prefix.length}`
}

/** The prefix of an interface address or of any address: the same with its host bits cleared. */
export function networkOf(prefix: Prefix): Prefix {
  const bytes = Uint8Array.from(prefix.bytes)
  for (let i = 0; i < bytes.length; i++) {
    const bits = prefix.length - i * 8
    if (bits < 8) bytes[i]! &= bits <= 0 ? 0 : 0xff << (8 - bits)
  }
  return { bytes, length: prefix.length }
}

/** True where all host bits are zero. */
export function isNetwork(prefix: Prefix): boolean {
  return equalBytes(networkOf(prefix).bytes, prefix.bytes)
}

/** /32 or /128 of an address. */
export function hostPrefix(bytes: Uint8Array): Prefix {
  return { bytes, length: ADDRESS_BITS[familyOf(bytes)] }
}

/** True where `inner` lies inside `outer` (or is the same); false across families. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  return (
    outer.bytes.length === inner.bytes.length &&
    outer.length <= inner.length &&
    sharedBits(outer.bytes, inner.bytes, outer.length)
  )
}

/** True where the address lies inside the prefix. */
export function containsAddress(prefix: Prefix, address: Uint8Array): boolean {
  return prefix.bytes.length === address.length && sharedBits(prefix.bytes, address, prefix.length)
}

/** True for the address that all hosts of an IPv4 network answer to: all its host bits are one. Links of two hosts have none (RFC 3021). */
export function isBroadcastOf(network: Prefix, address: Uint8Array): boolean {
  if (network.bytes.length !== 4 || network.length > 30 || !containsAddress(network, address)) return false
  for (let bit = network.length; bit < 32; bit++) {
    if ((address[bit >> 3]! & (0x80 >> (bit & 7))) === 0) return false
  }
  return true
}

/** True where two prefixes have an address in common. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return a.length <= b.length ? contains(a, b) : contains(b, a)
}

/** Order of addresses and, of one address, of lengths, shorter first; IPv4 before IPv6. Below 0 where `a` comes first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.bytes.length !== b.bytes.length) return a.bytes.length - b.bytes.length
  for (let i = 0; i < a.bytes.length; i++) {
    const difference = a.bytes[i]! - b.bytes[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** The family of a prefix. */
export function prefixFamily(prefix: Prefix): Family {
  return familyOf(prefix.bytes)
}

function sharedBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false
  const rest = bits & 7
  return rest === 0 || (a[whole]! ^ b[whole]!) >> (8 - rest) === 0
}

/** True where two byte strings are the same. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
