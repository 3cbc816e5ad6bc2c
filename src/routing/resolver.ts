import { isLinkLocal, parseAddress } from '../net/address.ts'
import { LongestMatch } from '../net/longest-match.ts'
import { formatPrefix, isBroadcastOf } from '../net/prefix.ts'
import type { Hop, NexthopSet } from './nexthop-set.ts'
import type { ResolvedHop, ResolvedNexthops } from './resolved-nexthops.ts'
import type { ConnectedNetwork, ForeignRoute, LostNetwork, StaticPath, Topology } from './topology.ts'

/** The largest share that the kernel takes (nexthop.h, struct nexthop_grp). */
const MAX_WEIGHT = 256

/** Gateways behind gateways: deeper than any sane configuration, and an end to circles. */
const MAX_DEPTH = 8

/** Whether a next hop can be reached. */
export interface Reach {
  /** IGP metric; undefined where it cannot be reached. */
  readonly metric: number | undefined
  /** Why it cannot be reached, as a sentence without its full stop; undefined where it can. */
  readonly fault: string | undefined
}

/** What a next hop comes to. */
interface Found {
  readonly ways: readonly Way[]
  readonly metric: number
  /** Why there are no ways, where there are none. */
  readonly fault?: string
}

/** A gateway behind a blackhole: what is sent to it is dropped, and so is what is sent through it. */
const DROP = 'drop'

type Way = ResolvedHop | typeof DROP

/** Of one network: what of ours covers it. The first of these that there is leads there. */
interface Cover {
  connected?: ConnectedNetwork
  static?: StaticPath
  lost?: LostNetwork
}

/**
 * Finds the links behind next hops (RFC 4271 §9.1.2.1, "resolvability"): by the longest match among connected networks,
 * static routes, and the routes that other programs have put into the kernel; of equally long ones in this order. A gateway of
 * a route is resolved in turn. BGP routes do not resolve BGP next hops: a route must never stand on what it takes with it.
 *
 * Answers are kept until the networks or the routes they stand on change, and are interned, so that a prefix's
 * answer can be compared by identity.
 */
export class Resolver {
  #topology: Topology = { connected: [], statics: [] }
  #covers = new LongestMatch<Cover>()
  readonly #answers = new Map<NexthopSet, ResolvedNexthops | undefined>()
  readonly #interned = new Map<string, ResolvedNexthops>()
  /** What each next hop comes to, with weight 1, in this topology. */
  readonly #found = new Map<string, Found>()

  /**
   * The networks and routes that resolution stands on from now on.
   * @returns ids of the sets whose answer is now a different one.
   */
  setTopology(topology: Topology): ReadonlySet<number> {
    this.#topology = topology
    this.#covers = coversOf(topology)
    this.#found.clear()
    const changed = new Set<number>()
    for (const [set, before] of this.#answers) {
      const after = this.#resolveSet(set)
      if (after === before) continue
      this.#answers.set(set, after)
      changed.add(set.id)
    }
    return changed
  }

  /** The links behind a set; undefined where none of its hops resolves. */
  resolve(set: NexthopSet): ResolvedNexthops | undefined {
    if (!this.#answers.has(set)) this.#answers.set(set, this.#resolveSet(set))
    return this.#answers.get(set)
  }

  /** Whether packets can be sent to a next hop now: it resolves, and a link behind it can be used. */
  reach(hop: Hop): Reach {
    const { ways, metric, fault } = this.#find(hop)
    if (fault !== undefined || ways.length === 0) return { metric: undefined, fault: fault ?? 'no way' }
    let broken: string | undefined
    for (const way of ways) {
      const linkFault = way === DROP ? undefined : this.#topology.linkFault?.(way.link)
      if (linkFault === undefined) return { metric, fault: undefined }
      broken ??= linkFault
    }
    return { metric: undefined, fault: `${hop.via ?? hop.interface} cannot be reached: ${broken}` }
  }

  #resolveSet(set: NexthopSet): ResolvedNexthops | undefined {
    if (set.blackhole) return this.#intern([], true)
    const ways = set.hops.flatMap(hop =>
      this.#find(hop).ways.map(way => (way === DROP ? way : { ...way, weight: way.weight * hop.weight })),
    )
    const hops = ways.filter(way => way !== DROP)
    // A way that drops has no place beside ways that do not: the kernel allows no blackhole in a group.
    if (hops.length === 0) return ways.length === 0 ? undefined : this.#intern([], true)
    return this.#intern(hops, false)
  }

  #find(hop: Hop): Found {
    const key = `${hop.via ?? ''}%${hop.interface ?? ''}${hop.onlink ? '!' : ''}`
    let found = this.#found.get(key)
    if (!found) {
      found = this.#resolveHop(hop, MAX_DEPTH)
      this.#found.set(key, found)
    }
    return found
  }

  /** The ways of a hop, its own weight left out. */
  #resolveHop({ via, interface: link, onlink = false }: Hop, depth: number): Found {
    if (via === undefined) {
      return link === undefined
        ? { ways: [], metric: 0, fault: 'a next hop needs an address or an interface' }
        : { ways: [{ link, onlink: false, weight: 1 }], metric: 0 }
    }
    if (link !== undefined) return { ways: [{ gateway: via, link, onlink, weight: 1 }], metric: 0 }
    const address = parseAddress(via)
    if (!address) return { ways: [], metric: 0, fault: `${via} is no address` }
    if (isLinkLocal(address)) {
      const fault = `${via} is link-local, and its session does not run on one link whose name would tell which`
      return { ways: [], metric: 0, fault }
    }
    const near = this.#covers.find(address)
    const far = this.#topology.foreign?.find(address)
    const { connected, static: path, lost } = near?.value ?? {}
    const nearer =
      near &&
      (!far || near.length > far.length || (near.length === far.length && isBefore(near.value, far.value)))
    if (nearer && connected) {
      if (isBroadcastOf(connected.network, address)) {
        const fault = `${via} is the broadcast address of ${formatPrefix(connected.network)} on ${connected.interface}`
        return { ways: [], metric: 0, fault }
      }
      return { ways: [{ gateway: via, link: connected.interface, onlink: false, weight: 1 }], metric: 0 }
    }
    if (nearer && path) return this.#behindStatic(via, path, depth)
    if (nearer && lost) {
      const fault = `${via} is in ${formatPrefix(lost.network)} on ${lost.interface}, and ${lost.why}`
      return { ways: [], metric: 0, fault }
    }
    if (far) return this.#behindForeign(via, far.value, depth)
    const fault = `no connected network and no route other than those of BGP leads to ${via}`
    return { ways: [], metric: 0, fault }
  }

  #behindStatic(via: string, { network, nexthops }: StaticPath, depth: number): Found {
    if (nexthops.blackhole) return { ways: [DROP], metric: 0 }
    return this.#behind(via, `the static route ${formatPrefix(network)}`, nexthops.hops, depth)
  }

  #behindForeign(via: string, { network, metric, protocol, ways }: ForeignRoute, depth: number): Found {
    const name = `the kernel's route ${formatPrefix(network)} (proto ${protocol})`
    if (ways.length === 0) return { ways: [], metric, fault: `${name}, which covers ${via}, leads nowhere` }
    const hops = ways.map(({ gateway, link, onlink }) =>
      gateway === undefined
        ? { interface: link, weight: 1 }
        : { via: gateway, interface: link, onlink, weight: 1 },
    )
    return { ...this.#behind(via, name, hops, depth), metric }
  }

  #behind(via: string, name: string, hops: readonly Hop[], depth: number): Found {
    if (depth === 0) return { ways: [], metric: 0, fault: `routes lead to ${via} in a circle` }
    const found = hops.map(next => {
      // A route straight out of an interface has the gateway itself as its neighbour there.
      const behind: Hop = next.via === undefined ? { ...next, via, onlink: true } : next
      const { ways, metric, fault } = this.#resolveHop(behind, depth - 1)
      const weighed = ways.map(way => (way === DROP ? way : { ...way, weight: way.weight * next.weight }))
      return { ways: weighed, metric, fault }
    })
    const ways = found.flatMap(one => one.ways)
    if (ways.length > 0) return { ways, metric: Math.max(...found.map(one => one.metric)) }
    return { ways, metric: 0, fault: `${via} is behind ${name}: ${found[0]?.fault ?? 'it has no next hop'}` }
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

/** Of equally long matches: the kernel's own route of a lost network is only what its link has left there. */
function isBefore(cover: Cover, foreign: ForeignRoute): boolean {
  return (cover.connected ?? cover.static) !== undefined || foreign.protocol === 'kernel'
}

function coversOf({ connected, statics, lost = [] }: Topology): LongestMatch<Cover> {
  const covers = new LongestMatch<Cover>()
  const of = (network: ConnectedNetwork['network']): Cover => {
    const known = covers.get(network) ?? {}
    covers.set(network, known)
    return known
  }
  for (const one of connected) of(one.network).connected ??= one
  for (const one of statics) of(one.network).static ??= one
  for (const one of lost) of(one.network).lost ??= one
  return covers
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
