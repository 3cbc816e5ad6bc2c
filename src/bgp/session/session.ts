import type { Clock } from '../../net/clock.ts'
import type { Slices } from '../slices.ts'
import type { BgpTransport, Connection } from '../transport.ts'
import {
  ERROR,
  type Notification,
  negotiate,
  notification,
  type Open,
  shutdownCommunication,
  UNICAST,
} from '../wire/index.ts'
import { Channel, type ChannelOwner, type MessageCounters } from './channel.ts'
import type { Down } from './down.ts'
import { type Drops, dropsSince, suspicions } from './drops.ts'
import { openOf, plainOpen, refusal, worksWithoutCapabilities } from './opening.ts'
import type { Flaps, SessionEnvironment, SessionEvents, State } from './session-events.ts'
import { needsReset, type SessionSettings } from './settings.ts'
import { Alarm, jittered, type Random } from './timers.ts'

/** Idle hold after an error (RFC 4271 §8.1.1, DampPeerOscillations): doubles from one error to the next. */
const IDLE_HOLD_FIRST = 1_000
const IDLE_HOLD_LAST = 60_000
/** A session that held so long has nothing to do with the errors before it. */
const STABLE = 60_000
/** Two connections whose OPENs go out within this time are opened at once. */
const SIMULTANEOUS = 5_000
/** A neighbour that dials during idle hold is let in no later than this after the session ended. */
const IDLE_HOLD_INCOMING = 5_000
/** After more errors in a row it waits as long as we would. */
const TOLERATED = 6
/** Errors of a neighbour that was forgotten meanwhile count for so long. */
const FORGIVEN = 2 * IDLE_HOLD_LAST

/**
 * The finite state machine of one neighbour (RFC 4271 §8), without I/O of its own.
 *
 * A neighbour may have several connections for a moment: one that we dialled and one that it dialled. Each is a
 * `Channel` that goes through OpenSent and OpenConfirm by itself, as RFC 4271 §8.2.1.2 wants; this class is what they
 * have in common: when to dial (ConnectRetryTimer), when to stay away (IdleHoldTimer), and which connection stays
 * (§6.8). The state of the neighbour is that of the connection that came furthest.
 */
export class Session implements ChannelOwner {
  readonly clock: Clock
  readonly random: Random
  readonly slices: Slices
  readonly counters: MessageCounters = { received: 0, sent: 0, updatesReceived: 0, updatesSent: 0 }
  /** The OPEN that came last, acceptable or not. */
  lastOpen: Open | undefined
  readonly #transport: BgpTransport
  readonly #events: SessionEvents
  #settings: SessionSettings
  #channels: Channel[] = []
  /** A connection that the neighbour opened during idle hold. */
  #waiting: Connection | undefined
  #running = false
  #errors = 0
  /** What the kernel had dropped when we began to dial or to wait, or when we looked last. */
  #before: Drops | undefined
  /** Where the neighbour was found, where the configuration does not say it. */
  #found: string | undefined
  /** The neighbour refuses optional parameters: our next OPEN has none (RFC 5492 §3). */
  #plain = false
  #endedAt = 0
  #reported: State = 'Idle'
  readonly #connectRetry: Alarm
  readonly #idleHold: Alarm

  constructor(environment: SessionEnvironment, settings: SessionSettings, events: SessionEvents) {
    this.clock = environment.clock
    this.random = environment.random
    this.slices = environment.slices
    this.#transport = environment.transport
    this.#settings = settings
    this.#events = events
    this.#connectRetry = new Alarm(this.clock, () => this.#retry())
    this.#idleHold = new Alarm(this.clock, () => this.#leaveIdle())
  }

  get settings(): SessionSettings {
    return this.#settings
  }

  get state(): State {
    for (const state of ['Established', 'OpenConfirm', 'OpenSent', 'Connect'] as const) {
      if (this.#channels.some(channel => channel.state === state)) return state
    }
    return this.#running && !this.#idleHold.running ? 'Active' : 'Idle'
  }

  /** The channel of the established session. */
  get channel(): Channel | undefined {
    return this.#channels.find(channel => channel.state === 'Established')
  }

  get keepaliveTime(): number | undefined {
    return this.#settings.keepaliveTime
  }

  /** ManualStart or AutomaticStart: dials, or waits where passive. `before`: how it ended where the neighbour was forgotten since. */
  start(before?: Flaps): void {
    if (this.#running) return
    this.#running = true
    const counts = before !== undefined && this.clock.now() - before.endedAt < FORGIVEN
    this.#errors = counts ? before.errors : 0
    this.#leaveIdle()
  }

  /** How it has ended lately. */
  get flaps(): Flaps {
    return { errors: this.#errors, endedAt: this.#endedAt }
  }

  /** ManualStop: ends all with Cease. The text goes to the neighbour's log (RFC 9003). */
  stop(
    reason: { code: number; subcode: number } = ERROR.cease.administrativeShutdown,
    communication?: string,
  ): void {
    this.#running = false
    this.#connectRetry.cancel()
    this.#idleHold.cancel()
    this.#refuseWaiting()
    const told = reason.subcode === 2 || reason.subcode === 4 ? communication : undefined
    const cease = notification(reason, told === undefined ? undefined : shutdownCommunication(told))
    for (const channel of [...this.#channels]) channel.fail(cease)
    this.#report()
  }

  /** Ends the session with a NOTIFICATION and lets it come back. */
  reset(reason: Notification): void {
    const channels = [...this.#channels]
    for (const channel of channels) channel.fail(reason)
  }

  /** Ends the session with a NOTIFICATION and begins the next one at once. */
  restart(reason: Notification): void {
    this.reset(reason)
    this.#errors = 0
    if (this.#idleHold.running) this.#leaveIdle()
  }

  /** Takes new settings; a session is reset only where what its OPEN said has changed. */
  configure(settings: SessionSettings): void {
    const before = this.#settings
    this.#settings = settings
    if (!this.#running) return
    const remote = this.channel?.remote
    const refused = remote !== undefined && refusal(remote, settings) !== undefined
    if (refused || needsReset(before, settings))
      this.restart(notification(ERROR.cease.otherConfigurationChange))
    else if (!this.#busy && !this.#idleHold.running) {
      this.#connectRetry.cancel()
      for (const channel of [...this.#channels]) this.#drop(channel)
      this.#leaveIdle()
    }
    this.#report()
  }

  /** Where a neighbour without address of its own in the configuration is now (canonical, with zone): it is dialled there. */
  found(address: string): void {
    if (this.#found === address) return
    this.#found = address
    if (this.#running && !this.#idleHold.running && this.state === 'Active') this.#dial()
  }

  /** A connection that the neighbour opened. */
  accept(connection: Connection): void {
    if (!this.#running) {
      connection.destroy()
      return
    }
    if (this.#idleHold.running) {
      this.#wait(connection)
      return
    }
    if (!this.#inReach(connection)) return
    // Of connections whose OPEN is not here yet, the newest is the one that the neighbour still knows of.
    for (const channel of [...this.#channels]) {
      if (!channel.outgoing && channel.state === 'OpenSent') this.#drop(channel)
    }
    const channel = new Channel(this, connection, false)
    this.#channels.push(channel)
    if (!this.#channels.some(other => other.state === 'Connect')) this.#connectRetry.cancel()
    channel.start()
    // A connection may come paused, so that nothing is read before somebody listens.
    connection.resume()
    this.#report()
  }

  /** Sets the TTLs of a connection that the neighbour opened, and sends it away where GTSM forbids it (RFC 5082 §3). */
  #inReach(connection: Connection): boolean {
    const { ttl, minimumTtl } = this.#settings
    const limited = connection.limitHops({ ttl, minimumTtl })
    const { arrivalTtl } = connection
    if (minimumTtl === undefined || (limited && (arrivalTtl ?? 255) >= minimumTtl)) return true
    connection.destroy()
    this.#events.refused({ kind: 'far', ttl: arrivalTtl })
    return false
  }

  // What channels ask and tell.

  open(): Open {
    return this.#plain ? plainOpen(this.#settings) : openOf(this.#settings, this.#events.gracefulRestart())
  }

  connected(channel: Channel): void {
    this.#connectRetry.cancel()
    channel.start()
    this.#report()
  }

  check(open: Open): Notification | undefined {
    this.lastOpen = open
    const { families } = this.#settings
    const refused = refusal(open, this.#settings)
    if (refused) return refused
    if (negotiate(this.open(), open).families.length > 0) return undefined
    // RFC 5492 §3: the capabilities that we need, as they stand in our OPEN.
    const needed = families.flatMap(family => [1, 4, 0, UNICAST[family].afi, 0, UNICAST[family].safi])
    return notification(ERROR.open.unsupportedCapability, Uint8Array.from(needed))
  }

  /**
   * Collision detection (RFC 4271 §6.8): of two connections the one stays that was opened by the speaker with the
   * higher BGP identifier, or, where these are the same, the higher AS number (RFC 6286 §2.3).
   */
  opened(channel: Channel): boolean {
    const other = channel.outgoing ? undefined : this.#events.elsewhere(channel.remote!.routerId)
    if (other) {
      this.#channels = this.#channels.filter(one => one !== channel)
      channel.moveTo(other)
      this.#report()
      return other.adopt(channel)
    }
    const established = this.channel
    if (established?.connection.peerIsDone) established.broken()
    else if (established) {
      const graceful = (established.negotiated?.gracefulRestart?.families.length ?? 0) > 0
      if (!graceful) return this.#collided(channel)
      established.end({ kind: 'replaced' })
    }
    for (const other of [...this.#channels]) {
      if (other === channel || !this.#collides(channel, other)) continue
      if (this.#stays(channel, other)) this.#collided(other)
      else return this.#collided(channel)
    }
    return true
  }

  /** Takes over a connection whose OPEN came to another session. False: it was closed. */
  adopt(channel: Channel): boolean {
    this.lastOpen = channel.remote
    this.#channels.push(channel)
    if (this.#running && !this.#idleHold.running) {
      this.#connectRetry.cancel()
      return this.opened(channel)
    }
    channel.fail(notification(ERROR.cease.connectionRejected))
    return false
  }

  confirming(): void {
    this.#report()
  }

  established(channel: Channel): void {
    for (const other of [...this.#channels]) if (other !== channel) this.#collided(other)
    this.#connectRetry.cancel()
    this.#before = undefined
    this.#report()
    this.#events.established()
  }

  message(type: number, buffer: Uint8Array, start: number, end: number): Notification | undefined {
    return this.#events.message(type, buffer, start, end)
  }

  settled(): void {
    this.#events.settled()
  }

  writable(): void {
    this.#events.writable()
  }

  closed(channel: Channel, down: Down): void {
    const since = channel.establishedAt
    this.#channels = this.#channels.filter(other => other !== channel)
    if (isCollision(down) && (down.kind === 'sent' || this.#busy)) {
      this.#report()
      return
    }
    if (since !== undefined && this.clock.now() - since >= STABLE) this.#errors = 0
    // Such a neighbour gets one OPEN without: where that comes to nothing, or ends, the next is a whole one again.
    if (down.kind !== 'tcp' || down.phase !== 'Connect')
      this.#plain = !this.#plain && refusesParameters(down) && worksWithoutCapabilities(this.#settings)
    const short = since !== undefined && this.clock.now() - since < STABLE
    this.#endedAt = this.clock.now()
    if (this.#running && !this.#busy) this.#comeBack(down, short)
    this.#report()
    this.#events.down(this.#withDrops(down), since !== undefined)
  }

  get #address(): string | undefined {
    return this.#settings.link === undefined ? this.#settings.address : this.#found
  }

  /** Some connection has sent its OPEN. */
  get #busy(): boolean {
    return this.#channels.some(channel => channel.state !== 'Connect')
  }

  /**
   * Whose OPEN is still to come is known here by its address (RFC 4271 §6.8). To wait for it would let one side keep the
   * first connection and the other the second. One that is silent for longer gives way to a new one.
   */
  #collides(channel: Channel, other: Channel): boolean {
    if (other.state === 'OpenConfirm') return true
    const fresh = this.clock.now() - other.startedAt < SIMULTANEOUS
    return other.state === 'OpenSent' && other.outgoing !== channel.outgoing && fresh
  }

  #stays(channel: Channel, other: Channel): boolean {
    if (channel.outgoing === other.outgoing) return true
    const { routerId, localAs } = this.#settings
    const remote = channel.remote!
    const ours = routerId !== remote.routerId ? routerId > remote.routerId : localAs > remote.as
    return channel.outgoing === ours
  }

  #collided(channel: Channel): false {
    channel.fail(notification(ERROR.cease.connectionCollision))
    return false
  }

  #drop(channel: Channel): void {
    channel.end({ kind: 'sent', notification: notification(ERROR.cease.connectionCollision) })
  }

  #withDrops(down: Down): Down {
    if (down.kind !== 'tcp' || down.phase !== 'Connect') return down
    return { ...down, drops: this.#newDrops() }
  }

  /** What the kernel has dropped since this was asked last, or since we began to dial or wait. */
  #newDrops(): Drops | undefined {
    const now = this.#transport.drops()
    const since = dropsSince(this.#before, now)
    this.#before = now
    return since
  }

  /** After an error the neighbour is left alone for a while; where only TCP failed, it is dialled at the next retry. */
  #comeBack(down: Down, short: boolean): void {
    if (down.kind === 'replaced') return
    // A session that TCP loses again and again is an error too.
    if (down.kind === 'tcp' && !(short && ++this.#errors > TOLERATED)) {
      if (!this.#channels.some(channel => channel.state === 'Connect') && !this.#connectRetry.running)
        this.#setRetry()
      return
    }
    for (const channel of [...this.#channels]) this.#drop(channel)
    this.#connectRetry.cancel()
    if (down.kind !== 'tcp') this.#errors++
    this.#idleHold.set(jittered(idleHold(this.#errors), this.random))
  }

  #leaveIdle(): void {
    this.#idleHold.cancel()
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) {
      waiting.handler = undefined
      this.accept(waiting)
    } else this.#dial()
  }

  #setRetry(): void {
    this.#connectRetry.set(jittered(this.#settings.connectRetryTime * 1000, this.random))
  }

  /** ConnectRetryTimer_Expires: gives up the attempt that is under way and dials again. */
  #retry(): void {
    if (!this.#running || this.#busy) return
    if (this.#settings.passive) this.#lookForDrops()
    const attempt = this.#channels.find(channel => channel.state === 'Connect')
    if (attempt) {
      attempt.end({
        kind: 'tcp',
        code: 'ETIMEDOUT',
        message: 'no answer to our connection',
        phase: 'Connect',
      })
      this.#connectRetry.cancel()
    }
    this.#dial()
  }

  /** A passive neighbour has no attempts that fail: what keeps it away shows in what the kernel drops. */
  #lookForDrops(): void {
    const drops = this.#newDrops()
    if (drops && suspicions(drops, this.#settings).length > 0)
      this.#events.refused({ kind: 'dropped', drops })
  }

  #dial(): void {
    const address = this.#address
    this.#setRetry()
    this.#before ??= this.#transport.drops()
    if (this.#settings.passive || address === undefined) {
      this.#report()
      return
    }
    this.#channels.push(new Channel(this, this.#transport.connect({ ...this.#settings, address }), true))
    this.#report()
  }

  /** Idle hold: the neighbour's connection waits, so that it need not dial again (as with RFC 4271's DelayOpen). */
  #wait(connection: Connection): void {
    this.#refuseWaiting()
    this.#waiting = connection
    // Bytes stay in the socket until somebody has use for them.
    connection.pause()
    const forget = () => {
      if (this.#waiting === connection) this.#waiting = undefined
    }
    connection.handler = { onOpen() {}, onData() {}, onDrain() {}, onClose: forget }
    if (this.#errors > TOLERATED) return
    const rest = this.#endedAt + IDLE_HOLD_INCOMING - this.clock.now()
    this.clock.after(Math.max(0, rest), () => {
      if (this.#waiting === connection && this.#idleHold.running) this.#leaveIdle()
    })
  }

  #refuseWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (!waiting) return
    waiting.handler = undefined
    waiting.destroy()
  }

  #report(): void {
    const state = this.state
    if (state === this.#reported) return
    this.#reported = state
    this.#events.stateChanged()
  }
}

/** RFC 5492 §3: what a speaker says that knows no capabilities. */
function refusesParameters(down: Down): boolean {
  const { code, subcode } = ERROR.open.unsupportedOptionalParameter
  return down.kind === 'received' && down.notification.code === code && down.notification.subcode === subcode
}

/** Milliseconds to stay away after so many errors in a row. */
function idleHold(errors: number): number {
  return Math.min(IDLE_HOLD_FIRST * 2 ** (errors - 1), IDLE_HOLD_LAST)
}

function isCollision(down: Down): boolean {
  const { code, subcode } = ERROR.cease.connectionCollision
  if (down.kind !== 'sent' && down.kind !== 'received') return false
  return down.notification.code === code && down.notification.subcode === subcode
}
