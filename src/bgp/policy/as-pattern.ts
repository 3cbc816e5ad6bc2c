import { isConfederation } from '../wire/as-path.ts'
import { readUint32 } from '../wire/bytes.ts'

/**
 * Patterns over AS paths, made of these with blanks between them:
 *
 *     65001              this AS
 *     [64512-65534]      one AS of a range; of several: [65001 65010-65019]
 *     .                  one AS, whichever
 *     *                  any number of ASes, also none
 *     65001+  [...]+  .+ one or more of it
 *     ^  $               the front and the end of the path; without them the pattern may stand anywhere in it
 *
 * An AS_SET is one place, and is any of its members. Confederation segments are not looked at: a path is what it is
 * outside. A pattern is a row of at most `MAX_ITEMS` items, and all the places in it where a match may stand are the bits of
 * one number: a path costs its length times that of the pattern, whatever a neighbour puts into it.
 */
export interface AsPattern {
  readonly items: readonly Item[]
}

interface Item {
  /** Bounds of ranges, two entries each; empty: any AS. */
  readonly ranges: readonly number[]
  /** `once`: one AS; `more`: one or more; `gap`: any number, also none. */
  readonly times: 'once' | 'more' | 'gap'
}

export const MAX_ITEMS = 28

const MAX_AS = 0xffffffff
const GAP: Item = { ranges: [], times: 'gap' }
const TOKEN = /\s*(?:(\^)|(?:([$*])|(?:(\.)|(\d+)|\[([^\][]*)\])(\+)?)(?=[\s^$]|$))/y

/** Reads a pattern; a text where it is none: why not, as the second half of a sentence. */
export function parseAsPattern(text: string): AsPattern | string {
  const items: Item[] = []
  const trimmed = text.trim()
  if (trimmed === '') return 'it is empty'
  let front = false
  let end = false
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(trimmed)
    if (!token)
      return `what begins at ${JSON.stringify(trimmed.slice(at, at + 20).trim())} is no part of a pattern`
    if (end) return 'something stands behind $'
    const [, caret, sign, any, as, list, more] = token
    if (caret) {
      if (items.length > 0 || front) return '^ stands elsewhere than at the front'
      front = true
    } else if (sign === '$') end = true
    else if (sign) items.push(GAP)
    else {
      const ranges = any ? [] : readRanges(as ?? list!)
      if (typeof ranges === 'string') return ranges
      items.push({ ranges, times: more ? 'more' : 'once' })
    }
  }
  if (items.length > MAX_ITEMS) return `it has ${items.length} items, and ${MAX_ITEMS} is the most`
  if (!front) items.unshift(GAP)
  if (!end) items.push(GAP)
  return { items }
}

/** Bounds of AS numbers and ranges, two entries each, or why the text is none. */
function readRanges(text: string): number[] | string {
  const parts = text.split(/[\s,]+/).filter(part => part !== '')
  if (parts.length === 0) return 'brackets are empty'
  const bounds: number[] = []
  for (const part of parts) {
    const range = readAsRange(part)
    if (!range) return `${JSON.stringify(part)} is no AS number or range from 1 to ${MAX_AS}`
    bounds.push(...range)
  }
  return bounds
}

/** The bounds of `65001` or `64512-65534`; undefined where the text is neither. */
export function readAsRange(text: string): readonly [number, number] | undefined {
  const [, low, high = low] = /^([1-9]\d{0,9})(?:-([1-9]\d{0,9}))?$/.exec(text) ?? []
  if (low === undefined || Number(high) > MAX_AS || Number(low) > Number(high)) return undefined
  return [Number(low), Number(high)]
}

/** Whether one of the ranges has the AS. */
export function inRanges(ranges: readonly number[], as: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (as >= ranges[i]! && as <= ranges[i + 1]!) return true
  return false
}

/** Whether the path, the checked segments of four-octet AS numbers between two offsets, is one of the pattern. */
export function matchesPath({ items }: AsPattern, bytes: Uint8Array, start: number, end: number): boolean {
  let places = close(items, 1)
  for (let at = start; at < end && places !== 0; ) {
    const behind = at + 2 + bytes[at + 1]! * 4
    const type = bytes[at]!
    if (type === SET) places = advance(items, places, bytes, at + 2, behind)
    else if (!isConfederation(type)) {
      for (let i = at + 2; i < behind && places !== 0; i += 4)
        places = advance(items, places, bytes, i, i + 4)
    }
    at = behind
  }
  return (places & (1 << items.length)) !== 0
}

const SET = 1

/** Where a match may stand behind one more AS, or a set of them. Bit n: in front of item n. */
function advance(
  items: readonly Item[],
  places: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  let next = 0
  for (let i = 0; i < items.length; i++) {
    if ((places & (1 << i)) === 0) continue
    const { ranges, times } = items[i]!
    if (times === 'gap') next |= 1 << i
    else if (holdsAny(ranges, bytes, from, to)) next |= (1 << (i + 1)) | (times === 'more' ? 1 << i : 0)
  }
  return close(items, next)
}

/** A gap may be empty: in front of it is also behind it. */
function close(items: readonly Item[], places: number): number {
  let closed = places
  for (let i = 0; i < items.length; i++) {
    if (closed & (1 << i) && items[i]!.times === 'gap') closed |= 1 << (i + 1)
  }
  return closed
}

function holdsAny(ranges: readonly number[], bytes: Uint8Array, from: number, to: number): boolean {
  if (ranges.length === 0) return true
  for (let at = from; at < to; at += 4) if (inRanges(ranges, readUint32(bytes, at))) return true
  return false
}
