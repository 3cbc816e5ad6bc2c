import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import { ATTRIBUTE_TABLE, attributeRow } from './attribute-table.ts'
import type { Attributes, AttributesDraft } from './attributes.ts'
import { readUint16 } from './bytes.ts'

/**
 * The *key* of a set of attributes: its canonical bytes, by which it is interned.
 *
 *     1 octet    octets of the next hop: 4, 16 or 32
 *     n octets   the next hop
 *     ...        the attributes as on the wire, each code once, in ascending order
 *
 * Canonical means: flags as the RFCs have them (the Extended Length bit where the value is longer than 255, Partial where it
 * came with it, always on attributes that are not known here), AS numbers of four octets, and without NEXT_HOP,
 * MP_REACH_NLRI, MP_UNREACH_NLRI, AS4_PATH, AS4_AGGREGATOR and all that was discarded. Equal sets have equal keys, whatever
 * session they came over, so that routes of two peers share one set, and a set is decoded once if ever.
 *
 * Whoever walks a key trusts it: keys are made here and by `parseUpdate` only.
 */

/** Where the attributes of a key start. */
export function attributesStart(key: Uint8Array, start: number): number {
  return start + 1 + key[start]!
}

/** Where the value of the attribute at `at` starts. */
export function valueStart(bytes: Uint8Array, at: number): number {
  return at + ((bytes[at]! & Flag.EXTENDED_LENGTH) !== 0 ? 4 : 3)
}

/** Behind the value of the attribute at `at`. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  return (bytes[at]! & Flag.EXTENDED_LENGTH) !== 0
    ? at + 4 + readUint16(bytes, at + 2)
    : at + 3 + bytes[at + 2]!
}

/**
 * Writes flags, code and length of an attribute; the Extended Length bit as the length needs it.
 * @returns the offset behind it, where the value goes.
 */
export function writeAttributeHeader(
  out: Uint8Array,
  offset: number,
  flags: number,
  code: number,
  length: number,
): number {
  out[offset + 1] = code
  if (length > 255) {
    out[offset] = flags | Flag.EXTENDED_LENGTH
    out[offset + 2] = length >> 8
    out[offset + 3] = length
    return offset + 4
  }
  out[offset] = flags & ~Flag.EXTENDED_LENGTH
  out[offset + 2] = length
  return offset + 3
}

/** The hash of a key, a signed 32-bit number; the same as `parseUpdate` gives for it. */
export function hashKey(key: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ key[at]!, 0x85ebca6b)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 13)
}

/** The key of a set of attributes: for routes that start here, and for what a policy has changed. */
export function encodeKey(attributes: Attributes): Uint8Array {
  const parts: { code: number; flags: number; value: Uint8Array }[] = []
  for (const { code, flags, encode } of ATTRIBUTE_TABLE) {
    const value = encode?.(attributes)
    if (!value) continue
    parts.push({ code, flags: flags | (attributes.partial?.includes(code) ? Flag.PARTIAL : 0), value })
  }
  if (attributes.unknown) {
    parts.push(...attributes.unknown)
    parts.sort((a, b) => a.code - b.code)
  }
  const { nexthop } = attributes
  const key = new Uint8Array(parts.reduce((sum, { value }) => sum + 4 + value.length, 1 + nexthop.length))
  key[0] = nexthop.length
  key.set(nexthop, 1)
  let at = 1 + nexthop.length
  for (const { code, flags, value } of parts) {
    at = writeAttributeHeader(key, at, flags, code, value.length)
    key.set(value, at)
    at += value.length
  }
  return key.slice(0, at)
}

/** Decodes a key. The key must be one that `parseUpdate` or `encodeKey` made. */
export function decodeKey(key: Uint8Array, start = 0, end = key.length): Attributes {
  const draft: AttributesDraft = {}
  const unknown: { code: number; flags: number; value: Uint8Array }[] = []
  const partial: number[] = []
  for (let at = attributesStart(key, start); at < end; ) {
    const code = key[at + 1]!
    const from = valueStart(key, at)
    const to = valueEnd(key, at)
    const decode = attributeRow(code)?.decode
    if (decode) {
      decode(key, from, to, draft)
      if ((key[at]! & Flag.PARTIAL) !== 0) partial.push(code)
    } else {
      unknown.push({ code, flags: key[at]! & ~Flag.EXTENDED_LENGTH, value: key.slice(from, to) })
    }
    at = to
  }
  if (partial.length > 0) draft.partial = partial
  if (unknown.length > 0) draft.unknown = unknown
  const { origin = 2, asPath = [], ...rest } = draft
  return { ...rest, origin, asPath, nexthop: key.slice(start + 1, attributesStart(key, start)) }
}

/** Where the attribute with this code starts in a key, or -1. */
export function findAttribute(key: Uint8Array, start: number, end: number, code: number): number {
  for (let at = attributesStart(key, start); at < end; at = valueEnd(key, at)) {
    if (key[at + 1]! >= code) return key[at + 1] === code ? at : -1
  }
  return -1
}

/** Whether the CLUSTER_LIST of a key has this cluster (RFC 4456 §8). */
export function hasCluster(key: Uint8Array, start: number, end: number, clusterId: number): boolean {
  const at = findAttribute(key, start, end, Code.CLUSTER_LIST)
  if (at < 0) return false
  for (let entry = valueStart(key, at); entry < valueEnd(key, at); entry += 4) {
    const id = (key[entry]! << 24) | (key[entry + 1]! << 16) | (key[entry + 2]! << 8) | key[entry + 3]!
    if (id >>> 0 === clusterId) return true
  }
  return false
}
