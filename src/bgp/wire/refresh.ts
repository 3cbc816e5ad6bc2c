import type { Notification } from './notification.ts'

/** Message subtypes (RFC 7313 §3.2): a request, or the begin and end of a refresh. */
export const RefreshSubtype = { REQUEST: 0, BEGIN: 1, END: 2 } as const

export interface RouteRefresh {
  readonly afi: number
  readonly safi: number
  /** One of `RefreshSubtype`; others are ignored by the receiver (RFC 7313 §5). */
  readonly subtype: number
}

export declare function buildRouteRefresh(afi: number, safi: number, subtype: number): Uint8Array

/**
 * A request that is longer (outbound route filters, RFC 5291) is read as a plain one. With `enhanced`, a BoRR or EoRR of a
 * wrong length is an error (RFC 7313 §5); `ignore`: a message that means nothing to us.
 */
export declare function parseRouteRefresh(
  buffer: Uint8Array,
  start: number,
  end: number,
  enhanced: boolean,
): { readonly refresh: RouteRefresh } | { readonly ignore: string } | { readonly error: Notification }
