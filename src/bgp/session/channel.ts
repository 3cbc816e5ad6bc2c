import type { Clock } from '../../net/clock.ts'
import type { Slices } from '../slices.ts'
import type { Connection } from '../transport.ts'
import {
  buildKeepalive,
  buildNotification,
  buildOpen,
  ERROR,
  Framer,
  hardened,
  MAX_EXTENDED_MESSAGE,
  MAX_MESSAGE,
  MessageType,
  type Negotiated,
  type Notification,
  negotiate,
  notification,
  type Open,
  parseNotification,
  parseOpen,
} from '../wire/index.ts'
import type { Down } from './down.ts'
import { Alarm, jittered, type Random } from './timers.ts'

/** State of one connection: the part of RFC 4271 §8.2.2 that each connection of a peer goes through by itself. */
export type ChannelState = 'Connect' | 'OpenSent' | 'OpenConfirm' | 'Established' | 'Closed'

/** RFC 4271 §8.2.2 suggests 4 minutes for the hold timer before the OPEN of the peer came. */
const OPEN_HOLD = 240_000

/** RFC 9687 §3.3: a peer that takes nothing for so long, or twice the hold time, is gone. */
const SEND_HOLD = 480_000

/** RFC 4271 §4.4: no more than one KEEPALIVE a second, jitter or not. */
const KEEPALIVE_LEAST = 1000

const KEEPALIVE = buildKeepalive()

const CLOSED = 'the neighbour closed the connection'

const NOTHING: Uint8Array = new Uint8Array(0)

/** What a channel asks of the session that it belongs to. */
export interface ChannelOwner {
  readonly clock: Clock
  readonly random: Random
  readonly slices: Slices
  /** The OPEN to send. */
  open(): Open
  /** The TCP connection of a channel that dialled is there. */
  connected(channel: Channel): void
  /** Checks the peer's OPEN against the session; a NOTIFICATION refuses it. */
  check(open: Open): Notification | undefined
  /** A good OPEN came: resolves collisions (RFC 4271 §6.8). False: this channel was closed. */
  opened(channel: Channel): boolean
  /** A channel waits for the KEEPALIVE that ends the handshake. */
  confirming(): void
  established(channel: Channel): void
  /** An UPDATE, ROUTE-REFRESH or KEEPALIVE of the established session. A NOTIFICATION as answer ends it. */
  message(type: number, buffer: Uint8Array, start: number, end: number): Notification | undefined
  /** What was read is worked through, for now. */
  settled(): void
  /** The peer takes bytes again. */
  writable(): void
  closed(channel: Channel, down: Down): void
  /** Seconds between our KEEPALIVEs, where the configuration names them. */
  readonly keepaliveTime: number | undefined
  readonly counters: MessageCounters
}

export interface MessageCounters {
  received: number
  sent: number
  updatesReceived: number
  updatesSent: number
}

/** One TCP connection of a neighbour, from OPEN to its end. */
export class Channel {
  readonly outgoing: boolean
  readonly connection: Connection
  state: ChannelState
  /** From OpenConfirm on. */
  negotiated: Negotiated | undefined
  remote: Open | undefined
  /** Both OPENs as whole messages, from OpenConfirm on. */
  sentOpen = NOTHING
  receivedOpen = NOTHING
  /** Our end of the connection, as it was when the OPEN went out. */
  localAddress = ''
  /** The peer's TCP takes no more at the moment. */
  blocked = false
  /** When the OPEN went out, on the clock. */
  startedAt = 0
  /** When the session was established, on the clock; undefined where it never was. */
  establishedAt: number | undefined
  /** Seconds between our KEEPALIVEs. */
  keepaliveInterval = 0
  #owner: ChannelOwner
  readonly #framer = new Framer()
  readonly #hold: Alarm
  readonly #keepalive: Alarm
  readonly #sendHold: Alarm
  #holdTime = OPEN_HOLD
  #lastReceived = 0
  #local: Open | undefined
  #paused = false

  constructor(owner: ChannelOwner, connection: Connection, outgoing: boolean) {
    this.#owner = owner
    this.connection = connection
    this.outgoing = outgoing
    this.state = 'Connect'
    this.#hold = new Alarm(owner.clock, () => this.#holdDue(false))
    this.#keepalive = new Alarm(owner.clock, () => this.#keepaliveDue())
    this.#sendHold = new Alarm(owner.clock, () => this.fail(notification(ERROR.sendHoldTimerExpired)))
    connection.handler = {
      onOpen: () => owner.connected(this),
      onData: bytes => this.#received(bytes),
      onDrain: () => this.#drained(),
      onClose: error => this.#connectionClosed(error),
    }
  }

  /** The OPEN says that it is another neighbour's. */
  moveTo(owner: ChannelOwner): void {
    this.#owner = owner
  }

  /** The connection is there: sends the OPEN and waits for the peer's. */
  start(): void {
    this.state = 'OpenSent'
    this.localAddress = this.connection.localAddress
    this.#local = this.#owner.open()
    if (this.#local.capabilities.extendedMessage) this.#framer.maxLength = MAX_EXTENDED_MESSAGE
    this.startedAt = this.#owner.clock.now()
    this.#lastReceived = this.startedAt
    this.#hold.set(this.#holdTime)
    this.sentOpen = buildOpen(this.#local)
    this.#send(this.sentOpen)
  }

  /**
   * Sends whole messages that others may share; `updates`: how many UPDATEs they are.
   * @returns false where the peer's TCP is full: `writable` of the owner follows.
   */
  write(bytes: Uint8Array, updates: number): boolean {
    if (this.state === 'Closed') return false
    this.#owner.counters.sent += updates
    this.#owner.counters.updatesSent += updates
    return this.#write(bytes)
  }

  /** Sends one message that is not an UPDATE. */
  sendMessage(bytes: Uint8Array): void {
    if (this.state !== 'Closed') this.#send(bytes)
  }

  /** Ends the connection with a NOTIFICATION. */
  fail(reason: Notification): void {
    const told = this.negotiated?.gracefulNotification ? hardened(reason) : reason
    this.end({ kind: 'sent', notification: told })
  }

  /** Ends the connection, and tells the owner. Sends the NOTIFICATION where `down` is one and the peer can take it. */
  end(down: Down): void {
    if (this.state === 'Closed') return
    const connecting = this.state === 'Connect'
    if (down.kind === 'sent' && !connecting) this.#send(buildNotification(down.notification))
    this.#stop()
    if (down.kind === 'sent' && !connecting) this.connection.close()
    else this.connection.destroy()
    this.#owner.closed(this, down)
  }

  #stop(): void {
    this.state = 'Closed'
    this.connection.handler = undefined
    this.#hold.cancel()
    this.#keepalive.cancel()
    this.#sendHold.cancel()
    this.#owner.slices.remove(this)
  }

  /** The connection is known to be over before its end was read. */
  broken(): void {
    const phase = this.state
    if (phase !== 'Closed') this.end({ kind: 'tcp', code: '', message: CLOSED, phase })
  }

  #connectionClosed(error?: { code: string; message: string }): void {
    const phase = this.state
    if (phase === 'Closed') return
    this.#stop()
    this.#owner.closed(this, {
      kind: 'tcp',
      code: error?.code ?? '',
      message: error?.message ?? CLOSED,
      phase,
    })
  }

  #received(bytes: Uint8Array): void {
    this.#lastReceived = this.#owner.clock.now()
    this.#framer.push(bytes)
    if (!this.#paused) this.#work(this.#owner.slices.deadline())
  }

  /** The scheduler's turn: goes on with messages that an earlier turn left. */
  run(until: number): boolean {
    return this.#work(until)
  }

  /** Works through what was read until a deadline. While messages are left, nothing more is read. True: some are left. */
  #work(until: number): boolean {
    const more = this.#messages(until)
    if (this.state === 'Closed') {
      this.#owner.settled()
      return false
    }
    if (more !== this.#paused) {
      this.#paused = more
      if (more) this.connection.pause()
      else {
        this.#lastReceived = this.#owner.clock.now()
        this.connection.resume()
      }
    }
    if (more) this.#owner.slices.add(this)
    this.#owner.settled()
    return more
  }

  #messages(until: number): boolean {
    const framer = this.#framer
    while (this.#owner.clock.now() < until) {
      if (!framer.next()) {
        if (framer.error) this.fail(framer.error)
        return false
      }
      this.#message(framer.type, framer.buffer, framer.start, framer.end)
      if (this.state === 'Closed') return false
    }
    return framer.buffered > 0
  }

  #message(type: number, buffer: Uint8Array, start: number, end: number): void {
    this.#owner.counters.received++
    if (type === MessageType.NOTIFICATION) {
      this.end({ kind: 'received', notification: parseNotification(buffer, start, end) })
      return
    }
    if (this.state === 'OpenSent') this.#expectOpen(type, buffer, start, end)
    else if (this.state === 'OpenConfirm') this.#expectKeepalive(type)
    else if (type === MessageType.OPEN) this.fail(notification(ERROR.fsm.unexpectedInEstablished))
    else {
      if (type === MessageType.UPDATE) this.#owner.counters.updatesReceived++
      const refused = this.#owner.message(type, buffer, start, end)
      if (refused) this.fail(refused)
    }
  }

  #expectOpen(type: number, buffer: Uint8Array, start: number, end: number): void {
    if (type !== MessageType.OPEN) {
      this.fail(notification(ERROR.fsm.unexpectedInOpenSent))
      return
    }
    const parsed = parseOpen(buffer, start, end)
    if ('error' in parsed) {
      this.fail(parsed.error)
      return
    }
    const refused = this.#owner.check(parsed.open)
    if (refused) {
      this.fail(refused)
      return
    }
    this.remote = parsed.open
    this.receivedOpen = buffer.slice(start, end)
    this.negotiated = negotiate(this.#local!, parsed.open)
    if (!this.#owner.opened(this)) return
    this.state = 'OpenConfirm'
    this.#framer.maxLength = Math.max(this.negotiated.receiveLimit, MAX_MESSAGE)
    this.#startTimers(this.negotiated.holdTime)
    this.#send(KEEPALIVE)
    this.#owner.confirming()
  }

  #startTimers(holdTime: number): void {
    this.#holdTime = holdTime * 1000
    this.#hold.cancel()
    if (holdTime === 0) return
    this.#lastReceived = this.#owner.clock.now()
    this.#hold.set(this.#holdTime)
    this.keepaliveInterval = Math.min(this.#owner.keepaliveTime ?? holdTime / 3, holdTime / 3)
    this.#setKeepalive()
  }

  #expectKeepalive(type: number): void {
    if (type !== MessageType.KEEPALIVE) {
      this.fail(notification(ERROR.fsm.unexpectedInOpenConfirm))
      return
    }
    this.state = 'Established'
    this.establishedAt = this.#owner.clock.now()
    this.#owner.established(this)
  }

  /**
   * The hold timer is not set anew with each message: it looks at when bytes last came. Bytes may lie unread in the
   * socket when this process was busy, so expiry waits for one more turn of the event loop.
   */
  #holdDue(again: boolean): void {
    const rest = this.#lastReceived + this.#holdTime - this.#owner.clock.now()
    if (this.#paused) this.#hold.set(this.#holdTime)
    else if (rest > 0) this.#hold.set(rest)
    else if (!again) this.#owner.clock.after(0, () => this.state !== 'Closed' && this.#holdDue(true))
    else this.fail(notification(ERROR.holdTimerExpired))
  }

  #setKeepalive(): void {
    const pause = jittered(this.keepaliveInterval * 1000, this.#owner.random)
    this.#keepalive.set(Math.max(pause, KEEPALIVE_LEAST))
  }

  #keepaliveDue(): void {
    this.#setKeepalive()
    this.#send(KEEPALIVE)
  }

  #send(bytes: Uint8Array): void {
    this.#owner.counters.sent++
    this.#write(bytes)
  }

  #write(bytes: Uint8Array): boolean {
    if (this.connection.write(bytes)) return true
    this.blocked = true
    if (!this.#sendHold.running) this.#sendHold.set(Math.max(SEND_HOLD, 2 * this.#holdTime))
    return false
  }

  #drained(): void {
    this.blocked = false
    this.#sendHold.cancel()
    this.#owner.writable()
  }
}
