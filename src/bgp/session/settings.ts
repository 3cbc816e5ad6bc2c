import type { Family } from '../../net/address.ts'
import type { AsRange } from '../../net/as-range.ts'

/** Our role in a session (RFC 9234 §4.1): we are the neighbour's provider, a customer of it, ... */
export type RoleName = 'provider' | 'customer' | 'peer' | 'rs' | 'rs-client'

/** What the state machine of a neighbour has to know; all times in seconds. */
export interface SessionSettings {
  /** Canonical text; with zone where it is link-local, `fe80::1%eth0`. `%eth0`: the router on that link, whatever its address. */
  readonly address: string
  /** The link of a neighbour without address. */
  readonly link?: string | undefined
  readonly port: number
  readonly localAddress: string | undefined
  readonly localAs: number
  /** BGP identifier, an unsigned 32-bit number. */
  readonly routerId: number
  /** Undefined: any AS. */
  readonly remoteAs: number | undefined
  /** Where `remoteAs` is undefined: ASes that the neighbour may be of; undefined: any. */
  readonly remoteAsSet?: readonly AsRange[] | undefined
  readonly families: readonly Family[]
  /** Never dial. */
  readonly passive: boolean
  readonly ttl: number
  /** GTSM (RFC 5082): packets that come with a lower TTL are dropped; undefined: none are. */
  readonly minimumTtl?: number | undefined
  /** Key of TCP's MD5 signatures (RFC 2385). Never to be shown. */
  readonly password?: string | undefined
  /** Whether our OPEN offers to send and to take several paths of a prefix (RFC 7911). */
  readonly addPathSend: boolean
  readonly addPathReceive: boolean
  readonly holdTime: number
  /** Undefined: a third of the negotiated hold time. */
  readonly keepaliveTime: number | undefined
  readonly connectRetryTime: number
  /** 0: graceful restart is off, unless it is a long-lived one. */
  readonly gracefulRestartTime: number
  /** N: what restarts gracefully are also NOTIFICATIONs and the hold timer (RFC 8538). */
  readonly gracefulRestartNotification: boolean
  /** RFC 9494; 0: off. */
  readonly longLivedGracefulRestartTime: number
  /** IPv4 routes may have IPv6 next hops (RFC 8950). */
  readonly extendedNexthop?: boolean | undefined
  /** Our role (RFC 9234); undefined: none. */
  readonly role?: RoleName | undefined
  /** The neighbour must have a role too. */
  readonly roleStrict?: boolean | undefined
}

/** Fields that are in effect only from the next OPEN on: a change of one resets the session. */
const NEGOTIATED = [
  'localAddress',
  'localAs',
  'routerId',
  'remoteAs',
  'families',
  'ttl',
  'minimumTtl',
  'password',
  'addPathSend',
  'addPathReceive',
  'holdTime',
  'gracefulRestartTime',
  'gracefulRestartNotification',
  'longLivedGracefulRestartTime',
  'extendedNexthop',
  'role',
  'roleStrict',
] as const

/** Whether a session under `before` has to be reset to be one under `after`. */
export function needsReset(before: SessionSettings, after: SessionSettings): boolean {
  return NEGOTIATED.some(field => String(before[field]) !== String(after[field]))
}
