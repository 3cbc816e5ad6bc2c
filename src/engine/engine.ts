import { type BgpTransport, Slices, Speaker } from '../bgp/index.ts'
import { type ConfigStore, expandPresets, validateInSteps } from '../config/index.ts'
import { desiredState, Fib, type ReconcileReport, Reconciler } from '../forwarding/index.ts'
import type { Kernel } from '../kernel/objects.ts'
import type { Config } from '../model/config.ts'
import type { ApplyReport, Revision } from '../model/engine-protocol.ts'
import { CausewayError } from '../model/errors.ts'
import type {
  BgpNeighborState,
  BmpStationState,
  Health,
  InterfaceState,
  TunnelState,
} from '../model/state.ts'
import type { Clock } from '../net/clock.ts'
import { NexthopSets, Resolver, Rib } from '../routing/index.ts'
import { BgpTables } from './bgp-tables.ts'
import { ConnectedRoutes } from './connected-routes.ts'
import { ConnectedWatch, type Surroundings } from './connected-watch.ts'
import { NeighborMemory } from './neighbor-memory.ts'
import { NexthopTracker } from './nexthop-tracker.ts'
import { Operations } from './operations.ts'
import { Pauses } from './pauses.ts'
import { ribSink } from './rib-sink.ts'
import { RoutePages } from './route-pages.ts'
import { interfaceStates, tunnelStates } from './state/interfaces.ts'
import { StaticRoutes } from './static-routes.ts'
import { TurnWatch } from './turn-watch.ts'

export interface EngineParts {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly random: () => number
  readonly transport: BgpTransport & { close(): void }
  readonly store: ConfigStore
  /** Where the engine keeps what it must know after a restart. */
  readonly stateDirectory: string
  readonly version: string
  readonly log: (line: string) => void
}

/**
 * Routes that BGP's tables have addresses for before they have to grow, all of the Internet's; and memory, some 28 MB,
 * from the start: what this box is made for.
 */
const ROOM = {
  4: { entries: 2 ** 20, ready: 2 ** 19 },
  6: { entries: 2 ** 20, ready: 2 ** 17 },
}

/**
 * The engine: what forwards. It turns the confirmed configuration and what neighbours announce into the state of
 * the kernel, and says what is so.
 *
 *     configuration ─→ Reconciler ─────────────→ links, addresses, neighbours, FDB
 *     configuration ─→ static ─┐
 *     kernel ────────→ connected ─→ RIB ─→ FIB → nexthop objects, routes
 *     neighbours ────→ Speaker ─┘    └──→ Speaker: what may be announced
 */
export class Engine {
  readonly #parts: EngineParts
  readonly #reconciler: Reconciler
  readonly #fib: Fib
  readonly #sets = new NexthopSets()
  readonly #resolver = new Resolver()
  readonly #tracker = new NexthopTracker(this.#resolver)
  readonly #slices: Slices
  readonly #rib: Rib
  readonly #static: StaticRoutes
  readonly #connected: ConnectedRoutes
  readonly #watch: ConnectedWatch
  readonly #memory: NeighborMemory
  readonly #speaker: Speaker
  readonly operations: Operations
  readonly #startedAt: number
  readonly #turns: TurnWatch
  readonly #pauses: Pauses
  /** The BGP table for people, and RIB and kernel side by side. */
  readonly bgp: BgpTables
  readonly routes: RoutePages
  #confirmed: Revision = { revision: 0, config: { system: { hostName: 'causeway' } } }
  /** Configuration changes are carried out one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: EngineParts) {
    const { kernel, clock, log, stateDirectory } = parts
    this.#parts = parts
    this.#startedAt = clock.now()
    this.#turns = new TurnWatch(clock)
    this.#pauses = new Pauses(clock)
    this.#slices = new Slices(clock, action => setImmediate(action))
    this.#reconciler = new Reconciler({ kernel, clock, stateDirectory, log })
    this.#fib = new Fib({ kernel, clock, log })
    this.#rib = new Rib({
      sets: this.#sets,
      resolver: this.#resolver,
      fib: this.#fib,
      onBest: (family, bytes, offset, length, source, before) => {
        if (source === 'connected' || source === 'static')
          this.#speaker.originate(family, bytes, offset, length, source)
        else if (before === 'connected' || before === 'static')
          this.#speaker.withdrawOriginated(family, bytes, offset, length)
      },
    })
    this.#static = new StaticRoutes(this.#rib, this.#sets)
    this.#connected = new ConnectedRoutes({
      rib: this.#rib,
      sets: this.#sets,
      resolver: this.#resolver,
      fib: this.#fib,
    })
    this.#watch = new ConnectedWatch({
      kernel,
      clock,
      log,
      listener: surroundings => this.#setSurroundings(surroundings),
      moved: () => this.#resolve(),
    })
    this.#memory = new NeighborMemory({ stateDirectory, log })
    this.#speaker = new Speaker({
      clock,
      random: parts.random,
      transport: parts.transport,
      nexthops: this.#sets,
      room: ROOM,
      reachability: this.#tracker,
      restarting: {
        expected: this.#memory.recall(),
        unsure: () => !this.#memory.known && this.#fib.status().stale > 0,
      },
      sink: ribSink(this.#rib, () => {
        log('bgp: converged; what an earlier engine left and nobody announces is taken away')
        this.#fib.sweep()
        this.#memory.settled()
      }),
      onNeighborChange: (address, state) => this.#memory.note(address, state === 'Established'),
      log: ({ message }) => log(`bgp: ${message}`),
      identity: () => ({
        name: this.#confirmed.config.system.hostName,
        description: `Causeway ${parts.version}`,
      }),
      localNexthop: (family, address, link) => this.#watch.addressBeside(family, address, link),
    })
    this.operations = new Operations(this.#speaker, this.#pauses, () => this.#confirmed.config.bgp)
    this.bgp = new BgpTables({
      speaker: this.#speaker,
      rib: this.#rib,
      resolver: this.#resolver,
      fib: this.#fib,
      pauses: this.#pauses,
      installing: () => this.#confirmed.config.bgp?.installRoutes ?? true,
    })
    this.routes = new RoutePages({ kernel, rib: this.#rib, pauses: this.#pauses })
  }

  /**
   * Takes over what an earlier engine left in the kernel, and applies the confirmed configuration, or `initial` where
   * none was ever confirmed.
   */
  async start(initial?: Config): Promise<ApplyReport> {
    const { store, log } = this.#parts
    const stored = await store.read()
    await this.#fib.start()
    if (stored) this.#confirmed = stored
    else if (initial) this.#confirmed = await this.#confirmInitial(initial)
    const report = await this.#reconciler.setDesired(desiredState(this.#confirmed.config))
    await this.#configureRouting(this.#confirmed.config)
    for (const failure of report.failures) log(`kernel: ${describeFailure(failure)}`)
    this.#turns.begin()
    return applyReport(report)
  }

  /** A disk that is full keeps nobody from forwarding: the configuration is confirmed when it can be written. */
  async #confirmInitial(config: Config): Promise<Revision> {
    try {
      return await this.#parts.store.write(config)
    } catch (error) {
      if (!(error instanceof CausewayError)) throw error
      this.#parts.log(`configuration: ${error.message} The engine runs with the one it was started with.`)
      return { revision: 0, config }
    }
  }

  /** The confirmed configuration. */
  get confirmed(): Revision {
    return this.#confirmed
  }

  /**
   * Makes this the configuration: all of it or, with a `CausewayError`, nothing. It is refused where it is not valid,
   * where `ifRevision` is not the confirmed one, and where the kernel takes a part of it not.
   */
  replaceConfig(value: unknown, ifRevision?: number): Promise<{ revision: number; report: ApplyReport }> {
    const result = this.#turn.then(() => this.#replace(value, ifRevision))
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #replace(
    value: unknown,
    ifRevision: number | undefined,
  ): Promise<{ revision: number; report: ApplyReport }> {
    const checked = await this.#pauses.finish(validateInSteps(value))
    if (!checked.valid) {
      const { problems } = checked
      throw new CausewayError('config-invalid', { count: countOf(problems.length, 'problem') }, problems)
    }
    const before = this.#confirmed
    if (ifRevision !== undefined && ifRevision !== before.revision) {
      throw new CausewayError('revision-mismatch', { expected: ifRevision, revision: before.revision })
    }
    const known = new Set(this.#reconciler.report().failures.map(describeFailure))
    const report = await this.#reconciler.setDesired(desiredState(checked.config))
    const fresh = report.failures.map(describeFailure).filter(failure => !known.has(failure))
    try {
      if (fresh.length > 0) throw new CausewayError('kernel-refused', { failures: fresh.join('; ') })
      this.#confirmed = await this.#parts.store.write(checked.config)
    } catch (error) {
      await this.#reconciler.setDesired(desiredState(before.config))
      throw error
    }
    await this.#configureRouting(checked.config)
    return { revision: this.#confirmed.revision, report: applyReport(report) }
  }

  async #configureRouting(config: Config): Promise<void> {
    this.#static.prepare(config)
    await this.#watch.read()
    this.#resolve()
    this.#static.install()
    const plain = expandPresets(config)
    await this.#speaker.configure(plain.bgp, plain.policies ?? [], plain)
    // Without BGP nobody is waited for: what an earlier engine left and nobody wants goes now.
    if (!config.bgp) this.#fib.sweep()
  }

  #setSurroundings({ networks, withoutRoute, ownAddresses }: Surroundings): void {
    this.#speaker.setOwnAddresses(ownAddresses)
    const configured = new Set(this.#confirmed.config.interfaces?.map(one => one.name))
    this.#connected.set(
      networks,
      withoutRoute.filter(one => configured.has(one.interface)),
    )
    this.#resolve()
  }

  /** Resolves all next hops anew, in the topology as it is now. */
  #resolve(): void {
    const { picture } = this.#watch
    const changed = this.#resolver.setTopology({
      connected: picture.connected(),
      statics: this.#static.paths(),
      lost: picture.lost(this.#confirmed.config.interfaces ?? []),
      foreign: picture.foreign,
      linkFault: name => picture.linkFault(name),
    })
    this.#speaker.setNexthops(this.#tracker.changes())
    if (changed.size === 0) return
    const { clock } = this.#parts
    this.#slices.add({ run: this.#rib.resolveAgain(changed, () => clock.now()) })
  }

  neighbors(): readonly BgpNeighborState[] {
    return this.#speaker.neighbors()
  }

  monitoring(): readonly BmpStationState[] {
    return this.#speaker.monitor.state()
  }

  async interfaces(): Promise<InterfaceState[]> {
    const { kernel } = this.#parts
    const [links, addresses] = await Promise.all([kernel.dump('links'), kernel.dump('addresses')])
    return interfaceStates(this.#confirmed.config, links, addresses)
  }

  async tunnels(): Promise<TunnelState[]> {
    const { kernel } = this.#parts
    const [links, neighbors, fdb] = await Promise.all([
      kernel.dump('links'),
      kernel.dump('neighbors'),
      kernel.dump('fdb'),
    ])
    return tunnelStates(links, neighbors, fdb)
  }

  health(): Health {
    const report = this.#reconciler.report()
    const fib = this.#fib.status()
    const failures = [...report.failures, ...fib.failures]
    return {
      status: report.reconciled && failures.length === 0 ? 'ok' : 'degraded',
      hostName: this.#confirmed.config.system.hostName,
      version: this.#parts.version,
      uptime: Math.round(this.#parts.clock.now() - this.#startedAt) / 1000,
      reconciled: report.reconciled,
      failures,
      neighbors: this.#speaker.neighborCounts(),
      routes: {
        rib: this.#rib.size,
        installed: fib.installed,
        pending: fib.pending,
        bgpInstalled: this.#confirmed.config.bgp?.installRoutes ?? true,
      },
      longestTurn: this.#turns.turn(),
      longestWork: this.#turns.work(),
    }
  }

  /**
   * Ends the engine and leaves the kernel forwarding: sessions are cut without a NOTIFICATION, so that neighbours
   * with graceful restart keep our routes for the engine that comes next.
   */
  async stop(): Promise<void> {
    this.#watch.close()
    this.#turns.close()
    this.#memory.close()
    this.#parts.transport.close()
    await this.#fib.close()
    await this.#reconciler.close()
  }
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function applyReport(report: ReconcileReport): ApplyReport {
  return { reconciled: report.reconciled, changes: report.changes, failures: report.failures }
}

function describeFailure(failure: { readonly object: string; readonly error: string }): string {
  return `${failure.object}: ${failure.error}`
}
