import type { AttributeStore } from '../rib/attribute-store.ts'
import type { PathTable } from '../rib/path-table.ts'
import type { PeerColumns } from '../rib/peers.ts'
import { UpdateWriter } from '../wire/index.ts'
import type { Batch } from './batch.ts'
import { Delivery } from './delivery.ts'
import type { Member } from './member.ts'
import { Rewriting } from './rewriting.ts'
import type { Treatment } from './treatment.ts'

export interface WriterEnvironment {
  readonly table: PathTable
  readonly attributes: AttributeStore
  readonly peers: PeerColumns
}

/** What one member hears alone. */
export interface Single {
  readonly peer: number
  /** 0: it is withdrawn. */
  readonly set: number
  readonly inside: number
  readonly slot: number
  readonly pathId: number
}

/** Writes what an update group has to say: UPDATEs as its members are treated, which all who hear them share. */
export class GroupWriter {
  /** Something was written since this was last set. */
  wrote = false
  readonly #table: PathTable
  readonly #attributes: AttributeStore
  readonly #peers: PeerColumns
  readonly #treatment: Treatment
  readonly #rewriting: Rewriting
  readonly #delivery = new Delivery()
  readonly #updates: UpdateWriter
  #written = 0
  #recipient: Member | undefined
  #excluded = 0

  constructor({ table, attributes, peers }: WriterEnvironment, treatment: Treatment) {
    this.#table = table
    this.#attributes = attributes
    this.#peers = peers
    this.#treatment = treatment
    this.#rewriting = new Rewriting(treatment)
    this.#updates = this.#newUpdates(bytes => this.#emit(bytes))
  }

  /** What is in a batch, for these members: withdrawals first. */
  write(batch: Batch, members: Iterable<Member>): void {
    if (batch.size === 0) return
    for (const bucket of batch.order()) {
      if (batch.excluded[bucket] !== this.#excluded) {
        this.#updates.flush()
        this.#excluded = batch.excluded[bucket]!
      }
      this.#begin(batch.set[bucket]!, batch.inside[bucket]!)
      for (let entry = batch.head[bucket]!; entry >= 0; entry = batch.next[entry]!) {
        this.#updates.addSlot(this.#table.prefixes, batch.slot[entry]!, batch.pathId[entry]!)
      }
    }
    this.#updates.flush()
    this.#excluded = 0
    this.#delivery.deliver(members)
  }

  writeSingles(singles: readonly Single[], members: Iterable<Member>): void {
    if (singles.length === 0) return
    for (const member of members) {
      this.#recipient = member
      for (const { peer, set, inside, slot, pathId } of singles) {
        if (peer !== member.peer) continue
        this.#begin(set, inside)
        this.#updates.addSlot(this.#table.prefixes, slot, pathId)
      }
      this.#updates.flush()
    }
    this.#recipient = undefined
  }

  /** The UPDATE that announces one path, for people; nothing where its attributes are too large for one. */
  announcement(slot: number, pathId: number, set: number, inside: number): Uint8Array[] {
    const messages: Uint8Array[] = []
    const updates = this.#newUpdates(bytes => messages.push(bytes.slice()))
    if (!this.#announce(updates, set, inside)) return []
    updates.addSlot(this.#table.prefixes, slot, pathId)
    updates.flush()
    return messages
  }

  /** Begins announcements with a set, or withdrawals: of set 0, and of a set too large for a message (RFC 4271 §9.2). */
  #begin(set: number, inside: number): void {
    if (set === 0 || !this.#announce(this.#updates, set, inside))
      this.#updates.withdraw(this.#treatment.family)
  }

  /** False: the attributes are too large, also without those that a route can do without (RFC 8654 §4). */
  #announce(updates: UpdateWriter, set: number, inside: number): boolean {
    const originatorId = inside === 0 ? -1 : this.#peers.routerId[inside]!
    const rewriting = this.#rewriting
    const attributes = this.#attributes
    return (
      updates.announce(rewriting.encode(attributes, set, inside !== 0, originatorId)) ||
      updates.announce(rewriting.encode(attributes, set, inside !== 0, originatorId, true))
    )
  }

  #newUpdates(emit: (bytes: Uint8Array) => void): UpdateWriter {
    const { limit, addPath, family } = this.#treatment
    return new UpdateWriter({ limit, addPath: addPath ? [family] : [], emit })
  }

  #emit(bytes: Uint8Array): void {
    const { messages } = this.#updates
    const updates = messages - this.#written
    this.#written = messages
    this.wrote = true
    if (this.#recipient) this.#recipient.send(bytes, updates)
    else this.#delivery.add(bytes, updates, this.#excluded)
  }
}
