import type { Bgp } from '../model/config-bgp.ts'
import type { Policy } from '../model/config-policy.ts'
import type { BgpNeighborState } from '../model/state.ts'
import type { Family } from '../net/address.ts'
import type { Clock } from '../net/clock.ts'
import { type Prefix, parsePrefix } from '../net/prefix.ts'
import { type FindLocalNexthop, plainAddress, type Treatment, treatmentOf } from './export/treatment.ts'
import { UpdateGroups } from './export/update-groups.ts'
import { LogLimit } from './log-limit.ts'
import { Neighbor, type NeighborHost } from './neighbor.ts'
import {
  configuredNeighbors,
  dynamicNeighbor,
  FAMILY_NAMES,
  groupListening,
  type ListenRange,
  listenRanges,
  type NeighborSettings,
} from './neighbor-settings.ts'
import { PolicyBook } from './policy-book.ts'
import { RestartDeferral } from './restart.ts'
import { UNREACHABLE } from './rib/hops.ts'
import { LOCAL } from './rib/peers.ts'
import { describePrefix, type RouteRow } from './routes.ts'
import type { NexthopInterner, RouteSink } from './sink.ts'
import { Slices } from './slices.ts'
import { createTables, type Tables } from './tables.ts'
import type { BgpTransport, Connection } from './transport.ts'
import { ERROR, encodeKey, hashKey, UNICAST } from './wire/index.ts'

/** What is worth a line in the log. */
export interface SpeakerEvent {
  /**
   * established, down: a session, or an attempt at one. problem: what a neighbour sent was wrong, and the session goes on
   * (RFC 7606). refused: a connection that no neighbour and no listen range is for.
   */
  readonly kind: 'established' | 'down' | 'problem' | 'refused'
  readonly address: string
  /** A whole sentence, the address in it. */
  readonly message: string
}

export interface SpeakerOptions {
  readonly clock: Clock
  /** From 0 up to, and without, 1. */
  readonly random: () => number
  readonly transport: BgpTransport
  readonly sink: RouteSink
  readonly nexthops: NexthopInterner
  log(event: SpeakerEvent): void
  /** The neighbours that were established before we were restarted, if we were: the kernel has kept our routes then. */
  readonly restarting?: { readonly expected: readonly string[] } | undefined
  /**
   * Our address of a family on the interface that has `localAddress`, the local end of a session. Without it a
   * session can announce routes only of the family that it runs over.
   */
  readonly localNexthop?: FindLocalNexthop
  /** A neighbour's state is another one. */
  onNeighborChange?(address: string, state: BgpNeighborState['state']): void
  /** Calls an action in a later turn of the event loop, after sockets were read. Default: `setImmediate`. */
  defer?(action: () => void): void
}

/** Neighbours accepted from listen ranges at a time: what the tables' numbers leave room for beside the configured ones. */
const MAX_DYNAMIC = 32_768

/** Path identifiers of what we originate ourselves, by source: one path each. */
const ORIGIN = { connected: 1, static: 2 } as const

/**
 * The BGP speaker: sessions with neighbours, their routes, what is best of them, and what is told to whom.
 *
 *     bytes → session → Importer (policy) → PathTable (decision) → RouteSink
 *                                                     └→ UpdateGroups (policy) → bytes
 *
 * No I/O, no timers and no randomness of its own; nothing here throws on what a neighbour sends. All work is done in slices
 * of a few milliseconds (`Slices`).
 */
export class Speaker implements NeighborHost {
  readonly environment: NeighborHost['environment']
  readonly tables: Tables
  readonly ownAddresses = new Set<string>()
  readonly #options: SpeakerOptions
  readonly #neighbors = new Map<string, Neighbor>()
  readonly #byPeer = new Map<number, Neighbor>()
  readonly #groups: Readonly<Record<Family, UpdateGroups>>
  readonly #policies: PolicyBook
  readonly #deferral: RestartDeferral
  readonly #settleTask = { run: (until: number) => this.#settle(until) }
  readonly #originated: Readonly<Record<Family, number>>
  #bgp: Bgp | undefined
  #ranges: ListenRange[] = []
  #listener: { readonly port: number; close(): void } | undefined
  #addresses = new Set<string>()
  readonly #restarted: boolean
  /** Why a neighbour is down, as the log was told last. */
  readonly #said = new WeakMap<Neighbor, string>()
  readonly #logLimit: LogLimit
  #everEstablished = false
  #stopped = false
  #converged = false

  constructor(options: SpeakerOptions) {
    this.#options = options
    this.#logLimit = new LogLimit(options.clock)
    const defer = options.defer ?? (action => setImmediate(action))
    this.environment = {
      clock: options.clock,
      random: options.random,
      transport: options.transport,
      slices: new Slices(options.clock, defer),
    }
    this.tables = createTables(options.sink, options.nexthops)
    const expected = options.restarting?.expected ?? []
    this.#restarted = expected.length > 0
    const { paths, attributes, columns } = this.tables
    this.#policies = new PolicyBook(attributes)
    this.#groups = {
      4: new UpdateGroups(4, { table: paths[4], attributes, peers: columns }),
      6: new UpdateGroups(6, { table: paths[6], attributes, peers: columns }),
    }
    this.#originated = { 4: this.#ownSet(4), 6: this.#ownSet(6) }
    this.#deferral = new RestartDeferral(options.clock, expected, () => this.settle())
  }

  /**
   * Takes a validated configuration. Only sessions whose own settings have changed are reset; a changed policy is applied
   * to the routes that are here.
   */
  configure(bgp: Bgp | undefined, policies: readonly Policy[]): void {
    const wanted = bgp ? configuredNeighbors(bgp) : new Map<string, NeighborSettings>()
    this.#bgp = bgp
    this.#policies.configure(policies)
    this.#ranges = bgp ? listenRanges(bgp) : []
    this.#collectOwnAddresses()
    for (const neighbor of [...this.#neighbors.values()]) {
      const settings = wanted.get(neighbor.address) ?? this.#stillDynamic(neighbor)
      if (settings) this.#reconfigure(neighbor, settings)
      else neighbor.remove(ERROR.cease.peerDeconfigured)
    }
    for (const [address, settings] of wanted) {
      if (this.#neighbors.get(address)?.removed !== false) this.#add(settings)
    }
    this.#setMultipath(bgp?.multipath ?? 64)
    for (const family of [4, 6] as const) this.tables.paths[family].setInstalling(bgp?.installRoutes ?? true)
    this.#listen()
    this.#retarget()
    const comes = (address: string) =>
      wanted.get(address)?.enabled ?? groupListening(this.#ranges, address) !== undefined
    this.#deferral.begin(comes, this.#restartTime(wanted))
    this.settle()
  }

  /**
   * A route of our own that may be announced, as export policies say. It takes the place of what was originated for the prefix
   * before. It is announced with our own address as next hop, wherever it goes from here.
   */
  originate(
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    source: 'connected' | 'static',
  ): void {
    const set = this.#originated[family]
    const table = this.tables.paths[family]
    const other = ORIGIN[source === 'connected' ? 'static' : 'connected']
    table.withdraw(LOCAL, bytes, offset, length, other)
    table.announce(LOCAL, bytes, offset, length, ORIGIN[source], set, set)
    this.#settleSoon()
  }

  /** Takes back what was originated for a prefix. */
  withdrawOriginated(family: Family, bytes: Uint8Array, offset: number, length: number): void {
    const table = this.tables.paths[family]
    table.withdraw(LOCAL, bytes, offset, length, ORIGIN.connected)
    table.withdraw(LOCAL, bytes, offset, length, ORIGIN.static)
    this.#settleSoon()
  }

  /**
   * Whether a next hop can be reached, and how far it is (RFC 4271 §9.1.2.1). A next hop that nothing was said of counts as
   * reachable with metric 0.
   * @param metric IGP metric, or undefined where it cannot be reached
   */
  setNexthopReachable(address: string, metric: number | undefined): void {
    if (!this.tables.hops.setMetric(address, metric ?? UNREACHABLE)) return
    this.tables.paths[4].markAll()
    this.tables.paths[6].markAll()
    this.#settleSoon()
  }

  /** Addresses of the box: a route whose next hop is one of them is not used. */
  setOwnAddresses(addresses: Iterable<string>): void {
    this.#addresses = new Set(addresses)
    this.#collectOwnAddresses()
  }

  neighbors(): BgpNeighborState[] {
    return [...this.#neighbors.values()].map(neighbor => neighbor.state())
  }

  /** Prefixes of a family that have paths. */
  routeCount(family: Family): number {
    return this.tables.paths[family].prefixes.size
  }

  /** The paths of every prefix of a family, or of one prefix, with what the decision process says of each. */
  *routes(family: Family, only?: Prefix): Generator<RouteRow> {
    const table = this.tables.paths[family]
    const slot = only ? table.prefixes.find(only.bytes, 0, only.length) : -1
    const slots = only ? (slot < 0 ? [] : [slot]) : table.prefixes.slots()
    const name = (peer: number) => this.#byPeer.get(peer)?.address
    for (const each of slots) yield describePrefix(table, this.tables.attributes, each, name)
  }

  /** The paths of one prefix, given as text. Undefined where it has none or the text is not a prefix. */
  route(prefix: string): RouteRow | undefined {
    const parsed = parsePrefix(prefix)
    if (!parsed) return undefined
    return this.routes(parsed.bytes.length === 4 ? 4 : 6, parsed).next().value ?? undefined
  }

  /** Asks a neighbour for all its routes again. False: there is no session, or it does not know how (RFC 2918). */
  refresh(address: string, family: Family): boolean {
    return this.#neighbors.get(address)?.requestRefresh(family) ?? false
  }

  /** Ends all sessions with Cease/Administrative Shutdown (RFC 9003), so that neighbours stop using us at once. */
  async stop(communication?: string): Promise<void> {
    this.#stopped = true
    this.#deferral.cancel()
    this.#listener?.close()
    this.#listener = undefined
    for (const neighbor of this.#neighbors.values()) {
      neighbor.session.stop(ERROR.cease.administrativeShutdown, communication)
    }
    // One turn, so that connections hand their last bytes to TCP.
    await new Promise<void>(resolve => (this.#options.defer ?? setImmediate)(resolve))
  }

  // What neighbours ask and tell.

  gracefulRestart(neighbor: Neighbor) {
    const { families, gracefulRestartTime } = neighbor.settings.session
    const restarting = this.#restarted
    return {
      restarting: restarting && this.#deferral.active,
      notification: false,
      time: gracefulRestartTime,
      families: families.map(family => ({
        ...UNICAST[family],
        // The kernel forwards on without us, unless it has just been started with us.
        forwarding: restarting || this.#everEstablished,
      })),
    }
  }

  established(neighbor: Neighbor): void {
    this.#everEstablished = true
    const negotiated = neighbor.channel!.negotiated!
    this.ownAddresses.add(plainAddress(neighbor.channel!.localAddress))
    for (const family of negotiated.families) {
      const group = this.#groups[family].join(neighbor.member(family), this.#treatment(neighbor, family))
      neighbor.joined(family, group)
    }
    this.#said.delete(neighbor)
    const { address, remoteAs, type } = neighbor
    const families = negotiated.families.map(family => FAMILY_NAMES[family]).join(' and ')
    this.#log(
      'established',
      address,
      `session with ${address} (AS ${remoteAs}, ${type}) is up for ${families}`,
    )
    this.#deferral.established(neighbor.address, negotiated.families, negotiated.gracefulRestart)
    this.settle()
  }

  down(neighbor: Neighbor, reason: string): void {
    for (const family of [4, 6] as const) this.#groups[family].leave(neighbor.member(family))
    // A neighbour that is not there is worth one line, not one for each attempt.
    if (this.#said.get(neighbor) === reason) return
    this.#said.set(neighbor, reason)
    this.#log('down', neighbor.address, `session with ${neighbor.address} is down: ${reason}`)
  }

  stateChanged(neighbor: Neighbor): void {
    this.#options.onNeighborChange?.(neighbor.address, neighbor.session.state)
  }

  endOfRib(neighbor: Neighbor, family: Family): void {
    this.#deferral.endOfRib(neighbor.address, family)
  }

  refreshRequested(neighbor: Neighbor, family: Family): void {
    neighbor.refreshing(family)
    this.#groups[family].again(neighbor.member(family))
    this.settle()
  }

  writable(): void {
    this.settle()
  }

  problem(neighbor: Neighbor, text: string): void {
    this.#log('problem', neighbor.address, `${neighbor.address} sent what is not right: ${text}`)
  }

  settle(): void {
    if (this.#settle(this.environment.slices.deadline())) this.environment.slices.add(this.#settleTask)
  }

  /** In the next turn: many routes are originated one by one, and are to share UPDATEs. */
  #settleSoon(): void {
    this.environment.slices.add(this.#settleTask)
  }

  idle(neighbor: Neighbor): void {
    if (this.#byPeer.get(neighbor.peer) !== neighbor) return
    this.#byPeer.delete(neighbor.peer)
    this.tables.columns.release(neighbor.peer)
    if (this.#neighbors.get(neighbor.address) === neighbor) this.#neighbors.delete(neighbor.address)
    if (!neighbor.removed) neighbor.session.stop()
  }

  #settle(until: number): boolean {
    if (this.#deferral.active) return false
    const { clock } = this.environment
    const now = () => clock.now()
    let more = false
    for (const family of [4, 6] as const) {
      if (this.tables.paths[family].waiting > 0 && now() >= until) return true
      if (this.tables.paths[family].settle(now, until)) more = true
    }
    for (const family of [4, 6] as const) if (this.#groups[family].run(now, until)) more = true
    // A table that is not decided yet may have more to say than the groups know.
    if (!more && !this.#converged && this.#bgp) {
      this.#converged = true
      this.#options.sink.converged()
    }
    return more
  }

  #reconfigure(neighbor: Neighbor, settings: NeighborSettings): void {
    const before = neighbor.settings
    const policy = this.#policies.importPolicy(settings)
    const changed = policy.text !== neighbor.importPolicy.text || before.group !== settings.group
    neighbor.settings = settings
    neighbor.importPolicy = policy
    this.#setGroup(neighbor)
    if (!settings.enabled && before.enabled) this.#disable(neighbor)
    else {
      neighbor.session.configure(settings.session)
      if (settings.enabled && !before.enabled) neighbor.session.start()
    }
    if (changed) neighbor.reconsider()
  }

  #disable(neighbor: Neighbor): void {
    neighbor.session.stop(ERROR.cease.administrativeShutdown)
    neighbor.session.configure(neighbor.settings.session)
    neighbor.disabled()
  }

  #add(settings: NeighborSettings): Neighbor | undefined {
    const { address } = settings.session
    const { columns, paths } = this.tables
    const peer = columns.take(address)
    if (peer < 0) return undefined
    paths[4].counts.reserve(peer)
    paths[6].counts.reserve(peer)
    const neighbor = new Neighbor(this, peer, settings, this.#policies.importPolicy(settings), 0)
    this.#neighbors.set(address, neighbor)
    this.#byPeer.set(peer, neighbor)
    this.#setGroup(neighbor)
    if (settings.enabled && !this.#stopped) neighbor.session.start()
    else neighbor.disabled()
    return neighbor
  }

  #setGroup(neighbor: Neighbor): void {
    neighbor.groupNumber = this.#policies.groupNumber(neighbor.settings.group)
    this.tables.columns.group[neighbor.peer] = neighbor.groupNumber
  }

  #stillDynamic(neighbor: Neighbor): NeighborSettings | undefined {
    if (!neighbor.settings.dynamic) return undefined
    const group = groupListening(this.#ranges, neighbor.address)
    return group && dynamicNeighbor(this.#bgp!, neighbor.address, group)
  }

  #restartTime(wanted: ReadonlyMap<string, NeighborSettings>): number {
    const groups = this.#bgp?.neighborGroups ?? []
    const times = [
      ...[...wanted.values()].map(settings => settings.session.gracefulRestartTime),
      ...groups.map(group => group.gracefulRestartTime ?? 120),
    ]
    return Math.max(0, ...times)
  }

  #setMultipath(paths: number): void {
    for (const family of [4, 6] as const) {
      const table = this.tables.paths[family]
      if (table.multipath === paths) continue
      table.multipath = paths
      table.markAll()
    }
  }

  #listen(): void {
    const bgp = this.#bgp
    const port = bgp && (bgp.listen ?? true) && !this.#stopped ? (bgp.port ?? 179) : undefined
    if (this.#listener?.port === port) return
    this.#listener?.close()
    this.#listener = undefined
    if (port === undefined) return
    const onConnection = (connection: Connection) => this.#accept(connection)
    const listener = this.#options.transport.listen({ port, onConnection })
    this.#listener = { port, close: () => listener.close() }
  }

  #accept(connection: Connection): void {
    const address = plainAddress(connection.remoteAddress)
    const neighbor = this.#neighbors.get(address) ?? this.#addDynamic(address)
    if (neighbor && !neighbor.removed && neighbor.settings.enabled) {
      neighbor.session.accept(connection)
      return
    }
    connection.destroy()
    const reason = neighbor
      ? 'it is disabled; set enabled: true to take its sessions'
      : 'no neighbour has this address and no listen range covers it; add it to bgp.neighbors, or its network to the listenRanges of a group'
    this.#log('refused', address, `refused a connection from ${address}: ${reason}`)
  }

  #log(kind: SpeakerEvent['kind'], address: string, message: string): void {
    // Strangers are one subject together: they may have any number of addresses.
    const line = this.#logLimit.pass(kind === 'refused' ? kind : address, message)
    if (line !== undefined) this.#options.log({ kind, address, message: line })
  }

  #addDynamic(address: string): Neighbor | undefined {
    const group = groupListening(this.#ranges, address)
    if (!group || !this.#bgp || this.#stopped || this.#neighbors.size >= MAX_DYNAMIC) return undefined
    return this.#add(dynamicNeighbor(this.#bgp, address, group))
  }

  #collectOwnAddresses(): void {
    this.ownAddresses.clear()
    for (const address of this.#addresses) this.ownAddresses.add(address)
    for (const { channel } of this.#neighbors.values()) {
      if (channel) this.ownAddresses.add(plainAddress(channel.localAddress))
    }
  }

  /** Update groups by the configuration as it is now. */
  #retarget(): void {
    for (const family of [4, 6] as const) {
      this.#groups[family].retarget(peer => this.#treatment(this.#byPeer.get(peer)!, family))
      for (const neighbor of this.#neighbors.values()) {
        neighbor.families[family].group = this.#groups[family].of(neighbor.peer)
      }
    }
  }

  #treatment(neighbor: Neighbor, family: Family): Treatment {
    const { settings, type } = neighbor
    const { negotiated, localAddress } = neighbor.channel!
    const policy = this.#policies.exportPolicy(settings, type)
    const session = { settings, type, negotiated: negotiated!, localAddress }
    return treatmentOf(session, family, policy, this.#options.localNexthop)
  }

  /** The attributes of what we originate: ORIGIN IGP, an empty AS_PATH, and no next hop, for which ours is put. */
  #ownSet(family: Family): number {
    const key = encodeKey({ nexthop: new Uint8Array(family === 4 ? 4 : 16), origin: 0, asPath: [] })
    return this.tables.attributes.intern(key, 0, key.length, hashKey(key, 0, key.length))
  }
}
