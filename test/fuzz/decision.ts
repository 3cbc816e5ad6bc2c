import { strict as assert } from 'node:assert'
import { Fixture } from '../bgp/rib/fixture.ts'
import type { Random } from './random.ts'

/** A path in the plain model: what the decision process is told of it, as numbers. */
interface Model {
  readonly peerIndex: number
  readonly pathId: number
  readonly localPreference: number
  readonly ases: readonly number[]
  readonly origin: number
  readonly med: number
  readonly external: boolean
  readonly metric: number
  readonly via: string
  readonly routerId: number
  readonly originatorId: number | undefined
  readonly clusters: number
}

const UNREACHABLE = 0xffffffff
const PREFIX = '192.0.2.0/24'

/** The decision process as RFC 4271 §9.1.2.2 and RFC 4456 §9 word it, slow and plain: filters over lists of objects. */
function reference(paths: readonly Model[]): { best: Model | undefined; multipath: readonly Model[] } {
  const keep = (list: readonly Model[], cost: (path: Model) => number) => {
    const lowest = Math.min(...list.map(cost))
    return list.filter(path => cost(path) === lowest)
  }
  let list: readonly Model[] = paths.filter(path => path.metric !== UNREACHABLE)
  if (list.length === 0) return { best: undefined, multipath: [] }
  list = keep(list, path => -path.localPreference)
  list = keep(list, path => path.ases.length)
  list = keep(list, path => path.origin)
  list = list.filter(
    path => !list.some(other => (other.ases[0] ?? 0) === (path.ases[0] ?? 0) && other.med < path.med),
  )
  list = keep(list, path => (path.external ? 0 : 1))
  list = keep(list, path => path.metric)
  const multipath = list
  list = keep(list, path => path.originatorId ?? path.routerId)
  list = keep(list, path => path.clusters)
  list = keep(list, path => path.peerIndex)
  list = keep(list, path => path.pathId)
  return { best: list[0], multipath }
}

/** The path table and the plain model side by side, through changes of paths and of metrics. */
export class DecisionTrial {
  readonly #random: Random
  readonly #fixture = new Fixture()
  readonly #sides: readonly { external: boolean; routerId: number }[]
  readonly #peers: readonly number[]
  readonly #metrics = new Map<string, number>()
  readonly #model = new Map<string, Model>()

  constructor(random: Random) {
    this.#random = random
    this.#sides = Array.from({ length: 6 }, (_, i) => ({
      external: i % 2 === 0,
      routerId: random.below(3) + 1,
    }))
    this.#peers = this.#sides.map((side, i) =>
      this.#fixture.peer(`10.0.1.${i + 1}`, side.external, side.routerId),
    )
    for (const [i, via] of ['10.0.0.1', '10.0.0.2', '10.0.0.3'].entries()) this.#setMetric(via, i % 2)
  }

  /** A few changes, then both have to say the same. @throws AssertionError where they do not */
  round(): void {
    for (let changes = this.#random.below(4); changes >= 0; changes--) this.#change()
    this.#fixture.settle()
    const { best, multipath } = reference([...this.#model.values()])
    const found = this.#fixture.paths(PREFIX).find(path => path.best)
    assert.deepEqual(
      found && { peer: found.peer, pathId: found.pathId },
      best && { peer: this.#peers[best.peerIndex], pathId: best.pathId },
    )
    const hops = [...new Set(multipath.map(({ via }) => via))].sort()
    assert.deepEqual(this.#fixture.sink.routes.get(PREFIX) ?? [], hops)
  }

  /** Takes all paths back. @throws AssertionError where anything stays behind */
  end(): void {
    for (const { peerIndex, pathId } of this.#model.values())
      this.#fixture.withdraw(this.#peers[peerIndex]!, PREFIX, pathId)
    this.#fixture.settle()
    const { attributes, table } = this.#fixture
    assert.deepEqual([attributes.size, table.size, table.prefixes.size], [0, 0, 0])
  }

  #change(): void {
    const random = this.#random
    if (random.oneIn(10)) {
      const via = random.pick([...this.#metrics.keys()])
      this.#setMetric(via, random.pick([0, 1, 2, UNREACHABLE]))
      return
    }
    const peerIndex = random.below(this.#peers.length)
    const pathId = random.below(2)
    const name = `${peerIndex}/${pathId}`
    if (random.oneIn(3)) {
      this.#model.delete(name)
      this.#fixture.withdraw(this.#peers[peerIndex]!, PREFIX, pathId)
      return
    }
    const via = random.pick([...this.#metrics.keys()])
    const path: Model = {
      ...this.#sides[peerIndex]!,
      via,
      metric: this.#metrics.get(via)!,
      peerIndex,
      pathId,
      localPreference: random.pick([100, 100, 100, 200, 2147482623, 4294967295]),
      ases: Array.from({ length: random.below(3) }, () => random.below(3) + 1),
      origin: random.pick([0, 0, 0, 1, 2]),
      med: random.pick([0, 1, 2, 4294967295]),
      originatorId: random.oneIn(5) ? random.below(3) + 1 : undefined,
      clusters: random.below(3),
    }
    this.#model.set(name, path)
    const set = this.#fixture.set({
      via,
      origin: path.origin,
      localPreference: path.localPreference,
      asPath: path.ases.length > 0 ? [{ type: 2, ases: path.ases }] : [],
      ...(path.med > 0 && { med: path.med }),
      ...(path.originatorId !== undefined && { originatorId: path.originatorId }),
      ...(path.clusters > 0 && { clusterList: Array.from({ length: path.clusters }, (_, i) => 77 + i) }),
    })
    this.#fixture.announce(this.#peers[peerIndex]!, PREFIX, set, pathId)
    this.#fixture.attributes.release(set)
  }

  #setMetric(via: string, metric: number): void {
    this.#metrics.set(via, metric)
    this.#fixture.setMetric(via, metric === UNREACHABLE ? undefined : metric)
    for (const [name, path] of this.#model) if (path.via === via) this.#model.set(name, { ...path, metric })
  }
}
