import { AttributeStore } from '../../../src/bgp/rib/attribute-store.ts'
import { Hops } from '../../../src/bgp/rib/hops.ts'
import { PathTable } from '../../../src/bgp/rib/path-table.ts'
import { PeerColumns } from '../../../src/bgp/rib/peers.ts'
import { type Attributes, encodeKey, hashKey } from '../../../src/bgp/wire/index.ts'
import { parseAddress } from '../../../src/net/address.ts'
import { parsePrefix } from '../../../src/net/prefix.ts'
import { Interner, RecordingSink } from '../harness.ts'

/** A path table alone, fed without sessions. */
export class Fixture {
  readonly #metrics = new Map<string, number | undefined>()
  readonly hops = new Hops(new Interner(), {
    track: ({ via }) => (this.#metrics.has(via!) ? this.#metrics.get(via!) : 0),
    untrack: () => undefined,
  })
  readonly attributes = new AttributeStore(this.hops)
  readonly peers = new PeerColumns()
  readonly sink = new RecordingSink()
  readonly table = new PathTable(4, this.attributes, this.hops, this.peers, this.sink)

  peer(address: string, external: boolean, routerId: number): number {
    const peer = this.peers.take(address)
    this.table.counts.reserve(peer)
    this.peers.external[peer] = external ? 1 : 0
    this.peers.routerId[peer] = routerId
    return peer
  }

  /** A set, counted once for the test. */
  set(attributes: Partial<Attributes> & { via?: string }): number {
    const { via = '10.0.0.9', ...rest } = attributes
    const key = encodeKey({ nexthop: parseAddress(via)!, origin: 0, asPath: [], ...rest })
    return this.attributes.intern(key, 0, key.length, hashKey(key, 0, key.length))
  }

  /** A next hop is so far away from now on, or cannot be reached; those that come later too. */
  setMetric(via: string, metric: number | undefined): void {
    this.#metrics.set(via, metric)
    const changed = this.hops.change([{ hop: { via }, metric }])
    if (changed) this.table.markHops(changed, () => 0)(1)
  }

  announce(peer: number, prefix: string, set: number, pathId = 0, effective = set): void {
    const { bytes, length } = parsePrefix(prefix)!
    this.table.announce(peer, bytes, 0, length, pathId, set, effective)
  }

  /** The same with a set that nobody but the table counts. */
  announceOnce(peer: number, prefix: string, attributes: Partial<Attributes>): void {
    const set = this.set(attributes)
    this.announce(peer, prefix, set)
    this.attributes.release(set)
  }

  withdraw(peer: number, prefix: string, pathId = 0): void {
    const { bytes, length } = parsePrefix(prefix)!
    this.table.withdraw(peer, bytes, 0, length, pathId)
  }

  settle(): void {
    this.table.settle(() => 0, 1)
  }

  paths(prefix: string) {
    const { bytes, length } = parsePrefix(prefix)!
    const slot = this.table.prefixes.find(bytes, 0, length)
    return slot < 0 ? [] : this.table.paths(slot)
  }

  best(prefix: string): number | undefined {
    return this.paths(prefix).find(({ best }) => best)?.peer
  }
}

/** A sequence of numbers from 0 up to 1 that is the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 0x1_0000_0000
  }
}
