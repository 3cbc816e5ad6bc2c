/** Freed pieces are kept by size, in steps of this many octets. */
const STEP = 16

/**
 * Many short byte strings in one array: a hundred thousand attribute sets as Uint8Arrays of their own would cost more in
 * headers than they hold, and the garbage collector a walk over all of them.
 */
export class ByteArena {
  /** Where the pieces lie. Replaced when the arena grows: ask for it anew after each `store`. */
  bytes = new Uint8Array(1 << 12)
  #end = 0
  readonly #free: number[][] = []

  /** Copies a piece into the arena; returns its offset. */
  store(from: Uint8Array, start: number, end: number): number {
    const steps = Math.ceil((end - start) / STEP)
    const offset = this.#free[steps]?.pop() ?? this.#take(steps * STEP)
    this.bytes.set(from.subarray(start, end), offset)
    return offset
  }

  /** Gives a piece back. */
  release(offset: number, length: number): void {
    const steps = Math.ceil(length / STEP)
    let free = this.#free[steps]
    if (!free) {
      free = []
      this.#free[steps] = free
    }
    free.push(offset)
  }

  #take(octets: number): number {
    const offset = this.#end
    this.#end += octets
    if (this.#end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.#end))
      grown.set(this.bytes)
      this.bytes = grown
    }
    return offset
  }
}
