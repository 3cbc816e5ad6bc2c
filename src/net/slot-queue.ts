/** A first-in, first-out queue of slots (of a `PrefixTable`) in one typed array, which doubles when it is full. */
export class SlotQueue {
  #ring = new Int32Array(1024)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(slot: number): void {
    if (this.#size === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#size++) & (this.#ring.length - 1)] = slot
  }

  /** The slot that waits longest; -1 where none does. */
  shift(): number {
    if (this.#size === 0) return -1
    const slot = this.#ring[this.#head]!
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#size--
    return slot
  }

  #grow(): void {
    const ring = new Int32Array(this.#ring.length * 2)
    ring.set(this.#ring.subarray(this.#head))
    ring.set(this.#ring.subarray(0, this.#head), this.#ring.length - this.#head)
    this.#ring = ring
    this.#head = 0
  }
}
