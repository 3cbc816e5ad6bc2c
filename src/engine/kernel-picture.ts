import { CAUSEWAY_PROTOCOL } from '../forwarding/index.ts'
import { RT_TABLE, RTN, RTNH_F } from '../kernel/constants.ts'
import type { InterfaceAddress, KernelEvent, Link, Route } from '../kernel/objects.ts'
import { LongestMatch } from '../net/longest-match.ts'
import { formatPrefix, networkOf, parsePrefix } from '../net/prefix.ts'
import type { ConnectedNetwork, ForeignRoute, LostNetwork } from '../routing/index.ts'
import { connectedNetworks } from './connected-networks.ts'
import { ROUTE_PROTOCOLS } from './route-names.ts'

/** What a link is to be reached by: the addresses of an interface in the configuration. */
export interface WantedNetworks {
  readonly name: string
  readonly enabled?: boolean
  readonly addresses?: readonly string[]
}

/**
 * The kernel's links, addresses and routes of others as far as next hops are concerned: read once and then kept up to date by
 * events, so that a link that fails is known in the turn in which the kernel says so. Pure.
 */
export class KernelPicture {
  /** Routes of other programs in the main table: of one network that with the lowest metric. */
  readonly foreign = new LongestMatch<ForeignRoute>()
  readonly #links = new Map<number, Link>()
  readonly #addresses = new Map<string, InterfaceAddress>()
  /** By network and metric, the kernel's own key. */
  readonly #routes = new Map<string, Map<number, Route>>()

  /** The links and addresses as they were read. */
  readLinks(links: readonly Link[], addresses: readonly InterfaceAddress[]): void {
    this.#links.clear()
    for (const link of links) this.#links.set(link.index, link)
    this.#addresses.clear()
    for (const address of addresses) this.#addresses.set(addressKey(address), address)
  }

  /** The routes of the main table as they were read. */
  readRoutes(routes: readonly Route[]): void {
    this.#routes.clear()
    this.foreign.clear()
    for (const route of routes) if (isForeign(route)) this.#setRoute(route)
  }

  /** Takes what the kernel tells. @returns whether next hops may be concerned. */
  take(events: readonly KernelEvent[]): boolean {
    let concerned = false
    for (const event of events) if (this.#take(event)) concerned = true
    return concerned
  }

  #take(event: KernelEvent): boolean {
    switch (event.kind) {
      case 'link':
        return this.#takeLink(event.link, event.gone)
      case 'address':
        if (event.gone) this.#addresses.delete(addressKey(event.address))
        else this.#addresses.set(addressKey(event.address), event.address)
        return true
      case 'route':
        if (!isForeign(event.route)) return false
        if (event.gone) this.#removeRoute(event.route)
        else this.#setRoute(event.route)
        return true
      default:
        return false
    }
  }

  #takeLink(link: Link, gone: boolean): boolean {
    const before = this.#links.get(link.index)
    if (gone) this.#links.delete(link.index)
    else this.#links.set(link.index, link)
    return gone || before?.name !== link.name || before.up !== link.up || before.carrier !== link.carrier
  }

  /** The networks that the box is on. */
  connected(): ConnectedNetwork[] {
    return connectedNetworks([...this.#links.values()], [...this.#addresses.values()])
  }

  /** The networks that the box is to be on by its addresses or its configuration, and is not now. */
  lost(configured: readonly WantedNetworks[]): LostNetwork[] {
    const names = [...this.#addresses.values()].flatMap(({ link, prefix }) => {
      const name = this.#links.get(link)?.name
      return name === undefined ? [] : [{ name, prefix }]
    })
    const wanted = configured
      .filter(one => one.enabled !== false)
      .flatMap(({ name, addresses = [] }) => addresses.map(prefix => ({ name, prefix })))
    const here = new Set(this.connected().map(one => formatPrefix(one.network)))
    return [...names, ...wanted].flatMap(({ name, prefix }) => {
      const parsed = parsePrefix(prefix)
      if (!parsed || this.#isLoopback(name)) return []
      const network = networkOf(parsed)
      if (here.has(formatPrefix(network))) return []
      const why = this.linkFault(name) ?? `${name} does not have the address ${prefix} now`
      return [{ network, interface: name, why }]
    })
  }

  /** Why packets cannot leave through a link now, as the end of a sentence; undefined where they can. */
  linkFault(name: string): string | undefined {
    for (const link of this.#links.values()) {
      if (link.name !== name) continue
      if (!link.up) return `${name} is set down`
      return link.carrier ? undefined : `${name} has no carrier`
    }
    return `there is no interface ${name}`
  }

  #isLoopback(name: string): boolean {
    for (const link of this.#links.values()) if (link.name === name) return link.loopback
    return false
  }

  #setRoute(route: Route): void {
    const metrics = this.#routes.get(route.prefix) ?? new Map<number, Route>()
    this.#routes.set(route.prefix, metrics)
    metrics.set(route.metric, route)
    this.#choose(route.prefix, metrics)
  }

  #removeRoute(route: Route): void {
    const metrics = this.#routes.get(route.prefix)
    if (!metrics?.delete(route.metric)) return
    if (metrics.size === 0) this.#routes.delete(route.prefix)
    this.#choose(route.prefix, metrics)
  }

  #choose(prefix: string, metrics: ReadonlyMap<number, Route>): void {
    const network = parsePrefix(prefix)
    if (!network) return
    const best = metrics.get(Math.min(...metrics.keys()))
    if (!best) {
      this.foreign.delete(network)
      return
    }
    const usable = best.type === RTN.UNICAST ? best.paths : []
    this.foreign.set(network, {
      network,
      metric: best.metric,
      protocol: ROUTE_PROTOCOLS.get(best.protocol) ?? String(best.protocol),
      ways: usable.flatMap(({ gateway, link, flags }) => {
        const name = link === undefined ? undefined : this.#links.get(link)?.name
        if (name === undefined) return []
        return [
          { ...(gateway !== undefined && { gateway }), link: name, onlink: (flags & RTNH_F.ONLINK) !== 0 },
        ]
      }),
    })
  }
}

/** Multicast and the like lead to no next hop, and neither do the routes that are ours. */
function isForeign(route: Route): boolean {
  return route.table === RT_TABLE.MAIN && route.protocol !== CAUSEWAY_PROTOCOL
}

function addressKey({ link, prefix }: InterfaceAddress): string {
  return `${link} ${prefix}`
}
