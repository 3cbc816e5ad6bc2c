import type { Family } from '../../net/address.ts'
import type { AbandonedRibOut } from './abandoned-rib-out.ts'
import type { AdjRibOut } from './adj-rib-out.ts'
import { Batch } from './batch.ts'
import type { WriterEnvironment } from './group-writer.ts'
import type { Member } from './member.ts'
import type { RibOutCopy } from './rib-out-copy.ts'
import type { Treatment } from './treatment.ts'
import { type Batches, UpdateGroup } from './update-group.ts'

interface Copying {
  readonly group: UpdateGroup
  readonly copy: RibOutCopy
  /** Takes the copy over. */
  readonly done: (out: AdjRibOut) => void
}

/** The update groups of one family: who is in which, and when two become one. */
export class UpdateGroups {
  readonly family: Family
  readonly #environment: WriterEnvironment
  readonly #batches: Batches = { changed: new Batch(), repeated: new Batch() }
  readonly #groups: UpdateGroup[] = []
  /** How members are to be treated; undefined: as they are. */
  #wanted: (peer: number) => Treatment | undefined = () => undefined
  /** Of a group a part of which is to go its own way: until the copy is whole, no group says anything. */
  #copying: Copying | undefined
  /** What groups had told that are no more. */
  readonly #abandoned: AbandonedRibOut[] = []
  /** Group of a neighbour, by its number. */
  readonly #groupOf = new Map<number, UpdateGroup>()

  constructor(family: Family, environment: WriterEnvironment) {
    this.family = family
    this.#environment = environment
  }

  get size(): number {
    return this.#groups.length
  }

  get busy(): boolean {
    if (this.#copying || this.#abandoned.length > 0) return true
    return this.#groups.some(group => group.busy || group.outdated)
  }

  of(peer: number): UpdateGroup | undefined {
    return this.#groupOf.get(peer)
  }

  /** A new member, which is told the whole table: with others that are treated alike. */
  join(member: Member, treatment: Treatment): UpdateGroup {
    let group = this.#groups.find(other => other.treatment.text === treatment.text)
    if (!group) {
      group = new UpdateGroup(
        { ...this.#environment, batches: this.#batches, groupOf: peer => this.#groupOf.get(peer)?.id ?? 0 },
        treatment,
      )
      this.#groups.push(group)
    }
    group.admit(member)
    this.#groupOf.set(member.peer, group)
    return group
  }

  leave(member: Member): void {
    const group = this.#groupOf.get(member.peer)
    if (!group) return
    this.#groupOf.delete(member.peer)
    group.dismiss(member)
    if (group.members.size === 0) this.#dissolve(group)
  }

  /** The member hears everything again, and hears of the end of what it should not have. */
  again(member: Member): void {
    this.#groupOf.get(member.peer)?.again(member)
  }

  /**
   * Members are to be treated as `wanted` says, before anything else is said: those of a group that stay alike stay together.
   * It is asked in a later turn; undefined: the member, whose session may have ended meanwhile, is treated as before.
   */
  retarget(wanted: (peer: number) => Treatment | undefined): void {
    this.#wanted = wanted
    for (const group of this.#groups) group.outdated = true
  }

  /** A neighbour has another BGP identifier, or is of another type: paths of it that are kept are decided and told by it. */
  reidentified(peer: number): void {
    const { table } = this.#environment
    if (table.counts.received[peer]! > 0) table.markAll()
    for (const group of this.#groups) if (group.tellsOf(peer)) group.repeat()
  }

  /** Who may hear of what has changed, beside the treatments: all groups look at the whole table again. */
  review(): void {
    for (const group of this.#groups) group.review()
  }

  /**
   * Lets all groups say what they have to, until the time is over. True: there is more, and somebody to take it.
   * @param gathering new members wait for others
   */
  run(now: () => number, until: number, gathering = false): boolean {
    if (this.#copyOn(now, until) || this.#bringUpToDate(now, until)) return true
    let more = false
    for (const group of [...this.#groups]) {
      if (!group.busy || (gathering && group.fresh)) continue
      if (now() >= until) return true
      if (group.slow().length > 0) {
        this.#copy(group, out => this.#partFrom(group, group.lagging(), out))
        if (this.#copyOn(now, until)) return true
      }
      if (group.run(now, until, gathering)) more = true
    }
    this.#merge()
    return this.#forget(now, until) || more
  }

  /** Members that are to be treated otherwise leave their groups, one part after the other. True: there is more to do. */
  #bringUpToDate(now: () => number, until: number): boolean {
    const next = () => this.#groups.find(({ outdated }) => outdated)
    for (let group = next(); group; group = next()) {
      const { wanted, part } = this.#otherwise(group)
      group.outdated = part.length > 0 && part.length < group.members.size
      if (group.outdated) this.#copy(group, out => this.#takeOut(group!, out))
      else if (wanted) group.retarget(wanted)
      if (this.#copyOn(now, until) || now() >= until)
        return this.#copying !== undefined || next() !== undefined
    }
    return false
  }

  /** Members of a group that are to be treated alike, and otherwise than now. There may be others. */
  #otherwise(group: UpdateGroup): { wanted: Treatment | undefined; part: Member[] } {
    let wanted: Treatment | undefined
    const part: Member[] = []
    for (const member of group.members) {
      const treatment = this.#wanted(member.peer)
      if (!treatment || treatment.text === group.treatment.text) continue
      wanted ??= treatment
      if (treatment.text === wanted.text) part.push(member)
    }
    return { wanted, part }
  }

  /** Has a copy made of what a group told, and then something done with it. */
  #copy(group: UpdateGroup, done: (out: AdjRibOut) => void): void {
    this.#copying = { group, copy: group.copyOut(), done }
  }

  /** True: the time is over, and there is more to copy. */
  #copyOn(now: () => number, until: number): boolean {
    const copying = this.#copying
    if (!copying) return false
    if (copying.copy.run(now, until)) return true
    this.#copying = undefined
    copying.done(copying.copy.copy)
    return false
  }

  /** While the copy was made, members may have gone, and others may be wanted otherwise. */
  #takeOut(group: UpdateGroup, out: AdjRibOut): void {
    const { wanted, part } = this.#otherwise(group)
    this.#partFrom(group, part, out)?.retarget(wanted!)
  }

  /** Some members of a group become one of their own, where there are such, and others. */
  #partFrom(group: UpdateGroup, part: readonly Member[], out: AdjRibOut): UpdateGroup | undefined {
    if (part.length > 0 && part.length < group.members.size) return this.#split(group, part, out)
    this.#abandoned.push(group.abandon(out))
    return undefined
  }

  #forget(now: () => number, until: number): boolean {
    for (let first = this.#abandoned[0]; first; first = this.#abandoned[0]) {
      if (now() >= until || first.run(now, until)) return true
      this.#abandoned.shift()
    }
    return false
  }

  #split(group: UpdateGroup, members: readonly Member[], out: AdjRibOut): UpdateGroup {
    const other = group.split(members, group.treatment, out)
    this.#groups.push(other)
    for (const { peer } of members) this.#groupOf.set(peer, other)
    return other
  }

  /** Groups of equal treatment that have all said everything have said the same: they become one. */
  #merge(): void {
    if (this.#groups.length < 2) return
    const first = new Map<string, UpdateGroup>()
    for (const group of [...this.#groups]) {
      if (group.busy) continue
      const same = first.get(group.treatment.text)
      if (!same) {
        first.set(group.treatment.text, group)
        continue
      }
      for (const { peer } of group.members) this.#groupOf.set(peer, same)
      same.join(group)
      this.#dissolve(group)
    }
  }

  #dissolve(group: UpdateGroup): void {
    this.#groups.splice(this.#groups.indexOf(group), 1)
    if (this.#copying?.group === group) {
      this.#abandoned.push(group.abandon(this.#copying.copy.copy))
      this.#copying = undefined
    }
    this.#abandoned.push(group.dissolve())
  }
}
