import type { AfiSafi } from './family.ts'

/** ADD-PATH (RFC 7911 §4): what the sender of the capability can do. */
export const AddPathMode = { RECEIVE: 1, SEND: 2, BOTH: 3 } as const

/** BGP roles (RFC 9234 §4.1). */
export const Role = { PROVIDER: 0, ROUTE_SERVER: 1, ROUTE_SERVER_CLIENT: 2, CUSTOMER: 3, PEER: 4 } as const

/** Graceful restart (RFC 4724 §3, RFC 8538 §2). */
export interface GracefulRestart {
  /** R: the sender has restarted. */
  readonly restarting: boolean
  /** N: graceful restart also on NOTIFICATION and hold timer (RFC 8538). */
  readonly notification: boolean
  /** Seconds until the session is back at the latest, 0 to 4095. */
  readonly time: number
  /** `forwarding`: F, the forwarding state was kept. */
  readonly families: readonly (AfiSafi & { readonly forwarding: boolean })[]
}

/** Long-lived graceful restart of a family (RFC 9494 §3). */
export interface LongLivedFamily extends AfiSafi {
  readonly forwarding: boolean
  /** Seconds, 24 bits. */
  readonly staleTime: number
}

/** What one side announced in its OPEN (RFC 5492), decoded. A capability that was not announced is absent or empty. */
export interface Capabilities {
  /** 1: multiprotocol extensions (RFC 4760 §8). Empty: none was announced, which means IPv4 unicast. */
  readonly families: readonly AfiSafi[]
  /** 2 (RFC 2918). */
  readonly routeRefresh?: boolean
  /** 5: routes of this family may have next hops of `nexthopAfi` (RFC 8950). */
  readonly extendedNexthop?: readonly (AfiSafi & { readonly nexthopAfi: number })[]
  /** 6 (RFC 8654). */
  readonly extendedMessage?: boolean
  /** 9: one of `Role`. */
  readonly role?: number
  /** 9 was announced more than once with different values (RFC 9234 §4.2). */
  readonly roleConflict?: boolean
  /** 64. */
  readonly gracefulRestart?: GracefulRestart
  /** 65: the AS number in four octets (RFC 6793). */
  readonly as4?: number
  /** 69. `mode`: one of `AddPathMode`. */
  readonly addPath?: readonly (AfiSafi & { readonly mode: number })[]
  /** 70 (RFC 7313). */
  readonly enhancedRefresh?: boolean
  /** 71. */
  readonly longLivedGracefulRestart?: readonly LongLivedFamily[]
  /** 73: name of the host and its domain. */
  readonly hostName?: { readonly host: string; readonly domain: string }
  /** 75: free text on the implementation. */
  readonly softwareVersion?: string
  /** All others, and those whose value could not be read, as they came. They mean nothing to us. */
  readonly unknown?: readonly { readonly code: number; readonly value: Uint8Array }[]
}

/** Names of the capabilities that were announced, in order of their codes, for people. */
export declare function capabilityNames(capabilities: Capabilities): string[]
