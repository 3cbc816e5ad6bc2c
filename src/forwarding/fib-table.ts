import type { RouteBatch, RouteColumns } from '../kernel/objects.ts'
import { ADDRESS_BYTES, type Family } from '../net/address.ts'
import { withRoom } from '../net/columns.ts'
import { PrefixTable } from '../net/prefix-table.ts'
import { SlotQueue } from '../net/slot-queue.ts'

/** In `have`: a write failed, so the kernel may have the route as it was before, as it should be, or not at all. */
export const UNKNOWN = 0xffffffff

/** Bits of `state`. */
const QUEUED = 1
/** The kernel has it from an earlier run, and nobody has asked for it yet. */
const STALE = 2

/** Rows on their way to the kernel. */
export interface Flight {
  readonly batch: RouteBatch
  readonly slots: Int32Array
}

/** What `FibTable` asks of whoever knows the nexthop objects. */
export interface Targets {
  /**
   * The object that routes of a set are to point at: its id; 0 where none of its hops can be used now; -1 where that
   * is not settled yet.
   */
  target(set: number): number
  /** The kernel has so many routes more (or less) on an object. */
  count(id: number, change: number): void
  /** So many prefixes more (or less) want a set. */
  wanted(set: number, change: number): void
}

/**
 * The routes of one family: what each prefix is wanted to point at, what the kernel has, and the queue of those where
 * the two differ. Columns over the slots of a `PrefixTable`; nothing is allocated for a route.
 */
export class FibTable {
  readonly family: Family
  readonly prefixes: PrefixTable
  readonly #targets: Targets
  readonly #queue = new SlotQueue()
  /** By slot: number of the set that is wanted, 0 for none. */
  #want: Int32Array
  /** By slot: id of the nexthop object that the kernel's route points at, 0 for none, or UNKNOWN. */
  #have: Uint32Array
  #state: Uint8Array
  /** By slot: batches on their way that have the slot in them. */
  #flying: Uint8Array
  /** By slot: why the last write failed, a number that the owner gives meaning; 0 for none. */
  #reason: Uint8Array
  /** By slot: how often others took the route away of late. */
  #repairs: Uint8Array

  constructor(family: Family, targets: Targets) {
    this.family = family
    this.#targets = targets
    this.prefixes = new PrefixTable(family)
    const { capacity } = this.prefixes
    this.#want = new Int32Array(capacity)
    this.#have = new Uint32Array(capacity)
    this.#state = new Uint8Array(capacity)
    this.#flying = new Uint8Array(capacity)
    this.#reason = new Uint8Array(capacity)
    this.#repairs = new Uint8Array(capacity)
  }

  /** Rows that wait to be written. */
  get queued(): number {
    return this.#queue.size
  }

  /** A prefix is to point at a set. */
  set(bytes: Uint8Array, offset: number, length: number, set: number): void {
    const slot = this.prefixes.insert(bytes, offset, length)
    if (slot >= this.#want.length) this.#fit()
    const before = this.#want[slot]!
    if (before !== set) {
      if (before !== 0) this.#targets.wanted(before, -1)
      this.#targets.wanted(set, 1)
      this.#want[slot] = set
      this.#reason[slot] = 0
    }
    this.#state[slot]! &= ~STALE
    const target = this.#targets.target(set)
    if (target <= 0 || target !== this.#have[slot]) this.#enqueue(slot)
  }

  /** A prefix is to have no route. */
  delete(bytes: Uint8Array, offset: number, length: number): void {
    const slot = this.prefixes.find(bytes, offset, length)
    if (slot >= 0) this.#unwant(slot)
  }

  /** The kernel has these from an earlier run: they stay until they are asked for, or swept. */
  adopt(batch: RouteColumns, metric: number): void {
    const width = ADDRESS_BYTES[this.family]
    for (let row = 0; row < batch.count; row++) {
      if (batch.metrics[row] !== metric) continue
      const slot = this.prefixes.insert(batch.addresses, row * width, batch.lengths[row]!)
      if (slot >= this.#want.length) this.#fit()
      this.#setHave(slot, batch.nexthopIds[row]! || UNKNOWN)
      if (this.#want[slot] === 0) this.#state[slot]! |= STALE
    }
  }

  /** The kernel was read anew, whole: routes that differ from what was believed are queued; answers how many. */
  compare(batch: RouteColumns, metric: number): number {
    const width = ADDRESS_BYTES[this.family]
    const seen = new Uint8Array(this.#want.length)
    let differ = 0
    for (let row = 0; row < batch.count; row++) {
      if (batch.metrics[row] !== metric) continue
      const slot = this.prefixes.find(batch.addresses, row * width, batch.lengths[row]!)
      if (slot < 0) continue
      seen[slot] = 1
      const id = batch.nexthopIds[row]! || UNKNOWN
      if (this.#have[slot] === id) continue
      differ++
      this.#setHave(slot, id)
      if ((this.#state[slot]! & STALE) === 0) this.#enqueue(slot)
    }
    for (const slot of this.prefixes.slots()) {
      if (seen[slot] === 1 || this.#have[slot] === 0) continue
      differ++
      this.#missing(slot)
    }
    return differ
  }

  /** Stale routes that were never asked for are to go. */
  sweep(): void {
    for (let slot = 0; slot < this.prefixes.top; slot++) if (this.#isStale(slot)) this.#unwant(slot)
  }

  /**
   * The kernel dropped these nexthop objects, and with them all routes that pointed at them.
   * @param from first slot to look at
   * @param most so many slots are looked at
   * @returns the slot to go on from in a later turn, -1 at the end
   */
  lost(ids: ReadonlySet<number>, from: number, most: number): number {
    const end = Math.min(this.prefixes.top, from + most)
    if (ids.size === 0) return -1
    // Neighbours in the column mostly have one object: it is counted down once for a run of them.
    let [other, last, run] = [0, 0, 0]
    for (let slot = from; slot < end; slot++) {
      const id = this.#have[slot]!
      if (id === 0 || id === other) continue
      if (id !== last && !ids.has(id)) {
        other = id
        continue
      }
      if (id !== last) {
        if (run > 0) this.#targets.count(last, -run)
        run = 0
        last = id
      }
      run++
      this.#have[slot] = 0
      this.#state[slot]! &= ~STALE
      this.#enqueue(slot)
    }
    if (run > 0) this.#targets.count(last, -run)
    return end < this.prefixes.top ? end : -1
  }

  /** The targets of these sets changed. */
  retarget(sets: ReadonlySet<number>): void {
    if (sets.size === 0) return
    let other = 0
    for (let slot = 0; slot < this.prefixes.top; slot++) {
      const set = this.#want[slot]!
      if (set === other) continue
      if (sets.has(set)) this.#enqueue(slot)
      else other = set
    }
  }

  /**
   * Another program deleted the kernel's route of a prefix (`id` 0) or put another in its place (its id, or UNKNOWN).
   * @param limit so many repairs are made before `contested` is answered instead
   */
  changed(
    bytes: Uint8Array,
    length: number,
    id: number,
    limit: number,
  ): 'unconcerned' | 'repaired' | 'contested' {
    const slot = this.prefixes.find(bytes, 0, length)
    if (slot < 0 || this.#have[slot] === id) return 'unconcerned'
    if (this.#isStale(slot) || this.#want[slot] === 0) {
      if (id === 0) this.#missing(slot)
      return 'unconcerned'
    }
    this.#setHave(slot, id)
    if (++this.#repairs[slot]! > limit) {
      this.#repairs[slot] = limit + 1
      return 'contested'
    }
    this.#enqueue(slot)
    return 'repaired'
  }

  /** Repairs are counted from zero again. */
  forgiveRepairs(): void {
    this.#repairs.fill(0)
  }

  /** Notes why a prefix is not written; it is left alone until `retry`. */
  hold(bytes: Uint8Array, length: number, reason: number): void {
    const slot = this.prefixes.find(bytes, 0, length)
    if (slot >= 0) this.#reason[slot] = reason
  }

  /** Queues what was held or refused for one of these reasons. */
  retry(concerns: (reason: number) => boolean): void {
    for (let slot = 0; slot < this.prefixes.top; slot++) {
      if (this.#reason[slot] === 0 || !concerns(this.#reason[slot]!)) continue
      this.#reason[slot] = 0
      this.#enqueue(slot)
    }
  }

  /** Up to `most` rows of the queue as a batch; undefined where none is ready. */
  take(most: number, route: Pick<RouteBatch, 'table' | 'metric' | 'protocol'>): Flight | undefined {
    const width = ADDRESS_BYTES[this.family]
    const room = Math.min(most, this.#queue.size)
    if (room === 0) return undefined
    const addresses = new Uint8Array(room * width)
    const lengths = new Uint8Array(room)
    const nexthopIds = new Uint32Array(room)
    const slots = new Int32Array(room)
    let count = 0
    for (let waiting = this.#queue.size; waiting > 0 && count < room; waiting--) {
      const slot = this.#queue.shift()
      this.#state[slot]! &= ~QUEUED
      const set = this.#want[slot]!
      const target = set === 0 ? 0 : this.#targets.target(set)
      if (target < 0) {
        this.#enqueue(slot)
        continue
      }
      if (target === this.#have[slot] || this.#reason[slot] !== 0) {
        this.#release(slot)
        continue
      }
      this.prefixes.writeAddress(slot, addresses, count * width)
      lengths[count] = this.prefixes.length(slot)
      nexthopIds[count] = target
      slots[count] = slot
      this.#setHave(slot, target)
      this.#flying[slot]!++
      count++
    }
    if (count === 0) return undefined
    const batch = { ...route, family: this.family, count, addresses, lengths, nexthopIds }
    return { batch, slots: slots.subarray(0, count) }
  }

  /** A batch was written; `reasonOf` tells of a row why it failed, 0 where it did not. */
  landed(flight: Flight, reasonOf: (row: number) => number): void {
    for (let row = 0; row < flight.slots.length; row++) {
      const slot = flight.slots[row]!
      this.#flying[slot]!--
      const reason = reasonOf(row)
      // A later batch with the same slot decides what the kernel has.
      if (reason !== 0 && this.#flying[slot] === 0) {
        this.#setHave(slot, UNKNOWN)
        this.#reason[slot] = reason
      }
      this.#release(slot)
    }
  }

  /** How one prefix stands: whether it is wanted, in the kernel as wanted, and for which reason (a number) it is not written. */
  look(
    bytes: Uint8Array,
    length: number,
  ): { wanted: boolean; installed: boolean; unresolved: boolean; reason: number } {
    const slot = this.prefixes.find(bytes, 0, length)
    const set = slot < 0 ? 0 : this.#want[slot]!
    if (set === 0) return { wanted: false, installed: false, unresolved: false, reason: 0 }
    const target = this.#targets.target(set)
    const installed = target > 0 && target === this.#have[slot] && this.#flying[slot] === 0
    return { wanted: true, installed, unresolved: target === 0, reason: this.#reason[slot]! }
  }

  /** For each of some objects: the set that all its routes want, 0 where they want none, -1 where several. */
  heirs(ids: ReadonlySet<number>): Map<number, number> {
    const heirs = new Map<number, number>()
    let [other, lastId, lastSet] = [0, 0, 0]
    for (let slot = 0; slot < this.prefixes.top; slot++) {
      const id = this.#have[slot]!
      if (id === other) continue
      const set = this.#isStale(slot) ? -1 : this.#want[slot]!
      if (id === lastId && set === lastSet) continue
      if (!ids.has(id)) {
        other = id
        continue
      }
      lastId = id
      lastSet = set
      const heir = heirs.get(id) ?? 0
      if (set !== 0 && set !== heir) heirs.set(id, heir === 0 ? set : -1)
    }
    return heirs
  }

  /** Counts for status; `reasons[n]` is how many are held for reason n, with one of them as an example. */
  summary(): Summary {
    const sum: Summary = { installed: 0, pending: 0, unresolved: 0, stale: 0, reasons: new Map() }
    const targets: number[] = [0]
    // A plain walk over columns: half a million prefixes are a few milliseconds. A slot without prefix counts nowhere.
    for (let slot = 0; slot < this.prefixes.top; slot++) {
      const have = this.#have[slot]!
      if (have !== 0 && have !== UNKNOWN) sum.installed++
      if (this.#isStale(slot)) {
        sum.stale++
        continue
      }
      const set = this.#want[slot]!
      targets[set] ??= this.#targets.target(set)
      const target = targets[set]
      const unresolved = target === 0 && set !== 0
      if (unresolved) sum.unresolved++
      if (unresolved || target !== have || this.#flying[slot] !== 0) sum.pending++
      const reason = this.#reason[slot]!
      if (reason === 0) continue
      const held = sum.reasons.get(reason)
      if (held) held.count++
      else sum.reasons.set(reason, { count: 1, example: this.prefixes.text(slot) })
    }
    return sum
  }

  #isStale(slot: number): boolean {
    return (this.#state[slot]! & STALE) !== 0
  }

  #unwant(slot: number): void {
    const set = this.#want[slot]!
    if (set !== 0) this.#targets.wanted(set, -1)
    this.#want[slot] = 0
    this.#state[slot]! &= ~STALE
    this.#reason[slot] = 0
    this.#enqueue(slot)
  }

  #missing(slot: number): void {
    this.#setHave(slot, 0)
    this.#state[slot]! &= ~STALE
    this.#enqueue(slot)
  }

  #setHave(slot: number, id: number): void {
    const before = this.#have[slot]!
    if (before === id) return
    if (before !== 0 && before !== UNKNOWN) this.#targets.count(before, -1)
    if (id !== 0 && id !== UNKNOWN) this.#targets.count(id, 1)
    this.#have[slot] = id
  }

  #enqueue(slot: number): void {
    if ((this.#state[slot]! & QUEUED) !== 0) return
    this.#state[slot]! |= QUEUED
    this.#queue.push(slot)
  }

  /** Gives back the slot of a prefix that is neither wanted, nor there, nor on its way. */
  #release(slot: number): void {
    if (this.#want[slot] !== 0 || this.#have[slot] !== 0) return
    if (this.#state[slot] !== 0 || this.#flying[slot] !== 0) return
    this.#reason[slot] = 0
    this.#repairs[slot] = 0
    this.prefixes.remove(slot)
  }

  #fit(): void {
    const { capacity } = this.prefixes
    this.#want = withRoom(this.#want, capacity)
    this.#have = withRoom(this.#have, capacity)
    this.#state = withRoom(this.#state, capacity)
    this.#flying = withRoom(this.#flying, capacity)
    this.#reason = withRoom(this.#reason, capacity)
    this.#repairs = withRoom(this.#repairs, capacity)
  }
}

export interface Summary {
  /** Routes that the kernel has. */
  installed: number
  /** Prefixes whose route in the kernel is not yet as wanted. */
  pending: number
  /** Of these, those that have no usable next hop. */
  unresolved: number
  stale: number
  readonly reasons: Map<number, { count: number; readonly example: string }>
}
