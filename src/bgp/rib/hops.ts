import { formatAddress, isUnspecified } from '../../net/address.ts'
import type { Hop, NexthopSet } from '../../routing/nexthop-set.ts'
import type { NexthopInterner } from '../sink.ts'
import { widened } from './columns.ts'

/** The metric of a next hop that cannot be reached. */
export const UNREACHABLE = 0xffffffff

/** Sets of several next hops that are remembered, so that prefixes with the same paths share the work. */
const REMEMBERED = 4096

/**
 * Next hops of paths, interned: an address, and the tunnel that the import policy sends it through. Numbers start at 1;
 * 0 is the next hop of what we originate.
 */
export class Hops {
  /** IGP metric (RFC 4271 §9.1.2.2 e), or `UNREACHABLE`. */
  metric = new Uint32Array(64)
  readonly #interner: NexthopInterner
  readonly #byKey = new Map<string, number>()
  readonly #keys: (string | undefined)[] = [undefined]
  readonly #hops: (Hop | undefined)[] = [undefined]
  readonly #single: (NexthopSet | undefined)[] = [undefined]
  readonly #references: number[] = [0]
  readonly #free: number[] = []
  readonly #metrics = new Map<string, number>()
  readonly #sets = new Map<number, { readonly hops: Int32Array; readonly set: NexthopSet }>()

  constructor(interner: NexthopInterner) {
    this.#interner = interner
  }

  /** The number of a next hop, counted once more. `bytes`: 4, 16, or 32 octets, of which the first 16 are the global one. */
  intern(bytes: Uint8Array, tunnel: string | undefined): number {
    if (isUnspecified(bytes)) return 0
    const via = formatAddress(bytes, 0, Math.min(bytes.length, 16))
    const key = tunnel === undefined ? via : `${via}%${tunnel}`
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      this.#references[known]!++
      return known
    }
    const id = this.#free.pop() ?? this.#hops.length
    this.metric = widened(this.metric, id + 1)
    this.metric[id] = this.#metrics.get(via) ?? 0
    this.#byKey.set(key, id)
    this.#keys[id] = key
    this.#hops[id] =
      tunnel === undefined ? { via, weight: 1 } : { via, interface: tunnel, onlink: true, weight: 1 }
    this.#references[id] = 1
    return id
  }

  release(id: number): void {
    if (id === 0 || --this.#references[id]! > 0) return
    this.#byKey.delete(this.#keys[id]!)
    this.#keys[id] = undefined
    this.#hops[id] = undefined
    this.#single[id] = undefined
    this.#sets.clear()
    this.#free.push(id)
  }

  /** The address of a next hop as canonical text; undefined for what we originate. */
  via(id: number): string | undefined {
    return this.#hops[id]?.via
  }

  /** The metric of an address from now on, for paths that are here and those to come. True: it is another one than before. */
  setMetric(via: string, metric: number): boolean {
    const before = this.#metrics.get(via) ?? 0
    if (metric === 0) this.#metrics.delete(via)
    else this.#metrics.set(via, metric)
    this.#hops.forEach((hop, id) => {
      if (hop?.via === via) this.metric[id] = metric
    })
    return before !== metric
  }

  /** The interned set of one next hop. */
  single(id: number): NexthopSet {
    let set = this.#single[id]
    if (!set) {
      set = this.#interner.intern([this.#hops[id]!])
      this.#single[id] = set
    }
    return set
  }

  /** The interned set of the first `count` entries of `ids`: different next hops in ascending order. */
  several(ids: Int32Array, count: number): NexthopSet {
    if (count === 1) return this.single(ids[0]!)
    let hash = count
    for (let i = 0; i < count; i++) hash = Math.imul(hash ^ ids[i]!, 0x01000193)
    const known = this.#sets.get(hash)
    if (known && sameIds(known.hops, ids, count)) return known.set
    const hops = ids.slice(0, count)
    const set = this.#interner.intern(Array.from(hops, id => this.#hops[id]!))
    if (this.#sets.size >= REMEMBERED) this.#sets.clear()
    this.#sets.set(hash, { hops, set })
    return set
  }
}

function sameIds(a: Int32Array, b: Int32Array, count: number): boolean {
  if (a.length !== count) return false
  for (let i = 0; i < count; i++) if (a[i] !== b[i]) return false
  return true
}
