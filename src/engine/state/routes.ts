import { CAUSEWAY_PROTOCOL } from '../../forwarding/index.ts'
import { RTM_F, RTN, RTNH_F, RTPROT } from '../../kernel/constants.ts'
import type { Link, Nexthop, Route } from '../../kernel/objects.ts'
import type { NexthopState, RouteState } from '../../model/state.ts'
import { parsePrefix } from '../../net/prefix.ts'
import type { ResolvedNexthops, RibRoute } from '../../routing/index.ts'
import { ROUTE_PROTOCOLS, ROUTE_TYPES } from '../route-names.ts'

/** RIB and kernel side by side. Pure. */
export class RouteStates {
  readonly #nexthops: ReadonlyMap<number, Nexthop>
  readonly #links: ReadonlyMap<number, string>

  /** What the kernel's routes need beside them to be read by people. */
  constructor(kernel: { readonly nexthops: readonly Nexthop[]; readonly links: readonly Link[] }) {
    this.#nexthops = new Map(kernel.nexthops.map(nexthop => [nexthop.id, nexthop]))
    this.#links = new Map(kernel.links.map(link => [link.index, link.name]))
  }

  /** The state of a prefix: what the RIB wants, and of the kernel's routes the one to hold beside it. */
  of(prefix: string, wanted: RibRoute | undefined, held: readonly Route[]): RouteState {
    const route = this.#counterpart(wanted, held)
    const nexthops = route ? this.#paths(route) : []
    return {
      prefix,
      ...(wanted && { rib: ribSide(wanted) }),
      ...(route && {
        kernel: {
          protocol: ROUTE_PROTOCOLS.get(route.protocol) ?? String(route.protocol),
          metric: route.metric,
          type: this.#type(route),
          ...(route.nexthopId !== undefined && { nexthopId: route.nexthopId }),
          nexthops,
          offload: (route.flags & RTM_F.OFFLOAD) !== 0,
        },
      }),
      agree: this.#agree(wanted, route, nexthops),
    }
  }

  /** Of several kernel routes of one prefix the one to hold beside the RIB's. */
  #counterpart(wanted: RibRoute | undefined, held: readonly Route[]): Route | undefined {
    const protocol = wanted?.source === 'connected' ? RTPROT.KERNEL : CAUSEWAY_PROTOCOL
    return held.find(route => route.protocol === protocol) ?? held[0]
  }

  #agree(wanted: RibRoute | undefined, route: Route | undefined, nexthops: readonly NexthopState[]): boolean {
    if (!wanted) return route?.protocol !== CAUSEWAY_PROTOCOL
    // A host address of ours is a route of the kernel's local table alone.
    if (wanted.source === 'connected') return route !== undefined || isHost(wanted.prefix)
    if (!wanted.resolved) return route?.protocol !== CAUSEWAY_PROTOCOL
    if (route?.protocol !== CAUSEWAY_PROTOCOL) return false
    if (wanted.resolved.blackhole) return this.#type(route) === 'blackhole'
    return sameWays(resolvedWays(wanted.resolved), nexthops)
  }

  /** A route to a blackhole nexthop object is of type unicast for the kernel; it drops all the same. */
  #type(route: Route): string {
    const nexthop = route.nexthopId === undefined ? undefined : this.#nexthops.get(route.nexthopId)
    return ROUTE_TYPES.get(nexthop?.blackhole ? RTN.BLACKHOLE : route.type) ?? String(route.type)
  }

  #paths(route: Route): NexthopState[] {
    const object = route.nexthopId === undefined ? undefined : this.#nexthops.get(route.nexthopId)
    if (object?.group) {
      return object.group.flatMap(({ id, weight }) => {
        const member = this.#nexthops.get(id)
        return member ? [this.#nexthop(member, weight)] : []
      })
    }
    if (object) return object.blackhole ? [] : [this.#nexthop(object, 1)]
    return route.paths
      .filter(path => path.gateway !== undefined || path.link !== undefined)
      .map(path => this.#nexthop({ ...path, onlink: (path.flags & RTNH_F.ONLINK) !== 0 }, path.weight))
  }

  #nexthop(path: Pick<Nexthop, 'gateway' | 'link' | 'onlink'>, weight: number): NexthopState {
    const name = path.link === undefined ? undefined : (this.#links.get(path.link) ?? `#${path.link}`)
    return {
      ...(path.gateway !== undefined && { via: path.gateway }),
      ...(name !== undefined && { interface: name }),
      ...(path.onlink && { onlink: true }),
      ...(weight > 1 && { weight }),
    }
  }
}

function ribSide(route: RibRoute): NonNullable<RouteState['rib']> {
  const { resolved } = route
  return {
    source: route.source === 'eBGP' || route.source === 'iBGP' ? 'bgp' : route.source,
    distance: route.distance,
    ...(resolved?.blackhole && { blackhole: true }),
    nexthops: resolved ? resolvedWays(resolved) : [],
  }
}

function resolvedWays(resolved: ResolvedNexthops): NexthopState[] {
  return resolved.hops.map(hop => ({
    ...(hop.gateway !== undefined && { via: hop.gateway }),
    interface: hop.link,
    ...(hop.onlink && { onlink: true }),
    ...(hop.weight > 1 && { weight: hop.weight }),
  }))
}

function sameWays(a: readonly NexthopState[], b: readonly NexthopState[]): boolean {
  const keys = (ways: readonly NexthopState[]) =>
    ways
      .map(way => `${way.via ?? ''}%${way.interface ?? ''}*${way.weight ?? 1}`)
      .sort()
      .join(' ')
  return keys(a) === keys(b)
}

function isHost(text: string): boolean {
  const prefix = parsePrefix(text)
  return prefix !== undefined && prefix.length === prefix.bytes.length * 8
}
