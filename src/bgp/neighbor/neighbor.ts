import type { BgpNeighborState } from '../../model/state.ts'
import type { Family } from '../../net/address.ts'
import type { Prefix } from '../../net/prefix.ts'
import type { BmpMonitor } from '../bmp/monitor.ts'
import { monitoredSession } from '../bmp/session.ts'
import type { Member } from '../export/member.ts'
import type { UpdateGroup } from '../export/update-group.ts'
import { type ImportContext, type ImportSituation, importContext } from '../import-context.ts'
import { type NeighborSettings, type PrefixLimit, peerType } from '../neighbor-settings.ts'
import type { CompiledPolicy } from '../policy.ts'
import type { Refusal } from '../refusal.ts'
import type { Channel } from '../session/channel.ts'
import type { Down } from '../session/down.ts'
import { explainDown } from '../session/reason.ts'
import { Session } from '../session/session.ts'
import type { SessionEnvironment } from '../session/session-events.ts'
import { Alarm } from '../session/timers.ts'
import type { PeerType } from '../sink.ts'
import type { Tables } from '../tables.ts'
import {
  ERROR,
  type GracefulRestart,
  type Negotiated,
  type Notification,
  notification,
  type Open,
  RefreshSubtype,
  shutdownCommunication,
} from '../wire/index.ts'
import { explainExceeded, PrefixLimits } from './prefix-limits.ts'
import { type Offender, Receiving } from './receiving.ts'
import { forwards, keeping } from './retention.ts'
import { StalePaths } from './stale-paths.ts'
import { stateRow } from './state-row.ts'
import { refreshMessage, Telling } from './telling.ts'

/**
 * For so long what a NOTIFICATION said stands as the reason, though attempts fail after it: after an error neighbours do not
 * answer for a while.
 */
const TOLD = 120_000

/** What a neighbour asks of the speaker. */
export interface NeighborHost {
  readonly environment: SessionEnvironment
  readonly tables: Tables
  readonly ownAddresses: ReadonlySet<string>
  /** The networks of the link that has this end of a session. */
  networksOf(localAddress: string): readonly Prefix[]
  /** Monitoring stations hear of the session and of what comes over it. */
  readonly monitor: BmpMonitor
  /** What our OPEN says of graceful restart (RFC 4724 §3). */
  gracefulRestart(neighbor: Neighbor): GracefulRestart | undefined
  /** A session is up: the neighbour is to become a member of update groups. */
  established(neighbor: Neighbor): void
  /** The update group that a neighbour is a member of now, by its number in the tables. */
  updateGroup(peer: number, family: Family): UpdateGroup | undefined
  /** The session begins with another BGP identifier than the one before, or the neighbour is of another type. */
  reidentified(neighbor: Neighbor): void
  /** A session or an attempt ended, for this reason: the neighbour is to leave its update groups. */
  down(neighbor: Neighbor, reason: string): void
  stateChanged(neighbor: Neighbor): void
  endOfRib(neighbor: Neighbor, family: Family): void
  /** A KEEPALIVE came over the established session. */
  keepalive(neighbor: Neighbor): void
  /** The neighbour asks for everything again. */
  refreshRequested(neighbor: Neighbor, family: Family): void
  /** The neighbour's TCP takes bytes again. */
  writable(): void
  problem(neighbor: Neighbor, text: string): void
  /** A limit on prefixes is near or passed; half a sentence, whose subject is the neighbour. */
  limit(neighbor: Neighbor, text: string): void
  /** The tables have changed: decide and announce, if there is time in this turn. */
  settle(): void
  /** Another neighbour at the same address, which an OPEN with this BGP identifier is of. */
  sibling(neighbor: Neighbor, routerId: number): Neighbor | undefined
  /** The neighbour has neither a session nor paths any more. */
  idle(neighbor: Neighbor): void
}

/**
 * A neighbour: its session, what it told us (`Receiving`), what it is told (`Telling`), and what is kept while it restarts
 * (`StalePaths`).
 */
export class Neighbor {
  readonly address: string
  /** Its number in the tables. */
  readonly peer: number
  readonly session: Session
  readonly telling: Telling
  settings: NeighborSettings
  importPolicy: CompiledPolicy
  /** Number of its group for policies. */
  groupNumber: number
  removed = false
  /** The last UPDATE with which something was wrong. */
  lastProblem: (Offender & { readonly at: number }) | undefined
  lastDown: { readonly at: number; readonly reason: string; readonly told: boolean } | undefined
  readonly #host: NeighborHost
  readonly #receiving: Receiving
  readonly #stale: Readonly<Record<Family, StalePaths>>
  #remote: Open | undefined
  /** What our address of the session is on, where it is link-local. */
  #interface: string | undefined
  #networks: readonly Prefix[] = []
  /** Of the session that is up, or was up last. */
  #negotiated: Negotiated | undefined
  #made:
    | (ImportSituation & { readonly settings: NeighborSettings; readonly context: ImportContext })
    | undefined
  readonly #limits: PrefixLimits
  /** A limit keeps the session down: until the alarm, or until an operator clears it. */
  #held = false
  readonly #heldEnd: Alarm
  /** It has neither a session nor paths any more, and its number was given back. */
  #idle = false
  /** A session, or an attempt at one, has ended: a dynamic neighbour without one may go. */
  #ended = false

  constructor(
    host: NeighborHost,
    peer: number,
    settings: NeighborSettings,
    importPolicy: CompiledPolicy,
    groupNumber: number,
  ) {
    this.#host = host
    this.peer = peer
    this.address = settings.id ?? settings.session.address
    this.settings = settings
    this.importPolicy = importPolicy
    this.groupNumber = groupNumber
    const { environment, tables } = host
    this.#limits = new PrefixLimits(text => host.limit(this, text))
    this.#heldEnd = new Alarm(environment.clock, () => this.release())
    this.#stale = { 4: this.#stalePaths(4), 6: this.#stalePaths(6) }
    this.#receiving = new Receiving(
      {
        tables,
        stale: this.#stale,
        context: () => this.#context(),
        endOfRib: family => host.endOfRib(this, family),
        keepalive: () => host.keepalive(this),
        refreshRequested: family => host.refreshRequested(this, family),
        checkLimits: () => this.#checkLimits(),
        problem: offender => {
          this.lastProblem = { ...offender, at: environment.clock.wallTime() }
          host.problem(this, `UPDATE: ${offender.message}`)
        },
        taken: (buffer, start, end) => host.monitor.update(peer, buffer, start, end),
        corrected: (buffer, update) => host.monitor.corrected(peer, buffer, update),
      },
      peer,
    )
    this.telling = new Telling(
      peer,
      { write: (bytes, updates) => this.session.channel?.write(bytes, updates) ?? true },
      family => host.updateGroup(peer, family),
    )
    this.session = new Session(environment, settings.session, {
      gracefulRestart: () => host.gracefulRestart(this),
      established: () => this.#established(),
      down: (down, wasEstablished) => this.#down(down, wasEstablished),
      elsewhere: routerId => {
        const other = host.sibling(this, routerId)
        if (other) this.#ended = true
        return other?.session
      },
      refused: down => {
        if (!this.channel) host.down(this, this.#noteDown(down))
      },
      stateChanged: () => {
        host.stateChanged(this)
        this.#checkIdle()
      },
      message: (type, buffer, start, end) => this.#receiving.message(type, buffer, start, end),
      settled: () => host.settle(),
      writable: () => {
        this.telling.flush()
        host.writable()
      },
    })
  }

  get type(): PeerType {
    return peerType(this.settings, this.remoteAs)
  }

  /** As configured, or as its OPEN says where any is accepted; 0 where that is not known. */
  get remoteAs(): number {
    return this.settings.session.remoteAs ?? this.#remote?.as ?? 0
  }

  /** There is a session, or paths are kept, of a speaker with another BGP identifier. */
  isAnother(routerId: number): boolean {
    const { channel } = this
    const alive = channel !== undefined && !channel.connection.peerIsDone
    if (!alive && !this.#stale[4].holding && !this.#stale[6].holding) return false
    return this.#remote !== undefined && this.#remote.routerId !== routerId
  }

  get channel(): Channel | undefined {
    return this.session.channel
  }

  /** What its update group of a family knows it by. */
  member(family: Family): Member {
    return this.telling.member(family)
  }

  /** It begins with the whole table, and hears End-of-RIB after it. */
  joined(family: Family): void {
    this.telling.joined(family, this.#remote?.capabilities.gracefulRestart !== undefined)
  }

  /** It hears all again. */
  refreshing(family: Family): void {
    this.telling.refreshing(family, this.channel?.negotiated?.enhancedRefresh ?? false)
  }

  /** Asks the neighbour to send all its routes again (RFC 2918). False: it does not know how, or there is no session. */
  requestRefresh(family: Family): boolean {
    const { channel } = this
    if (!channel?.negotiated?.routeRefresh || !channel.negotiated.families.includes(family)) return false
    channel.sendMessage(refreshMessage(family, RefreshSubtype.REQUEST))
    return true
  }

  /** The import policy is another one: judges every path again, in slices. */
  reconsider(families: readonly Family[] = [4, 6]): void {
    const { environment, tables } = this.#host
    for (const family of families) {
      const table = tables.paths[family]
      if (table.counts.received[this.peer] === 0) continue
      const work = table.reconsider(
        this.peer,
        (slot, received, stale) => this.#receiving.judge(family, slot, received, stale),
        () => environment.clock.now(),
      )
      environment.slices.add({
        run: until => {
          // Its number may be another neighbour's by now.
          const more = !this.#idle && work(until)
          this.#host.settle()
          if (!more) this.#checkIdle()
          return more
        },
      })
    }
  }

  /**
   * Ends the session, and begins the next one at once, also where a limit on prefixes has kept it down.
   * @param text for the neighbour's log (RFC 9003)
   */
  reset(text?: string): void {
    if (this.#held) this.release()
    else {
      const data = text === undefined ? undefined : shutdownCommunication(text)
      this.session.restart(notification(ERROR.cease.administrativeReset, data))
    }
  }

  /** A limit no longer keeps the session down. */
  release(): void {
    this.#heldEnd.cancel()
    if (!this.#held) return
    this.#held = false
    if (this.settings.enabled && !this.removed) this.session.start()
  }

  /** Limits on prefixes may be others now. */
  limitsChanged(before: NeighborSettings['maxPrefixes']): void {
    if (JSON.stringify(before) === JSON.stringify(this.settings.maxPrefixes)) return
    if (this.#held) this.release()
    const refused = this.channel && this.#checkLimits()
    if (refused) this.session.reset(refused)
  }

  /** Ends the session for good and withdraws all its paths. */
  remove(reason: { code: number; subcode: number }): void {
    this.removed = true
    this.#heldEnd.cancel()
    this.session.stop(reason)
    for (const family of [4, 6] as const) this.#stale[family].drop()
  }

  /** Why it is down, where the configuration is what keeps it so. */
  disabled(): void {
    this.#held = false
    this.#heldEnd.cancel()
    this.#noteDown({ kind: 'disabled' })
  }

  /** Its paths that it does not stand by at the moment. */
  stalePaths(family: Family): Pick<StalePaths, 'longLived' | 'until'> {
    return this.#stale[family]
  }

  /** Whether it has said in this session that it has said all; unknown: it does not know how to say that. */
  endOfRib(family: Family): 'received' | 'awaited' | 'unknown' {
    if (this.#receiving.complete[family]) return 'received'
    return this.#negotiated?.gracefulRestart ? 'awaited' : 'unknown'
  }

  state(): BgpNeighborState {
    return stateRow(this, this.#host.tables, this.#host.environment.clock)
  }

  /** Why a path as received is not accepted, or undefined where it is. */
  explainRefusal(family: Family, slot: number, received: number): Refusal | undefined {
    return this.#receiving.explain(family, slot, received)
  }

  /** What its routes are judged by now: made anew where something that it hangs on is another one. */
  #context(): ImportContext {
    const { settings, importPolicy: policy, remoteAs } = this
    const { tables, ownAddresses } = this.#host
    const named = tables.columns.named[this.peer]!
    const made = this.#made
    const group = this.groupNumber
    if (
      made?.settings === settings &&
      made.policy === policy &&
      made.remoteAs === remoteAs &&
      made.group === group &&
      made.named === named &&
      made.interface === this.#interface &&
      made.networks === this.#networks
    )
      return made.context
    const situation = {
      type: this.type,
      remoteAs,
      policy,
      group,
      named,
      ownAddresses,
      networks: this.#networks,
      interface: this.#interface,
    }
    const context = importContext(settings, situation, tables.attributes)
    this.#made = { settings, ...situation, context }
    return context
  }

  #established(): void {
    const channel = this.channel!
    const negotiated = channel.negotiated!
    this.#remote = channel.remote
    this.#interface = channel.localAddress.split('%')[1]
    this.#networks = this.#host.networksOf(channel.localAddress)
    const { columns } = this.#host.tables
    const external = this.type === 'eBGP'
    if (columns.identify(this.peer, this.type, channel.remote!.routerId)) this.#host.reidentified(this)
    this.#receiving.begin(negotiated, this.type, external ? channel.remote!.as : 0)
    this.#negotiated = negotiated
    this.#limits.begin()
    for (const family of [4, 6] as const) this.#stale[family].resumed(forwards(negotiated, family))
    this.#host.monitor.peerUp(monitoredSession(this, channel, this.#host.environment.clock.wallTime()))
    this.#host.established(this)
  }

  #down(down: Down, wasEstablished: boolean): void {
    this.#ended = true
    const reason = this.#noteDown(down)
    this.#host.down(this, reason)
    if (wasEstablished) this.#host.monitor.peerDown(this.peer, down)
    if (wasEstablished) this.#leave(down)
    if (this.#limits.exceeded) this.#hold(this.#limits.exceeded.limit)
    this.#checkIdle()
  }

  #noteDown(down: Down): string {
    const { settings } = this
    const reason = this.#limits.exceeded
      ? explainExceeded(this.#limits.exceeded, this.address)
      : explainDown(down, {
          settings: settings.session,
          group: settings.group,
          remote: this.session.lastOpen,
          type: this.type,
        })
    const at = this.#host.environment.clock.wallTime()
    const attempt = down.kind === 'tcp' && down.phase !== 'Established'
    if (attempt && this.lastDown?.told && at - this.lastDown.at < TOLD) return reason
    this.lastDown = { at, reason, told: down.kind === 'received' || down.kind === 'sent' }
    return reason
  }

  #leave(down: Down): void {
    this.telling.clear()
    const disabled = this.#receiving.end()
    for (const family of [4, 6] as const) {
      const forget = this.removed || disabled.includes(family)
      const { longLivedGracefulRestartTime } = this.settings.session
      this.#stale[family].ended(
        forget ? undefined : keeping(down, this.#negotiated, family, longLivedGracefulRestartTime),
      )
    }
  }

  #checkLimits(): Notification | undefined {
    for (const family of [4, 6] as const) {
      const { received, stale } = this.#host.tables.paths[family].counts
      const paths = received[this.peer]! - stale[this.peer]!
      const refused = this.#limits.check(family, paths, this.settings.maxPrefixes[family])
      if (refused) return refused
    }
    return undefined
  }

  #hold(limit: PrefixLimit): void {
    this.#limits.exceeded = undefined
    this.#held = true
    this.session.stop()
    if (limit.action === 'restart') this.#heldEnd.set(limit.restartTime * 1000)
  }

  #stalePaths(family: Family): StalePaths {
    const host = this.#host
    return new StalePaths(
      {
        environment: host.environment,
        table: host.tables.paths[family],
        witness: () => host.monitor.witness(this.peer, family),
        limit: () => this.settings.stalePathTime,
        reconsider: () => this.reconsider([family]),
        settle: () => host.settle(),
        checkIdle: () => this.#checkIdle(),
      },
      this.peer,
    )
  }

  #checkIdle(): void {
    // Its number in the tables is another neighbour's next.
    if (this.#stale[4].holding || this.#stale[6].holding) return
    const unused = this.settings.dynamic && this.#ended && this.session.state === 'Active'
    if (this.#idle || !(this.removed || unused)) return
    this.#idle = true
    this.#host.idle(this)
  }
}
