import type { BgpNeighborState } from '../model/state.ts'
import type { Family } from '../net/address.ts'
import { Outbox } from './export/outbox.ts'
import type { Member, UpdateGroup } from './export/update-group.ts'
import { Importer } from './import.ts'
import { FAMILY_NAMES, type NeighborSettings } from './neighbor-settings.ts'
import type { CompiledPolicy } from './policy.ts'
import type { Channel } from './session/channel.ts'
import type { Down } from './session/down.ts'
import { explainDown } from './session/reason.ts'
import { Session, type SessionEnvironment } from './session/session.ts'
import { Alarm } from './session/timers.ts'
import type { PeerType } from './sink.ts'
import type { Tables } from './tables.ts'
import {
  buildRouteRefresh,
  type GracefulRestart,
  MessageType,
  type Notification,
  type Open,
  parseRouteRefresh,
  parseUpdate,
  RefreshSubtype,
  UNICAST,
  UpdateResult,
  type UpdateSession,
  UpdateWriter,
  unicastFamily,
  Verdict,
} from './wire/index.ts'

/** How long stale paths wait for the End-of-RIB of a neighbour that is back (RFC 4724 §4.2: an upper bound of our own). */
const STALE_LIMIT = 360_000

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
  /** What our OPEN says of graceful restart (RFC 4724 §3). */
  gracefulRestart(neighbor: Neighbor): GracefulRestart
  /** A session is up: the neighbour is to become a member of update groups. */
  established(neighbor: Neighbor): void
  /** A session or an attempt ended, for this reason: the neighbour is to leave its update groups. */
  down(neighbor: Neighbor, reason: string): void
  stateChanged(neighbor: Neighbor): void
  endOfRib(neighbor: Neighbor, family: Family): void
  /** The neighbour asks for everything again. */
  refreshRequested(neighbor: Neighbor, family: Family): void
  /** The neighbour's TCP takes bytes again. */
  writable(): void
  problem(neighbor: Neighbor, text: string): void
  /** The tables have changed: decide and announce, if there is time in this turn. */
  settle(): void
  /** The neighbour has neither a session nor paths any more. */
  idle(neighbor: Neighbor): void
}

interface FamilyState {
  group: UpdateGroup | undefined
  /** What to send when all was said: End-of-RIB after the initial table, EoRR after a refresh (RFC 7313 §4.1). */
  endOfRibDue: boolean
  endOfRefreshDue: boolean
  /** RFC 7606 §2: routes of this family are ignored until the session ends. */
  disabled: boolean
  /** How many sweeps are under way. */
  sweeps: number
}

/** A neighbour: its session, what it told us, what it is told, and what is kept while it restarts. */
export class Neighbor {
  readonly address: string
  /** Its number in the tables. */
  readonly peer: number
  readonly session: Session
  settings: NeighborSettings
  importPolicy: CompiledPolicy
  /** Number of its group for policies. */
  groupNumber: number
  removed = false
  readonly families: Readonly<Record<Family, FamilyState>> = { 4: familyState(), 6: familyState() }
  readonly #host: NeighborHost
  readonly #outbox: Outbox
  readonly #importer: Importer
  readonly #update = new UpdateResult()
  #updateSession: UpdateSession | undefined
  #remote: Open | undefined
  /** A session, or an attempt at one, has ended: a dynamic neighbour without one may go. */
  #ended = false
  #lastDown: { readonly at: number; readonly reason: string; readonly told: boolean } | undefined
  /** The neighbour's TCP died, and it has until this alarm to come back (RFC 4724 §4.2). */
  readonly #restart: Alarm
  readonly #stale: Alarm
  readonly #members: Readonly<Record<Family, Member>>

  constructor(
    host: NeighborHost,
    peer: number,
    settings: NeighborSettings,
    importPolicy: CompiledPolicy,
    groupNumber: number,
  ) {
    this.#host = host
    this.peer = peer
    this.address = settings.session.address
    this.settings = settings
    this.importPolicy = importPolicy
    this.groupNumber = groupNumber
    const { clock } = host.environment
    this.#importer = new Importer(host.tables.attributes, host.tables.hops, peer)
    this.#restart = new Alarm(clock, () => this.#forget([4, 6]))
    this.#stale = new Alarm(clock, () => this.#forget([4, 6]))
    this.session = new Session(host.environment, settings.session, {
      gracefulRestart: () => host.gracefulRestart(this),
      established: () => this.#established(),
      down: (down, wasEstablished) => this.#down(down, wasEstablished),
      stateChanged: () => {
        host.stateChanged(this)
        this.#checkIdle()
      },
      message: (type, buffer, start, end) => this.#message(type, buffer, start, end),
      settled: () => host.settle(),
      writable: () => {
        this.#outbox.flush()
        host.writable()
      },
    })
    this.#outbox = new Outbox({
      write: (bytes, updates) => this.session.channel?.write(bytes, updates) ?? true,
    })
    this.#members = { 4: this.#member(4), 6: this.#member(6) }
  }

  get type(): PeerType {
    return this.remoteAs === this.settings.session.localAs ? 'iBGP' : 'eBGP'
  }

  /** As configured, or as its OPEN says where any is accepted; 0 where that is not known. */
  get remoteAs(): number {
    return this.settings.session.remoteAs ?? this.#remote?.as ?? 0
  }

  get channel(): Channel | undefined {
    return this.session.channel
  }

  /** What its update group of a family knows it by. */
  member(family: Family): Member {
    return this.#members[family]
  }

  /** It begins with the whole table, and hears End-of-RIB after it. */
  joined(family: Family, group: UpdateGroup): void {
    const state = this.families[family]
    state.group = group
    state.endOfRibDue = this.#remote?.capabilities.gracefulRestart !== undefined
  }

  /** It hears all again, between BoRR and EoRR where both sides know these (RFC 7313 §4.1). */
  refreshing(family: Family): void {
    if (!this.channel?.negotiated?.enhancedRefresh) return
    this.#outbox.send(refreshMessage(family, RefreshSubtype.BEGIN), 0)
    this.families[family].endOfRefreshDue = true
  }

  /** Asks the neighbour to send all its routes again (RFC 2918). False: it does not know how, or there is no session. */
  requestRefresh(family: Family): boolean {
    const { channel } = this
    if (!channel?.negotiated?.routeRefresh || !channel.negotiated.families.includes(family)) return false
    channel.sendMessage(refreshMessage(family, RefreshSubtype.REQUEST))
    return true
  }

  /** The import policy is another one: judges every path again, in slices. */
  reconsider(): void {
    const { environment, tables } = this.#host
    for (const family of [4, 6] as const) {
      const table = tables.paths[family]
      if (table.counts.received[this.peer] === 0) continue
      const work = table.reconsider(
        this.peer,
        (slot, received) => this.#importer.judge(table, slot, received, this.#context()),
        () => environment.clock.now(),
      )
      environment.slices.add({
        run: until => {
          const more = work(until)
          this.#host.settle()
          return more
        },
      })
    }
  }

  /** Ends the session for good and withdraws all its paths. */
  remove(reason: { code: number; subcode: number }): void {
    this.removed = true
    this.session.stop(reason)
    this.#forget([4, 6])
  }

  /** Why it is down, where the configuration is what keeps it so. */
  disabled(): void {
    this.#noteDown({ kind: 'disabled' })
  }

  state(): BgpNeighborState {
    const { session, settings } = this
    const { channel } = session
    const { clock } = this.#host.environment
    const negotiated = channel?.negotiated
    return {
      address: this.address,
      ...(settings.group !== undefined && { group: settings.group }),
      dynamic: settings.dynamic,
      ...(settings.description !== undefined && { description: settings.description }),
      localAs: settings.session.localAs,
      remoteAs: this.remoteAs,
      type: this.type,
      state: session.state,
      ...(channel?.remote && { routerId: dotted(channel.remote.routerId) }),
      ...(channel?.establishedAt !== undefined && {
        uptime: Math.round((clock.now() - channel.establishedAt) / 1000),
      }),
      ...(negotiated && { holdTime: negotiated.holdTime, keepaliveTime: channel.keepaliveInterval }),
      capabilities: [...(negotiated?.capabilities ?? [])],
      families: (negotiated?.families ?? settings.session.families).map(family => this.#familyRow(family)),
      messages: { ...session.counters },
      ...(this.#lastDown && {
        lastDown: { at: new Date(this.#lastDown.at).toISOString(), reason: this.#lastDown.reason },
      }),
    }
  }

  #familyRow(family: Family): BgpNeighborState['families'][number] {
    const { counts } = this.#host.tables.paths[family]
    const negotiated = this.channel?.negotiated
    return {
      family: FAMILY_NAMES[family],
      received: counts.received[this.peer]!,
      accepted: counts.accepted[this.peer]!,
      advertised: this.families[family].group?.advertised(this.peer) ?? 0,
      addPathSend: negotiated?.addPathSend.includes(family) ?? false,
      addPathReceive: negotiated?.addPathReceive.includes(family) ?? false,
      stale: counts.stale[this.peer]!,
    }
  }

  #member(family: Family): Member {
    const outbox = this.#outbox
    return {
      peer: this.peer,
      send: (bytes, updates) => outbox.send(bytes, updates),
      get waiting() {
        return outbox.waiting
      },
      caughtUp: () => this.#caughtUp(family),
    }
  }

  #caughtUp(family: Family): void {
    const state = this.families[family]
    if (state.endOfRibDue) this.#outbox.send(endOfRib(family), 1)
    if (state.endOfRefreshDue) this.#outbox.send(refreshMessage(family, RefreshSubtype.END), 0)
    state.endOfRibDue = false
    state.endOfRefreshDue = false
  }

  #context() {
    const { localAs, routerId } = this.settings.session
    return {
      localAs,
      routerId,
      policy: this.importPolicy,
      group: this.groupNumber,
      ownAddresses: this.#host.ownAddresses,
    }
  }

  #established(): void {
    const channel = this.channel!
    const negotiated = channel.negotiated!
    this.#remote = channel.remote
    const { columns } = this.#host.tables
    columns.external[this.peer] = this.type === 'eBGP' ? 1 : 0
    columns.routerId[this.peer] = channel.remote!.routerId
    const { families, addPathReceive } = negotiated
    this.#updateSession = {
      type: this.type,
      as4: negotiated.as4,
      ipv4: families.includes(4),
      ipv6: families.includes(6),
      addPath4: addPathReceive.includes(4),
      addPath6: addPathReceive.includes(6),
      extendedNexthop: negotiated.extendedNexthop,
      firstAs: this.type === 'eBGP' ? channel.remote!.as : 0,
    }
    this.#resumeAfterRestart(negotiated.families, negotiated.gracefulRestart)
    this.#host.established(this)
  }

  /** RFC 4724 §4.2: what the neighbour has not kept forwarding for is not kept here either. */
  #resumeAfterRestart(families: readonly Family[], restart: GracefulRestart | undefined): void {
    this.#restart.cancel()
    const kept = families.filter(family =>
      restart?.families.some(row => isFamily(row, family) && row.forwarding),
    )
    this.#forget(([4, 6] as const).filter(family => !kept.includes(family)))
    if (this.#hasStale) this.#stale.set(STALE_LIMIT)
  }

  get #hasPaths(): boolean {
    const { paths } = this.#host.tables
    return paths[4].counts.received[this.peer]! + paths[6].counts.received[this.peer]! > 0
  }

  get #hasStale(): boolean {
    const { paths } = this.#host.tables
    return paths[4].counts.stale[this.peer]! + paths[6].counts.stale[this.peer]! > 0
  }

  #down(down: Down, wasEstablished: boolean): void {
    this.#ended = true
    const reason = this.#noteDown(down)
    this.#host.down(this, reason)
    if (wasEstablished) this.#leave(down)
    this.#checkIdle()
  }

  #noteDown(down: Down): string {
    const { settings } = this
    const reason = explainDown(down, {
      settings: settings.session,
      group: settings.group,
      remote: this.session.lastOpen,
      type: this.type,
    })
    const at = this.#host.environment.clock.wallTime()
    const attempt = down.kind === 'tcp' && down.phase !== 'Established'
    if (attempt && this.#lastDown?.told && at - this.#lastDown.at < TOLD) return reason
    this.#lastDown = { at, reason, told: down.kind === 'received' || down.kind === 'sent' }
    return reason
  }

  #leave(down: Down): void {
    const { paths } = this.#host.tables
    const restart = this.#lastRestart
    this.#outbox.clear()
    this.#stale.cancel()
    const graceful =
      (down.kind === 'tcp' || down.kind === 'replaced') && restart !== undefined && !this.removed
    const kept = graceful
      ? ([4, 6] as const).filter(family => restart.families.some(row => isFamily(row, family)))
      : []
    for (const family of [4, 6] as const) {
      const state = this.families[family]
      state.group = undefined
      state.endOfRibDue = false
      state.endOfRefreshDue = false
      paths[family].age(this.peer)
    }
    this.#forget(([4, 6] as const).filter(family => !kept.includes(family) || this.families[family].disabled))
    for (const family of [4, 6] as const) this.families[family].disabled = false
    if (kept.length > 0) this.#restart.set(restart!.time * 1000)
  }

  /** Withdraws the stale paths of families, in slices. */
  #forget(families: readonly Family[]): void {
    const { environment, tables } = this.#host
    for (const family of families) {
      const table = tables.paths[family]
      if (this.removed && table.counts.stale[this.peer]! < table.counts.received[this.peer]!)
        table.age(this.peer)
      if (table.counts.stale[this.peer] === 0) continue
      const work = table.sweep(this.peer, () => environment.clock.now())
      this.families[family].sweeps++
      environment.slices.add({
        run: until => {
          const more = work(until)
          if (!more) this.families[family].sweeps--
          this.#host.settle()
          if (!more) this.#checkIdle()
          return more
        },
      })
    }
    this.#checkIdle()
  }

  #checkIdle(): void {
    if (this.families[4].sweeps + this.families[6].sweeps > 0 || this.#restart.running) return
    // Its number in the tables is another neighbour's next.
    if (this.#hasPaths) return
    const unused = this.settings.dynamic && this.#ended && this.session.state === 'Active'
    if (this.removed || unused) this.#host.idle(this)
  }

  #message(type: number, buffer: Uint8Array, start: number, end: number): Notification | undefined {
    if (type === MessageType.UPDATE) return this.#received(buffer, start, end)
    if (type === MessageType.ROUTE_REFRESH) return this.#refresh(buffer, start, end)
    return undefined
  }

  #received(buffer: Uint8Array, start: number, end: number): Notification | undefined {
    const update = this.#update
    parseUpdate(buffer, start, end, this.#updateSession!, update)
    if (update.problems.length > 0) {
      this.#host.problem(this, `UPDATE: ${update.problems.map(({ text }) => text).join('; ')}`)
    }
    if (update.verdict === Verdict.RESET_SESSION) return update.notification
    if (update.verdict === Verdict.DISABLE_FAMILY && update.disabled) this.#disable(update.disabled)
    const { families } = this
    this.#importer.apply(
      buffer,
      update,
      this.#host.tables.paths,
      this.#context(),
      family => families[family].disabled,
    )
    if (update.endOfRib !== undefined) this.#endOfRib(update.endOfRib)
    return undefined
  }

  #endOfRib(family: Family): void {
    this.#forget([family])
    if (!this.#hasStale) this.#stale.cancel()
    this.#host.endOfRib(this, family)
  }

  #disable(family: Family): void {
    this.families[family].disabled = true
    this.#host.tables.paths[family].age(this.peer)
    this.#forget([family])
  }

  #refresh(buffer: Uint8Array, start: number, end: number): Notification | undefined {
    const negotiated = this.channel!.negotiated!
    const parsed = parseRouteRefresh(buffer, start, end, negotiated.enhancedRefresh)
    if ('error' in parsed) return parsed.error
    if ('ignore' in parsed) return undefined
    const { afi, safi, subtype } = parsed.refresh
    const family = unicastFamily(afi, safi)
    if (family === undefined || !negotiated.families.includes(family)) return undefined
    if (subtype === RefreshSubtype.REQUEST) this.#host.refreshRequested(this, family)
    else if (!negotiated.enhancedRefresh) return undefined
    else if (subtype === RefreshSubtype.BEGIN) {
      this.#host.tables.paths[family].age(this.peer)
      this.#stale.set(STALE_LIMIT)
    } else if (subtype === RefreshSubtype.END) this.#forget([family])
    return undefined
  }

  /** What the neighbour said of graceful restart in the session that ended, where it has families. */
  get #lastRestart(): GracefulRestart | undefined {
    const restart = this.#remote?.capabilities.gracefulRestart
    const ours = this.settings.session.gracefulRestartTime > 0
    return ours && restart && restart.families.length > 0 ? restart : undefined
  }
}

function familyState(): FamilyState {
  return { group: undefined, endOfRibDue: false, endOfRefreshDue: false, disabled: false, sweeps: 0 }
}

function isFamily(row: { readonly afi: number; readonly safi: number }, family: Family): boolean {
  return unicastFamily(row.afi, row.safi) === family
}

function refreshMessage(family: Family, subtype: number): Uint8Array {
  const { afi, safi } = UNICAST[family]
  return buildRouteRefresh(afi, safi, subtype)
}

function endOfRib(family: Family): Uint8Array {
  let message = new Uint8Array(0)
  const writer = new UpdateWriter({
    limit: 4096,
    addPath: [],
    emit: bytes => {
      message = Uint8Array.from(bytes)
    },
  })
  writer.endOfRib(family)
  writer.flush()
  return message
}

function dotted(id: number): string {
  return `${id >>> 24}.${(id >>> 16) & 0xff}.${(id >>> 8) & 0xff}.${id & 0xff}`
}
