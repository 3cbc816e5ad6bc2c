import { formatAddress } from '../../net/address.ts'
import { readUint16, readUint32, writeUint32 } from './bytes.ts'

/** Communities with a meaning everywhere (IANA "BGP Well-known Communities"). */
export const Community = {
  GRACEFUL_SHUTDOWN: 0xffff0000,
  ACCEPT_OWN: 0xffff0001,
  LLGR_STALE: 0xffff0006,
  NO_LLGR: 0xffff0007,
  BLACKHOLE: 0xffff029a,
  NO_EXPORT: 0xffffff01,
  NO_ADVERTISE: 0xffffff02,
  NO_EXPORT_SUBCONFED: 0xffffff03,
  NO_PEER: 0xffffff04,
} as const

const NAMES = new Map<number, string>(Object.entries(Community).map(([name, value]) => [value, name]))

/** `65000:100`, or the name of a well-known one (RFC 1997). */
export function formatCommunity(community: number): string {
  return NAMES.get(community) ?? `${community >>> 16}:${community & 0xffff}`
}

/** A large community (RFC 8092): the AS that gives it a meaning, and two numbers. */
export interface LargeCommunity {
  readonly admin: number
  readonly data1: number
  readonly data2: number
}

/** Octets of a large and of an extended community, and of one that is specific to an IPv6 address (RFC 5701). */
export const LARGE_LENGTH = 12
export const EXTENDED_LENGTH = 8
export const IPV6_EXTENDED_LENGTH = 20

/** `65000:1:2` (RFC 8092 §5). */
export function formatLargeCommunity({ admin, data1, data2 }: LargeCommunity): string {
  return `${admin}:${data1}:${data2}`
}

/** The large community at an offset. */
export function readLargeCommunity(bytes: Uint8Array, at: number): LargeCommunity {
  return { admin: readUint32(bytes, at), data1: readUint32(bytes, at + 4), data2: readUint32(bytes, at + 8) }
}

/** Writes one; returns the offset behind it. */
export function writeLargeCommunity(
  { admin, data1, data2 }: LargeCommunity,
  out: Uint8Array,
  at: number,
): number {
  return writeUint32(out, writeUint32(out, writeUint32(out, at, admin), data1), data2)
}

/** Set in the type of an extended community that does not leave its AS (RFC 4360 §2, §6). */
export const NON_TRANSITIVE = 0x40

/** Sub-type of the link bandwidth community among those of a two-octet AS (draft-ietf-idr-link-bandwidth §2). */
const LINK_BANDWIDTH = 4

/**
 * Octets a second that the link bandwidth community among extended communities says: an IEEE float of 32 bits behind a
 * two-octet AS, transitive or not. Of several the first counts; 0 where there is none, or none that can be a speed.
 */
export function readLinkBandwidth(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + EXTENDED_LENGTH <= end; at += EXTENDED_LENGTH) {
    if ((bytes[at]! & ~NON_TRANSITIVE) !== 0 || bytes[at + 1] !== LINK_BANDWIDTH) continue
    const speed = new DataView(bytes.buffer, bytes.byteOffset + at + 4, 4).getFloat32(0)
    return Number.isFinite(speed) && speed > 0 ? speed : 0
  }
  return 0
}

/** Sub-types that have a name in the types of two-octet AS, IPv4 address and four-octet AS (RFC 4360, 5668, 7153). */
const SUBTYPE_NAMES: Readonly<Record<number, string>> = { 2: 'rt', 3: 'ro' }

/** How the six octets behind type and sub-type read, by the type without its two flags. */
const EXTENDED_VALUES: Readonly<Record<number, (bytes: Uint8Array) => string>> = {
  0: bytes => `${readUint16(bytes, 2)}:${readUint32(bytes, 4)}`,
  1: bytes => `${formatAddress(bytes, 2, 4)}:${readUint16(bytes, 6)}`,
  2: bytes => `${readUint32(bytes, 2)}:${readUint16(bytes, 6)}`,
}

/** `rt 65000:100`, `bandwidth 65000:125000000` in octets a second, or the eight octets in hexadecimal. */
export function formatExtendedCommunity(bytes: Uint8Array): string {
  const type = bytes[0]! & 0x3f
  const subtype = bytes[1]!
  if (type === 0 && subtype === 4) {
    const rate = new DataView(bytes.buffer, bytes.byteOffset, EXTENDED_LENGTH).getFloat32(4)
    return `bandwidth ${readUint16(bytes, 2)}:${rate}`
  }
  const name = SUBTYPE_NAMES[subtype]
  const value = EXTENDED_VALUES[type]
  if (name && value) return `${name} ${value(bytes)}`
  return `0x${Array.from(bytes.subarray(0, EXTENDED_LENGTH), octet => octet.toString(16).padStart(2, '0')).join('')}`
}

/** `rt 2001:db8::1:100` of the 20 octets at an offset (RFC 5701 §2), the sub-type as a number where it has no name. */
export function formatIpv6ExtendedCommunity(bytes: Uint8Array, at: number): string {
  const subtype = bytes[at + 1]!
  const name = SUBTYPE_NAMES[subtype] ?? `0x${subtype.toString(16).padStart(2, '0')}`
  return `${name} ${formatAddress(bytes, at + 2, 16)}:${readUint16(bytes, at + 18)}`
}

/**
 * Copies large communities, each once (RFC 8092 §5: a second one is to be dropped in silence). Lists beyond `LOOK_BACK`
 * are copied as they are behind it, so that a hostile list costs no more than a long one.
 * @returns the offset behind what was written.
 */
export function copyLargeCommunities(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  offset: number,
): number {
  let to = offset
  for (let at = start; at < end; at += LARGE_LENGTH) {
    if (to - offset < LOOK_BACK * LARGE_LENGTH && holds(out, offset, to, bytes, at)) continue
    for (let i = 0; i < LARGE_LENGTH; i++) out[to + i] = bytes[at + i]!
    to += LARGE_LENGTH
  }
  return to
}

const LOOK_BACK = 64

function holds(out: Uint8Array, start: number, end: number, bytes: Uint8Array, at: number): boolean {
  for (let known = start; known < end; known += LARGE_LENGTH) {
    let i = 0
    while (i < LARGE_LENGTH && out[known + i] === bytes[at + i]) i++
    if (i === LARGE_LENGTH) return true
  }
  return false
}
