import { isLinkLocal, parseAddress } from '../net/address.ts'
import { containsAddress, type Prefix } from '../net/prefix.ts'
import type { Hop, NexthopSet } from './nexthop-set.ts'
import type { ResolvedHop, ResolvedNexthops } from './resolved-nexthops.ts'

/** A network that an interface of ours is on. */
export interface ConnectedNetwork {
  readonly network: Prefix
  /** Name of the interface. */
  readonly interface: string
}

/** A static route as resolution sees it. */
export interface StaticPath {
  readonly network: Prefix
  readonly nexthops: NexthopSet
}

/** The largest share that the kernel takes (nexthop.h, struct nexthop_grp). */
const MAX_WEIGHT = 256

/** Gateways behind gateways: deeper than any sane configuration, and an end to circles. */
const MAX_DEPTH = 8

/**
 * Finds the links behind next hops (RFC 4271 §9.1.2.1, "resolvability"): a gateway on a connected network is
 * reached through that interface; any other one through the most specific static route that covers it, and
 * so on. BGP routes do not resolve BGP next hops: a route must never stand on what it takes with it.
 *
 * Answers are kept until the networks or the routes they stand on change, and are interned, so that a prefix's
 * answer can be compared by identity.
 */
export class Resolver {
  #connected: readonly ConnectedNetwork[] = []
  #static: readonly StaticPath[] = []
  readonly #answers = new Map<NexthopSet, ResolvedNexthops | undefined>()
  readonly #interned = new Map<string, ResolvedNexthops>()

  /**
   * The networks and static routes that resolution stands on from now on.
   * @returns whether any answer given so far is now a different one.
   */
  setTopology(connected: readonly ConnectedNetwork[], statics: readonly StaticPath[]): boolean {
    this.#connected = connected
    this.#static = statics
    let changed = false
    for (const [set, before] of this.#answers) {
      const after = this.#resolveSet(set)
      this.#answers.set(set, after)
      changed ||= after !== before
    }
    return changed
  }

  /** The links behind a set; undefined where none of its hops resolves. */
  resolve(set: NexthopSet): ResolvedNexthops | undefined {
    if (!this.#answers.has(set)) this.#answers.set(set, this.#resolveSet(set))
    return this.#answers.get(set)
  }

  #resolveSet(set: NexthopSet): ResolvedNexthops | undefined {
    if (set.blackhole) return this.#intern([], true)
    const ways = set.hops.flatMap(hop => this.#resolveHop(hop, MAX_DEPTH))
    const hops = ways.filter(way => way !== DROP)
    // A way that drops has no place beside ways that do not: the kernel allows no blackhole in a group.
    if (hops.length === 0) return ways.length === 0 ? undefined : this.#intern([], true)
    return this.#intern(hops, false)
  }

  #resolveHop(hop: Hop, depth: number): Way[] {
    const { via, interface: link, weight } = hop
    if (via === undefined) return link === undefined ? [] : [{ link, onlink: false, weight }]
    if (link !== undefined) return [{ gateway: via, link, onlink: hop.onlink ?? false, weight }]
    const address = parseAddress(via)
    if (!address || isLinkLocal(address)) return []
    const near = mostSpecific(this.#connected, address)
    const far = mostSpecific(this.#static, address)
    if (near && (!far || near.network.length >= far.network.length)) {
      return [{ gateway: via, link: near.interface, onlink: false, weight }]
    }
    if (!far || depth === 0) return []
    if (far.nexthops.blackhole) return [DROP]
    return far.nexthops.hops.flatMap(next => {
      // A route straight out of an interface has the gateway itself as its neighbour there.
      const behind: Hop = next.via === undefined ? { ...next, via, onlink: true } : next
      return this.#resolveHop({ ...behind, weight: weight * next.weight }, depth - 1)
    })
  }

  #intern(hops: readonly ResolvedHop[], blackhole: boolean): ResolvedNexthops {
    const distinct = distinctHops(hops)
    const key = blackhole ? 'blackhole' : distinct.map(describeHop).join(' ')
    let answer = this.#interned.get(key)
    if (!answer) {
      answer = { id: this.#interned.size + 1, blackhole, hops: distinct }
      this.#interned.set(key, answer)
    }
    return answer
  }
}

/** A gateway behind a blackhole: what is sent to it is dropped, and so is what is sent through it. */
const DROP = 'drop'

type Way = ResolvedHop | typeof DROP

function mostSpecific<T extends { readonly network: Prefix }>(
  rows: readonly T[],
  address: Uint8Array,
): T | undefined {
  let best: T | undefined
  for (const row of rows) {
    if (containsAddress(row.network, address) && (!best || row.network.length > best.network.length))
      best = row
  }
  return best
}

function distinctHops(hops: readonly ResolvedHop[]): ResolvedHop[] {
  const byWay = new Map<string, ResolvedHop>()
  for (const hop of hops) {
    const way = describeHop({ ...hop, weight: 0 })
    const known = byWay.get(way)
    byWay.set(way, known ? { ...known, weight: known.weight + hop.weight } : hop)
  }
  const most = Math.max(...[...byWay.values()].map(hop => hop.weight))
  const scale = most > MAX_WEIGHT ? MAX_WEIGHT / most : 1
  return [...byWay]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, hop]) => ({ ...hop, weight: Math.max(1, Math.round(hop.weight * scale)) }))
}

function describeHop(hop: ResolvedHop): string {
  return `${hop.gateway ?? ''}%${hop.link}${hop.onlink ? '!' : ''}*${hop.weight}`
}
