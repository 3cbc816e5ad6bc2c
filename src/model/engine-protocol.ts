import type { Config } from './config.ts'
import type { AddressFamily } from './config-bgp-keeping.ts'
import type {
  BgpNeighborState,
  BmpStationState,
  Health,
  InterfaceState,
  MigrationState,
  RouteState,
  TunnelState,
} from './state.ts'
import type { BgpAdvertisedPage, BgpRoute, BgpRoutePage } from './state-bgp.ts'

/**
 * What the manager and the console say to the engine over its Unix socket: one JSON object a line. A request
 * carries an id that its answer repeats; answers may come in any order.
 */

/** A configuration with the number that it was confirmed under; 0 is the empty one of a new box. */
export interface Revision {
  readonly revision: number
  readonly config: Config
}

/** What the kernel made of a configuration. */
export interface ApplyReport {
  /** The kernel was read back and is as configured. */
  readonly reconciled: boolean
  /** Changes that were made to the kernel. */
  readonly changes: number
  readonly failures: readonly { readonly object: string; readonly error: string }[]
}

export interface RouteQuery {
  readonly family?: 'ipv4' | 'ipv6'
  /** Only this prefix and what lies inside it. */
  readonly prefix?: string
  /** At most so many rows; there may be fewer on a page though it is not the last. */
  readonly limit?: number
  /** Of the page before. */
  readonly cursor?: string
}

export interface RoutePage {
  /** In order of address, IPv4 first. */
  readonly routes: readonly RouteState[]
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string
}

/** Which of the BGP table is wanted, and where a page begins. */
export interface BgpRouteQuery {
  readonly family?: AddressFamily
  /** Only this prefix and what lies inside it. */
  readonly prefix?: string
  /** At most so many prefixes; there may be fewer on a page though it is not the last. */
  readonly limit?: number
  /** Of the page before. */
  readonly cursor?: string
}

/** Which paths of a prefix are wanted. */
export interface BgpPathQuery {
  /** Only those of this neighbour. */
  readonly neighbor?: string
  /** At most so many. */
  readonly limit?: number
  /** Of the answer before. A path that stands elsewhere since then may come twice or not at all. */
  readonly cursor?: string
}

/** Parameters and result of each method, by name. */
export interface EngineMethods {
  getConfig: { params: Record<string, never>; result: Revision }
  /** Validated again, applied, and confirmed; or refused, with the kernel as it was. `ifRevision` guards against a lost update. */
  replaceConfig: {
    params: { config: unknown; ifRevision?: number }
    result: { revision: number; report: ApplyReport }
  }
  getHealth: { params: Record<string, never>; result: Health }
  getInterfaces: { params: Record<string, never>; result: readonly InterfaceState[] }
  getTunnels: { params: Record<string, never>; result: readonly TunnelState[] }
  getNeighbors: { params: Record<string, never>; result: readonly BgpNeighborState[] }
  getMonitoring: { params: Record<string, never>; result: readonly BmpStationState[] }
  /** Only prefixes that `neighbor` has announced, where it is given. */
  getBgpRoutes: { params: BgpRouteQuery & { neighbor?: string }; result: BgpRoutePage }
  /** What a neighbour has announced, without the paths of others. */
  getReceivedRoutes: { params: BgpRouteQuery & { neighbor: string }; result: BgpRoutePage }
  /** Exactly this prefix. */
  getBgpRoute: { params: BgpPathQuery & { prefix: string }; result: BgpRoute }
  /** What a neighbour was told. */
  getAdvertisedRoutes: { params: BgpRouteQuery & { neighbor: string }; result: BgpAdvertisedPage }
  getRoutes: { params: RouteQuery; result: RoutePage }
  getMigration: { params: { group: string; nodes?: number }; result: MigrationState }
  /** Says all again, or asks for it, in a session that stays up. */
  refreshNeighbor: {
    params: { address: string; direction: 'in' | 'out'; family?: AddressFamily }
    result: { outcome: 'asked' | 'judged' | 'told' }
  }
  /** Ends a session, which comes back at once; the message is for the neighbour's log (RFC 9003). */
  resetNeighbor: { params: { address: string; message?: string }; result: { outcome: 'begun' } }
}

export type MethodName = keyof EngineMethods

export interface EngineRequest {
  readonly id: number
  readonly method: string
  readonly params?: unknown
}

/** An error as it crosses the socket: a code of the error catalogue, a sentence, and the problems where there are several. */
export interface EngineFault {
  readonly code: string
  readonly message: string
  readonly details?: unknown
}

export type EngineResponse =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: EngineFault }
