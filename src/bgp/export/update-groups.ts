import type { Family } from '../../net/address.ts'
import { Batch } from './batch.ts'
import type { Member } from './member.ts'
import type { Treatment } from './treatment.ts'
import { type Batches, type GroupEnvironment, UpdateGroup } from './update-group.ts'

type TableEnvironment = Pick<GroupEnvironment, 'table' | 'attributes' | 'peers'>

/** The update groups of one family: who is in which, and when two become one. */
export class UpdateGroups {
  readonly family: Family
  readonly #environment: TableEnvironment
  readonly #batches: Batches = { changed: new Batch(), repeated: new Batch() }
  readonly #groups: UpdateGroup[] = []
  /** Group of a neighbour, by its number. */
  readonly #groupOf = new Map<number, UpdateGroup>()

  constructor(family: Family, environment: TableEnvironment) {
    this.family = family
    this.#environment = environment
  }

  get size(): number {
    return this.#groups.length
  }

  get busy(): boolean {
    return this.#groups.some(group => group.busy)
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

  /** Members are to be treated as `wanted` says now: those of a group that stay alike stay together. */
  retarget(wanted: (peer: number) => Treatment): void {
    for (const group of [...this.#groups]) {
      const parts = new Map<string, { treatment: Treatment; members: Member[] }>()
      for (const member of group.members) {
        const treatment = wanted(member.peer)
        const part = parts.get(treatment.text)
        if (part) part.members.push(member)
        else parts.set(treatment.text, { treatment, members: [member] })
      }
      parts.delete(group.treatment.text)
      for (const { treatment, members } of parts.values()) {
        if (members.length === group.members.size) group.retarget(treatment)
        else this.#split(group, members, group.treatment).retarget(treatment)
      }
    }
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
    let more = false
    for (const group of [...this.#groups]) {
      if (!group.busy || (gathering && group.fresh)) continue
      if (now() >= until) return true
      const slow = group.slow()
      if (slow.length > 0) this.#split(group, slow, group.treatment)
      if (group.run(now, until, gathering)) more = true
    }
    this.#merge()
    return more
  }

  #split(group: UpdateGroup, members: readonly Member[], treatment: Treatment): UpdateGroup {
    const other = group.split(members, treatment)
    this.#groups.push(other)
    for (const { peer } of members) this.#groupOf.set(peer, other)
    if (group.members.size === 0) this.#dissolve(group)
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
      this.#groups.splice(this.#groups.indexOf(group), 1)
    }
  }

  #dissolve(group: UpdateGroup): void {
    this.#groups.splice(this.#groups.indexOf(group), 1)
    group.dissolve()
  }
}
