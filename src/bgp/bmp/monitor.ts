import type { Bmp } from '../../model/config-bgp.ts'
import type { BmpStationState } from '../../model/state.ts'
import { canonicalAddress, type Family } from '../../net/address.ts'
import type { SweepWitness } from '../neighbor/stale-paths.ts'
import type { PathTable } from '../rib/path-table.ts'
import type { Down } from '../session/down.ts'
import { Alarm } from '../session/timers.ts'
import type { Task } from '../slices.ts'
import type { Tables } from '../tables.ts'
import {
  buildNotification,
  encodeOutgoing,
  NlriCursor,
  readNlri,
  UNICAST,
  type UpdateResult,
  type UpdateWriter,
} from '../wire/index.ts'
import { asReceived, Dump, type DumpedPeer, updateWriter } from './dump.ts'
import {
  type BmpPeer,
  buildPeerDown,
  buildPeerUp,
  buildRouteMonitoring,
  buildStatistics,
  PeerDownReason,
  perPeerHeader,
  type ReportedStatistic,
  type SessionEnds,
  Statistic,
} from './messages.ts'
import { Station, type StationAddress, type StationHost } from './station.ts'

const DEFAULT = { port: 11019, statisticsInterval: 60 } as const

/** Event 18 of RFC 4271 §8.1: TcpConnectionFails. */
const TCP_CONNECTION_FAILS = Uint8Array.of(0, 18)

/** A session that is up, as stations hear of it. */
export interface MonitoredSession extends BmpPeer, SessionEnds, DumpedPeer {
  /** The neighbour's number in the tables. */
  readonly peer: number
  readonly families: readonly Family[]
  /** When it came up, milliseconds since 1970. */
  readonly since: number
}

export interface MonitorHost extends Omit<StationHost, 'up' | 'down' | 'writable'> {
  readonly tables: Tables
  readonly slices: { add(task: Task): void; remove(task: Task): void }
  /** Something worth a line in the log. */
  log(address: string, message: string): void
}

/**
 * The BGP monitoring protocol (RFC 7854): tells stations of every session, and of every route as neighbours announce it,
 * before policy (Adj-RIB-In). A station that comes first gets what is; from then on, UPDATEs as they arrive. Nothing
 * is copied where there is no station.
 */
export class BmpMonitor {
  readonly #host: MonitorHost
  readonly #sessions = new Map<number, MonitoredSession>()
  readonly #treatedAsWithdraw = new Map<number, number>()
  readonly #stations = new Map<string, { readonly station: Station; dump: Task | undefined }>()
  readonly #statistics: Alarm
  readonly #cursor = new NlriCursor()
  #interval = DEFAULT.statisticsInterval as number

  constructor(host: MonitorHost) {
    this.#host = host
    this.#statistics = new Alarm(host.clock, () => this.#report())
  }

  /** Whether UPDATEs have to be handed in. */
  get active(): boolean {
    return this.#stations.size > 0
  }

  /** Takes a new configuration: stations that are in it before and after stay as they are. */
  configure(bmp: Bmp | undefined): void {
    const wanted = new Map(
      (bmp?.stations ?? []).map(station => [stationKey(addressOf(station)), addressOf(station)]),
    )
    for (const [key, { station }] of [...this.#stations]) {
      if (wanted.has(key)) continue
      this.#stations.delete(key)
      station.stop()
    }
    for (const [key, target] of wanted) if (!this.#stations.has(key)) this.#add(key, target)
    this.#interval = bmp?.statisticsInterval ?? DEFAULT.statisticsInterval
    this.#statistics.cancel()
    if (this.active && this.#interval > 0) this.#statistics.set(this.#interval * 1000)
  }

  /** Takes leave of all stations. */
  stop(): void {
    this.configure(undefined)
  }

  state(): BmpStationState[] {
    return [...this.#stations.values()].map(({ station }) => ({
      address: station.target.address,
      port: station.target.port,
      state: station.state,
      messages: station.messages,
      ...(station.lastDown !== undefined && { lastDown: station.lastDown }),
    }))
  }

  /** A session is up. */
  peerUp(session: MonitoredSession): void {
    this.#sessions.set(session.peer, session)
    this.#treatedAsWithdraw.set(session.peer, 0)
    if (this.active) this.#sendAll(buildPeerUp(perPeerHeader(session, session.since), session))
  }

  /** A session that was up has ended: stations forget its routes. */
  peerDown(peer: number, down: Down): void {
    const session = this.#sessions.get(peer)
    if (!session) return
    this.#sessions.delete(peer)
    this.#treatedAsWithdraw.delete(peer)
    if (this.active) this.#sendAll(peerDownMessage(this.#header(session), down))
  }

  /** An UPDATE that was taken as it came, in the buffer that it lies in. */
  update(peer: number, buffer: Uint8Array, start: number, end: number): void {
    const session = this.#sessions.get(peer)
    if (session && this.active)
      this.#sendAll(buildRouteMonitoring(this.#header(session), buffer.subarray(start, end)))
  }

  /** What was made of a malformed UPDATE (RFC 7606 §2): mostly withdrawals. */
  corrected(peer: number, buffer: Uint8Array, update: UpdateResult): void {
    const session = this.#sessions.get(peer)
    if (!session) return
    this.#treatedAsWithdraw.set(peer, this.#treatedAsWithdraw.get(peer)! + 1)
    if (!this.active) return
    const writer = this.#writer(session)
    for (const section of update.sections.slice(0, update.count)) {
      const { announce, family, addPath, keyStart, keyEnd } = section
      if (!announce) writer.withdraw(family)
      else writer.announce(encodeOutgoing(update.keys, keyStart, keyEnd, family, asReceived(session)))
      for (let at = section.start; at < section.end; ) {
        at = readNlri(buffer, at, addPath, this.#cursor)
        writer.add(buffer, this.#cursor.offset, this.#cursor.length, this.#cursor.pathId)
      }
    }
    writer.flush()
  }

  /** Who hears of paths of a session that go without an UPDATE that says so: what a refresh did not bring again. */
  witness(peer: number, family: Family): SweepWitness | undefined {
    const session = this.#sessions.get(peer)
    if (!session || !this.active) return undefined
    const writer = this.#writer(session)
    const { prefixes } = this.#host.tables.paths[family]
    return {
      gone: (slot, pathId) => {
        writer.withdraw(family)
        writer.addSlot(prefixes, slot, pathId)
      },
      flush: () => writer.flush(),
    }
  }

  #writer(session: MonitoredSession): UpdateWriter {
    return updateWriter(session, update => {
      if (this.#sessions.get(session.peer) === session)
        this.#sendAll(buildRouteMonitoring(this.#header(session), update))
    })
  }

  #add(key: string, target: StationAddress): void {
    const { clock, random, transport, log } = this.#host
    const entry: { station: Station; dump: Task | undefined } = {
      dump: undefined,
      station: new Station(
        {
          clock,
          random,
          transport,
          identity: () => this.#host.identity(),
          up: station => {
            log(target.address, `BMP station ${target.address} port ${target.port} is there`)
            entry.dump = this.#dump(station)
            this.#host.slices.add(entry.dump)
          },
          down: (_station, reason) => {
            if (entry.dump) this.#host.slices.remove(entry.dump)
            entry.dump = undefined
            log(target.address, `BMP station ${target.address} port ${target.port} is not there: ${reason}`)
          },
          writable: () => {
            if (entry.dump) this.#host.slices.add(entry.dump)
          },
        },
        target,
      ),
    }
    this.#stations.set(key, entry)
  }

  /** Everything that is, in slices, and no faster than the station takes it; each peer's End-of-RIB at last. */
  #dump(station: Station): Task {
    for (const session of this.#sessions.values())
      station.send(buildPeerUp(perPeerHeader(session, session.since), session))
    const { paths, attributes } = this.#host.tables
    const sessions = new Map(this.#sessions)
    // A session that came up after the station heard all of it from the beginning.
    const peerOf = (peer: number) =>
      this.#sessions.get(peer) === sessions.get(peer) ? sessions.get(peer) : undefined
    const dumps = ([4, 6] as const).map(family => ({
      family,
      dump: new Dump(paths[family], attributes, peerOf),
    }))
    const send = (peer: number, update: Uint8Array) => {
      const session = sessions.get(peer)
      if (session) station.send(buildRouteMonitoring(this.#header(session), update))
    }
    return {
      run: until => {
        while (dumps.length > 0 && station.up) {
          if (station.blocked) return false
          const { family, dump } = dumps[0]!
          if (!dump.step(send)) {
            dumps.shift()
            this.#endOfRib(station, family, peerOf)
          }
          if (this.#host.clock.now() >= until) return dumps.length > 0
        }
        return false
      },
    }
  }

  #endOfRib(station: Station, family: Family, peerOf: (peer: number) => MonitoredSession | undefined): void {
    for (const peer of this.#sessions.keys()) {
      const session = peerOf(peer)
      if (!session?.families.includes(family)) continue
      const writer = updateWriter(session, update =>
        station.send(buildRouteMonitoring(this.#header(session), update)),
      )
      writer.endOfRib(family)
      writer.flush()
    }
  }

  #report(): void {
    this.#statistics.set(this.#interval * 1000)
    for (const session of this.#sessions.values()) {
      this.#sendAll(buildStatistics(this.#header(session), this.#statisticsOf(session)))
    }
  }

  #statisticsOf({ peer, families }: MonitoredSession): ReportedStatistic[] {
    const { paths } = this.#host.tables
    const perFamily = (type: number, count: (table: PathTable) => number) =>
      families.map(family => ({ type, value: count(paths[family]), family: UNICAST[family] }))
    const received = perFamily(Statistic.ADJ_RIB_IN_FAMILY, table => table.counts.received[peer]!)
    const accepted = perFamily(Statistic.LOC_RIB_FAMILY, table => table.counts.accepted[peer]!)
    const sum = (rows: readonly ReportedStatistic[]) => rows.reduce((total, { value }) => total + value, 0)
    return [
      { type: Statistic.ADJ_RIB_IN, value: sum(received) },
      { type: Statistic.LOC_RIB, value: sum(accepted) },
      ...received,
      ...accepted,
      { type: Statistic.TREATED_AS_WITHDRAW, value: this.#treatedAsWithdraw.get(peer) ?? 0 },
    ]
  }

  #header(session: MonitoredSession): Uint8Array {
    return perPeerHeader(session, this.#host.clock.wallTime())
  }

  #sendAll(message: Uint8Array): void {
    for (const { station } of [...this.#stations.values()]) station.send(message)
  }
}

function addressOf(station: Bmp['stations'][number]): StationAddress {
  return {
    address: canonicalAddress(station.address) ?? station.address,
    port: station.port ?? DEFAULT.port,
    localAddress: station.localAddress,
  }
}

function stationKey({ address, port, localAddress }: StationAddress): string {
  return `${address} ${port} ${localAddress ?? ''}`
}

function peerDownMessage(header: Uint8Array, down: Down): Uint8Array {
  switch (down.kind) {
    case 'sent':
      return buildPeerDown(header, PeerDownReason.LOCAL_NOTIFICATION, buildNotification(down.notification))
    case 'received':
      return buildPeerDown(header, PeerDownReason.REMOTE_NOTIFICATION, buildNotification(down.notification))
    case 'tcp':
      return down.code === ''
        ? buildPeerDown(header, PeerDownReason.REMOTE_SILENT, new Uint8Array(0))
        : buildPeerDown(header, PeerDownReason.LOCAL_EVENT, TCP_CONNECTION_FAILS)
    default:
      // The peer came back on another connection: the one before it ended without a word.
      return buildPeerDown(header, PeerDownReason.REMOTE_SILENT, new Uint8Array(0))
  }
}
