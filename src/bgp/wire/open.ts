import type { Capabilities } from './capabilities.ts'
import type { Notification } from './notification.ts'

/** An OPEN (RFC 4271 §4.2). */
export interface Open {
  /** The AS number, from capability 65 where there is one (RFC 6793), else from the fixed field. */
  readonly as: number
  /** Seconds: 0, or at least 3. */
  readonly holdTime: number
  /** BGP identifier as an unsigned 32-bit number (RFC 6286). */
  readonly routerId: number
  readonly capabilities: Capabilities
}

/** The whole message. Adds capability 65 with `as` and writes AS_TRANS where it has to (RFC 6793 §4.2.2). RFC 9072 is used where the capabilities need more than 255 octets. */
export declare function buildOpen(open: Open): Uint8Array

/**
 * Reads an OPEN and checks what needs no knowledge of the session: version, optional parameters, hold time,
 * BGP identifier not 0 (RFC 6286 §2.1), AS not 0 (RFC 7607 §2).
 */
export declare function parseOpen(
  buffer: Uint8Array,
  start: number,
  end: number,
): { readonly open: Open } | { readonly error: Notification }

/** What a session expects of the other side's OPEN. */
export interface OpenExpectation {
  readonly localAs: number
  readonly localRouterId: number
  /** The AS numbers that are accepted; undefined: any. */
  readonly remoteAs?: readonly number[]
  /** Our role (RFC 9234), if any, and whether the other side must announce one (strict mode). */
  readonly role?: number
  readonly strictRole?: boolean
}

/** Checks an OPEN against the session: peer AS, same identifier inside one AS (RFC 6286), roles. The NOTIFICATION to send, or undefined. */
export declare function checkOpen(open: Open, expected: OpenExpectation): Notification | undefined
