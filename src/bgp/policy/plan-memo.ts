/** Entries at most; 16 octets each. */
const LARGEST = 1 << 17

/**
 * What was found out of attribute sets, by their number. A number is given away again when its set is gone: an entry counts
 * while the set's generation is still the same. It has a bounded number of places; sets that share one push each
 * other out, and are looked at anew.
 */
export class PlanMemo<T> {
  #sets = new Uint32Array(64)
  #generations = new Uint32Array(64)
  #values: (T | undefined)[] = new Array(64).fill(undefined)

  get(set: number, generation: number): T | undefined {
    const at = set & (this.#sets.length - 1)
    return this.#sets[at] === set && this.#generations[at] === generation ? this.#values[at] : undefined
  }

  put(set: number, generation: number, value: T): void {
    while (set >= this.#sets.length && this.#sets.length < LARGEST) this.#grow()
    const at = set & (this.#sets.length - 1)
    this.#sets[at] = set
    this.#generations[at] = generation
    this.#values[at] = value
  }

  /** Twice the places; each entry stays where its number has it. */
  #grow(): void {
    const length = this.#sets.length
    const sets = new Uint32Array(length * 2)
    const generations = new Uint32Array(length * 2)
    const values: (T | undefined)[] = new Array(length * 2).fill(undefined)
    for (let i = 0; i < length; i++) {
      const at = this.#sets[i]! & (length * 2 - 1)
      sets[at] = this.#sets[i]!
      generations[at] = this.#generations[i]!
      values[at] = this.#values[i]
    }
    this.#sets = sets
    this.#generations = generations
    this.#values = values
  }
}
