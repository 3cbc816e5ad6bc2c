import { formatPrefix, prefixFamily } from '../net/prefix.ts'
import type { ConnectedNetwork, NexthopSets, Rib } from '../routing/index.ts'

/** Keeps the networks that the box is on in the RIB. */
export class ConnectedRoutes {
  readonly #rib: Rib
  readonly #sets: NexthopSets
  #held = new Map<string, ConnectedNetwork>()

  constructor(rib: Rib, sets: NexthopSets) {
    this.#rib = rib
    this.#sets = sets
  }

  /** Makes the RIB hold these networks as connected, and no others. */
  set(networks: readonly ConnectedNetwork[]): void {
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
