import { formatAddress, isLinkLocal, isUnspecified } from '../../net/address.ts'
import { widened } from '../../net/columns.ts'
import type { Hop, NexthopSet } from '../../routing/nexthop-set.ts'
import type { HopName, NexthopChange, NexthopInterner, NexthopReachability } from '../sink.ts'

/** The metric of a next hop that cannot be reached. */
export const UNREACHABLE = 0xffffffff

/** Sets of several next hops that are remembered, so that prefixes with the same paths share the work. */
const REMEMBERED = 4096

/** Where nobody watches the network, all can be reached until somebody says otherwise. */
const ALL_REACHABLE: NexthopReachability = { track: () => 0, untrack: () => undefined }

/** Next hops that changed, by number. */
export type ChangedHops = Uint8Array

/**
 * Next hops of paths, interned: an address, and the interface that it is reached through where the address does not tell:
 * a link-local one, or the far end of a tunnel that the import policy chose. Numbers start at 1; 0 is the next hop of what
 * we originate.
 */
export class Hops {
  /** IGP metric (RFC 4271 §9.1.2.2 e), or `UNREACHABLE`. */
  metric = new Uint32Array(64)
  readonly #interner: NexthopInterner
  readonly #reachability: NexthopReachability
  readonly #byKey = new Map<string, number>()
  readonly #hops: (Hop | undefined)[] = [undefined]
  readonly #single: (NexthopSet | undefined)[] = [undefined]
  readonly #references: number[] = [0]
  readonly #free: number[] = []
  readonly #sets = new Map<number, RememberedSet>()
  #blackhole: NexthopSet | undefined

  constructor(interner: NexthopInterner, reachability: NexthopReachability = ALL_REACHABLE) {
    this.#interner = interner
    this.#reachability = reachability
  }

  /**
   * The number of a next hop, counted once more.
   * @param bytes 4, 16, or 32 octets: a global address and a link-local one (RFC 2545 §3), of which the first is taken unless
   *   it is none
   * @param link name of the interface or tunnel that it is reached through, where the address does not tell
   */
  intern(bytes: Uint8Array, link: string | undefined): number {
    const address = bytes.length === 32 ? globalOf(bytes) : bytes
    if (isUnspecified(address)) return 0
    const via = formatAddress(address)
    const key = hopKey({ via, ...(link !== undefined && { interface: link }) })
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      this.#references[known]!++
      return known
    }
    const id = this.#free.pop() ?? this.#hops.length
    const hop = makeHop(via, link, isLinkLocal(address))
    this.metric = widened(this.metric, id + 1)
    this.metric[id] = this.#reachability.track(hop) ?? UNREACHABLE
    this.#byKey.set(key, id)
    this.#hops[id] = hop
    this.#references[id] = 1
    return id
  }

  release(id: number): void {
    if (id === 0 || --this.#references[id]! > 0) return
    const hop = this.#hops[id]!
    this.#byKey.delete(hopKey(hop))
    this.#reachability.untrack(hop)
    this.#hops[id] = undefined
    this.#single[id] = undefined
    this.#sets.clear()
    this.#free.push(id)
  }

  /** Whether some path's next hop is one of these addresses. */
  anyVia(addresses: ReadonlySet<string>): boolean {
    return this.#hops.some(hop => hop?.via !== undefined && addresses.has(hop.via))
  }

  /** The address of a next hop as canonical text; undefined for what we originate. */
  via(id: number): string | undefined {
    return this.#hops[id]?.via
  }

  /** A next hop as the RIB gets it; undefined for what we originate. */
  hop(id: number): Hop | undefined {
    return this.#hops[id]
  }

  /** Takes the metrics of next hops as they are now. @returns those whose metric is another one, undefined where there is none. */
  change(changes: readonly NexthopChange[]): ChangedHops | undefined {
    let changed: ChangedHops | undefined
    for (const { hop, metric = UNREACHABLE } of changes) {
      const id = this.#byKey.get(hopKey(hop))
      if (id === undefined || this.metric[id] === metric) continue
      this.metric[id] = metric
      changed ??= new Uint8Array(this.#hops.length)
      changed[id] = 1
    }
    return changed
  }

  /** The set of a route whose packets are dropped. */
  get blackhole(): NexthopSet {
    this.#blackhole ??= this.#interner.intern([], true)
    return this.#blackhole
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

  /** The interned set of the first `count` entries of `ids`: different next hops in ascending order, with their weights. */
  several(ids: Int32Array, weights: Int32Array, count: number): NexthopSet {
    if (count === 1) return this.single(ids[0]!)
    let hash = count
    for (let i = 0; i < count; i++)
      hash = Math.imul(Math.imul(hash ^ ids[i]!, 0x01000193) ^ weights[i]!, 0x01000193)
    const known = this.#sets.get(hash)
    if (known && same(known.hops, ids, count) && same(known.weights, weights, count)) return known.set
    const set = this.#interner.intern(
      Array.from({ length: count }, (_, i) => ({ ...this.#hops[ids[i]!]!, weight: weights[i]! })),
    )
    if (this.#sets.size >= REMEMBERED) this.#sets.clear()
    this.#sets.set(hash, { hops: ids.slice(0, count), weights: weights.slice(0, count), set })
    return set
  }
}

interface RememberedSet {
  readonly hops: Int32Array
  readonly weights: Int32Array
  readonly set: NexthopSet
}

/** A next hop in one word. */
export function hopKey({ via, interface: link }: HopName): string {
  return link === undefined ? `${via}` : `${via}%${link}`
}

function makeHop(via: string, link: string | undefined, linkLocal: boolean): Hop {
  if (link === undefined) return { via, weight: 1 }
  // A link-local address is a neighbour on the link by itself; the far end of a tunnel is in no network of ours.
  return { via, interface: link, ...(!linkLocal && { onlink: true }), weight: 1 }
}

function globalOf(bytes: Uint8Array): Uint8Array {
  const global = bytes.subarray(0, 16)
  return isUnspecified(global) ? bytes.subarray(16, 32) : global
}

function same(a: Int32Array, b: Int32Array, count: number): boolean {
  if (a.length !== count) return false
  for (let i = 0; i < count; i++) if (a[i] !== b[i]) return false
  return true
}
