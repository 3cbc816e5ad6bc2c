import type { Bgp } from '../model/config-bgp.ts'
import type { Policy, PolicyLists } from '../model/config-policy.ts'
import type { BgpNeighborState, MigrationState } from '../model/state.ts'
import type { Family } from '../net/address.ts'
import { type Prefix, parsePrefix } from '../net/prefix.ts'
import type { Steps } from '../net/steps.ts'
import { Acceptance } from './acceptance.ts'
import { Announcing } from './announcing.ts'
import { BmpMonitor } from './bmp/monitor.ts'
import { Gathering } from './export/gathering.ts'
import { plainAddress } from './export/nexthop.ts'
import { LogLimit } from './log-limit.ts'
import { migrationState } from './migration.ts'
import { Neighbor, type NeighborHost } from './neighbor/neighbor.ts'
import { FAMILY_NAMES, type NeighborSettings } from './neighbor-settings.ts'
import { type RefreshOutcome, type ResetOutcome, refresh, reset } from './operations.ts'
import { Originated } from './originated.ts'
import { PolicyBook } from './policy/book.ts'
import { Reconfiguration, type SpeakerConfig } from './reconfiguration.ts'
import { RestartDeferral, restartTime } from './restart.ts'
import { RouteView } from './route-view.ts'
import type { RouteRow } from './routes.ts'
import type { Flaps } from './session/session-events.ts'
import type { NexthopChange } from './sink.ts'
import { Slices } from './slices.ts'
import type { SpeakerEvent, SpeakerOptions } from './speaker-options.ts'
import { createTables, prepareTables, type Tables } from './tables.ts'
import { ERROR, UNICAST } from './wire/index.ts'

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
  /** The tables for people. */
  readonly view: RouteView
  readonly ownAddresses = new Set<string>()
  readonly monitor: BmpMonitor
  readonly #options: SpeakerOptions
  readonly #neighbors = new Map<string, Neighbor>()
  readonly #byPeer = new Map<number, Neighbor>()
  readonly #announcing: Announcing
  readonly #policies: PolicyBook
  readonly #deferral: RestartDeferral
  readonly #gathering: Gathering
  readonly #settleTask = { run: (until: number) => this.#settle(until) }
  readonly #originated: Originated
  readonly #acceptance: Acceptance
  readonly #reconfiguration: Reconfiguration
  #bgp: Bgp | undefined
  #addresses = new Set<string>()
  #restarted: boolean
  #asked = false
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
    this.tables = createTables(options.sink, options.nexthops, options.reachability)
    if (options.room) prepareTables(this.tables, options.room)
    const expected = options.restarting?.expected ?? []
    this.#restarted = expected.length > 0
    this.monitor = new BmpMonitor({
      ...this.environment,
      tables: this.tables,
      identity: options.identity ?? (() => ({ name: '', description: 'Causeway' })),
      log: (address, message) => this.#log('monitoring', address, message),
    })
    this.#policies = new PolicyBook(this.tables.attributes)
    this.#announcing = new Announcing({
      tables: this.tables,
      policies: this.#policies,
      localNexthop: options.localNexthop,
      audienceOf: peer => this.#byPeer.get(peer),
    })
    this.#originated = new Originated(this.tables)
    this.view = new RouteView({
      tables: this.tables,
      addressOf: peer => this.#byPeer.get(peer)?.address,
      peerOf: address => this.#neighbors.get(address)?.peer,
      groupOf: (family, peer) => this.#announcing.groupOf(family, peer),
      refusalOf: (family, peer, slot, received) =>
        this.#byPeer.get(peer)?.explainRefusal(family, slot, received),
    })
    this.#acceptance = new Acceptance({
      clock: options.clock,
      transport: options.transport,
      neighbor: address => this.#reconfiguration.reach(address),
      neighborCount: () => this.#neighbors.size,
      dynamicCount: group => {
        let count = 0
        for (const { settings } of this.#neighbors.values())
          if (settings.dynamic && settings.group === group) count++
        return count
      },
      siblings: address => {
        let count = 0
        for (const known of this.#neighbors.keys()) if (known.startsWith(`${address}#`)) count++
        return count
      },
      add: (settings, flaps) => this.#add(settings, flaps),
      refused: (address, message) => this.#log('refused', address, message),
    })
    this.#reconfiguration = new Reconfiguration({
      ...this.environment,
      neighbors: this.#neighbors,
      begin: (config, wanted) => this.#begin(config, wanted),
      dynamic: address => this.#acceptance.dynamic(address),
      importPolicy: (settings, remoteAs) => this.#policies.importPolicy(settings, remoteAs),
      regroup: neighbor => this.#setGroup(neighbor),
      review: () => this.#announcing.review(),
      add: settings => this.#add(settings),
      complete: config => this.#complete(config),
    })
    this.#deferral = new RestartDeferral(options.clock, expected, () => this.settle())
    this.#gathering = new Gathering(options.clock, () => this.#settleSoon())
  }

  /**
   * Takes a validated configuration. Only sessions whose own settings have changed are reset; a changed policy is applied
   * to the routes that are here. Resolves when it is in force for all neighbours, or another has taken its place.
   */
  configure(bgp: Bgp | undefined, policies: readonly Policy[], lists: PolicyLists = {}): Promise<void> {
    return this.#reconfiguration.take({ bgp, policies, lists })
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
    this.#originated.add(family, bytes, offset, length, source)
    this.#settleSoon()
  }

  /** Takes back what was originated for a prefix. */
  withdrawOriginated(family: Family, bytes: Uint8Array, offset: number, length: number): void {
    this.#originated.remove(family, bytes, offset, length)
    this.#settleSoon()
  }

  /**
   * Takes what has become of next hops (RFC 4271 §9.1.2.1), all that changed at one time together: in slices, prefixes that
   * have paths to one of them are decided again, and no others. Those that no path has are passed over.
   */
  setNexthops(changes: readonly NexthopChange[]): void {
    const changed = this.tables.hops.change(changes)
    if (!changed) return
    const { clock, slices } = this.environment
    for (const family of [4, 6] as const) {
      const mark = this.tables.paths[family].markHops(changed, () => clock.now())
      slices.add({
        run: until => {
          const more = mark(until)
          this.#settleSoon()
          return more
        },
      })
    }
  }

  /** Addresses of the box: a route whose next hop is one of them is not used, and what neighbours are told to use may change. */
  setOwnAddresses(addresses: Iterable<string>): void {
    const before = this.#addresses
    this.#addresses = new Set(addresses)
    this.#collectOwnAddresses()
    const either = [...before, ...this.#addresses]
    const changed = new Set(either.filter(one => before.has(one) !== this.#addresses.has(one)))
    if (changed.size === 0) return
    this.#announcing.retarget()
    if (this.tables.hops.anyVia(changed))
      for (const neighbor of this.#neighbors.values()) neighbor.reconsider()
    this.#settleSoon()
  }

  /** How many neighbours there are, and with how many a session is up: for who asks often. */
  neighborCounts(): { configured: number; established: number } {
    let established = 0
    for (const neighbor of this.#neighbors.values())
      if (neighbor.session.state === 'Established') established++
    return { configured: this.#neighbors.size, established }
  }

  neighbors(): BgpNeighborState[] {
    return this.#sorted().map(neighbor => neighbor.state())
  }

  /** By address, as numbers: IPv4 before IPv6. */
  #sorted(): Neighbor[] {
    const { columns } = this.tables
    return [...this.#neighbors.values()].sort((a, b) => columns.compareAddresses(a.peer, b.peer))
  }

  /**
   * Whether the nodes of a neighbour group could do without the sessions that they have with each other.
   * Yields where the caller may pause.
   * @param expected how many nodes there should be
   */
  migration(group: string, expected?: number): Steps<MigrationState> {
    const members = this.#sorted().filter(({ settings }) => settings.group === group)
    return migrationState(group, members, this.tables.paths, expected)
  }

  /** Prefixes of a family that have paths. */
  routeCount(family: Family): number {
    return this.tables.paths[family].prefixes.size
  }

  /** The paths of one prefix, given as text. Undefined where it has none or the text is not a prefix. */
  route(prefix: string): RouteRow | undefined {
    const parsed = parsePrefix(prefix)
    if (!parsed) return undefined
    const family = parsed.bytes.length === 4 ? 4 : 6
    const slot = this.view.find(family, parsed)
    return slot < 0 ? undefined : this.view.describe(family, slot)
  }

  /** Has a neighbour say everything again, or tells it everything again. `address`: canonical. */
  refresh(address: string, direction: 'in' | 'out', families: readonly Family[] = [4, 6]): RefreshOutcome {
    const neighbor = this.#neighbors.get(address)
    return refresh(neighbor, direction, families, family => this.refreshRequested(neighbor!, family))
  }

  /** Ends a session and begins the next one at once; `text` is for the neighbour's log (RFC 9003). */
  reset(address: string, text?: string): ResetOutcome {
    return reset(this.#neighbors.get(address), text)
  }

  /** Ends all sessions with Cease/Administrative Shutdown (RFC 9003), so that neighbours stop using us at once. */
  async stop(communication?: string): Promise<void> {
    this.#stopped = true
    this.#reconfiguration.cancel()
    this.#deferral.cancel()
    this.#acceptance.close()
    this.monitor.stop()
    for (const neighbor of this.#neighbors.values()) {
      neighbor.session.stop(ERROR.cease.administrativeShutdown, communication)
    }
    // One turn, so that connections hand their last bytes to TCP.
    await new Promise<void>(resolve => (this.#options.defer ?? setImmediate)(resolve))
  }

  // What neighbours ask and tell.

  networksOf(localAddress: string): readonly Prefix[] {
    const local = plainAddress(localAddress)
    const link = localAddress.split('%')[1]
    const texts = ([4, 6] as const).flatMap(
      family => this.#options.localNexthop?.(family, local, link)?.networks ?? [],
    )
    return texts.map(text => parsePrefix(text)!)
  }

  gracefulRestart(neighbor: Neighbor) {
    const { families, gracefulRestartTime, gracefulRestartNotification, longLivedGracefulRestartTime } =
      neighbor.settings.session
    if (gracefulRestartTime + longLivedGracefulRestartTime === 0) return undefined
    const restarting = this.#restarted
    return {
      restarting: restarting && this.#deferral.active,
      notification: gracefulRestartNotification,
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
    // Only now it is known what a neighbour is whose AS the configuration does not name.
    const settings = this.#reconfiguration.settingsOf(neighbor)
    neighbor.importPolicy = this.#policies.importPolicy(settings, neighbor.remoteAs)
    const negotiated = neighbor.channel!.negotiated!
    this.ownAddresses.add(plainAddress(neighbor.channel!.localAddress))
    for (const family of negotiated.families) {
      this.#announcing.join(neighbor, family)
      neighbor.joined(family)
    }
    this.#gathering.joined()
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

  reidentified({ peer }: Neighbor): void {
    this.#announcing.reidentified(peer)
  }

  updateGroup(peer: number, family: Family) {
    return this.#announcing.groupOf(family, peer)
  }

  down(neighbor: Neighbor, reason: string): void {
    this.#announcing.leave(neighbor)
    this.#settleSoon()
    // A neighbour that is not there is worth one line, not one for each attempt.
    if (this.#said.get(neighbor) === reason) return
    this.#said.set(neighbor, reason)
    this.#log('down', neighbor.address, `session with ${neighbor.address} is down: ${reason}`)
  }

  stateChanged(neighbor: Neighbor): void {
    const { state } = neighbor.session
    this.#gathering.opening(neighbor, state === 'OpenSent' || state === 'OpenConfirm')
    this.#options.onNeighborChange?.(neighbor.address, state)
  }

  endOfRib(neighbor: Neighbor, family: Family): void {
    this.#deferral.endOfRib(neighbor.address, family)
  }

  keepalive(neighbor: Neighbor): void {
    this.#deferral.keepalive(neighbor.address)
  }

  refreshRequested(neighbor: Neighbor, family: Family): void {
    neighbor.refreshing(family)
    this.#announcing.again(neighbor, family)
    this.settle()
  }

  writable(): void {
    this.settle()
  }

  problem(neighbor: Neighbor, text: string): void {
    this.#log('problem', neighbor.address, `${neighbor.address} sent what is not right: ${text}`)
  }

  limit(neighbor: Neighbor, text: string): void {
    this.#log('limit', neighbor.address, `${neighbor.address} ${text}`)
  }

  settle(): void {
    if (this.#settle(this.environment.slices.deadline())) this.environment.slices.add(this.#settleTask)
  }

  /** In the next turn: this one may have done enough, and many routes that are originated one by one are to share UPDATEs. */
  #settleSoon(): void {
    this.environment.slices.add(this.#settleTask)
  }

  sibling(neighbor: Neighbor, routerId: number): Neighbor | undefined {
    return this.#acceptance.sibling(neighbor, routerId)
  }

  idle(neighbor: Neighbor): void {
    if (this.#byPeer.get(neighbor.peer) !== neighbor) return
    this.#byPeer.delete(neighbor.peer)
    this.tables.columns.release(neighbor.peer)
    if (this.#neighbors.get(neighbor.address) === neighbor) this.#neighbors.delete(neighbor.address)
    if (neighbor.removed) return
    this.#acceptance.gone(neighbor.address, neighbor.session.flaps)
    neighbor.session.stop()
  }

  #settle(until: number): boolean {
    if (this.#deferral.active || this.#reconfiguration.active) return false
    const { clock } = this.environment
    const now = () => clock.now()
    let more = false
    for (const family of [4, 6] as const) {
      if (this.tables.paths[family].waiting > 0 && now() >= until) return true
      if (this.tables.paths[family].settle(now, until)) more = true
    }
    if (this.#announcing.run(now, until, this.#gathering.active)) more = true
    // A table that is not decided yet may have more to say than the groups know.
    if (!more && !this.#converged && this.#bgp && this.#deferral.complete) {
      this.#converged = true
      this.#options.sink.converged()
    }
    return more
  }

  #begin({ bgp, policies, lists }: SpeakerConfig, wanted: ReadonlyMap<string, NeighborSettings>): void {
    this.#bgp = bgp
    this.#policies.configure(policies, lists)
    this.#acceptance.configure(bgp)
    this.#acceptance.listen(wanted.values())
    this.monitor.configure(bgp?.bmp)
    this.#collectOwnAddresses()
    const comes = (address: string) =>
      wanted.get(address)?.enabled ?? this.#acceptance.dynamic(address) !== undefined
    this.#deferral.begin(comes, restartTime(bgp, wanted), bgp && this.#unsure(bgp, wanted))
  }

  #complete({ bgp }: SpeakerConfig): void {
    const tableSettings = {
      multipath: bgp?.multipath ?? 64,
      multipathRelax: bgp?.multipathRelax ?? true,
      linkBandwidth: bgp?.linkBandwidth ?? true,
      installRoutes: bgp?.installRoutes ?? true,
    }
    for (const family of [4, 6] as const) this.tables.paths[family].configure(tableSettings)
    this.#announcing.retarget()
    this.#settleSoon()
  }

  #add(settings: NeighborSettings, flaps?: Flaps): Neighbor | undefined {
    const { columns, paths } = this.tables
    const peer = columns.take(settings.session.address)
    if (peer < 0) return undefined
    paths[4].counts.reserve(peer)
    paths[6].counts.reserve(peer)
    const neighbor = new Neighbor(this, peer, settings, this.#policies.importPolicy(settings), 0)
    this.#neighbors.set(neighbor.address, neighbor)
    this.#byPeer.set(peer, neighbor)
    this.#setGroup(neighbor)
    if (settings.enabled && !this.#stopped) neighbor.session.start(flaps)
    else neighbor.disabled()
    return neighbor
  }

  /** What a neighbour counts as for what others are told of it. @returns whether that is another than before */
  #setGroup(neighbor: Neighbor): boolean {
    const { session, group, routeReflectorClient } = neighbor.settings
    neighbor.groupNumber = this.#policies.groupNumber(group)
    return this.tables.columns.regroup(neighbor.peer, {
      group: neighbor.groupNumber,
      named: this.#policies.neighborNumber(session.address),
      client: routeReflectorClient,
    })
  }

  /** Who may come where nobody knows who was established before; undefined: that is known, or was asked before. */
  #unsure(bgp: Bgp, wanted: ReadonlyMap<string, NeighborSettings>) {
    const first = !this.#asked
    this.#asked = true
    if (!first || !this.#options.restarting?.unsure?.()) return undefined
    this.#restarted = true
    const enabled = [...wanted].filter(([, settings]) => settings.enabled)
    const others = (bgp.neighborGroups ?? []).some(({ listenRanges = [] }) => listenRanges.length > 0)
    return { addresses: enabled.map(([address]) => address), others }
  }

  #log(kind: SpeakerEvent['kind'], address: string, message: string): void {
    // Strangers are one subject together: they may have any number of addresses.
    const line = this.#logLimit.pass(kind === 'refused' ? kind : address, message)
    if (line !== undefined) this.#options.log({ kind, address, message: line })
  }

  #collectOwnAddresses(): void {
    this.ownAddresses.clear()
    for (const address of this.#addresses) this.ownAddresses.add(address)
    for (const { channel } of this.#neighbors.values()) {
      if (channel) this.ownAddresses.add(plainAddress(channel.localAddress))
    }
  }
}
