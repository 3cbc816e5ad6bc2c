import type { Hop, NexthopSet } from './nexthop-set.ts'

/**
 * Interns next-hop sets: equal ways give the same object. Sets are few (a cluster of 5,000 nodes has some ten
 * thousand) and are kept for the life of the process; ids are dense, so that columns can hold them.
 */
export class NexthopSets {
  readonly #byKey = new Map<string, NexthopSet>()
  readonly #byId: (NexthopSet | undefined)[] = [undefined]

  /**
   * The set of these hops. Their order does not matter; of two equal ones the weights add up.
   * @param blackhole true for a set that drops; then `hops` is empty.
   */
  intern(hops: readonly Hop[], blackhole = false): NexthopSet {
    const merged = mergeEqual(hops)
    const key = blackhole ? 'blackhole' : merged.map(([text, hop]) => `${text}*${hop.weight}`).join(' ')
    let set = this.#byKey.get(key)
    if (!set) {
      set = { id: this.#byId.length, blackhole, hops: blackhole ? [] : merged.map(([, hop]) => hop) }
      this.#byKey.set(key, set)
      this.#byId.push(set)
    }
    return set
  }

  /** The set with this id. */
  byId(id: number): NexthopSet {
    const set = this.#byId[id]
    if (!set) throw new RangeError(`no next-hop set has the id ${id}`)
    return set
  }

  /** One more than the largest id. */
  get top(): number {
    return this.#byId.length
  }
}

function mergeEqual(hops: readonly Hop[]): [string, Hop][] {
  const merged = new Map<string, Hop>()
  for (const hop of hops) {
    const key = `${hop.via ?? ''}%${hop.interface ?? ''}${hop.onlink ? '!' : ''}`
    const known = merged.get(key)
    merged.set(key, known ? { ...known, weight: known.weight + hop.weight } : hop)
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
