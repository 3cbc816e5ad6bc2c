import { widened } from '../../net/columns.ts'
import {
  type Attributes,
  DecisionFields,
  decodeKey,
  encodeKey,
  hashKey,
  readDecision,
  sameAsPath,
} from '../wire/index.ts'
import { ByteArena } from './byte-arena.ts'
import { applyChange, type Change, changeText, composeChanges, NexthopChoice } from './change.ts'
import type { Hops } from './hops.ts'
import { rewriteKey, rewritten } from './rewrite-key.ts'

/** LOCAL_PREF of a path that has none: from eBGP, or our own (RFC 4271 §9.1.1 leaves the value to us). */
export const DEFAULT_LOCAL_PREFERENCE = 100

/**
 * Sets of path attributes, each held once however many paths have it, found by the canonical bytes that the codec makes
 * (its *key*) and counted. What the decision process asks of a set is read once, into columns; the rest is decoded when
 * a person asks. Numbers start at 1; 0 means no set.
 */
export class AttributeStore {
  localPreference = new Uint32Array(64)
  asPathLength = new Uint16Array(64)
  origin = new Uint8Array(64)
  /** 0 where there is none (RFC 4271 §9.1.2.2 c: the lowest possible value). */
  med = new Uint32Array(64)
  hasMed = new Uint8Array(64)
  neighborAs = new Uint32Array(64)
  originatorId = new Uint32Array(64)
  hasOriginatorId = new Uint8Array(64)
  clusterListLength = new Uint16Array(64)
  wellKnown = new Uint8Array(64)
  hop = new Uint32Array(64)
  /** Of the link bandwidth community, in octets a second; 0 where there is none. */
  bandwidth = new Float64Array(64)
  /** One of `NexthopChoice`: what an export policy says of the next hop. */
  nexthopChoice = new Uint8Array(64)
  /** 1: packets of its routes are dropped. */
  blackhole = new Uint8Array(64)
  readonly #hops: Hops
  readonly #arena = new ByteArena()
  #keyStart = new Uint32Array(64)
  #keyLength = new Uint32Array(64)
  #hash = new Int32Array(64)
  #references = new Uint32Array(64)
  #tunnel = new Uint16Array(64)
  #buckets = new Int32Array(256)
  #size = 0
  #top = 1
  readonly #free: number[] = []
  readonly #fields = new DecisionFields()
  readonly #tunnels: (string | undefined)[] = [undefined]
  /** Counts how often a number was given away: a remembered set is still the same while this is. */
  #generation = new Uint32Array(64)
  /** What a change made of a set, so that it is made once: the first change asked for, in columns. */
  #changed = new Uint32Array(64)
  #changedTo = new Uint32Array(64)
  #changedGeneration = new Uint32Array(64)
  /** And of further changes of the same set: set → change → the other set. */
  readonly #derived = new Map<number, Map<number, { readonly id: number; readonly generation: number }>>()
  readonly #changes: Change[] = [{}]
  readonly #changeByText = new Map<string, number>([[changeText({}), 0]])
  /** Changes one after the other: number of the first → of the second → of both. */
  readonly #composed = new Map<number, Map<number, number>>()

  constructor(hops: Hops) {
    this.#hops = hops
  }

  /** Makes room for so many sets. */
  reserve(sets: number): void {
    this.#widen(sets)
  }

  /** Sets held. */
  get size(): number {
    return this.#size
  }

  /**
   * The set with this key, counted once more for the caller.
   * @param link `linkNumber` of the interface that the next hop is on, where its address does not tell
   */
  intern(key: Uint8Array, start: number, end: number, hash: number, link = 0): number {
    return this.#intern(key, start, end, hash, link, NexthopChoice.USUAL, 0)
  }

  /** The number of an interface for `intern`; 0 for none. */
  linkNumber(name: string | undefined): number {
    return name === undefined ? 0 : this.#tunnelId(name)
  }

  /** One more path has the set. */
  retain(id: number): void {
    this.#references[id]!++
  }

  /** One path less has the set; the last one takes it away. Set 0 is nobody's. */
  release(id: number): void {
    if (id === 0 || --this.#references[id]! > 0) return
    this.#remove(id)
  }

  /** The bytes that keys lie in; another array after `intern` or `derive`. */
  get keys(): Uint8Array {
    return this.#arena.bytes
  }

  keyStart(id: number): number {
    return this.#keyStart[id]!
  }

  keyEnd(id: number): number {
    return this.#keyStart[id]! + this.#keyLength[id]!
  }

  /** Whether two sets have one AS_PATH, AS for AS. */
  sameAsPath(a: number, b: number): boolean {
    const bytes = this.#arena.bytes
    return a === b || sameAsPath(bytes, this.keyStart(a), this.keyEnd(a), this.keyStart(b), this.keyEnd(b))
  }

  /** The attributes of a set, decoded. */
  decode(id: number): Attributes {
    return decodeKey(this.#arena.bytes, this.keyStart(id), this.keyEnd(id))
  }

  /** The tunnel that an import policy chose, or the interface that a link-local next hop is on, or undefined. */
  tunnel(id: number): string | undefined {
    return this.#tunnels[this.#tunnel[id]!]
  }

  /** The number of a change; equal changes have the same. 0 changes nothing. */
  change(change: Change): number {
    const text = changeText(change)
    let id = this.#changeByText.get(text)
    if (id === undefined) {
      id = this.#changes.length
      this.#changes.push(change)
      this.#changeByText.set(text, id)
    }
    return id
  }

  /** The number of the change that is one and then another. */
  compose(first: number, second: number): number {
    if (first === 0) return second
    if (second === 0) return first
    let behind = this.#composed.get(first)
    if (!behind) {
      behind = new Map()
      this.#composed.set(first, behind)
    }
    let both = behind.get(second)
    if (both === undefined) {
      both = this.change(composeChanges(this.#changes[first]!, this.#changes[second]!))
      behind.set(second, both)
    }
    return both
  }

  /** What a change does, by its number. */
  changeOf(id: number): Change {
    return this.#changes[id]!
  }

  /** Another number whenever that of the set is given away: what was remembered of it holds while this stays. */
  generation(id: number): number {
    return this.#generation[id]!
  }

  /** What a change makes of a set, counted once more for the caller. */
  derive(id: number, changeId: number): number {
    const change = this.#changes[changeId]!
    if (changeId === 0 || this.#leavesAlone(change, id)) {
      this.retain(id)
      return id
    }
    const to = this.#remembered(id, changeId)
    if (to !== 0) {
      this.retain(to)
      return to
    }
    const made = this.#make(id, change)
    this.#remember(id, changeId, made)
    return made
  }

  /** What a change made of a set, if that is still there; else 0. */
  #remembered(id: number, changeId: number): number {
    if (this.#changed[id] === changeId) {
      const to = this.#changedTo[id]!
      return this.#generation[to] === this.#changedGeneration[id] ? to : 0
    }
    const known = this.#derived.get(id)?.get(changeId)
    return known && this.#generation[known.id] === known.generation ? known.id : 0
  }

  #remember(id: number, changeId: number, made: number): void {
    const generation = this.#generation[made]!
    if (this.#changed[id] === 0 || this.#changed[id] === changeId) {
      this.#changed[id] = changeId
      this.#changedTo[id] = made
      this.#changedGeneration[id] = generation
      return
    }
    let derived = this.#derived.get(id)
    if (!derived) {
      derived = new Map()
      this.#derived.set(id, derived)
    }
    derived.set(changeId, { id: made, generation })
  }

  /** Removing a MED that is not there: what most routes go out with. */
  #leavesAlone(change: Change, id: number): boolean {
    if (change.med !== null || this.hasMed[id] === 1) return false
    for (const key in change) if (key !== 'med') return false
    return true
  }

  #make(id: number, change: Change): number {
    const from = this.keyStart(id)
    const plain = rewriteKey(this.#arena.bytes, from, this.keyEnd(id), change, DEFAULT_LOCAL_PREFERENCE)
    const key =
      plain < 0 ? encodeKey(applyChange(this.decode(id), change, DEFAULT_LOCAL_PREFERENCE)) : rewritten
    const end = plain < 0 ? key.length : plain
    const tunnel = change.tunnel === undefined ? this.#tunnel[id]! : this.#tunnelId(change.tunnel)
    const blackhole = change.blackhole ? 1 : this.blackhole[id]!
    const choice = change.nexthopChoice ?? this.nexthopChoice[id]!
    return this.#intern(key, 0, end, hashKey(key, 0, end), tunnel, choice, blackhole)
  }

  #tunnelId(name: string): number {
    const known = this.#tunnels.indexOf(name)
    return known >= 0 ? known : this.#tunnels.push(name) - 1
  }

  #intern(
    key: Uint8Array,
    start: number,
    end: number,
    keyHash: number,
    tunnel: number,
    choice: number,
    blackhole: number,
  ): number {
    const hash = spread(keyHash, tunnel * 8 + choice * 2 + blackhole)
    const mask = this.#buckets.length - 1
    let bucket = hash & mask
    for (let held = this.#buckets[bucket]!; held !== 0; held = this.#buckets[bucket]!) {
      if (
        this.#hash[held] === hash &&
        this.#tunnel[held] === tunnel &&
        this.nexthopChoice[held] === choice &&
        this.blackhole[held] === blackhole &&
        this.#sameKey(held, key, start, end)
      ) {
        this.#references[held]!++
        return held
      }
      bucket = (bucket + 1) & mask
    }
    const id = this.#free.pop() ?? this.#top++
    this.#widen(id + 1)
    this.#keyStart[id] = this.#arena.store(key, start, end)
    this.#keyLength[id] = end - start
    this.#hash[id] = hash
    this.#tunnel[id] = tunnel
    this.nexthopChoice[id] = choice
    this.blackhole[id] = blackhole
    this.#references[id] = 1
    this.#read(id)
    this.#buckets[bucket] = id
    if (++this.#size * 2 > this.#buckets.length) this.#rehash()
    return id
  }

  #read(id: number): void {
    const fields = this.#fields
    const start = this.keyStart(id)
    readDecision(this.#arena.bytes, start, this.keyEnd(id), fields)
    this.localPreference[id] = fields.localPreference < 0 ? DEFAULT_LOCAL_PREFERENCE : fields.localPreference
    this.asPathLength[id] = fields.asPathLength
    this.origin[id] = fields.origin
    this.med[id] = Math.max(0, fields.med)
    this.hasMed[id] = fields.med < 0 ? 0 : 1
    this.neighborAs[id] = fields.neighborAs
    this.originatorId[id] = Math.max(0, fields.originatorId)
    this.hasOriginatorId[id] = fields.originatorId < 0 ? 0 : 1
    this.clusterListLength[id] = fields.clusterListLength
    this.wellKnown[id] = fields.wellKnown
    this.bandwidth[id] = fields.linkBandwidth
    const octets = this.#arena.bytes[start]!
    const nexthop = this.#arena.bytes.subarray(start + 1, start + 1 + octets)
    this.hop[id] = this.#hops.intern(nexthop, this.tunnel(id))
  }

  #remove(id: number): void {
    this.#unlink(id)
    this.#generation[id]!++
    this.#changed[id] = 0
    this.#derived.delete(id)
    this.#arena.release(this.keyStart(id), this.#keyLength[id]!)
    this.#hops.release(this.hop[id]!)
    this.#free.push(id)
  }

  /** Takes a set out of its bucket and moves later ones up, so that no gap breaks a chain of probes. */
  #unlink(id: number): void {
    const mask = this.#buckets.length - 1
    let bucket = this.#hash[id]! & mask
    while (this.#buckets[bucket] !== id) bucket = (bucket + 1) & mask
    for (let next = (bucket + 1) & mask; this.#buckets[next] !== 0; next = (next + 1) & mask) {
      const home = this.#hash[this.#buckets[next]!]! & mask
      if (((next - home) & mask) < ((next - bucket) & mask)) continue
      this.#buckets[bucket] = this.#buckets[next]!
      bucket = next
    }
    this.#buckets[bucket] = 0
    this.#size--
  }

  #sameKey(id: number, key: Uint8Array, start: number, end: number): boolean {
    const length = end - start
    if (this.#keyLength[id] !== length) return false
    const bytes = this.#arena.bytes
    const at = this.#keyStart[id]!
    for (let i = 0; i < length; i++) if (bytes[at + i] !== key[start + i]) return false
    return true
  }

  #rehash(): void {
    const held = this.#buckets.filter(id => id !== 0)
    this.#buckets = new Int32Array(this.#buckets.length * 2)
    const mask = this.#buckets.length - 1
    for (const id of held) {
      let bucket = this.#hash[id]! & mask
      while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & mask
      this.#buckets[bucket] = id
    }
  }

  #widen(length: number): void {
    if (length <= this.#references.length) return
    this.localPreference = widened(this.localPreference, length)
    this.asPathLength = widened(this.asPathLength, length)
    this.origin = widened(this.origin, length)
    this.med = widened(this.med, length)
    this.hasMed = widened(this.hasMed, length)
    this.neighborAs = widened(this.neighborAs, length)
    this.originatorId = widened(this.originatorId, length)
    this.hasOriginatorId = widened(this.hasOriginatorId, length)
    this.clusterListLength = widened(this.clusterListLength, length)
    this.wellKnown = widened(this.wellKnown, length)
    this.hop = widened(this.hop, length)
    this.bandwidth = widened(this.bandwidth, length)
    this.nexthopChoice = widened(this.nexthopChoice, length)
    this.blackhole = widened(this.blackhole, length)
    this.#keyStart = widened(this.#keyStart, length)
    this.#keyLength = widened(this.#keyLength, length)
    this.#hash = widened(this.#hash, length)
    this.#references = widened(this.#references, length)
    this.#tunnel = widened(this.#tunnel, length)
    this.#generation = widened(this.#generation, length)
    this.#changed = widened(this.#changed, length)
    this.#changedTo = widened(this.#changedTo, length)
    this.#changedGeneration = widened(this.#changedGeneration, length)
  }
}

function spread(hash: number, more: number): number {
  const mixed = Math.imul(hash ^ (more * 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
