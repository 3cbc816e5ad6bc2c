import {
  AS_PATH_HEAD,
  COMMUNITIES,
  FIRST_SET_AS,
  LOCAL_PREF,
  peerId,
  SPEAKER_ID,
  type TableShape,
  tableSize,
} from './table.ts'

/** Attributes by bits of what was seen; all of `ALL` must be there. */
const SEEN = { 1: 1, 2: 2, 3: 4, 5: 8, 8: 16, 9: 32, 10: 64, 14: 4 } as const
const ALL = 127

/** Faults that are kept in words. */
const KEPT = 5

/**
 * What one receiver holds, checked as it comes: every prefix is of the table, and stands in one UPDATE with the
 * attributes that the prefix must have: ORIGIN, AS_PATH, NEXT_HOP, LOCAL_PREF and COMMUNITIES of its feeder
 * unchanged, ORIGINATOR_ID and CLUSTER_LIST of the reflector (RFC 4456 §8), MED where one is expected, nothing else.
 */
export class Checker {
  /** Prefixes held. */
  held = 0
  /** Prefixes that were announced since the last `expect`, and those withdrawn. */
  announced = 0
  withdrawn = 0
  updates = 0
  readonly faults: string[] = []
  readonly #shape: TableShape
  readonly #size: number
  readonly #setsEach: number
  readonly #ownFrom: number
  readonly #ownTo: number
  /** A bit a prefix. */
  readonly #has: Uint32Array
  #med = 0
  // Of the UPDATE at hand.
  #set = 0
  #feeder = 0
  #from = 0
  #to = 0

  /**
   * @param peer number of the receiver. What it has announced itself does not count: a reflector may send it back, since it
   *   is known by its ORIGINATOR_ID.
   */
  constructor(shape: TableShape, peer: number) {
    this.#shape = shape
    this.#size = tableSize(shape)
    this.#ownFrom = Math.min(this.#size, peer * shape.each)
    this.#ownTo = Math.min(this.#size, this.#ownFrom + shape.each)
    this.#setsEach = shape.each / shape.perSet
    this.#has = new Uint32Array((this.#size + 31) >> 5)
  }

  /** From now on all is announced with this MED; 0 is as good as none (RFC 4271 §9.1.2.2 c). `anew`: what is held counts as not announced yet. */
  expect(med: number, anew: boolean): void {
    this.#med = med
    if (!anew) return
    this.#has.fill(0)
    this.held = 0
  }

  /** An UPDATE, header included. */
  update(bytes: Uint8Array, start: number, end: number): void {
    this.updates++
    let at = start + 19
    const withdrawnEnd = at + 2 + u16(bytes, at)
    this.#withdraw(bytes, at + 2, withdrawnEnd)
    at = withdrawnEnd + 2
    const attributesEnd = at + u16(bytes, withdrawnEnd)
    if (attributesEnd > end) {
      this.#note('the attributes run over the end of the UPDATE')
      return
    }
    if (attributesEnd > at) this.#note(this.#announcement(bytes, at, attributesEnd, end))
  }

  /** Checks attributes, then what is announced with them; says what is wrong. */
  #announcement(bytes: Uint8Array, from: number, end: number, messageEnd: number): string | undefined {
    let seen = 0
    let med = 0
    let nexthop = 0
    let community = 0
    let originator = 0
    for (let at = from; at < end; ) {
      const code = bytes[at + 1]!
      const extended = bytes[at]! & 0x10
      const value = at + (extended ? 4 : 3)
      const length = extended ? u16(bytes, at + 2) : bytes[at + 2]!
      at = value + length
      switch (code) {
        case 1:
          if (length !== 1 || bytes[value] !== 0) return 'ORIGIN is not IGP'
          break
        case 2:
          if (
            length !== 14 ||
            u16(bytes, value) !== 0x0203 ||
            u32(bytes, value + 2) !== AS_PATH_HEAD[0] ||
            u32(bytes, value + 6) !== AS_PATH_HEAD[1]
          )
            return 'the AS_PATH is another one'
          this.#set = u32(bytes, value + 10) - FIRST_SET_AS
          break
        case 3:
          nexthop = u32(bytes, value)
          break
        case 4:
          med = u32(bytes, value)
          continue
        case 5:
          if (u32(bytes, value) !== LOCAL_PREF) return 'LOCAL_PREF is not 100'
          break
        case 8:
          if (length !== 8 || u32(bytes, value + 4) !== COMMUNITIES[1]) return 'the communities are others'
          community = u32(bytes, value)
          break
        case 9:
          originator = u32(bytes, value)
          break
        case 10:
          if (length !== 4 || u32(bytes, value) !== SPEAKER_ID)
            return 'the CLUSTER_LIST is not that of the reflector'
          break
        case 14:
          nexthop = this.#nexthop6(bytes, value)
          break
        case 15:
          this.#withdraw(bytes, value + 3, at)
          continue
        default:
          return `there is an attribute ${code}`
      }
      seen |= SEEN[code as keyof typeof SEEN]
    }
    if (seen === 0) return undefined
    if (seen !== ALL) return `attributes are missing (seen ${seen.toString(2)})`
    if (med !== this.#med) return `MED is ${med} where ${this.#med} is right`
    this.#feeder = Math.floor(this.#set / this.#setsEach)
    const id = peerId(this.#feeder)
    const wanted = this.#shape.family === 4 ? id : id & 0xffff
    if (nexthop !== wanted) return `the next hop is ${nexthop.toString(16)}`
    if (originator !== id) return `ORIGINATOR_ID is ${originator.toString(16)}`
    if (community !== COMMUNITIES[0] + (this.#set & 0xffff)) return 'the community of the set is another one'
    this.#from = this.#set * this.#shape.perSet
    this.#to = this.#from + this.#shape.perSet
    if (this.#from >= this.#ownFrom && this.#from < this.#ownTo) return undefined
    return this.#shape.family === 4
      ? this.#announce(bytes, end, messageEnd)
      : this.#announce6(bytes, from, end)
  }

  /** The low half of the next hop, where it is of the bench's network. A link-local address behind it is ignored. */
  #nexthop6(bytes: Uint8Array, value: number): number {
    if (u16(bytes, value) !== 2 || bytes[value + 2] !== 1) return -1
    if (u32(bytes, value + 4) !== 0xfd99_0000 || u32(bytes, value + 8) !== 0) return -1
    return u32(bytes, value + 12) === 0 ? u32(bytes, value + 16) : -1
  }

  #announce6(bytes: Uint8Array, from: number, end: number): string | undefined {
    for (let at = from; at < end; ) {
      const extended = bytes[at]! & 0x10
      const value = at + (extended ? 4 : 3)
      const next = value + (extended ? u16(bytes, at + 2) : bytes[at + 2]!)
      if (bytes[at + 1] === 14) return this.#announce(bytes, value + 5 + bytes[value + 3]!, next)
      at = next
    }
    return undefined
  }

  #announce(bytes: Uint8Array, from: number, end: number): string | undefined {
    const six = this.#shape.family === 6
    const step = six ? 7 : 4
    const has = this.#has
    for (let at = from; at < end; at += step) {
      const prefix = six ? this.#prefix6(bytes, at) : u32(bytes, at) - 0x1814_0000
      if (prefix < this.#from || prefix >= this.#to)
        return `prefix ${prefix} came with the attributes of set ${this.#set}`
      const bit = 1 << (prefix & 31)
      this.announced++
      if (has[prefix >> 5]! & bit) continue
      has[prefix >> 5]! |= bit
      this.held++
    }
    return undefined
  }

  #withdraw(bytes: Uint8Array, from: number, end: number): void {
    const six = this.#shape.family === 6
    const step = six ? 7 : 4
    const has = this.#has
    for (let at = from; at < end; at += step) {
      const prefix = six ? this.#prefix6(bytes, at) : u32(bytes, at) - 0x1814_0000
      if (!(prefix >= 0 && prefix < this.#size)) {
        this.#note(`prefix ${prefix} was withdrawn`)
        return
      }
      const bit = 1 << (prefix & 31)
      this.withdrawn++
      if (!(has[prefix >> 5]! & bit)) continue
      has[prefix >> 5]! &= ~bit
      this.held--
    }
  }

  #prefix6(bytes: Uint8Array, at: number): number {
    return bytes[at] === 48 && u16(bytes, at + 1) === 0x2a00 ? u32(bytes, at + 3) : -1
  }

  #note(fault: string | undefined): void {
    if (fault !== undefined && this.faults.length < KEPT) this.faults.push(fault)
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
