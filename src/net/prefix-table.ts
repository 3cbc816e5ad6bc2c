import { ADDRESS_BYTES, type Family, formatAddress } from './address.ts'
import { type Room, ready, widened, withRoom } from './columns.ts'

/**
 * A set of prefixes of one family that gives each a *slot*: a small number that stays the same for as long as
 * the prefix is in the set. What is known of a prefix (its paths, its next hop, its place in the kernel) lives
 * in columns that the owner keeps, indexed by slot.
 *
 * Why not a Map: 500,000 prefixes as strings or objects cost some 100 bytes each and a garbage collector's
 * walk over all of them. Here a prefix is one, or four, 32-bit words and a length in typed arrays, found by open
 * addressing with linear probing.
 *
 * Prefixes that come one after the other mostly came so before: before a prefix is looked up by its hash, it is compared
 * with that of the slot beside the one that was found last.
 *
 * What costs time is memory that is not in a cache. So eight prefixes that are neighbours share a line of buckets
 * (`#hash`), since feeds announce neighbours one after the other; and a byte beside each bucket has eight bits of the
 * hash, so that a prefix's key is looked at where it is the one, and seldom else.
 *
 * A table of half a million prefixes that doubles its hash at once holds everybody up for tens of milliseconds.
 * So it moves over bit by bit: for a while there are two hashes, and every insertion takes some buckets of the old one
 * along.
 *
 * Removal leaves the hash alone, and touches what lies at the slot only: a bucket leads to a slot, and that says what
 * prefix it has, if any. A prefix that comes back takes the bucket that it left. Where full buckets and those of prefixes
 * that are gone are too many, the table moves to a new hash as large as it needs: one under churn does not slow down.
 */
export class PrefixTable {
  readonly family: Family
  /** 32-bit words of a key: 1 for IPv4, 4 for IPv6. */
  readonly #words: number
  #keys: Uint32Array
  #lengths: Uint8Array
  #hashed: Buckets
  /** Buckets of it that are not empty: those of prefixes that are here, and of such as are gone. */
  #used = 0
  /** The hash before the last doubling, while it still holds something; buckets before `#moved` have moved. */
  #old: Buckets | undefined
  #moved = 0
  /** The slot that was given back last, for reuse; -1: none. The first word of its key is one more than the one before it. */
  #free = -1
  #top = 0
  #size = 0
  /** The slot that was found last, and the way to it from the one before where they are neighbours. */
  #last = 0
  #step = 1
  /** A key in the making: the words of the prefix that is being looked up. */
  readonly #probe = new Uint32Array(4)

  constructor(family: Family, capacity = 1024) {
    this.family = family
    this.#words = family === 4 ? 1 : 4
    const slots = ceilPowerOfTwo(Math.max(16, capacity))
    this.#keys = new Uint32Array(slots * this.#words)
    this.#lengths = new Uint8Array(slots)
    this.#hashed = emptyBuckets(slots * 2)
  }

  /** Prefixes in the set. */
  get size(): number {
    return this.#size
  }

  /** One more than the largest slot ever given: columns must be at least so long. Never shrinks. */
  get top(): number {
    return this.#top
  }

  /** Slots there is room for without growing: a good length for columns, which grow with it. */
  get capacity(): number {
    return this.#lengths.length
  }

  /** Makes room for prefixes. Beyond those that memory is taken for, their hash grows when they come. */
  prepare(room: Room): void {
    this.#reserve(room.entries)
    ready(this.#lengths, room.ready)
    ready(this.#keys, room.ready * this.#words)
    const buckets = ceilPowerOfTwo(room.ready) * 2
    if (this.#size > 0 || buckets <= this.#hashed.marks.length) return
    this.#hashed = emptyBuckets(buckets)
    ready(this.#hashed.slots, buckets)
    ready(this.#hashed.marks, buckets)
  }

  #reserve(prefixes: number): void {
    this.#lengths = widened(this.#lengths, prefixes)
    this.#keys = withRoom(this.#keys, this.#lengths.length * this.#words)
  }

  /**
   * The slot of a prefix, adding it where it is new.
   * @param bytes holds the prefix's significant bytes, ceil(length / 8) of them, from `offset` on (as in BGP's
   *   NLRI); what lies behind them is not read, and bits behind `length` are taken as zero.
   */
  insert(bytes: Uint8Array, offset: number, length: number): number {
    this.#load(bytes, offset, length)
    if (this.#isNext(length)) return this.#last
    const slot = this.#lookOrAdd(length)
    this.#found(slot)
    return slot
  }

  /** The slot of a prefix (bytes as for `insert`), or -1. */
  find(bytes: Uint8Array, offset: number, length: number): number {
    this.#load(bytes, offset, length)
    if (this.#isNext(length)) return this.#last
    const slot = this.#look(length)
    if (slot >= 0) this.#found(slot)
    return slot
  }

  /** Takes the prefix of a slot out of the set. The slot may be given to another prefix from now on. */
  remove(slot: number): void {
    if (slot >= this.#top || this.#lengths[slot] === UNUSED)
      throw new RangeError(`slot ${slot} holds no prefix`)
    this.#keys[slot * this.#words] = this.#free + 1
    this.#free = slot
    this.#lengths[slot] = UNUSED
    if (--this.#size === 0) this.#forget()
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

  /** All slots in use, in ascending order. */
  *slots(): Generator<number> {
    for (let slot = 0; slot < this.#top; slot++) if (this.#lengths[slot] !== UNUSED) yield slot
  }

  /** Whether the prefix in `#probe` comes behind the one that was found last; it is the last one then. */
  #isNext(length: number): boolean {
    const next = this.#last + this.#step
    if (next < 0 || next >= this.#top || !this.#matches(next, length)) return false
    this.#last = next
    return true
  }

  #found(slot: number): void {
    const step = slot - this.#last
    if (step === 1 || step === -1) this.#step = step
    this.#last = slot
  }

  /** The slot of the prefix in `#probe`, which is added where it is new. */
  #lookOrAdd(length: number): number {
    const hash = this.#hash(length)
    if (this.#old) this.#moveSome(this.#old)
    const { slots, marks } = this.#hashed
    const mask = marks.length - 1
    const wanted = markOf(hash)
    let bucket = hash & mask
    let left = -1
    for (let mark = marks[bucket]!; mark !== EMPTY; mark = marks[bucket]!) {
      if (mark === wanted) {
        if (this.#matches(slots[bucket]!, length)) return slots[bucket]!
        if (left < 0 && this.#lengths[slots[bucket]!] === UNUSED) left = bucket
      }
      bucket = (bucket + 1) & mask
    }
    if (this.#old) {
      const before = this.#bucketOf(this.#old, hash, length)
      if (before >= 0) return this.#old.slots[before]!
    }
    const slot = this.#take()
    const at = slot * this.#words
    for (let i = 0; i < this.#words; i++) this.#keys[at + i] = this.#probe[i]!
    this.#lengths[slot] = length
    this.#size++
    if (left >= 0) bucket = left
    else this.#used++
    slots[bucket] = slot
    marks[bucket] = wanted
    if (this.#used * 4 > marks.length * 3) this.#move()
    return slot
  }

  /** The slot of the prefix in `#probe`, or -1. */
  #look(length: number): number {
    const hash = this.#hash(length)
    const bucket = this.#bucketOf(this.#hashed, hash, length)
    if (bucket >= 0) return this.#hashed.slots[bucket]!
    if (!this.#old) return -1
    const before = this.#bucketOf(this.#old, hash, length)
    return before < 0 ? -1 : this.#old.slots[before]!
  }

  #load(bytes: Uint8Array, offset: number, length: number): void {
    const probe = this.#probe
    const octets = (length + 7) >> 3
    if (this.#words === 1) {
      probe[0] = length === 0 ? 0 : wordAt(bytes, offset, octets) & (-1 << (32 - length))
      return
    }
    for (let word = 0; word < 4; word++) probe[word] = wordAt(bytes, offset + 4 * word, octets - 4 * word)
    if ((length & 31) !== 0) probe[length >> 5]! &= -1 << (32 - (length & 31))
  }

  #matches(slot: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false
    const at = slot * this.#words
    for (let i = 0; i < this.#words; i++) if (this.#keys[at + i] !== this.#probe[i]) return false
    return true
  }

  #hash(length: number): number {
    return hashWords(this.#probe, 0, length)
  }

  #hashOfSlot(slot: number): number {
    return hashWords(this.#keys, slot * this.#words, this.#lengths[slot]!)
  }

  #take(): number {
    const free = this.#free
    if (free >= 0) {
      this.#free = this.#keys[free * this.#words]! - 1
      return free
    }
    if (this.#top === this.#lengths.length) this.#reserve(this.#top + 1)
    return this.#top++
  }

  /** Begins a new hash: a larger one, or as large as this one where much of it is gone. */
  #move(): void {
    // It has long moved by now: a hash moves in a quarter of the insertions that fill the next one.
    while (this.#old) this.#moveSome(this.#old)
    const { length } = this.#hashed.marks
    this.#old = this.#hashed
    this.#moved = 0
    this.#used = 0
    this.#hashed = emptyBuckets(this.#size * 2 > length ? length * (length < SMALL ? 8 : 2) : length)
  }

  /** Takes the next buckets of the old hash along. The prefix that is being looked up stays in `#probe`. */
  #moveSome(old: Buckets): void {
    const { slots, marks } = this.#hashed
    const mask = marks.length - 1
    const end = Math.min(this.#moved + MOVED_AT_ONCE, old.marks.length)
    for (let i = this.#moved; i < end; i++) {
      const mark = old.marks[i]!
      if (mark === EMPTY) continue
      const slot = old.slots[i]!
      old.marks[i] = LEFT
      if (this.#lengths[slot] === UNUSED) continue
      const hash = this.#hashOfSlot(slot)
      // The slot has another prefix by now, which has a bucket of its own.
      if (markOf(hash) !== mark) continue
      let bucket = hash & mask
      while (marks[bucket] !== EMPTY) bucket = (bucket + 1) & mask
      this.#used++
      slots[bucket] = slot
      marks[bucket] = mark
    }
    this.#moved = end
    if (end === old.marks.length) this.#old = undefined
  }

  /** The bucket of the prefix in `#probe`, or -1. */
  #bucketOf({ slots, marks }: Buckets, hash: number, length: number): number {
    const mask = marks.length - 1
    const wanted = markOf(hash)
    let bucket = hash & mask
    for (let mark = marks[bucket]!; mark !== EMPTY; mark = marks[bucket]!) {
      if (mark === wanted && this.#matches(slots[bucket]!, length)) return bucket
      bucket = (bucket + 1) & mask
    }
    return -1
  }

  /** The last prefix is gone: so are the buckets, where they are many. */
  #forget(): void {
    this.#old = undefined
    const { marks } = this.#hashed
    if (this.#used * 8 < marks.length) return
    marks.fill(EMPTY)
    this.#used = 0
  }
}

/** A hash of slots with open addressing: a power of two of buckets, at most 3/4 of them full. */
interface Buckets {
  readonly slots: Int32Array
  /** Beside each slot `markOf` the hash of the prefix that it had then, or one of `EMPTY` and `LEFT`. */
  readonly marks: Uint8Array
}

/** The length of a slot without a prefix that had one. */
const UNUSED = 255

/** A bucket that nothing is in, where probing ends. */
const EMPTY = 0

/** A bucket of the old hash whose prefix has moved; probing goes on past it. */
const LEFT = 1

/** The word of up to four octets, the first in its highest bits; no more than `octets` of them are read. */
function wordAt(bytes: Uint8Array, at: number, octets: number): number {
  if (octets >= 4) return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  let word = 0
  for (let i = 0; i < octets; i++) word |= bytes[at + i]! << (24 - 8 * i)
  return word
}

/** Buckets of the old hash that one insertion takes along: few enough for nobody to notice, enough to be done in time. */
const MOVED_AT_ONCE = 16

/** A hash of fewer buckets grows eightfold: what is to become large is moved less often. */
const SMALL = 2 ** 18

/** 2^3 neighbours share a line of buckets: half of what a cache line of 64 octets has, so that full ones make no long chains. */
const LINE_BITS = 3
const LINE = 2 ** LINE_BITS - 1

function emptyBuckets(length: number): Buckets {
  return { slots: new Int32Array(length), marks: new Uint8Array(length) }
}

/** From 2 to 255: the upper bits of a hash, which do not say where its bucket is before there are 2^24. */
function markOf(hash: number): number {
  const mark = hash >>> 24
  return mark > LEFT ? mark : mark + 2
}

/**
 * The last bits of a prefix choose the bucket in a line, all bits before them the line. The line's own hash turns the
 * places in it around, so that prefixes whose last bits are zero do not all begin at the same place.
 */
function hashWords(words: Uint32Array, at: number, length: number): number {
  const last = length === 0 ? 0 : (length - 1) >>> 5
  const shift = 31 & -length
  const neighbor = (words[at + last]! >>> shift) & LINE
  let hash = Math.imul((words[at + last]! - (neighbor << shift)) ^ Math.imul(length, 0x9e3779b1), 0x85ebca6b)
  for (let i = 0; i < last; i++) hash = Math.imul((hash ^ (hash >>> 15)) + words[at + i]!, 0x2c1b3c6d)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0xc2b2ae35)
  hash ^= hash >>> 16
  return hash ^ neighbor ^ Math.imul(neighbor, 0x1100_0000)
}

function ceilPowerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(value))
}
