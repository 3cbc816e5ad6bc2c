import type { Bgp } from '../model/config-bgp.ts'
import type { Clock } from '../net/clock.ts'
import { canonicalZoned } from '../net/zone.ts'
import { plainAddress } from './export/nexthop.ts'
import { ListenRanges } from './listen-ranges.ts'
import type { Neighbor } from './neighbor/neighbor.ts'
import { dynamicNeighbor, listenKeys, type NeighborSettings } from './neighbor-settings.ts'
import type { Flaps } from './session/session-events.ts'
import type { BgpTransport, Connection, Listener, RouterDiscovery } from './transport.ts'
import { dotted } from './wire/bytes.ts'
import { buildNotification, ERROR, notification, shutdownCommunication } from './wire/index.ts'

/** Neighbours accepted from listen ranges at a time: what the tables' numbers leave room for beside the configured ones. */
const MAX_DYNAMIC = 32_768

/** Daemons at one address beside the first. */
const MAX_SIBLINGS = 7

/** Dynamic neighbours whose errors are remembered after they have gone. */
const MAX_FLAPS = 4_096

/** Strangers that are told within a span, milliseconds, that they are none of ours; more are only cut off. */
const REJECT_LIMIT = 16
const REJECT_SPAN = 5_000

export interface AcceptanceHost {
  readonly clock: Clock
  readonly transport: BgpTransport
  /** The neighbour with this address. */
  neighbor(address: string): Neighbor | undefined
  /** How many neighbours there are; of those of a group, how many were accepted from listen ranges. */
  neighborCount(): number
  dynamicCount(group: string): number
  /** How many are known by this address and a BGP identifier. */
  siblings(address: string): number
  /** Makes a dynamic neighbour; undefined where there is no room for it. */
  add(settings: NeighborSettings, flaps: Flaps | undefined): Neighbor | undefined
  /** A connection is for nobody; `message`: a whole sentence. */
  refused(address: string, message: string): void
}

/** Who may connect to us: listening, and the neighbours that come from listen ranges. */
export class Acceptance {
  readonly #host: AcceptanceHost
  #bgp: Bgp | undefined
  #ranges = new ListenRanges(undefined)
  #listener: (Listener & { readonly port: number }) | undefined
  #closed = false
  /** Connections of strangers that were told so, since when. */
  #rejected = { since: 0, count: 0 }
  /** The neighbours that the configuration names. */
  #named: readonly NeighborSettings[] = []
  /** Where neighbours without address are: canonical addresses with zone, by what they are known by. */
  readonly #found = new Map<string, string>()
  #discovery: RouterDiscovery | undefined
  /** Of dynamic neighbours that have gone, the last to go last. */
  readonly #flaps = new Map<string, Flaps>()

  constructor(host: AcceptanceHost) {
    this.#host = host
  }

  /** Takes the configuration; `listen` opens the port that it names. */
  configure(bgp: Bgp | undefined): void {
    this.#bgp = bgp
    this.#ranges = new ListenRanges(bgp)
  }

  /** @param neighbors those that the configuration names: the port holds each to its password */
  listen(neighbors: Iterable<NeighborSettings>): void {
    const bgp = this.#bgp
    const port = bgp && (bgp.listen ?? true) && !this.#closed ? (bgp.port ?? 179) : undefined
    this.#named = [...neighbors]
    this.#discover()
    const keys = listenKeys(this.#named, this.#ranges, this.#found)
    if (this.#listener?.port === port) {
      this.#listener?.setKeys(keys)
      return
    }
    this.#listener?.close()
    this.#listener = undefined
    if (port === undefined) return
    const onConnection = (connection: Connection) => this.#accept(connection)
    const listener = this.#host.transport.listen({ port, onConnection })
    listener.setKeys(keys)
    this.#listener = { port, setKeys: now => listener.setKeys(now), close: () => listener.close() }
  }

  /** For good. */
  close(): void {
    this.#closed = true
    this.#listener?.close()
    this.#listener = undefined
    this.#discovery?.close()
    this.#discovery = undefined
  }

  /** A dynamic neighbour has gone: how its sessions ended is remembered for when it comes back. */
  gone(address: string, flaps: Flaps): void {
    if (flaps.errors === 0) return
    this.#flaps.delete(address)
    this.#flaps.set(address, flaps)
    for (const oldest of this.#flaps.keys()) {
      if (this.#flaps.size <= MAX_FLAPS) break
      this.#flaps.delete(oldest)
    }
  }

  /** What the configuration says of a neighbour at an address of a listen range; undefined where none has it. */
  dynamic(address: string): NeighborSettings | undefined {
    const [plain = address, routerId] = address.split('#')
    const group = this.#ranges.groupOf(plain)
    if (!group) return undefined
    const settings = dynamicNeighbor(this.#bgp!, plain, group)
    return routerId === undefined ? settings : { ...settings, id: address }
  }

  /**
   * Several BGP daemons of one host have one address and a BGP identifier each, by which RFC 4271 §6.8 tells collisions: the
   * first is known by the address, others by `address#identifier`.
   * @returns the neighbour that an OPEN with this identifier is of, where it is not `neighbor`, to whom it came
   */
  sibling(neighbor: Neighbor, routerId: number): Neighbor | undefined {
    const { address, settings } = neighbor
    if (!settings.dynamic || settings.id !== undefined) return undefined
    const id = `${address}#${dotted(routerId)}`
    const known = this.#host.neighbor(id)
    if (known || !neighbor.isAnother(routerId)) return known
    return this.#host.siblings(address) < MAX_SIBLINGS ? this.#addDynamic(id) : undefined
  }

  #accept(connection: Connection): void {
    const { remoteAddress } = connection
    const [, link] = remoteAddress.split('%')
    const address = (link !== undefined && canonicalZoned(remoteAddress)) || plainAddress(remoteAddress)
    const onLink = link === undefined ? undefined : this.#host.neighbor(`%${link}`)
    const neighbor = this.#host.neighbor(address) ?? onLink ?? this.#addDynamic(address)
    if (neighbor && neighbor === onLink) this.#foundAt(neighbor, address)
    if (neighbor && !neighbor.removed && neighbor.settings.enabled) {
      neighbor.session.accept(connection)
      return
    }
    this.#reject(connection, neighbor)
    const reason = neighbor
      ? 'it is disabled; set enabled: true to take its sessions'
      : (this.#full(address) ??
        'no neighbour has this address and no listen range covers it; add it to bgp.neighbors, or its network to the listenRanges of a group')
    this.#host.refused(address, `refused a connection from ${address}: ${reason}`)
  }

  /**
   * Says why with a Cease, to so many at a time: Administrative Shutdown where the neighbour is disabled, else Connection
   * Rejected (RFC 4486 §4). Strangers may come in any number.
   */
  #reject(connection: Connection, neighbor: Neighbor | undefined): void {
    const now = this.#host.clock.now()
    if (now - this.#rejected.since >= REJECT_SPAN) this.#rejected = { since: now, count: 0 }
    if (++this.#rejected.count > REJECT_LIMIT) {
      connection.destroy()
      return
    }
    const { administrativeShutdown, connectionRejected } = ERROR.cease
    const text = neighbor?.settings.shutdownMessage
    const data = text === undefined ? undefined : shutdownCommunication(text)
    const cease = notification(neighbor ? administrativeShutdown : connectionRejected, data)
    connection.write(buildNotification(cease))
    connection.close()
  }

  /** Neighbours without address are looked for on their links. */
  #discover(): void {
    const links = this.#named.flatMap(({ session, enabled }) =>
      session.link !== undefined && enabled ? [session.link] : [],
    )
    for (const known of [...this.#found.keys()])
      if (!links.includes(known.slice(1))) this.#found.delete(known)
    if (links.length > 0 && !this.#closed) {
      const onRouter = (address: string, link: string) => {
        const neighbor = this.#host.neighbor(`%${link}`)
        if (neighbor && neighbor.session.state !== 'Established')
          this.#foundAt(neighbor, `${address}%${link}`)
      }
      this.#discovery ??= this.#host.transport.discover({ onRouter })
    }
    this.#discovery?.setLinks(links)
  }

  #foundAt(neighbor: Neighbor, address: string): void {
    if (this.#found.get(neighbor.address) !== address) {
      this.#found.set(neighbor.address, address)
      this.#listener?.setKeys(listenKeys(this.#named, this.#ranges, this.#found))
    }
    neighbor.session.found(address)
  }

  /** Why there is no room for one more neighbour of the group that an address is of. */
  #full(address: string): string | undefined {
    const group = this.#ranges.groupOf(address.replace(/#.*$/, ''))
    if (!group) return undefined
    const most = group.maxDynamicNeighbors
    if (most !== undefined && this.#host.dynamicCount(group.name) >= most)
      return `the group ${group.name} has its ${most} neighbours from listenRanges; raise maxDynamicNeighbors to take more`
    if (this.#host.neighborCount() < MAX_DYNAMIC) return undefined
    return `there are ${MAX_DYNAMIC} neighbours, and no room for more`
  }

  #addDynamic(address: string): Neighbor | undefined {
    if (this.#closed || this.#full(address) !== undefined) return undefined
    const settings = this.dynamic(address)
    const flaps = this.#flaps.get(address)
    this.#flaps.delete(address)
    return settings && this.#host.add(settings, flaps)
  }
}
