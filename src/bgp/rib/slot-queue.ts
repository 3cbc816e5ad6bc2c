import { widened } from './columns.ts'

/** Slots of prefixes that wait for work, each at most once, first in, first out. */
export class SlotQueue {
  #ring = new Int32Array(64)
  #waiting = new Uint8Array(64)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  add(slot: number): void {
    if (slot >= this.#waiting.length) this.#waiting = widened(this.#waiting, slot + 1)
    if (this.#waiting[slot] === 1) return
    this.#waiting[slot] = 1
    if (this.#size === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = slot
    this.#size++
  }

  /** The next slot, or -1. */
  take(): number {
    if (this.#size === 0) return -1
    const slot = this.#ring[this.#head]!
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#size--
    this.#waiting[slot] = 0
    return slot
  }

  #grow(): void {
    const ring = new Int32Array(this.#ring.length * 2)
    const first = this.#ring.subarray(this.#head)
    ring.set(first)
    ring.set(this.#ring.subarray(0, this.#head), first.length)
    this.#ring = ring
    this.#head = 0
  }
}
