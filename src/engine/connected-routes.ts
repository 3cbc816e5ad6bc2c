import { formatPrefix, prefixFamily } from '../net/prefix.ts'
import type { ConnectedNetwork, FibSink, NexthopSets, Resolver, Rib } from '../routing/index.ts'

/**
 * Keeps the networks that the box is on in the RIB. Their routes are the kernel's own work; where it has lost one, a route of
 * ours stands in for it until it is back.
 */
export class ConnectedRoutes {
  readonly #rib: Rib
  readonly #sets: NexthopSets
  readonly #resolver: Resolver
  readonly #fib: FibSink
  #held = new Map<string, ConnectedNetwork>()
  #standIns = new Map<string, ConnectedNetwork>()

  constructor(parts: { rib: Rib; sets: NexthopSets; resolver: Resolver; fib: FibSink }) {
    this.#rib = parts.rib
    this.#sets = parts.sets
    this.#resolver = parts.resolver
    this.#fib = parts.fib
  }

  /**
   * Makes the RIB hold these networks as connected, and no others.
   * @param withoutRoute those of them that the kernel has no route to
   */
  set(networks: readonly ConnectedNetwork[], withoutRoute: readonly ConnectedNetwork[] = []): void {
    const missing = new Map(withoutRoute.map(one => [formatPrefix(one.network), one]))
    // First what stands in no more: the RIB may want to put another route in its place.
    for (const [prefix, { network }] of this.#standIns) {
      if (!missing.has(prefix)) this.#fib.delete(prefixFamily(network), network.bytes, 0, network.length)
    }
    this.#hold(networks)
    this.#standIns = missing
    for (const { network, interface: name } of missing.values()) {
      const resolved = this.#resolver.resolve(this.#sets.intern([{ interface: name, weight: 1 }]))
      if (resolved) this.#fib.set(prefixFamily(network), network.bytes, 0, network.length, resolved)
    }
  }

  #hold(networks: readonly ConnectedNetwork[]): void {
    const wanted = new Map(networks.map(one => [formatPrefix(one.network), one]))
    for (const [prefix, { network }] of this.#held) {
      if (!wanted.has(prefix))
        this.#rib.remove('connected', prefixFamily(network), network.bytes, 0, network.length)
    }
    this.#held = wanted
    for (const one of wanted.values()) {
      const nexthops = this.#sets.intern([{ interface: one.interface, weight: 1 }])
      this.#rib.set(
        'connected',
        prefixFamily(one.network),
        one.network.bytes,
        0,
        one.network.length,
        nexthops,
      )
    }
  }
}
