import type { Family } from '../../net/address.ts'

/** Where a loop over NLRI stands: filled by `readNlri`, made once and reused. */
export class NlriCursor {
  /** Path identifier (RFC 7911), 0 without ADD-PATH. */
  pathId = 0
  /** Where the prefix's octets start: ceil(length / 8) of them, as `PrefixTable` takes them. */
  offset = 0
  /** Bits of the prefix. */
  length = 0
}

/**
 * Reads one NLRI of a range that was checked (as `parseUpdate` does) and returns the offset of the next.
 *
 *     for (let at = section.start; at < section.end; ) {
 *       at = readNlri(buffer, at, section.addPath, cursor)
 *       table.insert(buffer, cursor.offset, cursor.length)
 *     }
 */
export declare function readNlri(buffer: Uint8Array, at: number, addPath: boolean, cursor: NlriCursor): number

/** True where the range is whole NLRI of the family: no length beyond 32 or 128, nothing cut off (RFC 7606 §5.3). */
export declare function validNlri(
  buffer: Uint8Array,
  start: number,
  end: number,
  family: Family,
  addPath: boolean,
): boolean

/** How many NLRI a checked range holds. */
export declare function countNlri(buffer: Uint8Array, start: number, end: number, addPath: boolean): number
