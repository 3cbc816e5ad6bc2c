import { ADDRESS_BITS, type Family } from '../../net/address.ts'
import { readUint32 } from './bytes.ts'

/** Where a loop over NLRI stands: filled by `readNlri`, made once and reused. */
export class NlriCursor {
  /** Path identifier (RFC 7911), 0 without ADD-PATH. */
  pathId = 0
  /** Where the prefix's octets start: ceil(length / 8) of them, as `PrefixTable` takes them. */
  offset = 0
  /** Bits of the prefix. */
  length = 0
}

/** Octets of a path identifier (RFC 7911 §3). */
export const PATH_ID_LENGTH = 4

/**
 * Reads one NLRI of a range that was checked (as `parseUpdate` does) and returns the offset of the next. Bits behind the
 * prefix length are not looked at (RFC 4271 §4.3): `PrefixTable` takes them as zero.
 *
 *     for (let at = section.start; at < section.end; ) {
 *       at = readNlri(buffer, at, section.addPath, cursor)
 *       table.insert(buffer, cursor.offset, cursor.length)
 *     }
 */
export function readNlri(buffer: Uint8Array, at: number, addPath: boolean, cursor: NlriCursor): number {
  if (addPath) {
    cursor.pathId = readUint32(buffer, at)
    at += PATH_ID_LENGTH
  } else {
    cursor.pathId = 0
  }
  const length = buffer[at]!
  cursor.length = length
  cursor.offset = at + 1
  return at + 1 + ((length + 7) >> 3)
}

/** True where the range is whole NLRI of the family: no length beyond 32 or 128, nothing cut off (RFC 7606 §5.3). */
export function validNlri(
  buffer: Uint8Array,
  start: number,
  end: number,
  family: Family,
  addPath: boolean,
): boolean {
  const bits = ADDRESS_BITS[family]
  const lead = addPath ? PATH_ID_LENGTH : 0
  let at = start
  while (at < end) {
    at += lead
    if (at >= end) return false
    const length = buffer[at]!
    if (length > bits) return false
    at += 1 + ((length + 7) >> 3)
  }
  return at === end
}

/** How many NLRI a checked range holds. */
export function countNlri(buffer: Uint8Array, start: number, end: number, addPath: boolean): number {
  const lead = addPath ? PATH_ID_LENGTH : 0
  let count = 0
  for (let at = start; at < end; count++) {
    at += lead
    at += 1 + ((buffer[at]! + 7) >> 3)
  }
  return count
}
