import { ADDRESS_BYTES, type Family } from '../../net/address.ts'
import type { PrefixTable } from '../../net/prefix-table.ts'
import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import { writeUint16, writeUint32 } from './bytes.ts'
import { UNICAST } from './family.ts'
import { HEADER_LENGTH, MessageType, writeHeader } from './message.ts'
import { PATH_ID_LENGTH } from './nlri.ts'
import type { EncodedAttributes } from './outgoing.ts'

/** Octets of a piece that messages are written into, at the least. */
const SLAB_LENGTH = 65536

/** Octets of an UPDATE without anything: header and two lengths. */
const EMPTY_LENGTH = HEADER_LENGTH + 4

/** Octets of a multiprotocol attribute before its AFI: flags, code, two of length. */
const MP_HEADER = 4

/** Where NLRI go (RFC 4271 §4.3, RFC 4760 §3, §4). */
type Field = 'none' | 'withdrawn' | 'announced' | 'unreach' | 'reach'

const NO_BYTES = new Uint8Array(0)

/**
 * Packs NLRI into UPDATEs and UPDATEs into large pieces, which are given away whole and never written again, so that all
 * peers of an update group can share them.
 *
 *     writer.announce(attributes); writer.add(bytes, offset, length, pathId); ...
 *     writer.withdraw(6); writer.addSlot(table, slot, pathId); ...
 *     writer.endOfRib(4)
 *     writer.flush()
 *
 * An UPDATE carries NLRI in one field only, and a multiprotocol attribute comes first (RFC 7606 §5.1).
 */
export class UpdateWriter {
  /** UPDATEs finished so far. */
  messages = 0

  readonly #limit: number
  readonly #addPath: Readonly<Record<Family, boolean>>
  readonly #emit: (bytes: Uint8Array) => void
  /** The piece at hand, what of it was given away, and the place of writing. */
  #slab: Uint8Array = NO_BYTES
  #given = 0
  #at = 0
  /** The message at hand starts here, -1: none is open. */
  #message = -1
  /** NLRI must not go beyond: behind them comes what ends the message. */
  #last = 0
  /** What the NLRI that come are for. */
  #field: Field = 'none'
  #family: Family = 4
  #attributes: EncodedAttributes | undefined

  constructor(options: {
    /** Octets of a message: 4096, or 65535 (RFC 8654). */
    readonly limit: number
    /** Families whose NLRI carry path identifiers (RFC 7911). */
    readonly addPath: readonly Family[]
    /** Takes whole messages. */
    readonly emit: (bytes: Uint8Array) => void
  }) {
    this.#limit = options.limit
    this.#addPath = { 4: options.addPath.includes(4), 6: options.addPath.includes(6) }
    this.#emit = options.emit
  }

  /**
   * The NLRI that follow have these attributes. False: not even one NLRI fits beside them, nothing was begun, and the routes
   * count as withdrawn for this peer (RFC 4271 §9.2, RFC 8654 §4).
   */
  announce(attributes: EncodedAttributes): boolean {
    const { family, bytes, nexthop } = attributes
    const mp = nexthop ? MP_HEADER + 5 + nexthop.length : 0
    const nlri = PATH_ID_LENGTH + 1 + ADDRESS_BYTES[family]
    if (EMPTY_LENGTH + mp + bytes.length + nlri > this.#limit) return false
    if (attributes !== this.#attributes) {
      this.#turnTo(nexthop ? 'reach' : 'announced', family)
      this.#attributes = attributes
    }
    return true
  }

  /** The NLRI that follow are withdrawn. */
  withdraw(family: Family): void {
    const field = family === 4 ? 'withdrawn' : 'unreach'
    if (this.#field !== field) this.#turnTo(field, family)
  }

  /** One prefix, ceil(length / 8) octets from `offset` on. `pathId` is written with ADD-PATH only. */
  add(bytes: Uint8Array, offset: number, length: number, pathId = 0): void {
    const octets = (length + 7) >> 3
    this.#makeRoom(octets)
    this.#writePathId(pathId)
    this.#slab[this.#at++] = length
    for (let i = 0; i < octets; i++) this.#slab[this.#at++] = bytes[offset + i]!
  }

  /** The prefix of a slot. */
  addSlot(table: PrefixTable, slot: number, pathId = 0): void {
    this.#makeRoom((table.length(slot) + 7) >> 3)
    this.#writePathId(pathId)
    this.#at = table.writeNlri(slot, this.#slab, this.#at)
  }

  /** End-of-RIB of a family (RFC 4724 §2): an empty UPDATE, or an MP_UNREACH_NLRI without NLRI. */
  endOfRib(family: Family): void {
    this.#turnTo('none', family)
    this.#open(family === 4 ? 'withdrawn' : 'unreach')
    this.#close(family === 4 ? 'withdrawn' : 'unreach')
  }

  /** Finishes the message at hand and gives away all that is written. */
  flush(): void {
    this.#close(this.#field)
    if (this.#at > this.#given) this.#emit(this.#slab.subarray(this.#given, this.#at))
    this.#given = this.#at
  }

  #turnTo(field: Field, family: Family): void {
    this.#close(this.#field)
    this.#field = field
    this.#family = family
    this.#attributes = undefined
  }

  /** Sees to it that one more NLRI with so many octets of prefix can be written. */
  #makeRoom(octets: number): void {
    const length = (this.#addPath[this.#family] ? PATH_ID_LENGTH : 0) + 1 + octets
    if (this.#message >= 0 && this.#at + length > this.#last) this.#close(this.#field)
    if (this.#message < 0) this.#open(this.#field)
  }

  #writePathId(pathId: number): void {
    if (this.#addPath[this.#family]) this.#at = writeUint32(this.#slab, this.#at, pathId)
  }

  /** Begins a message up to where its NLRI go. */
  #open(field: Field): void {
    if (field === 'none') throw new RangeError('announce or withdraw comes before the first prefix')
    if (this.#slab.length - this.#at < this.#limit) this.#nextSlab()
    this.#message = this.#at
    this.#last = this.#at + this.#limit
    this.#at += HEADER_LENGTH + 2
    this.#slab[this.#at - 2] = 0
    this.#slab[this.#at - 1] = 0
    if (field === 'withdrawn') {
      this.#last -= 2
      return
    }
    this.#at += 2
    if (field === 'announced') {
      const { bytes } = this.#attributes!
      writeUint16(this.#slab, this.#at - 2, bytes.length)
      this.#slab.set(bytes, this.#at)
      this.#at += bytes.length
      return
    }
    this.#openMultiprotocol(field === 'reach' ? this.#attributes : undefined)
  }

  /** Begins MP_REACH_NLRI with its next hop, or MP_UNREACH_NLRI. Their lengths are known in the end. */
  #openMultiprotocol(attributes: EncodedAttributes | undefined): void {
    const { afi, safi } = UNICAST[this.#family]
    const slab = this.#slab
    slab[this.#at++] = Flag.OPTIONAL | Flag.EXTENDED_LENGTH
    slab[this.#at++] = attributes ? Code.MP_REACH_NLRI : Code.MP_UNREACH_NLRI
    this.#at = writeUint16(slab, this.#at + 2, afi)
    slab[this.#at++] = safi
    if (!attributes) return
    const nexthop = attributes.nexthop!
    slab[this.#at++] = nexthop.length
    slab.set(nexthop, this.#at)
    this.#at += nexthop.length
    slab[this.#at++] = 0
    this.#last -= attributes.bytes.length
  }

  /** Ends the message at hand: lengths, and what comes behind the NLRI. */
  #close(field: Field): void {
    if (this.#message < 0) return
    const slab = this.#slab
    const body = this.#message + HEADER_LENGTH
    if (field === 'withdrawn') {
      writeUint16(slab, body, this.#at - body - 2)
      this.#at = writeUint16(slab, this.#at, 0)
    } else if (field !== 'announced') {
      const attribute = body + 4
      writeUint16(slab, attribute + 2, this.#at - attribute - MP_HEADER)
      if (field === 'reach') {
        const { bytes } = this.#attributes!
        slab.set(bytes, this.#at)
        this.#at += bytes.length
      }
      writeUint16(slab, body + 2, this.#at - attribute)
    }
    writeHeader(slab, this.#message, this.#at - this.#message, MessageType.UPDATE)
    this.#message = -1
    this.messages++
  }

  #nextSlab(): void {
    if (this.#at > this.#given) this.#emit(this.#slab.subarray(this.#given, this.#at))
    this.#slab = new Uint8Array(Math.max(SLAB_LENGTH, 2 * this.#limit))
    this.#given = 0
    this.#at = 0
  }
}
