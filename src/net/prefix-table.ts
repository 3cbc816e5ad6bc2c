import { ADDRESS_BYTES, type Family, formatAddress } from './address.ts'

/**
 * A set of prefixes of one family that gives each a *slot*: a small number that stays the same for as long as
 * the prefix is in the set. What is known of a prefix (its paths, its next hop, its place in the kernel) lives
 * in columns that the owner keeps, indexed by slot.
 *
 * Why not a Map: 500,000 prefixes as strings or objects cost some 100 bytes each and a garbage collector's
 * walk over all of them. Here a prefix is one, or four, 32-bit words and a length in typed arrays, found by open
 * addressing with linear probing. Removal shifts later entries back instead of leaving tombstones, so that a
 * table under churn does not slow down.
 *
 * A table of half a million prefixes that doubles its hash at once holds everybody up for tens of milliseconds.
 * So it moves over bit by bit: for a while there are two hashes, and every insertion takes some buckets of the old one
 * along. What has moved, or was removed, leaves a mark there, so that probing goes on past it.
 */
export class PrefixTable {
  readonly family: Family
  /** 32-bit words of a key: 1 for IPv4, 4 for IPv6. */
  readonly #words: number
  #keys: Uint32Array
  #lengths: Uint8Array
  /** Hash bucket → slot + 1, 0 where empty. A power of two long, at most 3/4 full. */
  #buckets: Int32Array
  #mask: number
  /** The hash before the last doubling, while it still holds something; buckets before `#moved` have moved. */
  #old: Int32Array | undefined
  #moved = 0
  /** Slots that were given back, for reuse. */
  readonly #free: number[] = []
  #top = 0
  #size = 0
  /** A key in the making: the words of the prefix that is being looked up. */
  readonly #probe = new Uint32Array(4)

  constructor(family: Family, capacity = 1024) {
    this.family = family
    this.#words = family === 4 ? 1 : 4
    const slots = ceilPowerOfTwo(Math.max(16, capacity))
    this.#keys = new Uint32Array(slots * this.#words)
    this.#lengths = new Uint8Array(slots)
    this.#buckets = new Int32Array(slots * 2)
    this.#mask = slots * 2 - 1
  }

  /** Prefixes in the set. */
  get size(): number {
    return this.#size
  }

  /** One more than the largest slot ever given: columns must be at least so long. Never shrinks. */
  get top(): number {
    return this.#top
  }

  /** Slots there is room for without growing: a good length for columns, which double with it. */
  get capacity(): number {
    return this.#lengths.length
  }

  /**
   * The slot of a prefix, adding it where it is new.
   * @param bytes holds the prefix's significant bytes, ceil(length / 8) of them, from `offset` on (as in BGP's
   *   NLRI); what lies behind them is not read, and bits behind `length` are taken as zero.
   */
  insert(bytes: Uint8Array, offset: number, length: number): number {
    this.#load(bytes, offset, length)
    const hash = this.#hash(length)
    if (this.#old) this.#moveSome(this.#old)
    let bucket = hash & this.#mask
    for (let held = this.#buckets[bucket]!; held !== 0; held = this.#buckets[bucket]!) {
      if (this.#matches(held - 1, length)) return held - 1
      bucket = (bucket + 1) & this.#mask
    }
    if (this.#old) {
      const before = this.#findOld(this.#old, hash, length)
      if (before >= 0) return this.#old[before]! - 1
    }
    const slot = this.#take()
    const at = slot * this.#words
    for (let i = 0; i < this.#words; i++) this.#keys[at + i] = this.#probe[i]!
    this.#lengths[slot] = length
    this.#buckets[bucket] = slot + 1
    if (++this.#size * 4 > this.#buckets.length * 3) this.#grow()
    return slot
  }

  /** The slot of a prefix (bytes as for `insert`), or -1. */
  find(bytes: Uint8Array, offset: number, length: number): number {
    this.#load(bytes, offset, length)
    const hash = this.#hash(length)
    let bucket = hash & this.#mask
    for (let held = this.#buckets[bucket]!; held !== 0; held = this.#buckets[bucket]!) {
      if (this.#matches(held - 1, length)) return held - 1
      bucket = (bucket + 1) & this.#mask
    }
    if (!this.#old) return -1
    const before = this.#findOld(this.#old, hash, length)
    return before < 0 ? -1 : this.#old[before]! - 1
  }

  /** Takes the prefix of a slot out of the set. The slot may be given to another prefix from now on. */
  remove(slot: number): void {
    const hash = this.#hashOfSlot(slot)
    let bucket = hash & this.#mask
    while (this.#buckets[bucket] !== slot + 1) {
      if (this.#buckets[bucket] === 0) {
        this.#removeOld(slot, hash)
        return
      }
      bucket = (bucket + 1) & this.#mask
    }
    for (let next = (bucket + 1) & this.#mask; this.#buckets[next] !== 0; next = (next + 1) & this.#mask) {
      const home = this.#hashOfSlot(this.#buckets[next]! - 1) & this.#mask
      if (((next - home) & this.#mask) >= ((next - bucket) & this.#mask)) {
        this.#buckets[bucket] = this.#buckets[next]!
        bucket = next
      }
    }
    this.#buckets[bucket] = 0
    this.#release(slot)
  }

  /** The prefix length of a slot, in bits. */
  length(slot: number): number {
    return this.#lengths[slot]!
  }

  /** Writes the address of a slot's prefix, 4 or 16 bytes in network order, host bits zero. */
  writeAddress(slot: number, out: Uint8Array, offset: number): void {
    const at = slot * this.#words
    for (let i = 0; i < this.#words; i++) {
      const word = this.#keys[at + i]!
      out[offset + i * 4] = word >>> 24
      out[offset + i * 4 + 1] = (word >>> 16) & 0xff
      out[offset + i * 4 + 2] = (word >>> 8) & 0xff
      out[offset + i * 4 + 3] = word & 0xff
    }
  }

  /** Writes a slot's prefix as NLRI (RFC 4271 §4.3: length octet, then ceil(length / 8) octets); returns the offset behind it. */
  writeNlri(slot: number, out: Uint8Array, offset: number): number {
    const length = this.#lengths[slot]!
    const octets = (length + 7) >> 3
    const at = slot * this.#words
    out[offset] = length
    for (let i = 0; i < octets; i++)
      out[offset + 1 + i] = (this.#keys[at + (i >> 2)]! >>> (24 - 8 * (i & 3))) & 0xff
    return offset + 1 + octets
  }

  /** The prefix of a slot as text. */
  text(slot: number): string {
    const bytes = new Uint8Array(ADDRESS_BYTES[this.family])
    this.writeAddress(slot, bytes, 0)
    return `${formatAddress(bytes)}/${this.#lengths[slot]}`
  }

  /** All slots in use, in no order that means anything. */
  *slots(): Generator<number> {
    for (const held of this.#buckets) if (held !== 0) yield held - 1
    for (const held of this.#old ?? []) if (held > 0) yield held - 1
  }

  #load(bytes: Uint8Array, offset: number, length: number): void {
    const probe = this.#probe
    const octets = (length + 7) >> 3
    if (this.#words === 1) {
      let word = 0
      for (let i = 0; i < octets; i++) word |= bytes[offset + i]! << (24 - 8 * i)
      probe[0] = length === 0 ? 0 : word & (-1 << (32 - length))
      return
    }
    probe.fill(0)
    for (let i = 0; i < octets; i++) probe[i >> 2]! |= bytes[offset + i]! << (24 - 8 * (i & 3))
    if ((length & 31) !== 0) probe[length >> 5]! &= -1 << (32 - (length & 31))
  }

  #matches(slot: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false
    const at = slot * this.#words
    for (let i = 0; i < this.#words; i++) if (this.#keys[at + i] !== this.#probe[i]) return false
    return true
  }

  #hash(length: number): number {
    return hashWords(this.#probe, 0, this.#words, length)
  }

  #hashOfSlot(slot: number): number {
    return hashWords(this.#keys, slot * this.#words, this.#words, this.#lengths[slot]!)
  }

  #release(slot: number): void {
    this.#free.push(slot)
    this.#size--
  }

  #take(): number {
    const reused = this.#free.pop()
    if (reused !== undefined) return reused
    if (this.#top === this.#lengths.length) {
      this.#keys = grown(this.#keys, new Uint32Array(this.#keys.length * 2))
      this.#lengths = grown(this.#lengths, new Uint8Array(this.#lengths.length * 2))
    }
    return this.#top++
  }

  #grow(): void {
    // It has long moved by now: a hash moves in a quarter of the insertions that fill the next one.
    while (this.#old) this.#moveSome(this.#old)
    this.#old = this.#buckets
    this.#moved = 0
    this.#buckets = new Int32Array(this.#old.length * 2)
    this.#mask = this.#buckets.length - 1
  }

  /** Takes the next buckets of the old hash along. The prefix that is being looked up stays in `#probe`. */
  #moveSome(old: Int32Array): void {
    const end = Math.min(this.#moved + MOVED_AT_ONCE, old.length)
    for (let i = this.#moved; i < end; i++) {
      const held = old[i]!
      if (held <= 0) continue
      let bucket = this.#hashOfSlot(held - 1) & this.#mask
      while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & this.#mask
      this.#buckets[bucket] = held
      old[i] = MOVED
    }
    this.#moved = end
    if (end === old.length) this.#old = undefined
  }

  /** The old hash's bucket of the prefix in `#probe`, or -1. */
  #findOld(old: Int32Array, hash: number, length: number): number {
    const mask = old.length - 1
    let bucket = hash & mask
    for (let held = old[bucket]!; held !== 0; held = old[bucket]!) {
      if (held > 0 && this.#matches(held - 1, length)) return bucket
      bucket = (bucket + 1) & mask
    }
    return -1
  }

  #removeOld(slot: number, hash: number): void {
    const old = this.#old
    const mask = old ? old.length - 1 : 0
    let bucket = hash & mask
    while (old && old[bucket] !== slot + 1) {
      if (old[bucket] === 0) break
      bucket = (bucket + 1) & mask
    }
    if (!old || old[bucket] !== slot + 1) throw new RangeError(`slot ${slot} holds no prefix`)
    old[bucket] = MOVED
    this.#release(slot)
  }
}

/** A bucket of the old hash whose prefix has moved or is gone. */
const MOVED = -1

/** Buckets of the old hash that one insertion takes along: few enough for nobody to notice, enough to be done in time. */
const MOVED_AT_ONCE = 16

function hashWords(words: Uint32Array, at: number, count: number, length: number): number {
  let hash = Math.imul(words[at]! ^ Math.imul(length, 0x9e3779b1), 0x85ebca6b)
  for (let i = 1; i < count; i++) hash = Math.imul((hash ^ (hash >>> 15)) + words[at + i]!, 0x2c1b3c6d)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function ceilPowerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(value))
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}
