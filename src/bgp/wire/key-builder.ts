import { mergeAs4Path, readSegments, segmentsLength, writeSegments } from './as-path.ts'
import { AS_TRANS } from './as-trans.ts'
import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import type { AttributeIndex } from './attribute-index.ts'
import { hashKey, writeAttributeHeader } from './attribute-key.ts'
import { attributeRow } from './attribute-table.ts'
import { readUint16, writeUint16 } from './bytes.ts'
import { copyLargeCommunities } from './communities.ts'
import type { UpdateResult, UpdateSection } from './update-result.ts'

/** Octets of the longest value an attribute can have. */
const MAX_VALUE = 0xffff

/** Room in front of the attributes for the longest next hop and its length. */
const NEXTHOP_ROOM = 33

/**
 * Brings the attributes of one UPDATE into the bytes of a key. The attributes are written once, from `NEXTHOP_ROOM` on; each
 * next hop (an UPDATE can have two: of the classic NLRI and of MP_REACH_NLRI) is put in front of them, the second one with
 * a copy behind the first.
 */
export class KeyBuilder {
  #bytes = new Uint8Array(0)
  #end = NEXTHOP_ROOM
  #keys = 0

  /** Begins a key; `length` is that of all attributes on the wire. */
  begin(out: UpdateResult, length: number): void {
    // AS numbers of two octets become four, and a second next hop needs all of it again.
    const needed = 2 * (NEXTHOP_ROOM + 2 * length + 16)
    if (out.keys.length < needed) out.keys = new Uint8Array(needed)
    this.#bytes = out.keys
    this.#end = NEXTHOP_ROOM
    this.#keys = 0
  }

  /** Adds an attribute whose value is canonical as it came. */
  copy(flags: number, code: number, buffer: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes
    let to = writeAttributeHeader(bytes, this.#end, flags, code, end - start)
    for (let at = start; at < end; at++) bytes[to++] = buffer[at]!
    this.#end = to
  }

  /** Adds large communities, each once. */
  copyLargeCommunities(flags: number, buffer: Uint8Array, start: number, end: number): void {
    const kept = copyLargeCommunities(buffer, start, end, this.#bytes, this.#end + 4) - (this.#end + 4)
    const to = writeAttributeHeader(this.#bytes, this.#end, flags, Code.LARGE_COMMUNITY, kept)
    this.#bytes.copyWithin(to, this.#end + 4, this.#end + 4 + kept)
    this.#end = to + kept
  }

  /**
   * Adds the AS_PATH of a peer with AS numbers of two octets, with AS4_PATH merged in where that counts (RFC 6793 §4.2.3).
   * @returns false where the path gets longer than an attribute can be.
   */
  widenAsPath(buffer: Uint8Array, index: AttributeIndex, withAs4: boolean): boolean {
    const path = readSegments(buffer, index.value(Code.AS_PATH), index.end(Code.AS_PATH), 2)
    const segments = withAs4
      ? mergeAs4Path(path, readSegments(buffer, index.value(Code.AS4_PATH), index.end(Code.AS4_PATH), 4))
      : path
    const length = segmentsLength(segments, 4)
    if (length > MAX_VALUE) return false
    const flags = attributeRow(Code.AS_PATH)!.flags
    const to = writeAttributeHeader(this.#bytes, this.#end, flags, Code.AS_PATH, length)
    this.#end = writeSegments(segments, 4, this.#bytes, to)
    return true
  }

  /** Adds the AGGREGATOR of such a peer, from AS4_AGGREGATOR where that counts. */
  widenAggregator(flags: number, buffer: Uint8Array, index: AttributeIndex, fromAs4: boolean): void {
    if (fromAs4) {
      this.copy(
        flags,
        Code.AGGREGATOR,
        buffer,
        index.value(Code.AS4_AGGREGATOR),
        index.end(Code.AS4_AGGREGATOR),
      )
      return
    }
    const start = index.value(Code.AGGREGATOR)
    const at = writeAttributeHeader(this.#bytes, this.#end, flags, Code.AGGREGATOR, 8)
    this.#end = writeUint16(this.#bytes, writeUint16(this.#bytes, at, 0), readUint16(buffer, start))
    for (let i = 0; i < 4; i++) this.#bytes[this.#end++] = buffer[start + 2 + i]!
  }

  /** Gives a section the key of these attributes with a next hop. */
  seal(section: UpdateSection, buffer: Uint8Array, nexthop: number, length: number): void {
    const bytes = this.#bytes
    let attributes = NEXTHOP_ROOM
    let end = this.#end
    if (this.#keys++ > 0) {
      attributes = this.#end + NEXTHOP_ROOM
      end = attributes + this.#end - NEXTHOP_ROOM
      bytes.copyWithin(attributes, NEXTHOP_ROOM, this.#end)
    }
    const start = attributes - length - 1
    bytes[start] = length
    for (let i = 0; i < length; i++) bytes[start + 1 + i] = buffer[nexthop + i]!
    section.keyStart = start
    section.keyEnd = end
    section.hash = hashKey(bytes, start, end)
  }
}

/**
 * Whether AS4_AGGREGATOR and AS4_PATH count (RFC 6793 §4.2.3): not where an AGGREGATOR names an AS that fits two octets
 * beside an AS4_AGGREGATOR, since then somebody on the way who did not know them has aggregated anew.
 */
export function as4Counts(buffer: Uint8Array, aggregator: number, as4Aggregator: boolean): boolean {
  return aggregator < 0 || !as4Aggregator || readUint16(buffer, aggregator) === AS_TRANS
}

/** Flags of a known attribute as a key has them: as defined, and Partial where it came with it and may have it. */
export function canonicalFlags(defined: number, received: number): number {
  const both = Flag.OPTIONAL | Flag.TRANSITIVE
  return (defined & both) === both ? defined | (received & Flag.PARTIAL) : defined
}
