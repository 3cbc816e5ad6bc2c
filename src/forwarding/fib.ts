import { RT_TABLE } from '../kernel/constants.ts'
import type {
  Kernel,
  KernelChange,
  KernelEvent,
  Link,
  Route,
  RouteBatch,
  RouteColumns,
} from '../kernel/objects.ts'
import type { Family } from '../net/address.ts'
import type { Clock, Timer } from '../net/clock.ts'
import { parsePrefix } from '../net/prefix.ts'
import type { ResolvedNexthops } from '../routing/resolved-nexthops.ts'
import { describeFailure } from './failure.ts'
import { FibTable, type Flight, UNKNOWN } from './fib-table.ts'
import { CAUSEWAY_PROTOCOL } from './marks.ts'
import { NexthopTargets } from './nexthop-targets.ts'
import { Reasons } from './reasons.ts'

/** How the routes stand. */
export interface FibStatus {
  /** Routes of ours that the kernel has, stale ones included. */
  readonly installed: number
  /** Prefixes whose route in the kernel is not yet as wanted. */
  readonly pending: number
  /** Of the pending, those that no next hop can be used for: their links are down, or there are none. */
  readonly unresolved: number
  /** Routes of an earlier run that nobody has asked for again. */
  readonly stale: number
  readonly failures: readonly { readonly object: string; readonly error: string }[]
}

/** Rows of one message to the kernel's worker. */
const BATCH = 8192
/** Slots that are marked in one turn of the event loop where a link takes its routes along. */
const SLOTS = 65_536
/** Batches on their way at a time: the next is built while the last is written. */
const FLIGHTS = 2
/** Objects that nothing points at are kept so long: what just left often comes back. Milliseconds. */
const GARBAGE_WAIT = 1_000
/** First wait before refused routes are written again, and the longest; it doubles in between. */
const REFUSED_WAIT = 250
const REFUSED_WAIT_MAX = 30_000
/** After a change of links or addresses, which may have cured it. */
const REFUSED_WAIT_AFTER_EVENT = 100
/** One prefix is put right so often inside the window; whoever takes it away more often wins until the window ends. */
const REPAIRS = 5
const REPAIR_WINDOW = 5_000
const REPAIR_WINDOW_MAX = 60_000
const RETRY_AFTER_ERROR = 1_000
/** So often links and nexthop objects are read without a cause: few, whatever the number of routes. */
const AUDIT_PERIOD = 30_000

const FAMILIES: readonly Family[] = [4, 6]

/** Nexthop objects; links and nexthop objects; these and all routes. */
type Doubt = 'none' | 'nexthops' | 'links' | 'all'

/**
 * The routes that the kernel is to have, and their way there: columns over prefixes, kernel nexthop objects that
 * many prefixes share, and batches that are built while the last one is written.
 *
 * What an earlier run left is taken over: a route that is asked for again with the same next hops is not written, one
 * that nobody asks for stays until `sweep`. What others delete or change comes back; so does what the kernel drops
 * by itself, in silence, when a link goes down (nexthop.c, nexthop_flush_dev).
 *
 * The place of a route is its prefix with our metric in our table: whatever stands there is replaced. Routes with
 * another metric or table are never touched.
 */
export class Fib {
  readonly #kernel: Kernel
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #route: Pick<RouteBatch, 'table' | 'metric' | 'protocol'>
  readonly #targets: NexthopTargets
  readonly #tables: Readonly<Record<Family, FibTable>>
  readonly #reasons = new Reasons()
  readonly #stopMonitor: () => void
  #started = false
  #swept = false
  #closed = false
  /** What of the kernel is to be read and compared with what we believe. */
  #doubt: Doubt = 'none'
  #working: Promise<void> | undefined
  #idle: (() => void)[] = []
  /** The kernel could not be spoken to: it is left alone until then. */
  #restTimer: Timer | undefined
  #garbageTimer: Timer | undefined
  #objectTimer: Timer | undefined
  #routeTimer: Timer | undefined
  #routeRetryAt = 0
  #routeWait = REFUSED_WAIT
  #repairTimer: Timer | undefined
  #auditTimer: Timer | undefined
  #repairWindow = REPAIR_WINDOW

  /**
   * @param parts.table RT_TABLE_*, the main one unless said otherwise
   * @param parts.metric RTA_PRIORITY of our routes
   * @param parts.protocol RTPROT_* of our routes and nexthop objects
   */
  constructor(parts: {
    kernel: Kernel
    clock: Clock
    log: (line: string) => void
    table?: number
    metric?: number
    protocol?: number
  }) {
    const { table = RT_TABLE.MAIN, metric = 20, protocol = CAUSEWAY_PROTOCOL } = parts
    this.#kernel = parts.kernel
    this.#clock = parts.clock
    this.#log = parts.log
    this.#route = { table, metric, protocol }
    this.#targets = new NexthopTargets(parts.clock, protocol)
    this.#tables = { 4: new FibTable(4, this.#targets), 6: new FibTable(6, this.#targets) }
    this.#stopMonitor = parts.kernel.monitor(events => this.#take(events))
  }

  /** Reads what an earlier run left; before this is done, nothing is written. */
  async start(): Promise<void> {
    // Taken when they come: what the kernel tells next is newer.
    const links = this.#kernel.dump('links').then(rows => this.#takeLinks(rows))
    const [nexthops, ...batches] = await Promise.all([
      this.#kernel.dump('nexthops'),
      ...FAMILIES.map(family => this.#readRoutes(family)),
    ])
    await links
    this.#targets.objects.adopt(nexthops)
    for (const batch of batches) this.#tables[batch.family].adopt(batch, this.#route.metric)
    this.#started = true
    this.#scheduleAudit()
    this.#work()
  }

  /**
   * A prefix is to have a route through these next hops. It is written soon after; nothing is allocated for it.
   * @param bytes holds the significant bytes of the prefix from `offset` on
   * @param length prefix length in bits
   * @param nexthops interned: the same object for the same next hops
   */
  set(family: Family, bytes: Uint8Array, offset: number, length: number, nexthops: ResolvedNexthops): void {
    this.#tables[family].set(bytes, offset, length, this.#targets.numberOf(family, nexthops))
    if (this.#working === undefined) this.#work()
  }

  /** A prefix is to have no route. Parameters as for `set`. */
  delete(family: Family, bytes: Uint8Array, offset: number, length: number): void {
    this.#tables[family].delete(bytes, offset, length)
    if (this.#working === undefined) this.#work()
  }

  /** Removes what an earlier run left and nobody has asked for since. */
  sweep(): void {
    this.#swept = true
    for (const family of FAMILIES) this.#tables[family].sweep()
    this.#collectGarbageSoon()
    this.#work()
  }

  /**
   * Resolves when all that can be written is in the kernel. What has no usable next hop, was refused, or is fought
   * over by another program is not waited for.
   */
  async flushed(): Promise<void> {
    if (!this.#started || this.#working !== undefined || this.#hasWork()) {
      await new Promise<void>(resolve => this.#idle.push(resolve))
    }
  }

  status(): FibStatus {
    const sums = FAMILIES.map(family => this.#tables[family].summary())
    const total = (count: (sum: (typeof sums)[number]) => number) =>
      sums.reduce((all, sum) => all + count(sum), 0)
    return {
      installed: total(sum => sum.installed),
      pending: total(sum => sum.pending),
      unresolved: total(sum => sum.unresolved),
      stale: total(sum => sum.stale),
      failures: [
        ...this.#targets.refusals(),
        ...sums.flatMap(sum => [...sum.reasons].map(([reason, held]) => this.#reasons.failure(reason, held))),
      ],
    }
  }

  /** Whether the kernel has the route of a prefix as it is wanted, and in a sentence's end why not. */
  standing(family: Family, bytes: Uint8Array, length: number): { installed: boolean; fault?: string } {
    const { wanted, installed, unresolved, reason } = this.#tables[family].look(bytes, length)
    if (installed) return { installed }
    if (!wanted) return { installed, fault: 'no route is wanted' }
    if (reason !== 0) return { installed, fault: this.#reasons.text(reason) }
    return { installed, fault: unresolved ? 'no next hop can be used' : 'it is being written' }
  }

  /** Stops watching and writing; what is in the kernel stays. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopMonitor()
    const retries = [this.#restTimer, this.#objectTimer, this.#routeTimer, this.#repairTimer]
    for (const timer of [this.#garbageTimer, this.#auditTimer, ...retries]) timer?.cancel()
    await this.#working
  }

  #readRoutes(family: Family): Promise<RouteColumns> {
    return this.#kernel.readRoutes(family, this.#route.table, this.#route.protocol)
  }

  #hasWork(): boolean {
    return (
      this.#doubt !== 'none' ||
      this.#targets.unsettled ||
      FAMILIES.some(family => this.#tables[family].queued > 0)
    )
  }

  /** Starts working through what is queued, after the code that runs now: what it queues goes together. */
  #work(): void {
    if (this.#working !== undefined || this.#restTimer !== undefined || !this.#started || this.#closed) return
    this.#working = Promise.resolve()
      .then(() => this.#workThrough())
      .catch(error => this.#stumble(error as Error))
      .finally(() => {
        this.#working = undefined
        if (this.#closed || !this.#hasWork() || this.#restTimer !== undefined) this.#tellIdle()
        else this.#work()
      })
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** The kernel could not be spoken to at all: look again in a while, and then at everything. */
  #stumble(error: Error): void {
    if (this.#closed) return
    this.#log(`kernel: routes cannot be written: ${error.message}`)
    this.#doubt = 'all'
    this.#restTimer ??= this.#clock.after(RETRY_AFTER_ERROR, () => {
      this.#restTimer = undefined
      this.#work()
    })
  }

  async #workThrough(): Promise<void> {
    const flights: Promise<void>[] = []
    while (!this.#closed) {
      if (this.#doubt !== 'none') {
        await Promise.all(flights.splice(0))
        await this.#lookAgain()
      }
      if (this.#targets.unsettled) await this.#settle()
      const flight = this.#takeBatch()
      if (flight) {
        flights.push(this.#write(flight))
        if (flights.length >= FLIGHTS) await flights.shift()
      } else if (flights.length > 0) await flights.shift()
      else if (!this.#hasWork()) return
    }
    await Promise.all(flights)
  }

  #takeBatch(): Flight | undefined {
    for (const family of FAMILIES) {
      const flight = this.#tables[family].take(BATCH, this.#route)
      if (flight) return flight
    }
    return undefined
  }

  async #write(flight: Flight): Promise<void> {
    const failed = await this.#kernel
      .writeRoutes(flight.batch)
      .catch((error: Error & { code?: string }) => everyRow(flight, error))
    const table = this.#tables[flight.batch.family]
    if (failed.length === 0) {
      table.landed(flight, () => 0)
      return
    }
    const reasons = new Map(
      failed.map(({ row, failure }) => [row, this.#reasons.refused(describeFailure(failure))]),
    )
    table.landed(flight, row => reasons.get(row) ?? 0)
    // An object may have gone with its link between our last look and this write.
    this.#doubtNexthops()
    this.#retryRoutes(this.#routeWait)
    this.#routeWait = Math.min(this.#routeWait * 2, REFUSED_WAIT_MAX)
  }

  /** Has the nexthop objects made that routes are to point at. */
  async #settle(): Promise<void> {
    const heirs = { heirs: (family: Family, ids: ReadonlySet<number>) => this.#tables[family].heirs(ids) }
    // In doubt the objects are looked at first: there may be fewer of them than is believed.
    while (!this.#closed && this.#doubt === 'none') {
      const { changes, retargeted } = this.#targets.settle(heirs)
      if (changes.length > 0) {
        await this.#apply(changes)
        continue
      }
      for (const family of FAMILIES) this.#tables[family].retarget(retargeted)
      break
    }
    this.#collectGarbageSoon()
    this.#retryObjects()
  }

  async #apply(changes: readonly KernelChange[]): Promise<void> {
    const results = await this.#kernel.apply(changes)
    changes.forEach((change, i) => {
      const failure = results[i]
      if (change.op === 'replaceNexthop' && failure?.code === 'ENOENT') this.#doubtNexthops()
      else this.#targets.sent(change, failure && describeFailure(failure))
    })
  }

  /** Reads back what the kernel has, where it may have lost something. */
  async #lookAgain(): Promise<void> {
    const doubt = this.#doubt
    this.#doubt = 'none'
    if (doubt !== 'nexthops') this.#takeLinks(await this.#kernel.dump('links'))
    const nexthops = await this.#kernel.dump('nexthops')
    const lost = new Set(this.#targets.objects.compare(nexthops).map(({ id }) => id))
    for (const family of FAMILIES) {
      for (let slot = 0; slot >= 0; ) {
        slot = this.#tables[family].lost(lost, slot, SLOTS)
        if (slot >= 0) await new Promise<void>(resolve => setImmediate(resolve))
      }
    }
    if (!this.#targets.objects.areCurrent()) this.#targets.unsettleAll()
    if (doubt !== 'all') return
    for (const family of FAMILIES) {
      const differ = this.#tables[family].compare(await this.#readRoutes(family), this.#route.metric)
      if (differ > 0)
        this.#log(`kernel: ${differ} IPv${family} routes differ from what was written; put right`)
    }
  }

  #take(events: readonly KernelEvent[]): void {
    for (const event of events) this.#takeEvent(event)
    if (this.#hasWork()) this.#work()
  }

  #takeEvent(event: KernelEvent): void {
    switch (event.kind) {
      case 'link':
        if (!this.#takeLink(event.link, event.gone)) return
        // Down, the link has taken its nexthop objects along; up, it takes what was held back. What goes with a
        // link is no fight with another program.
        this.#doubtNexthops()
        for (const family of FAMILIES) this.#tables[family].forgiveRepairs()
        this.#forgive()
        return
      case 'address':
        if (!event.gone) this.#forgive()
        return
      case 'nexthop':
        if (this.#targets.objects.get(event.nexthop.id)) this.#doubtNexthops()
        return
      case 'route':
        this.#takeRoute(event.route, event.gone)
        return
      case 'lost':
        this.#doubt = 'all'
        return
      case 'neighbor':
      case 'fdb':
        return
    }
  }

  #scheduleAudit(): void {
    this.#auditTimer = this.#clock.after(AUDIT_PERIOD, () => {
      if (this.#doubt !== 'all') this.#doubt = 'links'
      this.#work()
      this.#scheduleAudit()
    })
  }

  #doubtNexthops(): void {
    if (this.#doubt === 'none') this.#doubt = 'nexthops'
  }

  #takeLinks(links: readonly Link[]): void {
    this.#targets.keepLinks(new Set(links.map(link => link.name)))
    for (const link of links) this.#takeLink(link, false)
  }

  #takeLink({ name, index, up, carrier }: Link, gone: boolean): boolean {
    return this.#targets.setLink(name, gone ? undefined : { index, usable: up && carrier })
  }

  #takeRoute(route: Route, gone: boolean): void {
    const { table, metric, protocol } = this.#route
    if (route.table !== table || route.metric !== metric || (gone && route.protocol !== protocol)) return
    const prefix = parsePrefix(route.prefix)
    if (!prefix) return
    const id = gone ? 0 : route.protocol === protocol ? (route.nexthopId ?? UNKNOWN) : UNKNOWN
    const place = this.#tables[route.family]
    const outcome = place.changed(prefix.bytes, prefix.length, id, REPAIRS)
    if (outcome === 'unconcerned') return
    if (outcome === 'contested') {
      place.hold(prefix.bytes, prefix.length, this.#reasons.contested(gone ? undefined : route.protocol))
    }
    this.#repairTimer ??= this.#clock.after(this.#repairWindow, () => this.#endRepairWindow())
  }

  /** What was fought over gets another chance; as long as there is such, the pauses grow. */
  #endRepairWindow(): void {
    this.#repairTimer = undefined
    const contested = FAMILIES.some(family =>
      [...this.#tables[family].summary().reasons.keys()].some(reason => this.#reasons.isContested(reason)),
    )
    this.#repairWindow = contested ? Math.min(this.#repairWindow * 2, REPAIR_WINDOW_MAX) : REPAIR_WINDOW
    for (const family of FAMILIES) {
      this.#tables[family].forgiveRepairs()
      this.#tables[family].retry(reason => this.#reasons.isContested(reason))
    }
    this.#work()
  }

  /** Links or addresses changed: what was refused may be taken now. */
  #forgive(): void {
    if (this.#targets.forgive()) this.#work()
    this.#routeWait = REFUSED_WAIT
    if (this.#routeTimer) this.#retryRoutes(REFUSED_WAIT_AFTER_EVENT)
  }

  #retryRoutes(wait: number): void {
    const at = this.#clock.now() + wait
    if (this.#routeTimer && this.#routeRetryAt <= at) return
    this.#routeTimer?.cancel()
    this.#routeRetryAt = at
    this.#routeTimer = this.#clock.after(wait, () => {
      this.#routeTimer = undefined
      for (const family of FAMILIES) this.#tables[family].retry(reason => !this.#reasons.isContested(reason))
      this.#work()
    })
  }

  #retryObjects(): void {
    const at = this.#targets.nextRetry()
    this.#objectTimer?.cancel()
    this.#objectTimer = undefined
    if (at === undefined) return
    this.#objectTimer = this.#clock.after(Math.max(1, at - this.#clock.now()), () => {
      this.#targets.unsettleAll()
      this.#work()
    })
  }

  #collectGarbageSoon(): void {
    this.#garbageTimer ??= this.#clock.after(GARBAGE_WAIT, () => {
      this.#garbageTimer = undefined
      void this.#collectGarbage()
    })
  }

  async #collectGarbage(): Promise<void> {
    await this.flushed()
    if (this.#closed || this.#working !== undefined) return
    const changes = this.#targets.garbage(this.#swept)
    if (changes.length === 0) return
    this.#working = this.#apply(changes)
      .catch(error => this.#stumble(error as Error))
      .finally(() => {
        this.#working = undefined
        this.#tellIdle()
        if (this.#hasWork()) this.#work()
      })
  }
}

/** A batch that could not be sent at all. */
function everyRow({ batch }: Flight, { code = 'EIO', message }: Error & { code?: string }) {
  return Array.from({ length: batch.count }, (_, row) => ({ row, failure: { code, message } }))
}
