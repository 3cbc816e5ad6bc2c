import { widened } from '../../net/columns.ts'

/** Entries that a batch has room for from the start: more than are put into one, unless prefixes have many paths. */
const ROOM = 8192
/** Set 0 stands for withdrawal. */
export const WITHDRAWAL = 0

/**
 * What one run of an update group has to say, sorted into buckets: one for each set of attributes, each neighbour that
 * must not hear it and each whose route goes to others inside. A bucket becomes as few UPDATEs as its prefixes fit into, in whatever order they came.
 */
export class Batch {
  size = 0
  /** Buckets, in the order of their first entry. */
  buckets = 0
  set = new Uint32Array(64)
  excluded = new Uint16Array(64)
  inside = new Uint16Array(64)
  head = new Int32Array(64)
  #tail = new Int32Array(64)
  slot = new Int32Array(ROOM)
  pathId = new Uint32Array(ROOM)
  next = new Int32Array(ROOM)
  readonly #byKey = new Map<number, number>()
  #last = -1

  /**
   * @param excluded number of the neighbour that must not hear it, 0 for none
   * @param inside number of the neighbour whose route goes to others inside, 0 for none; where it is not 0, `excluded` is
   *   the same number or 0, always one and the same in a batch
   */
  add(set: number, excluded: number, inside: number, slot: number, pathId: number): void {
    const bucket = this.#bucket(set, excluded, inside)
    const entry = this.size++
    if (entry === this.slot.length) this.#widen(entry + 1)
    this.slot[entry] = slot
    this.pathId[entry] = pathId
    this.next[entry] = -1
    if (this.head[bucket]! < 0) this.head[bucket] = entry
    else this.next[this.#tail[bucket]!] = entry
    this.#tail[bucket] = entry
  }

  /** The buckets as they are to be sent: withdrawals first, and what excludes one neighbour together. */
  order(): number[] {
    const order = Array.from({ length: this.buckets }, (_, bucket) => bucket)
    if (this.buckets > 1) {
      order.sort(
        (a, b) =>
          Number(this.set[a] !== WITHDRAWAL) - Number(this.set[b] !== WITHDRAWAL) ||
          this.excluded[a]! - this.excluded[b]! ||
          a - b,
      )
    }
    return order
  }

  clear(): void {
    this.size = 0
    this.buckets = 0
    this.#last = -1
    this.#byKey.clear()
  }

  #widen(entries: number): void {
    this.slot = widened(this.slot, entries)
    this.pathId = widened(this.pathId, entries)
    this.next = widened(this.next, entries)
  }

  #bucket(set: number, excluded: number, inside: number): number {
    const last = this.#last
    const alike = last >= 0 && this.set[last] === set && this.excluded[last] === excluded
    if (alike && this.inside[last] === inside) return last
    const key = set * 0x20000 + (inside === 0 ? excluded : 0x10000 + inside)
    let bucket = this.#byKey.get(key)
    if (bucket === undefined) {
      bucket = this.buckets++
      this.set = widened(this.set, bucket + 1)
      this.excluded = widened(this.excluded, bucket + 1)
      this.inside = widened(this.inside, bucket + 1)
      this.head = widened(this.head, bucket + 1)
      this.#tail = widened(this.#tail, bucket + 1)
      this.set[bucket] = set
      this.excluded[bucket] = excluded
      this.inside[bucket] = inside
      this.head[bucket] = -1
      this.#byKey.set(key, bucket)
    }
    this.#last = bucket
    return bucket
  }
}
