import { originOf, REJECT, Source } from '../policy.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'
import type { Follower } from '../rib/follower.ts'
import type { PathTable } from '../rib/path-table.ts'
import { LOCAL, type PeerColumns } from '../rib/peers.ts'
import { WaitingSlots } from '../rib/waiting-slots.ts'
import { AbandonedRibOut } from './abandoned-rib-out.ts'
import { AdjRibOut } from './adj-rib-out.ts'
import { type Batch, WITHDRAWAL } from './batch.ts'
import { isInternal, mayAnnounce } from './eligibility.ts'
import { GroupWriter, type Single, type WriterEnvironment } from './group-writer.ts'
import type { Member } from './member.ts'
import { Nexthop, nexthopFor } from './nexthop.ts'
import { RibOutCopy } from './rib-out-copy.ts'
import { TableWalk } from './table-walk.ts'
import type { Treatment } from './treatment.ts'

export interface GroupEnvironment extends WriterEnvironment {
  /** Of all groups, which use them one after the other: they are empty between two. */
  readonly batches: Batches
  /** Number of the group that a neighbour is a member of, by its number. */
  groupOf(peer: number): number
}

export interface Batches {
  /** What all members are told. */
  readonly changed: Batch
  /** What those are told who hear all, and the others know. */
  readonly repeated: Batch
}

/** While more than this waits for each of its members, a group says no more. */
const FULL = 256 * 1024
/** A member for whom more than this waits, while others go on, gets a group of its own. */
const SLOW = 4 * 1024 * 1024
/** Entries of a batch: what is said at a time. */
const BATCH = 4096

let groups = 0

/**
 * Neighbours that are told the same, and share one stream of encoded UPDATEs and one Adj-RIB-Out.
 *
 * The Adj-RIB-Out is a column by prefix (by path with ADD-PATH) of the attribute set that was announced, after the export
 * policy. Saying something means comparing it with what should be announced now; so nothing is said twice, a change that
 * is undone before its turn is never said, and a policy can change without a reset.
 *
 * A member hears nothing of its own: what was learned from it is left out of its stream, piece by piece, and where
 * it was told of another path before, that is withdrawn from it alone.
 *
 * A new member, and one that asked for a refresh, goes along on a walk over the whole table and is told also what the
 * others know (`TableWalk`). A member that does not read does not hold up the others: see `slow`; it has a group of its
 * own until both groups have said all. Then they are the same and become one (`join`).
 */
export class UpdateGroup implements Follower {
  readonly id = ++groups
  readonly allPaths: boolean
  readonly members = new Set<Member>()
  /** Its members may have to be treated otherwise. */
  outdated = false
  #treatment: Treatment
  readonly #table: PathTable
  readonly #attributes: AttributeStore
  readonly #peers: PeerColumns
  readonly #environment: GroupEnvironment
  /** By slot, or by row with ADD-PATH. */
  #out: AdjRibOut
  readonly #queue = new WaitingSlots()
  readonly #walk = new TableWalk()
  /** The audience of the walk is all members: what they are told is one stream. */
  #allListen = false
  /** The neighbour that `#member` was asked of last, and the answer: it holds while a batch is filled. */
  #asked = LOCAL
  #answer = 0
  readonly #batches: Batches
  /** What single members hear alone. */
  readonly #singles: Single[] = []
  #writer: GroupWriter
  /** With ADD-PATH and a limit: room for the paths of a prefix that are told. */
  #best = new Int32Array(0)
  #ranking = 0
  readonly #accepts = (row: number) => {
    const set = this.#judge(this.#ranking, row)
    this.#attributes.release(set)
    return set !== 0
  }
  readonly #scratch = new Uint8Array(16)
  #fresh = true

  constructor(environment: GroupEnvironment, treatment: Treatment) {
    this.#environment = environment
    this.#table = environment.table
    this.#attributes = environment.attributes
    this.#out = new AdjRibOut(environment.attributes)
    this.#peers = environment.peers
    this.#batches = environment.batches
    this.#treatment = treatment
    this.allPaths = treatment.addPath
    this.#writer = new GroupWriter(environment, treatment)
    this.#best = roomFor(treatment)
    this.#table.follow(this)
  }

  get treatment(): Treatment {
    return this.#treatment
  }

  /** Nothing was said yet: another new member may still come in. */
  get fresh(): boolean {
    return this.#fresh
  }

  /** Whether there is something left to say. */
  get busy(): boolean {
    return this.#queue.size > 0 || this.#walk.underWay
  }

  /** Whether a member was told all that there is. */
  hasToldAll(member: Member): boolean {
    return !this.#fresh && !this.outdated && this.#queue.size === 0 && !this.#walk.concerns(member)
  }

  /** How many paths a member was told of. */
  advertised(peer: number): number {
    const all = this.#out.size - this.#out.sizeFrom(peer)
    return Math.min(all, this.#walk.toldTo(peer) ?? all)
  }

  /** Whether its members were told of a prefix: all of them, but for who announces it. */
  tells(slot: number): boolean {
    if (!this.allPaths) return this.holdsSlot(slot)
    for (let row = this.#table.firstRow(slot); row >= 0; row = this.#table.nextRow(row))
      if (this.holdsRow(row)) return true
    return false
  }

  /** The UPDATEs by which a member was told of a prefix: one a path, as they would be sent now. For people. */
  told(slot: number, peer: number): Uint8Array[] {
    const { set, from } = this.#out
    return [...this.#told(slot, peer)].flatMap(at =>
      this.#writer.announcement(slot, at + 1, set[at]!, this.#inside(from[at]!)),
    )
  }

  /** Whether a member was told of a prefix. */
  hasTold(slot: number, peer: number): boolean {
    return !this.#told(slot, peer).next().done
  }

  /** Where in the Adj-RIB-Out a member has paths of a prefix: what it said itself is not told to it. */
  *#told(slot: number, peer: number): Generator<number> {
    if (!this.#walk.hasPassed(peer, slot)) return
    if (!this.allPaths) {
      if (this.#out.holds(slot) && this.#out.from[slot] !== peer) yield slot
      return
    }
    for (let row = this.#table.firstRow(slot); row >= 0; row = this.#table.nextRow(row)) {
      if (this.#out.holds(row) && this.#out.from[row] !== peer) yield row
    }
  }

  mark(slot: number): void {
    this.#queue.add(slot)
  }

  holdsSlot(slot: number): boolean {
    return !this.allPaths && this.#out.holds(slot)
  }

  holdsRow(row: number): boolean {
    return this.allPaths && this.#out.holds(row)
  }

  /** A new member, which is told all. */
  admit(member: Member): void {
    this.members.add(member)
    this.#walk.join(member, this.#fresh ? 'first' : 'newcomer')
  }

  dismiss(member: Member): void {
    this.members.delete(member)
    this.#walk.leave(member)
  }

  /** What members of another group will have been told: it says no more until the copy is whole. */
  copyOut(): RibOutCopy {
    return new RibOutCopy(this.#out, this.#attributes)
  }

  /**
   * Another group for some of the members.
   * @param out a copy of what all were told
   */
  split(members: Iterable<Member>, treatment: Treatment, out: AdjRibOut): UpdateGroup {
    const other = new UpdateGroup(this.#environment, treatment)
    other.#out = out
    other.#fresh = false
    this.#walk.hand(members, other.#walk)
    for (const member of members) {
      this.members.delete(member)
      other.members.add(member)
    }
    return other
  }

  /** Members are treated otherwise from now on; all that differs is said. */
  retarget(treatment: Treatment): void {
    const before = this.#treatment
    this.#treatment = treatment
    this.#writer = new GroupWriter(this.#environment, treatment)
    this.#best = roomFor(treatment)
    if (before.rewriting !== treatment.rewriting) this.repeat()
    else this.review()
  }

  /** Who may hear of what has changed: looks at the whole table again, and says what differs. */
  review(): void {
    this.#walk.restart()
  }

  /** Says everything again, to all. */
  repeat(): void {
    this.#walk.restart()
    for (const member of this.members) this.#walk.join(member, 'again')
  }

  /** Says everything again to one member. */
  again(member: Member): void {
    this.#walk.join(member, 'again')
  }

  /** Whether its members were told of paths of a neighbour. */
  tellsOf(peer: number): boolean {
    return this.#out.sizeFrom(peer) > 0
  }

  /** Takes over the members of a group that has said the same. */
  join(other: UpdateGroup): void {
    for (const member of other.members) this.members.add(member)
    other.members.clear()
  }

  /** The group is no more; returns what it held. */
  dissolve(): AbandonedRibOut {
    const abandoned = this.abandon(this.#out)
    this.#table.unfollow(this)
    return abandoned
  }

  /** A copy of what it told is not needed, whole or not. */
  abandon(out: AdjRibOut): AbandonedRibOut {
    return new AbandonedRibOut(this.#table, out, this.allPaths)
  }

  /** Members that lag so far behind the others that they need a group of their own. */
  slow(): Member[] {
    if (!this.#writer.wrote) return []
    this.#writer.wrote = false
    return this.lagging()
  }

  /** The same, whether it has written since or not. */
  lagging(): Member[] {
    const lagging = [...this.members].filter(member => member.waiting > SLOW)
    return lagging.length < this.members.size ? lagging : []
  }

  /**
   * Says what there is to say until the time is over. True: there is more, and somebody to take it.
   * @param gathering new members wait for others
   */
  run(now: () => number, until: number, gathering: boolean): boolean {
    this.#fresh = false
    while (this.busy) {
      const walking = this.#mayWalk(gathering)
      if (!isReady(this.members) || (!walking && this.#queue.size === 0)) return false
      // What is put into the batch has to be written as well, and takes as long.
      this.#fill(now, (now() + until) / 2, walking)
      this.#flush()
      if (walking && this.#walk.next >= this.#table.prefixes.top)
        for (const member of this.#walk.end()) member.caughtUp()
      if (this.busy && now() >= until) return isReady(this.members)
    }
    return false
  }

  #mayWalk(gathering: boolean): boolean {
    const { next, underWay } = this.#walk
    return underWay && !(gathering && next === 0) && isReady(this.#walk.awaitedBy(this.members))
  }

  #fill(now: () => number, until: number, walking: boolean): void {
    const { changed, repeated } = this.#batches
    const walk = this.#walk
    const again = walk.audience.size > 0
    this.#allListen = walk.audience.size === this.members.size
    this.#out.reserve(this.allPaths ? this.#table.rows : this.#table.prefixes.top)
    this.#asked = LOCAL
    for (let count = 1; changed.size + repeated.size < BATCH; count++) {
      const slot = this.#queue.take()
      if (slot >= 0) this.#say(slot, false)
      else if (walking && walk.next < this.#table.prefixes.top) this.#say(walk.next++, again)
      else return
      if ((count & 127) === 0 && now() >= until) return
    }
  }

  #say(slot: number, again: boolean): void {
    if (!this.allPaths) {
      this.#sayPath(slot, slot, this.#table.announcedRow(slot), again)
      return
    }
    const best = this.#rank(slot)
    for (let row = this.#table.firstRow(slot); row >= 0; row = this.#table.nextRow(row)) {
      const told = best === undefined ? this.#table.usable(row) : best.includes(row)
      this.#sayPath(slot, row, told ? row : -1, again)
    }
  }

  /** The paths of a prefix that are told where not all of them are; undefined: all. */
  #rank(slot: number): Int32Array | undefined {
    if (this.#best.length === 0) return undefined
    this.#ranking = slot
    const count = this.#table.ranking.best(slot, this.#accepts, this.#best)
    return this.#best.fill(-1, count)
  }

  /**
   * Compares what was announced with what is to be.
   * @param at index into the Adj-RIB-Out
   * @param row the path to announce, or -1
   */
  #sayPath(slot: number, at: number, row: number, again: boolean): void {
    const set = row < 0 ? 0 : this.#judge(slot, row)
    const before = this.#out.set[at]!
    const from = set === 0 ? LOCAL : this.#table.peer[row]!
    const fromBefore = this.#out.from[at]!
    if (set === before && from === fromBefore && !(again && set !== 0)) {
      this.#attributes.release(set)
      return
    }
    const pathId = at + 1
    const excluded = this.#member(from)
    const excludedBefore = this.#member(fromBefore)
    const { changed, repeated } = this.#batches
    if (set === 0) changed.add(0, excludedBefore, 0, slot, pathId)
    else {
      const inside = this.#inside(from)
      if (again) this.#walk.told++
      if (set !== before || (again && this.#allListen) || this.#newOriginator(set, from, fromBefore))
        changed.add(set, excluded, inside, slot, pathId)
      else {
        if (again) repeated.add(set, excluded, inside, slot, pathId)
        if (excludedBefore !== 0 && from !== fromBefore)
          this.#singles.push({ peer: excludedBefore, set, inside, slot, pathId })
      }
      if (before !== 0 && excluded !== 0 && excluded !== excludedBefore)
        this.#singles.push({ peer: excluded, set: 0, inside: 0, slot, pathId })
    }
    this.#out.record(at, set, from)
  }

  /** The neighbour's number where the members are inside as it is, and hear so by other bytes; else 0. */
  #inside(from: number): number {
    return this.#treatment.type !== 'eBGP' && isInternal(this.#peers, from) ? from : 0
  }

  /** Equal attributes of two neighbours differ by whether they are reflected, and by the ORIGINATOR_ID with which they leave. */
  #newOriginator(set: number, from: number, fromBefore: number): boolean {
    const inside = this.#inside(from)
    const before = this.#inside(fromBefore)
    if (inside === before) return false
    return inside === 0 || before === 0 || this.#attributes.hasOriginatorId[set] === 0
  }

  /** The neighbour's number where it is a member of this group, else 0. */
  #member(peer: number): number {
    if (peer === LOCAL) return 0
    if (peer !== this.#asked) {
      this.#asked = peer
      this.#answer = this.#environment.groupOf(peer) === this.id ? peer : 0
    }
    return this.#answer
  }

  /** The set to announce a path with, counted, or 0 where it is not announced. */
  #judge(slot: number, row: number): number {
    const table = this.#table
    const peer = table.peer[row]!
    const set = table.effective[row]!
    const { policy, family } = this.#treatment
    if (!mayAnnounce(this.#treatment, this.#peers, this.#attributes, peer, set)) return 0
    const source = peer !== LOCAL ? Source.BGP : table.pathId[row]! === 1 ? Source.CONNECTED : Source.STATIC
    const origin = originOf(source, this.#peers.group[peer], this.#peers.named[peer])
    if (policy.byPrefix) table.prefixes.writeAddress(slot, this.#scratch, 0)
    const verdict = policy.judge(set, origin, family, this.#scratch, 0, table.prefixes.length(slot))
    if (verdict === REJECT) return 0
    const changed = this.#attributes.derive(set, verdict)
    const internal = isInternal(this.#peers, peer)
    if (nexthopFor(this.#treatment.nexthops, family, this.#attributes, changed, internal) !== Nexthop.NONE)
      return changed
    this.#attributes.release(changed)
    return 0
  }

  /** Writes what was filled in: what all hear first, then what some do, and what single members hear alone. */
  #flush(): void {
    const { changed, repeated } = this.#batches
    this.#writer.write(changed, this.members)
    this.#writer.write(repeated, this.#walk.audience)
    this.#writer.writeSingles(this.#singles, this.members)
    this.#singles.length = 0
    for (let bucket = 0; bucket < changed.buckets; bucket++) {
      if (changed.set[bucket] !== WITHDRAWAL) continue
      for (let entry = changed.head[bucket]!; entry >= 0; entry = changed.next[entry]!)
        this.#table.reap(changed.slot[entry]!)
    }
    changed.clear()
    repeated.clear()
  }
}

function roomFor({ addPath, paths }: Treatment): Int32Array<ArrayBuffer> {
  return new Int32Array(addPath && Number.isFinite(paths) ? paths : 0)
}

/** Whether some of them can take more. */
function isReady(members: Iterable<Member>): boolean {
  for (const { waiting } of members) if (waiting < FULL) return true
  return false
}
