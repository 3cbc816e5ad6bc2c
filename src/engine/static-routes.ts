import type { Config, StaticRoute } from '../model/config.ts'
import { type Prefix, parsePrefix, prefixFamily } from '../net/prefix.ts'
import type { NexthopSet, NexthopSets, Rib, StaticPath } from '../routing/index.ts'

interface Held {
  readonly network: Prefix
  readonly nexthops: NexthopSet
  readonly distance: number | undefined
}

/** Keeps the static routes of the configuration in the RIB; a change of configuration touches only what it changes. */
export class StaticRoutes {
  readonly #rib: Rib
  readonly #sets: NexthopSets
  #held: ReadonlyMap<string, Held> = new Map()
  #wanted: ReadonlyMap<string, Held> = this.#held

  constructor(rib: Rib, sets: NexthopSets) {
    this.#rib = rib
    this.#sets = sets
  }

  /** The routes that next hops may resolve through. */
  paths(): readonly StaticPath[] {
    return [...this.#wanted.values()]
  }

  /**
   * Takes the static routes of this configuration (a valid one): `paths` has them at once, the RIB with `install`. Between
   * the two next hops are resolved anew, so that no route is without its way for an instant.
   */
  prepare(config: Config): void {
    this.#wanted = new Map((config.routes ?? []).map(route => [route.prefix, this.#row(route)]))
  }

  /** Makes the RIB hold what was prepared. */
  install(): void {
    for (const [prefix, { network }] of this.#held) {
      if (this.#wanted.has(prefix)) continue
      this.#rib.remove('static', prefixFamily(network), network.bytes, 0, network.length)
    }
    this.#held = this.#wanted
    for (const { network, nexthops, distance } of this.#held.values()) {
      this.#rib.set('static', prefixFamily(network), network.bytes, 0, network.length, nexthops, distance)
    }
  }

  #row(route: StaticRoute): Held {
    const network = parsePrefix(route.prefix)!
    const hops = (route.nexthops ?? []).map(hop => ({ ...hop, weight: hop.weight ?? 1 }))
    return { network, nexthops: this.#sets.intern(hops, route.blackhole ?? false), distance: route.distance }
  }
}
