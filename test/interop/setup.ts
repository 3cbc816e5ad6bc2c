import type { Family } from '../../src/net/address.ts'

/** What a peer is to be in a case, in words of no daemon. A dialect writes it as that daemon's configuration. */
export interface Setup {
  readonly as: number
  readonly routerId: string
  /** Its addresses on the link. */
  readonly self: Readonly<Record<Family, string>>
  /** Routes of its own. */
  readonly origins: readonly Origin[]
  readonly sessions: readonly PeerSession[]
}

export interface Origin {
  readonly prefix: string
  readonly communities?: readonly string[]
  readonly largeCommunities?: readonly string[]
  /** `65001:1` */
  readonly routeTargets?: readonly string[]
  /** Where it is not the daemon's own address. */
  readonly nexthop?: string
  /** What only ExaBGP can be told to send. */
  readonly pathId?: number
  readonly originatorId?: string
  readonly clusterList?: readonly string[]
  /** `value` in hexadecimal. */
  readonly attribute?: { readonly code: number; readonly flags: number; readonly value: string }
}

export type RoleName = 'provider' | 'customer' | 'peer' | 'rs' | 'rs-client'

export interface PeerSession {
  readonly neighbor: string
  readonly remoteAs: number
  readonly families: readonly Family[]
  readonly passive?: boolean
  /** TCP MD5. */
  readonly password?: string
  readonly ttlSecurity?: boolean
  readonly addPath?: 'send' | 'receive' | 'both'
  /** Seconds that it announces as its restart time. */
  readonly gracefulRestart?: number
  /** Seconds that it announces as its long-lived stale time. */
  readonly longLived?: number
  /** The neighbour is a client of this reflector. */
  readonly client?: boolean
  readonly clusterId?: string
  readonly role?: RoleName
  /** IPv4 routes with IPv6 next hops. */
  readonly extendedNexthop?: boolean
  readonly extendedMessage?: boolean
  readonly enhancedRefresh?: boolean
  /** The session ends when the neighbour announces more. */
  readonly maxPrefixes?: number
  /** Peers over link-local addresses on the link, with whoever is there. */
  readonly unnumbered?: boolean
  /** False: it speaks of two octets only. */
  readonly as4?: boolean
  /** More lines of the neighbour, in the daemon's own words. */
  readonly plus?: string
}

/** What some daemons do not have. */
export type Feature =
  | 'md5'
  | 'gtsm'
  | 'role'
  | 'extendedMessage'
  | 'enhancedRefresh'
  | 'extendedNexthop'
  | 'longLived'
  | 'gracefulRestart'
  | 'unnumbered'
  | 'addPathSend'
  | 'addPathReceive'
  | 'client'
  | 'maxPrefixes'
  | 'shutdownText'
  | 'as2'

export interface Dialect {
  /** The configuration, and the command lines that must follow. */
  write(setup: Setup): { readonly config: string; readonly commands?: readonly (readonly string[])[] }
  /**
   * How one would ask for what the daemon does not have, as a line of the neighbour: a case runs its parser over it, and
   * its answer is the evidence. Whatever is not named here it is expected to have.
   */
  readonly asks: Readonly<Partial<Record<Feature, string>>>
}

/** The family that a session runs over. */
export function transportOf(session: PeerSession): Family {
  return session.neighbor.includes(':') ? 6 : 4
}

export function familyOfPrefix(prefix: string): Family {
  return prefix.includes(':') ? 6 : 4
}

/** Lines that are there, one below the other. */
export function lines(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(part => part !== undefined && part !== false && part !== '').join('\n')
}
