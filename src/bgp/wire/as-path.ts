import { AS_TRANS } from './as-trans.ts'
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.ts'
import type { Fault } from './fault.ts'
import { ERROR } from './notification-table.ts'
import type { UpdateSession } from './update-session.ts'

/** Types of segments (RFC 4271 §4.3, RFC 5065 §3). */
export const Segment = { SET: 1, SEQUENCE: 2, CONFED_SEQUENCE: 3, CONFED_SET: 4 } as const

/** One segment of an AS_PATH; `type` is one of `Segment`. */
export interface AsPathSegment {
  readonly type: number
  readonly ases: readonly number[]
}

/** AS numbers of one segment: its length has one octet. */
export const MAX_SEGMENT = 255

const fault = (text: string): Fault => ({ text, error: ERROR.update.malformedAsPath })
const CUT_OFF = fault('a segment of the AS path is longer than the attribute')
const SINGLE_OCTET = fault('an octet is left behind the last segment of the AS path')
const EMPTY_SEGMENT = fault('a segment of the AS path is empty')
const UNKNOWN_SEGMENT = fault('a segment of the AS path has an unknown type')
const AS_ZERO = fault('AS number 0 stands in the AS path')
const CONFEDERATION = fault('the AS path has a confederation segment from outside of the confederation')
const NO_CONFEDERATION = fault(
  'the AS path from a member of the confederation has no confederation segment in front',
)
const WRONG_FIRST_AS = fault('the AS path does not start with the AS of the neighbour')

export function isConfederation(type: number): boolean {
  return type === Segment.CONFED_SEQUENCE || type === Segment.CONFED_SET
}

/** Checks the segments of a value (RFC 7606 §7.2, RFC 7607 §2); `size` is that of an AS number, 2 or 4 octets. */
export function checkSegments(
  buffer: Uint8Array,
  start: number,
  end: number,
  size: number,
): Fault | undefined {
  let at = start
  while (at < end) {
    if (at + 1 === end) return SINGLE_OCTET
    const type = buffer[at]!
    if (type < Segment.SET || type > Segment.CONFED_SET) return UNKNOWN_SEGMENT
    const count = buffer[at + 1]!
    if (count === 0) return EMPTY_SEGMENT
    at += 2
    const behind = at + count * size
    if (behind > end) return CUT_OFF
    for (; at < behind; at += size) {
      if (buffer[at] === 0 && buffer[at + 1] === 0 && (size === 2 || readUint16(buffer, at + 2) === 0))
        return AS_ZERO
    }
  }
  return undefined
}

/** Whether a checked value has segments of a confederation. */
export function hasConfederation(buffer: Uint8Array, start: number, end: number, size: number): boolean {
  for (let at = start; at < end; at += 2 + buffer[at + 1]! * size) {
    if (isConfederation(buffer[at]!)) return true
  }
  return false
}

/** Checks an AS_PATH against its session: the segments, confederations (RFC 5065 §5), the first AS (RFC 4271 §6.3). */
export function checkAsPath(
  buffer: Uint8Array,
  start: number,
  end: number,
  session: UpdateSession,
): Fault | undefined {
  const size = session.as4 ? 4 : 2
  const broken = checkSegments(buffer, start, end, size)
  if (broken || session.type === 'iBGP') return broken
  const first = start < end ? buffer[start]! : 0
  if (session.type === 'confederation')
    return first === Segment.CONFED_SEQUENCE ? undefined : NO_CONFEDERATION
  if (hasConfederation(buffer, start, end, size)) return CONFEDERATION
  if (session.firstAs === 0) return undefined
  if (first !== Segment.SEQUENCE) return WRONG_FIRST_AS
  const as = size === 4 ? readUint32(buffer, start + 2) : readUint16(buffer, start + 2)
  // An AS that does not fit two octets stands as AS_TRANS at the front of a path from a peer of two octets.
  const expected = size === 2 && session.firstAs > 0xffff ? AS_TRANS : session.firstAs
  return as === expected ? undefined : WRONG_FIRST_AS
}

/** The segments of a checked value; `size` is that of an AS number, 2 or 4 octets. */
export function readSegments(buffer: Uint8Array, start: number, end: number, size: number): AsPathSegment[] {
  const segments: AsPathSegment[] = []
  for (let at = start; at < end; ) {
    const type = buffer[at]!
    const ases: number[] = new Array(buffer[at + 1]!)
    at += 2
    for (let i = 0; i < ases.length; i++, at += size) {
      ases[i] = size === 4 ? readUint32(buffer, at) : readUint16(buffer, at)
    }
    segments.push({ type, ases })
  }
  return segments
}

/** Octets that segments take; a segment of more than 255 AS numbers is written as several. */
export function segmentsLength(segments: readonly AsPathSegment[], size: number): number {
  return segments.reduce(
    (sum, { ases }) => sum + Math.ceil(ases.length / MAX_SEGMENT) * 2 + ases.length * size,
    0,
  )
}

/** Writes segments; with AS numbers of two octets those that do not fit become AS_TRANS. Returns the offset behind. */
export function writeSegments(
  segments: readonly AsPathSegment[],
  size: number,
  out: Uint8Array,
  offset: number,
): number {
  let at = offset
  for (const { type, ases } of segments) {
    for (let from = 0; from < ases.length; from += MAX_SEGMENT) {
      const to = Math.min(ases.length, from + MAX_SEGMENT)
      out[at++] = type
      out[at++] = to - from
      for (let i = from; i < to; i++) {
        const as = ases[i]!
        at = size === 4 ? writeUint32(out, at, as) : writeUint16(out, at, as > 0xffff ? AS_TRANS : as)
      }
    }
  }
  return at
}

/** AS numbers as the decision process counts them: a set is 1 (RFC 4271 §9.1.2.2), confederations 0 (RFC 5065 §5.3). */
export function pathLength(segments: readonly AsPathSegment[]): number {
  return segments.reduce((sum, segment) => sum + countOf(segment), 0)
}

function countOf({ type, ases }: AsPathSegment): number {
  if (isConfederation(type)) return 0
  return type === Segment.SET ? 1 : ases.length
}

/**
 * The path that AS_PATH and AS4_PATH make together (RFC 6793 §4.2.3): as many leading AS numbers of AS_PATH as it has more
 * than AS4_PATH, then AS4_PATH. Where AS4_PATH is the longer one it is not to be trusted, and AS_PATH stands alone.
 */
export function mergeAs4Path(path: readonly AsPathSegment[], as4: readonly AsPathSegment[]): AsPathSegment[] {
  // Confederation segments have no place in AS4_PATH (RFC 6793 §6).
  const tail = as4.filter(({ type }) => !isConfederation(type))
  let missing = pathLength(path) - pathLength(tail)
  if (missing < 0) return [...path]
  const merged: AsPathSegment[] = []
  for (const segment of path) {
    if (isConfederation(segment.type)) {
      merged.push(segment)
      continue
    }
    if (missing === 0) break
    const taken = segment.type === Segment.SET ? segment.ases : segment.ases.slice(0, missing)
    merged.push({ type: segment.type, ases: taken })
    missing -= countOf({ type: segment.type, ases: taken })
    if (taken.length < segment.ases.length) break
  }
  return joinSequences(merged, tail)
}

/** Two lists of segments as one; a sequence that was cut in two between them is whole again. */
function joinSequences(head: readonly AsPathSegment[], tail: readonly AsPathSegment[]): AsPathSegment[] {
  const last = head.at(-1)
  const first = tail[0]
  if (last?.type !== Segment.SEQUENCE || first?.type !== Segment.SEQUENCE) return [...head, ...tail]
  if (last.ases.length + first.ases.length > MAX_SEGMENT) return [...head, ...tail]
  const joined = { type: Segment.SEQUENCE, ases: [...last.ases, ...first.ases] }
  return [...head.slice(0, -1), joined, ...tail.slice(1)]
}

/** The path as people write it: `65001 65002 {65003 65004}`, confederation segments in `( )` and `[ ]`. */
export function formatAsPath(segments: readonly AsPathSegment[]): string {
  return segments.map(({ type, ases }) => bracketed(type, ases.join(' '))).join(' ')
}

const BRACKETS: Readonly<Record<number, string>> = {
  [Segment.SET]: '{}',
  [Segment.CONFED_SEQUENCE]: '()',
  [Segment.CONFED_SET]: '[]',
}

function bracketed(type: number, text: string): string {
  const brackets = BRACKETS[type]
  return brackets ? `${brackets[0]}${text}${brackets[1]}` : text
}
