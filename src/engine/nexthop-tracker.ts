import type { NexthopChange, NexthopReachability } from '../bgp/index.ts'
import type { Hop, Resolver } from '../routing/index.ts'

interface Tracked {
  readonly hop: Hop
  metric: number | undefined
}

/** Keeps an eye on the next hops that BGP paths have: whether they can be reached in the topology as it is now. */
export class NexthopTracker implements NexthopReachability {
  readonly #resolver: Resolver
  readonly #tracked = new Map<Hop, Tracked>()

  constructor(resolver: Resolver) {
    this.#resolver = resolver
  }

  track(hop: Hop): number | undefined {
    const { metric } = this.#resolver.reach(hop)
    this.#tracked.set(hop, { hop, metric })
    return metric
  }

  untrack(hop: Hop): void {
    this.#tracked.delete(hop)
  }

  /** Next hops that are tracked. */
  get size(): number {
    return this.#tracked.size
  }

  /** To be called when the resolver's topology is another one: those next hops that are reached otherwise, or no more. */
  changes(): NexthopChange[] {
    const changes: NexthopChange[] = []
    for (const tracked of this.#tracked.values()) {
      const { metric } = this.#resolver.reach(tracked.hop)
      if (metric === tracked.metric) continue
      tracked.metric = metric
      changes.push({ hop: tracked.hop, metric })
    }
    return changes
  }
}
