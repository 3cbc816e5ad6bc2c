import type { Family } from '../../net/address.ts'
import { type Room, ready, widened, withRoom } from '../../net/columns.ts'
import { PrefixTable } from '../../net/prefix-table.ts'
import type { RouteSink } from '../sink.ts'
import type { AttributeStore } from './attribute-store.ts'
import { CROWD, CrowdedPrefixes } from './crowded-prefixes.ts'
import { Decision } from './decision.ts'
import { ExplainedPaths } from './explained-paths.ts'
import type { Follower } from './follower.ts'
import { Followers } from './followers.ts'
import type { ChangedHops, Hops } from './hops.ts'
import { Installing } from './installing.ts'
import { GOES, type Judge } from './last-resort.ts'
import type { PathRow } from './path-row.ts'
import { CHANGED, GONE, PathRows } from './path-rows.ts'
import { LOCAL, PathCounts, type PeerColumns } from './peers.ts'
import { Ranking } from './ranking.ts'
import { WaitingSlots } from './waiting-slots.ts'

/** A slot whose prefix is not in the table, one whose prefix has no path, and what is added to rows beside them. */
const NO_PREFIX = 0
const NO_PATH = 1
const FIRST = 2

/** What of the configuration concerns the table. */
export interface TableSettings {
  /** Most next hops that a prefix may have. */
  readonly multipath: number
  /** Paths of one length share load, whatever their ASes; without it only those with the very same AS_PATH. */
  readonly multipathRelax: boolean
  /** Weights by the link bandwidth community. */
  readonly linkBandwidth: boolean
  /** Without it the sink hears nothing: a route reflector off the path (RFC 4456). */
  readonly installRoutes: boolean
}

/** Rows looked at between two glances at the clock. */
const GLANCE = 512

/**
 * All paths of one family: Adj-RIB-In of every neighbour and the Loc-RIB in one table.
 *
 * A prefix has a slot (`PrefixTable`), which leads to the first of its paths (`PathRows`): some 25 octets an IPv4 prefix.
 *
 * Changes only mark the prefix; `settle` decides marked prefixes, in order, for as long as it may. Then the sink and the
 * followers hear what is new. Our own routes are paths of neighbour `LOCAL`: they are announced before all others, but
 * the sink hears of learned paths only, since it weighs the sources of routes itself.
 */
export class PathTable extends PathRows {
  readonly family: Family
  readonly prefixes: PrefixTable
  readonly counts = new PathCounts()
  readonly ranking: Ranking
  /** Most next hops that a prefix may have. */
  multipath = 64
  readonly #attributes: AttributeStore
  readonly #decision: Decision
  readonly #installing: Installing
  readonly #explained: ExplainedPaths
  readonly #followers = new Followers()
  readonly #queue = new WaitingSlots()
  readonly #crowded = new CrowdedPrefixes(this)
  // By slot.
  /** Its first path's row and `FIRST` more; `NO_PATH` where it has none, `NO_PREFIX` where there is no prefix. */
  #head = new Int32Array(1024)
  /** One more than the row that is announced, 0 for none. */
  #announced = new Int32Array(1024)
  #paths = 0

  constructor(family: Family, attributes: AttributeStore, hops: Hops, peers: PeerColumns, sink: RouteSink) {
    super()
    this.family = family
    this.prefixes = new PrefixTable(family)
    this.#attributes = attributes
    this.#decision = new Decision(attributes, hops, peers, this)
    this.#explained = new ExplainedPaths(this, this.#decision, { paths: this, attributes, hops, peers })
    const { prefixes } = this
    this.#installing = new Installing({ family, prefixes, paths: this, attributes, hops, peers, sink })
    this.ranking = new Ranking(this, this.#decision)
  }

  /** Makes room for prefixes and paths: so nothing has to be moved before there are more. */
  prepare(room: Room): void {
    this.prefixes.prepare(room)
    this.#fitSlots()
    for (const column of [this.#head, this.#announced]) ready(column, room.ready)
    this.#queue.prepare(room)
    this.prepareRows(room)
  }

  /** Paths held. */
  get size(): number {
    return this.#paths
  }

  /** Prefixes that wait for a decision. */
  get waiting(): number {
    return this.#queue.size
  }

  follow(follower: Follower): void {
    this.#followers.add(follower)
  }

  /** A follower has gone, and holds nothing any more that another does not. */
  unfollow(follower: Follower): void {
    this.#followers.remove(follower)
  }

  /** A path was announced: `bytes` as in `PrefixTable.insert`. Holds a count of both sets for itself. */
  announce(
    peer: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    pathId: number,
    received: number,
    effective: number,
  ): void {
    const slot = this.#insert(bytes, offset, length)
    let row = this.#find(slot, peer, pathId)
    if (row < 0) {
      row = this.#add(slot, peer, pathId)
    } else if (this.flags[row]! & GONE) {
      this.flags[row]! &= ~GONE
      this.#count(row)
    } else {
      if (this.epoch[row] !== this.counts.epoch[peer]) {
        this.epoch[row] = this.counts.epoch[peer]!
        this.counts.stale[peer]!--
      }
      if (this.received[row] === received && this.effective[row] === effective) return
    }
    this.#setReceived(row, received)
    this.#setEffective(row, effective)
    this.#queue.add(slot)
  }

  /** A path was withdrawn. Nothing happens where there is none. */
  withdraw(peer: number, bytes: Uint8Array, offset: number, length: number, pathId: number): void {
    const slot = this.prefixes.find(bytes, offset, length)
    if (slot < 0) return
    const row = this.#find(slot, peer, pathId)
    if (row >= 0 && !(this.flags[row]! & GONE)) this.#withdrawRow(row)
  }

  /**
   * Decides marked prefixes until none is left or the time is over. True: there are more.
   */
  settle(now: () => number, until: number): boolean {
    this.#decision.use(this)
    for (let count = 1; this.#queue.size > 0; count++) {
      this.#decide(this.#queue.take())
      if ((count & 127) === 0 && now() >= until) return this.#queue.size > 0
    }
    return false
  }

  /** Paths of the neighbour that are here now become stale: those that do not come again go with `sweep`. */
  age(peer: number): void {
    this.counts.epoch[peer]!++
    this.counts.stale[peer] = this.counts.received[peer]!
  }

  /**
   * Makes a task that withdraws the neighbour's stale paths, in slices. `gone` hears of each.
   * @returns a function that works until a time and says whether there is more.
   */
  sweep(
    peer: number,
    now: () => number,
    gone?: (slot: number, pathId: number) => void,
  ): (until: number) => boolean {
    this.counts.oldest[peer] = this.counts.epoch[peer]!
    let row = 0
    return until => {
      while (row < this.rows && this.counts.received[peer]! > 0) {
        row = this.#sweepFrom(row, peer, gone)
        if (now() >= until) return true
      }
      return false
    }
  }

  /** Withdraws the neighbour's stale paths among the next rows; returns the first row behind those. */
  #sweepFrom(row: number, peer: number, gone?: (slot: number, pathId: number) => void): number {
    const end = Math.min(row + GLANCE, this.rows)
    for (; row < end; row++) {
      if (this.peer[row] !== peer || this.flags[row]! & GONE || !this.#expired(row)) continue
      if (gone !== undefined) gone(this.slot[row]!, this.pathId[row]!)
      this.#withdrawRow(row)
    }
    return end
  }

  /**
   * Makes a task that applies `judge` to every path of the neighbour again: from the attributes as received, and whether
   * the path is stale, to the set after policy, counted for this table, or 0; `GOES` withdraws the path.
   */
  reconsider(peer: number, judge: Judge, now: () => number): (until: number) => boolean {
    let row = 0
    return until => {
      for (; row < this.rows; row++) {
        if (this.peer[row] === peer && !(this.flags[row]! & GONE)) this.#judge(row, judge)
        if (row % GLANCE === GLANCE - 1 && now() >= until) {
          row++
          return true
        }
      }
      return false
    }
  }

  #judge(row: number, judge: Judge): void {
    const stale = this.epoch[row] !== this.counts.epoch[this.peer[row]!]
    const effective = judge(this.slot[row]!, this.received[row]!, stale)
    if (effective === GOES) {
      this.#withdrawRow(row)
      return
    }
    if (effective !== this.effective[row]) {
      this.#setEffective(row, effective)
      this.#queue.add(this.slot[row]!)
    }
    this.#attributes.release(effective)
  }

  /** Takes what of the configuration concerns decisions and what becomes of them; all prefixes are settled again where it is new. */
  configure(settings: TableSettings): void {
    const { multipath, multipathRelax, linkBandwidth, installRoutes } = settings
    const installing = this.#installing
    const decision = this.#decision
    if (
      multipath === this.multipath &&
      multipathRelax === decision.multipathRelax &&
      linkBandwidth === installing.linkBandwidth &&
      installRoutes === installing.enabled
    ) {
      return
    }
    this.multipath = multipath
    decision.multipathRelax = multipathRelax
    installing.linkBandwidth = linkBandwidth
    installing.enabled = installRoutes
    this.markAll()
  }

  /**
   * Makes a task that marks the prefixes with a path to one of these next hops, in slices: their metric is another one, or
   * they can be reached again, or no more.
   */
  markHops(changed: ChangedHops, now: () => number): (until: number) => boolean {
    let row = 0
    return until => {
      for (; row < this.rows; row++) {
        const set = this.effective[row]!
        if (set !== 0 && changed[this.#attributes.hop[set]!] === 1) this.#queue.add(this.slot[row]!)
        if (row % GLANCE === GLANCE - 1 && now() >= until) {
          row++
          return true
        }
      }
      return false
    }
  }

  /** Marks every prefix. */
  markAll(): void {
    for (let slot = 0; slot < this.prefixes.top; slot++)
      if (this.#head[slot] !== NO_PREFIX) this.#queue.add(slot)
  }

  /** The path that is announced where one is: our own, or the best of those learned; -1 where there is none. */
  announcedRow(slot: number): number {
    return slot < this.#announced.length ? this.#announced[slot]! - 1 : -1
  }

  /** Whether a slot has a prefix. */
  has(slot: number): boolean {
    return slot < this.#head.length && this.#head[slot] !== NO_PREFIX
  }

  /** The first path of a prefix and the one behind a path, -1 at the end: for followers of all paths. */
  firstRow(slot: number): number {
    return this.#head[slot]! - FIRST
  }

  nextRow(row: number): number {
    return this.next[row]! - 1
  }

  /** Whether a path is here: its neighbour has not withdrawn it. */
  holds(row: number): boolean {
    return !(this.flags[row]! & GONE)
  }

  /** Whether a path may be announced: it is here, accepted, and its next hop can be reached. */
  usable(row: number): boolean {
    return !(this.flags[row]! & GONE) && this.#decision.eligible(row)
  }

  /** Whether the neighbour has not said again what it said before it was aged. */
  isStale(row: number): boolean {
    return this.epoch[row] !== this.counts.epoch[this.peer[row]!]
  }

  /** A follower has told its peers of the end of a prefix or a path: takes away what nobody holds any more. */
  reap(slot: number): void {
    if (this.#head[slot] === NO_PREFIX) return
    this.#removeGone(slot)
    if (this.#head[slot] === NO_PATH && !this.#installing.holds(slot)) this.#removePrefix(slot)
  }

  /** The same of the prefix of a path. */
  reapRow(row: number): void {
    this.reap(this.slot[row]!)
  }

  /** The paths of a prefix, with what the decision process said of each. */
  paths(slot: number): PathRow[] {
    return this.#explained.of(slot)
  }

  #decide(slot: number): void {
    const head = this.#head[slot]!
    if (head === NO_PREFIX) return
    const first = head - FIRST
    if (first >= 0 && this.next[first]! === 0) this.#decideOne(slot, first)
    else this.#decideAmong(slot, first)
  }

  /** Most prefixes have one path: it is the best where it can be used. */
  #decideOne(slot: number, row: number): void {
    const flags = this.flags[row]!
    const local = this.peer[row] === LOCAL
    const usable = (flags & GONE) === 0 && (local || this.#decision.eligible(row))
    const best = usable && !local ? this.#decision.only(row) : -1
    this.#installing.tell(slot, best, this.multipath, this.#decision)
    const announced = usable ? row + 1 : 0
    const changed = announced !== this.#announced[slot] || (usable && (flags & CHANGED) !== 0)
    this.#announced[slot] = announced
    this.flags[row] = flags & ~CHANGED
    this.#followers.mark(slot, changed)
    if ((flags & GONE) !== 0 && !this.#followers.holdRow(row)) {
      this.#head[slot] = NO_PATH
      this.#forget(slot, row)
      if (!this.#installing.holds(slot)) this.#removePrefix(slot)
    }
  }

  #decideAmong(slot: number, first: number): void {
    const best = this.#decision.run(this.gather(slot))
    this.#installing.tell(slot, best, this.multipath, this.#decision)
    const announced = this.#localRow(slot, best)
    const before = this.#announced[slot]! - 1
    const changed = announced !== before || (announced >= 0 && (this.flags[announced]! & CHANGED) !== 0)
    this.#announced[slot] = announced + 1
    let gone = first < 0 ? GONE : 0
    for (let row = first; row >= 0; row = this.next[row]! - 1) {
      gone |= this.flags[row]!
      this.flags[row]! &= ~CHANGED
    }
    this.#followers.mark(slot, changed)
    if ((gone & GONE) !== 0) this.reap(slot)
  }

  /** Puts the learned paths that may be used before the decision process; returns how many they are. */
  gather(slot: number): number {
    const decision = this.#decision
    let count = 0
    for (let row = this.#head[slot]! - FIRST; row >= 0; row = this.next[row]! - 1) {
      if (this.peer[row] === LOCAL || this.flags[row]! & GONE || !decision.eligible(row)) continue
      if (count === decision.rows.list.length) decision.rows.list = widened(decision.rows.list, count + 1)
      decision.rows.list[count++] = row
    }
    return count
  }

  #localRow(slot: number, otherwise: number): number {
    for (let row = this.#head[slot]! - FIRST; row >= 0; row = this.next[row]! - 1) {
      if (this.peer[row] === LOCAL && !(this.flags[row]! & GONE)) return row
    }
    return otherwise
  }

  #insert(bytes: Uint8Array, offset: number, length: number): number {
    const slot = this.prefixes.insert(bytes, offset, length)
    if (slot >= this.#head.length) this.#fitSlots()
    if (this.#head[slot] === NO_PREFIX) this.#head[slot] = NO_PATH
    return slot
  }

  #fitSlots(): void {
    const { capacity } = this.prefixes
    this.#head = withRoom(this.#head, capacity)
    this.#announced = withRoom(this.#announced, capacity)
    this.#installing.fit(capacity)
  }

  #find(slot: number, peer: number, pathId: number): number {
    let row = this.#head[slot]! - FIRST
    for (let looked = 0; row >= 0 && (this.peer[row] !== peer || this.pathId[row] !== pathId); looked++) {
      if (looked === CROWD) return this.#crowded.find(slot, peer, pathId)
      row = this.next[row]! - 1
    }
    return row
  }

  #add(slot: number, peer: number, pathId: number): number {
    const row = this.takeRow(slot, peer, pathId, this.#head[slot]! - FIRST)
    this.#head[slot] = row + FIRST
    this.#crowded.add(slot, row)
    this.#paths++
    this.#count(row)
    return row
  }

  #count(row: number): void {
    const peer = this.peer[row]!
    this.counts.received[peer]!++
    this.epoch[row] = this.counts.epoch[peer]!
  }

  #setReceived(row: number, set: number): void {
    this.#attributes.retain(set)
    this.#attributes.release(this.received[row]!)
    this.received[row] = set
  }

  #setEffective(row: number, set: number): void {
    const before = this.effective[row]!
    if (set !== 0) this.#attributes.retain(set)
    if (before === 0 && set !== 0) this.counts.accepted[this.peer[row]!]!++
    if (before !== 0 && set === 0) this.counts.accepted[this.peer[row]!]!--
    if (before !== set) this.flags[row]! |= CHANGED
    this.effective[row] = set
    this.#attributes.release(before)
  }

  #withdrawRow(row: number): void {
    const peer = this.peer[row]!
    this.counts.received[peer]!--
    if (this.epoch[row] !== this.counts.epoch[peer]) this.counts.stale[peer]!--
    this.#setEffective(row, 0)
    this.#attributes.release(this.received[row]!)
    this.received[row] = 0
    this.flags[row]! |= GONE
    this.#queue.add(this.slot[row]!)
  }

  /** Of an epoch before the oldest one that is kept. Epochs are 8 bits wide and go round. */
  #expired(row: number): boolean {
    const peer = this.peer[row]!
    const epoch = this.counts.epoch[peer]!
    return ((epoch - this.epoch[row]!) & 0xff) > ((epoch - this.counts.oldest[peer]!) & 0xff)
  }

  /** Unlinks withdrawn paths of a prefix that no follower holds. */
  #removeGone(slot: number): void {
    let before = -1
    for (let row = this.#head[slot]! - FIRST; row >= 0; ) {
      const next = this.next[row]! - 1
      if (this.flags[row]! & GONE && !this.#followers.holdRow(row)) {
        if (before < 0) this.#head[slot] = next + FIRST
        else this.next[before] = next + 1
        this.#forget(slot, row)
      } else before = row
      row = next
    }
  }

  /** A path is unlinked: its row is free. */
  #forget(slot: number, row: number): void {
    this.#crowded.remove(slot, row)
    this.giveRow(row)
    this.#paths--
  }

  #removePrefix(slot: number): void {
    if (this.#followers.holdSlot(slot)) return
    this.#head[slot] = NO_PREFIX
    this.#announced[slot] = 0
    this.prefixes.remove(slot)
  }
}
