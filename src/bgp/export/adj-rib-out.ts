import { widened } from '../../net/columns.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'

const NOTHING = new Uint32Array(0)

/**
 * What the members of an update group were told, as columns by prefix (by path with ADD-PATH): the attribute set, after
 * the export policy, and the neighbour that it came from.
 */
export class AdjRibOut {
  /** 0: nothing was announced. */
  set = NOTHING
  from = new Uint16Array(0)
  /** Entries that announce something. */
  size = 0
  readonly #attributes: AttributeStore
  /** Columns have more room than that. */
  #length = 0
  /** By neighbour: how many entries are of it. */
  #sizeFrom = new Uint32Array(64)

  constructor(attributes: AttributeStore) {
    this.#attributes = attributes
  }

  /** Makes room for so many entries. */
  reserve(length: number): void {
    this.#length = length
    this.set = widened(this.set, length)
    this.from = widened(this.from, length)
  }

  holds(at: number): boolean {
    return at < this.set.length && this.set[at] !== 0
  }

  /** How many entries are of a neighbour. */
  sizeFrom(peer: number): number {
    return this.#sizeFrom[peer] ?? 0
  }

  /** Writes down what is announced from now on. Takes over the caller's count of the set, and lets go of that before. */
  record(at: number, set: number, from: number): void {
    const before = this.set[at]!
    if (before !== 0) {
      this.size--
      this.#sizeFrom[this.from[at]!]!--
    }
    if (set !== 0) {
      this.size++
      if (from >= this.#sizeFrom.length) this.#sizeFrom = widened(this.#sizeFrom, from + 1)
      this.#sizeFrom[from]!++
    }
    this.set[at] = set
    this.from[at] = from
    this.#attributes.release(before)
  }

  /** Entries that were ever used. */
  get length(): number {
    return this.#length
  }

  /** Has another say the same with the entries from one on, up to another. */
  copyTo(other: AdjRibOut, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const set = this.set[at]!
      if (set === 0) continue
      this.#attributes.retain(set)
      other.record(at, set, this.from[at]!)
    }
  }
}
