import { isConfederation, Segment } from './as-path.ts'
import { AttributeCode as Code } from './attribute-codes.ts'
import { attributesStart, findAttribute, valueEnd, valueStart } from './attribute-key.ts'
import { readUint32 } from './bytes.ts'
import { Community, readLinkBandwidth } from './communities.ts'

/** Bits of `DecisionFields.wellKnown`, a community each (RFC 1997, 3765, 7999, 8326, 9494). */
export const WELL_KNOWN = {
  NO_EXPORT: 1,
  NO_ADVERTISE: 2,
  NO_EXPORT_SUBCONFED: 4,
  NO_PEER: 8,
  GRACEFUL_SHUTDOWN: 16,
  LLGR_STALE: 32,
  NO_LLGR: 64,
  BLACKHOLE: 128,
} as const

const BITS = new Map<number, number>([
  [Community.NO_EXPORT, WELL_KNOWN.NO_EXPORT],
  [Community.NO_ADVERTISE, WELL_KNOWN.NO_ADVERTISE],
  [Community.NO_EXPORT_SUBCONFED, WELL_KNOWN.NO_EXPORT_SUBCONFED],
  [Community.NO_PEER, WELL_KNOWN.NO_PEER],
  [Community.GRACEFUL_SHUTDOWN, WELL_KNOWN.GRACEFUL_SHUTDOWN],
  [Community.LLGR_STALE, WELL_KNOWN.LLGR_STALE],
  [Community.NO_LLGR, WELL_KNOWN.NO_LLGR],
  [Community.BLACKHOLE, WELL_KNOWN.BLACKHOLE],
])

/** What the decision process asks of a set of attributes, without any object: filled by `readDecision`, made once and reused. */
export class DecisionFields {
  /** LOCAL_PREF, or -1. */
  localPreference = -1
  /** RFC 4271 §9.1.2.2 a: AS_SET counts 1; confederation segments count 0 (RFC 5065 §5.3). */
  asPathLength = 0
  origin = 2
  /** MULTI_EXIT_DISC, or -1. */
  med = -1
  /** The first AS of the AS_PATH outside of confederation segments, 0 where there is none or a set stands there. */
  neighborAs = 0
  /** The last AS of the AS_PATH, 0 where it is empty or ends in a set. */
  originAs = 0
  /** ORIGINATOR_ID as an unsigned number, or -1. */
  originatorId = -1
  /** Entries of CLUSTER_LIST. */
  clusterListLength = 0
  /** ONLY_TO_CUSTOMER, or -1. */
  onlyToCustomer = -1
  /** Bits of `WELL_KNOWN`. */
  wellKnown = 0
  /** Octets a second of the link bandwidth community (draft-ietf-idr-link-bandwidth), 0 where there is none. */
  linkBandwidth = 0
}

/** Reads what the decision process needs. Runs once for each distinct set, so it is a plain walk over the key. */
export function readDecision(key: Uint8Array, start: number, end: number, out: DecisionFields): void {
  out.localPreference = -1
  out.asPathLength = 0
  out.origin = 2
  out.med = -1
  out.neighborAs = 0
  out.originAs = 0
  out.originatorId = -1
  out.clusterListLength = 0
  out.onlyToCustomer = -1
  out.wellKnown = 0
  out.linkBandwidth = 0
  for (let at = attributesStart(key, start); at < end; ) {
    const from = valueStart(key, at)
    const to = valueEnd(key, at)
    switch (key[at + 1]) {
      case Code.ORIGIN:
        out.origin = key[from]!
        break
      case Code.AS_PATH:
        readPath(key, from, to, out)
        break
      case Code.MULTI_EXIT_DISC:
        out.med = readUint32(key, from)
        break
      case Code.LOCAL_PREF:
        out.localPreference = readUint32(key, from)
        break
      case Code.COMMUNITIES:
        for (let i = from; i < to; i += 4) {
          if (key[i] === 0xff && key[i + 1] === 0xff) out.wellKnown |= BITS.get(readUint32(key, i)) ?? 0
        }
        break
      case Code.EXTENDED_COMMUNITIES:
        out.linkBandwidth = readLinkBandwidth(key, from, to)
        break
      case Code.ORIGINATOR_ID:
        out.originatorId = readUint32(key, from)
        break
      case Code.CLUSTER_LIST:
        out.clusterListLength = (to - from) >> 2
        break
      case Code.ONLY_TO_CUSTOMER:
        out.onlyToCustomer = readUint32(key, from)
        break
    }
    at = to
  }
}

function readPath(key: Uint8Array, start: number, end: number, out: DecisionFields): void {
  let first = true
  for (let at = start; at < end; ) {
    const type = key[at]!
    const count = key[at + 1]!
    const behind = at + 2 + count * 4
    if (!isConfederation(type)) {
      const sequence = type === Segment.SEQUENCE
      out.asPathLength += sequence ? count : 1
      if (first && sequence) out.neighborAs = readUint32(key, at + 2)
      out.originAs = sequence ? readUint32(key, behind - 4) : 0
      first = false
    }
    at = behind
  }
}

/** How often the AS stands in the AS_PATH of a key, confederation segments included: loops, `allowOwnAs`. */
export function countAs(key: Uint8Array, start: number, end: number, as: number): number {
  const attribute = findAttribute(key, start, end, Code.AS_PATH)
  if (attribute < 0) return 0
  let count = 0
  const to = valueEnd(key, attribute)
  for (let at = valueStart(key, attribute); at < to; ) {
    const behind = at + 2 + key[at + 1]! * 4
    for (let entry = at + 2; entry < behind; entry += 4) if (readUint32(key, entry) === as) count++
    at = behind
  }
  return count
}

/** Whether two keys in the same bytes have one AS_PATH, segment for segment. */
export function sameAsPath(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  const left = findAttribute(bytes, a, aEnd, Code.AS_PATH)
  const right = findAttribute(bytes, b, bEnd, Code.AS_PATH)
  if (left < 0 || right < 0) return left === right
  const length = valueEnd(bytes, left) - left
  if (valueEnd(bytes, right) - right !== length) return false
  for (let i = 0; i < length; i++) if (bytes[left + i] !== bytes[right + i]) return false
  return true
}

/** Whether the next hop of a key is link-local: alone (RFC 8950 sessions on a bare link), or with no global address before it. */
export function hasLinkLocalNexthop(key: Uint8Array, start: number): boolean {
  const octets = key[start]!
  if (octets < 16) return false
  let at = start + 1
  if (octets === 32 && isZero(key, at, at + 16)) at += 16
  return key[at] === 0xfe && (key[at + 1]! & 0xc0) === 0x80
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false
  return true
}
