import type { BgpNeighborState } from '../model/state.ts'
import type { Clock } from '../net/clock.ts'
import type { Room } from '../net/columns.ts'
import type { FindLocalNexthop } from './export/nexthop.ts'
import type { PerFamily } from './rib/peers.ts'
import type { NexthopInterner, NexthopReachability, RouteSink } from './sink.ts'
import type { BgpTransport } from './transport.ts'

/** What is worth a line in the log. */
export interface SpeakerEvent {
  /**
   * established, down: a session, or an attempt at one. problem: what a neighbour sent was wrong, and the session goes on
   * (RFC 7606). limit: it announces about as much as it may, or more. refused: a connection that no neighbour and no listen
   * range is for. monitoring: a BMP station.
   */
  readonly kind: 'established' | 'down' | 'problem' | 'limit' | 'refused' | 'monitoring'
  readonly address: string
  /** A whole sentence, the address in it. */
  readonly message: string
}

export interface SpeakerOptions {
  readonly clock: Clock
  /** From 0 up to, and without, 1. */
  readonly random: () => number
  readonly transport: BgpTransport
  readonly sink: RouteSink
  readonly nexthops: NexthopInterner
  /** Prefixes and paths of a family that there is room for from the start. */
  readonly room?: PerFamily<Room>
  /** Who knows whether next hops can be reached. Without it all can, until `setNexthops` says otherwise. */
  readonly reachability?: NexthopReachability
  log(event: SpeakerEvent): void
  /** The neighbours that were established before we were restarted, if we were: the kernel has kept our routes then. */
  readonly restarting?:
    | {
        readonly expected: readonly string[]
        /**
         * Whether the kernel has routes of ours while nobody knows who announced them: then all that the configuration lets
         * come are waited for. Asked when the first configuration with BGP is here.
         */
        readonly unsure?: () => boolean
      }
    | undefined
  /**
   * Our address of a family on the interface that has `localAddress`, the local end of a session. Without it a
   * session can announce routes only of the family that it runs over.
   */
  readonly localNexthop?: FindLocalNexthop
  /** Who we are, for monitoring stations: the name of the box, and what runs on it. */
  identity?(): { readonly name: string; readonly description: string }
  /** A neighbour's state is another one. */
  onNeighborChange?(address: string, state: BgpNeighborState['state']): void
  /** Calls an action in a later turn of the event loop, after sockets were read. Default: `setImmediate`. */
  defer?(action: () => void): void
}
