import type { Member } from './member.ts'

/**
 * Why a member goes along: the group has said nothing to anybody yet, or has and the member is new, or the member knows
 * all and wants to hear it once more.
 */
export type Reason = 'first' | 'newcomer' | 'again'

/**
 * How far an update group has come on its way over the whole table, and who goes along, until its end. Most of these, the
 * audience, are told all that there is, and not only what differs from what was said before. Who comes while a walk
 * is under way goes along on the next: so two hundred that ask for a refresh at the same time are told by two walks.
 */
export class TableWalk {
  /** The next slot, -1 where no walk is under way. */
  next = 0
  /** Announcements of this walk. */
  told = 0
  /** All members wait for it, since what they are told may differ. */
  #common = true
  readonly #along = new Set<Member>()
  readonly #audience = new Set<Member>()
  readonly #later = new Set<Member>()
  /** Who has heard nothing before, by their numbers. */
  readonly #newcomers = new Map<number, Member>()

  get underWay(): boolean {
    return this.next >= 0
  }

  /** Who is told also what others know. */
  get audience(): ReadonlySet<Member> {
    return this.#audience
  }

  /** Who waits for it to go on. `members`: all of the group. */
  *awaitedBy(members: Iterable<Member>): Generator<Member> {
    if (this.#common) yield* members
    else {
      yield* this.#audience
      yield* this.#later
    }
  }

  /** Whether a member waits for it to end. */
  concerns(member: Member): boolean {
    if (!this.underWay) return false
    return this.#common || this.#audience.has(member) || this.#later.has(member)
  }

  join(member: Member, reason: Reason): void {
    if (reason === 'newcomer') this.#newcomers.set(member.peer, member)
    if (this.next > 0) {
      this.#later.add(member)
      return
    }
    this.#begin(this.underWay && this.#common)
    this.#along.add(member)
    if (reason !== 'first') this.#audience.add(member)
  }

  leave(member: Member): void {
    this.#along.delete(member)
    this.#audience.delete(member)
    this.#later.delete(member)
    this.#newcomers.delete(member.peer)
    if (!this.#common && this.#audience.size === 0) this.#next()
  }

  /** Begins from the front, for all, whatever was walked before. */
  restart(): void {
    this.#begin(true)
  }

  /** It is over, and that of those who came later begins. Returns who was told all. */
  end(): Member[] {
    const done = [...this.#along].filter(member => !this.#later.has(member))
    for (const { peer } of this.#audience) this.#newcomers.delete(peer)
    this.#along.clear()
    this.#audience.clear()
    this.#next()
    return done
  }

  /** Some members walk with another group from now on, from the front. */
  hand(members: Iterable<Member>, other: TableWalk): void {
    for (const member of members) {
      const again = this.#audience.has(member) || this.#later.has(member)
      if (again) other.join(member, this.#newcomers.has(member.peer) ? 'newcomer' : 'again')
      else if (this.#along.has(member)) other.join(member, 'first')
      this.leave(member)
    }
  }

  /** Whether a neighbour has come past a slot: who is new knows nothing of what lies before it. */
  hasPassed(peer: number, slot: number): boolean {
    const member = this.#newcomers.get(peer)
    return member === undefined || (this.#audience.has(member) && slot < this.next)
  }

  /** How many announcements a newcomer has heard so far; undefined: it is none. */
  toldTo(peer: number): number | undefined {
    const member = this.#newcomers.get(peer)
    return member && (this.#audience.has(member) ? this.told : 0)
  }

  /** That of those who came later, where there are any. */
  #next(): void {
    this.next = -1
    if (this.#later.size > 0) this.#begin(false)
  }

  #begin(common: boolean): void {
    this.next = 0
    this.told = 0
    this.#common = common
    for (const member of this.#later) {
      this.#along.add(member)
      this.#audience.add(member)
    }
    this.#later.clear()
  }
}
