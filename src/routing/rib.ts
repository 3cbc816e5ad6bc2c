import { ADDRESS_BYTES, type Family } from '../net/address.ts'
import { withRoom } from '../net/columns.ts'
import type { Prefix } from '../net/prefix.ts'
import { PrefixTable } from '../net/prefix-table.ts'
import type { NexthopSet } from './nexthop-set.ts'
import type { NexthopSets } from './nexthop-sets.ts'
import type { ResolvedNexthops } from './resolved-nexthops.ts'
import type { Resolver } from './resolver.ts'

/** Where a route comes from, each with the administrative distance it has unless its route says otherwise. */
export const SOURCES = [
  { name: 'connected', distance: 0 },
  { name: 'static', distance: 1 },
  { name: 'eBGP', distance: 20 },
  { name: 'iBGP', distance: 200 },
] as const

export type SourceName = (typeof SOURCES)[number]['name']

/** Takes what the kernel is to have; `forwarding/`'s FIB is one. Bytes are 4 or 16, valid during the call only. */
export interface FibSink {
  set(family: Family, bytes: Uint8Array, offset: number, length: number, nexthops: ResolvedNexthops): void
  delete(family: Family, bytes: Uint8Array, offset: number, length: number): void
}

/**
 * Told of every prefix whose best source or next hops changed. `source` and `nexthops` are undefined where the
 * prefix is gone, `before` where it is new.
 */
export type BestListener = (
  family: Family,
  bytes: Uint8Array,
  offset: number,
  length: number,
  source: SourceName | undefined,
  before: SourceName | undefined,
  nexthops: NexthopSet | undefined,
) => void

/** What the RIB says of one prefix. */
export interface RibRoute {
  readonly prefix: string
  readonly source: SourceName
  readonly distance: number
  readonly nexthops: NexthopSet
  /** Undefined where no hop resolves: such a route is not in the kernel. */
  readonly resolved: ResolvedNexthops | undefined
}

const NO_SOURCE = -1

/** Slots looked at between two glances at the clock. */
const GLANCE = 1024

/**
 * One table over all sources of routes: of each prefix it knows what every source offers, chooses the one with
 * the lowest administrative distance, resolves its next hops, and tells the FIB. Connected routes are the
 * kernel's own work: they win here so that nothing else is written over them, and are never written.
 *
 * For each source and prefix only the id of an interned next-hop set is kept, in a column: 16 bytes a prefix.
 */
export class Rib {
  readonly #sets: NexthopSets
  readonly #resolver: Resolver
  readonly #fib: FibSink
  readonly #onBest: BestListener
  readonly #tables: Readonly<Record<Family, SourceTable>> = { 4: new SourceTable(4), 6: new SourceTable(6) }
  readonly #scratch = new Uint8Array(16)

  constructor(parts: { sets: NexthopSets; resolver: Resolver; fib: FibSink; onBest: BestListener }) {
    this.#sets = parts.sets
    this.#resolver = parts.resolver
    this.#fib = parts.fib
    this.#onBest = parts.onBest
  }

  /**
   * A source offers this route from now on.
   * @param bytes holds the significant bytes of the prefix from `offset` on
   * @param length prefix length in bits
   * @param distance administrative distance where it is not that of the source
   */
  set(
    source: SourceName,
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    nexthops: NexthopSet,
    distance?: number,
  ): void {
    const table = this.#tables[family]
    const slot = table.prefixes.insert(bytes, offset, length)
    table.fit()
    const before = table.best(slot)
    const beforeSet = before === NO_SOURCE ? 0 : table.offers[before]![slot]!
    const index = sourceIndex(source)
    table.offers[index]![slot] = nexthops.id
    table.setDistance(index, slot, distance)
    this.#settle(table, slot, before, beforeSet)
  }

  /** A source does not offer this prefix any more. */
  remove(source: SourceName, family: Family, bytes: Uint8Array, offset: number, length: number): void {
    const table = this.#tables[family]
    const slot = table.prefixes.find(bytes, offset, length)
    const index = sourceIndex(source)
    if (slot < 0 || table.offers[index]![slot] === 0) return
    const before = table.best(slot)
    const beforeSet = table.offers[before]![slot]!
    table.offers[index]![slot] = 0
    table.setDistance(index, slot, undefined)
    this.#settle(table, slot, before, beforeSet)
    if (table.best(slot) === NO_SOURCE) table.prefixes.remove(slot)
  }

  /**
   * To be called when the answers for these sets of next hops (by id) have become others. Makes a task that tells the FIB anew
   * of every route that stands on one of them, in slices.
   * @returns a function that works until a time and says whether there is more.
   */
  resolveAgain(changed: ReadonlySet<number>, now: () => number): (until: number) => boolean {
    const tables = [this.#tables[4], this.#tables[6]]
    let slot = 0
    return until => {
      for (let table = tables[0]; table; table = tables[0]) {
        for (; slot < table.prefixes.top; slot++) {
          const best = table.best(slot)
          const set = best > 0 ? table.offers[best]![slot]! : 0
          if (changed.has(set)) this.#install(table, slot, this.#sets.byId(set))
          if (slot % GLANCE === GLANCE - 1 && now() >= until) {
            slot++
            return true
          }
        }
        tables.shift()
        slot = 0
      }
      return false
    }
  }

  /** Prefixes that at least one source offers. */
  get size(): number {
    return this.#tables[4].prefixes.size + this.#tables[6].prefixes.size
  }

  /**
   * Goes over all prefixes of a family, in no order that means anything. Yields now and then, where the caller may take a
   * pause in which the table changes: what is there all the time is visited once.
   * @param visit is given a prefix that is valid during the call only
   */
  *walk(family: Family, visit: (prefix: Prefix) => void): Generator<void> {
    const table = this.#tables[family]
    const bytes = new Uint8Array(ADDRESS_BYTES[family])
    const prefix = { bytes, length: 0 }
    for (let slot = 0; slot < table.prefixes.top; slot++) {
      if (slot % GLANCE === GLANCE - 1) yield
      if (table.best(slot) === NO_SOURCE) continue
      table.prefixes.writeAddress(slot, bytes, 0)
      prefix.length = table.prefixes.length(slot)
      visit(prefix)
    }
  }

  /** What the RIB says of one prefix; undefined where no source offers it. */
  route(family: Family, bytes: Uint8Array, length: number): RibRoute | undefined {
    const table = this.#tables[family]
    const slot = table.prefixes.find(bytes, 0, length)
    return slot < 0 ? undefined : this.#route(table, slot)
  }

  #route(table: SourceTable, slot: number): RibRoute {
    const best = table.best(slot)
    const nexthops = this.#sets.byId(table.offers[best]![slot]!)
    return {
      prefix: table.prefixes.text(slot),
      source: SOURCES[best]!.name,
      distance: table.distance(best, slot),
      nexthops,
      resolved: this.#resolver.resolve(nexthops),
    }
  }

  #settle(table: SourceTable, slot: number, before: number, beforeSet: number): void {
    const best = table.best(slot)
    const set = best === NO_SOURCE ? 0 : table.offers[best]![slot]!
    if (best === before && set === beforeSet) return
    const { family } = table.prefixes
    const length = table.prefixes.length(slot)
    table.prefixes.writeAddress(slot, this.#scratch, 0)
    if (best > 0) this.#install(table, slot, this.#sets.byId(set))
    else if (before > 0) this.#fib.delete(family, this.#scratch, 0, length)
    const nexthops = best === NO_SOURCE ? undefined : this.#sets.byId(set)
    this.#onBest(family, this.#scratch, 0, length, SOURCES[best]?.name, SOURCES[before]?.name, nexthops)
  }

  #install(table: SourceTable, slot: number, nexthops: NexthopSet): void {
    const { family } = table.prefixes
    const length = table.prefixes.length(slot)
    table.prefixes.writeAddress(slot, this.#scratch, 0)
    const resolved = this.#resolver.resolve(nexthops)
    if (resolved) this.#fib.set(family, this.#scratch, 0, length, resolved)
    else this.#fib.delete(family, this.#scratch, 0, length)
  }
}

/** The prefixes of one family and what each source offers for them. */
class SourceTable {
  readonly prefixes: PrefixTable
  /** For each source, by slot: id of the next-hop set that it offers, 0 for none. */
  readonly offers: Uint32Array[]
  /** Distances that differ from the source's own; only static routes have them, so they are few. */
  readonly #distances = SOURCES.map(() => new Map<number, number>())

  constructor(family: Family) {
    this.prefixes = new PrefixTable(family)
    this.offers = SOURCES.map(() => new Uint32Array(this.prefixes.capacity))
  }

  /** Makes the columns as long as the set of prefixes needs. */
  fit(): void {
    if (this.offers[0]!.length >= this.prefixes.capacity) return
    for (let i = 0; i < this.offers.length; i++)
      this.offers[i] = withRoom(this.offers[i]!, this.prefixes.capacity)
  }

  /** The source that wins a prefix; of two with one distance the earlier in `SOURCES`. */
  best(slot: number): number {
    let best = NO_SOURCE
    let least = Number.POSITIVE_INFINITY
    for (let index = 0; index < SOURCES.length; index++) {
      if (this.offers[index]![slot] === 0) continue
      const distance = this.distance(index, slot)
      if (distance < least) {
        best = index
        least = distance
      }
    }
    return best
  }

  distance(source: number, slot: number): number {
    const own = this.#distances[source]!
    return (own.size === 0 ? undefined : own.get(slot)) ?? SOURCES[source]!.distance
  }

  setDistance(source: number, slot: number, distance: number | undefined): void {
    if (distance === undefined || distance === SOURCES[source]!.distance)
      this.#distances[source]!.delete(slot)
    else this.#distances[source]!.set(slot, distance)
  }
}

const INDEX = new Map<SourceName, number>(SOURCES.map((source, index) => [source.name, index]))

function sourceIndex(name: SourceName): number {
  return INDEX.get(name)!
}
