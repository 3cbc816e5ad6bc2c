import { type Room, ready, widened } from '../../net/columns.ts'
import { SlotQueue } from '../../net/slot-queue.ts'

/** Slots of prefixes that wait for work, each at most once, first in, first out. */
export class WaitingSlots {
  readonly #queue = new SlotQueue()
  #waiting = new Uint8Array(64)

  get size(): number {
    return this.#queue.size
  }

  prepare(room: Room): void {
    this.#waiting = ready(widened(this.#waiting, room.entries), room.ready)
  }

  add(slot: number): void {
    if (slot >= this.#waiting.length) this.#waiting = widened(this.#waiting, slot + 1)
    if (this.#waiting[slot] === 1) return
    this.#waiting[slot] = 1
    this.#queue.push(slot)
  }

  /** The next slot, or -1. */
  take(): number {
    const slot = this.#queue.shift()
    if (slot >= 0) this.#waiting[slot] = 0
    return slot
  }
}
