import type { Clock } from '../../net/clock.ts'
import { Outbox } from '../export/outbox.ts'
import { Alarm, jittered, type Random } from '../session/timers.ts'
import type { BgpTransport, Connection } from '../transport.ts'
import { buildInitiation, buildTermination, TerminationReason } from './messages.ts'

/** RFC 7854 §3.2: 30 s before the next attempt, doubled from one to the next, 720 s at the most. */
const FIRST_RETRY = 30_000
const LAST_RETRY = 720_000

/** A station for which more than this waits does not keep up: it is let go, and gets everything anew when it is back. */
const MOST_WAITING = 64 * 1024 * 1024

const TTL = 64

/** Where a monitoring station is. */
export interface StationAddress {
  readonly address: string
  readonly port: number
  readonly localAddress: string | undefined
}

export interface StationHost {
  readonly clock: Clock
  readonly random: Random
  readonly transport: BgpTransport
  /** Who we are, for Initiation. */
  identity(): { readonly name: string; readonly description: string }
  /** It is there and has heard who we are: begin with what is. */
  up(station: Station): void
  /** It is not there any more, or did not come; a sentence. */
  down(station: Station, reason: string): void
  /** It takes bytes again. */
  writable(): void
}

/** How a station stands. */
export type StationState = 'connecting' | 'up' | 'waiting'

/** One monitoring station (RFC 7854): the connection that we open to it, and what waits for it. It never says anything. */
export class Station {
  readonly target: StationAddress
  /** Messages sent since the connection is up. */
  messages = 0
  lastDown: string | undefined
  readonly #host: StationHost
  readonly #retry: Alarm
  readonly #outbox: Outbox
  #connection: Connection | undefined
  #isUp = false
  #delay = FIRST_RETRY
  #stopped = false

  constructor(host: StationHost, target: StationAddress) {
    this.#host = host
    this.target = target
    this.#retry = new Alarm(host.clock, () => this.#dial())
    this.#outbox = new Outbox({ write: bytes => this.#connection?.write(bytes) ?? true })
    this.#dial()
  }

  get state(): StationState {
    return this.#isUp ? 'up' : this.#connection ? 'connecting' : 'waiting'
  }

  get up(): boolean {
    return this.#isUp
  }

  /** Its TCP is full: what is not urgent had better wait. */
  get blocked(): boolean {
    return this.#outbox.blocked
  }

  /** Sends a whole message. */
  send(bytes: Uint8Array): void {
    if (!this.#isUp) return
    this.messages++
    this.#outbox.send(bytes, 0)
    if (this.#outbox.waiting > MOST_WAITING) {
      const waiting = `${Math.round(this.#outbox.waiting / 1024 / 1024)} MiB`
      this.#end(`it does not keep up: ${waiting} wait for it`, TerminationReason.OUT_OF_RESOURCES)
    }
  }

  /** Ends the connection for good. */
  stop(): void {
    this.#stopped = true
    this.#retry.cancel()
    this.#end('the configuration no longer has it', TerminationReason.ADMINISTRATIVE)
  }

  #dial(): void {
    const { address, port, localAddress } = this.target
    const target = { address, port, ttl: TTL, ...(localAddress !== undefined && { localAddress }) }
    const connection = this.#host.transport.connect(target)
    this.#connection = connection
    connection.handler = {
      onOpen: () => this.#opened(),
      // RFC 7854 §3.2: nothing comes from a station. What comes anyway is not read.
      onData() {},
      onDrain: () => {
        this.#outbox.flush()
        this.#host.writable()
      },
      onClose: error => this.#closed(error?.message ?? 'it closed the connection'),
    }
  }

  #opened(): void {
    this.#isUp = true
    this.#delay = FIRST_RETRY
    this.messages = 0
    this.lastDown = undefined
    const { name, description } = this.#host.identity()
    this.send(buildInitiation(name, description))
    this.#host.up(this)
  }

  #end(reason: string, code: number): void {
    const connection = this.#connection
    if (!connection) return
    connection.handler = undefined
    if (this.#isUp) {
      connection.write(buildTermination(code))
      connection.close()
    } else connection.destroy()
    this.#closed(reason)
  }

  #closed(reason: string): void {
    this.#connection = undefined
    this.#isUp = false
    this.#outbox.clear()
    this.lastDown = reason
    if (!this.#stopped) {
      this.#retry.set(jittered(this.#delay, this.#host.random))
      this.#delay = Math.min(this.#delay * 2, LAST_RETRY)
    }
    this.#host.down(this, reason)
  }
}
