import type { Clock } from '../../net/clock.ts'
import type { Slices } from '../slices.ts'
import type { BgpTransport } from '../transport.ts'
import type { GracefulRestart, Notification } from '../wire/index.ts'
import type { Channel, ChannelOwner } from './channel.ts'
import type { Down } from './down.ts'
import type { Random } from './timers.ts'

/** RFC 4271 §8.2.2. */
export type State = 'Idle' | 'Connect' | 'Active' | 'OpenSent' | 'OpenConfirm' | 'Established'

/** How sessions with a neighbour have ended lately: for how long it has to wait where it comes and goes. */
export interface Flaps {
  /** In a row. */
  readonly errors: number
  /** Of the last one, on the clock. */
  readonly endedAt: number
}

/** Takes over a connection whose OPEN came to another session. */
export interface Adopter extends ChannelOwner {
  /** False: the connection was closed. */
  adopt(channel: Channel): boolean
}

/** What a session tells the rest of the speaker. */
export interface SessionEvents {
  /** What our OPEN says of graceful restart now (RFC 4724 §3); undefined: nothing. */
  gracefulRestart(): GracefulRestart | undefined
  established(): void
  /** `wasEstablished`: routes were exchanged. */
  down(down: Down, wasEstablished: boolean): void
  /** The session that a connection is of by its BGP identifier, where it is not this one. */
  elsewhere(routerId: number): Adopter | undefined
  /** A connection that the neighbour opened was not taken; the session is as it was. */
  refused(down: Down): void
  stateChanged(): void
  /** An UPDATE, ROUTE-REFRESH or KEEPALIVE; a NOTIFICATION as answer ends the session. */
  message(type: number, buffer: Uint8Array, start: number, end: number): Notification | undefined
  /** What was read is worked through, for now. */
  settled(): void
  writable(): void
}

export interface SessionEnvironment {
  readonly clock: Clock
  readonly random: Random
  readonly transport: BgpTransport
  readonly slices: Slices
}
