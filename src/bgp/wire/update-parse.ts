import type { Family } from '../../net/address.ts'
import type { Notification } from './notification.ts'

/** What an error in an UPDATE asks for (RFC 7606 §2), the strongest last. */
export const Verdict = {
  ACCEPT: 0,
  /** Attributes were left out; the routes stand. */
  DISCARD_ATTRIBUTE: 1,
  /** What was announced counts as withdrawn. */
  TREAT_AS_WITHDRAW: 2,
  /** Forget all routes of a family and ignore it until the session ends. */
  DISABLE_FAMILY: 3,
  /** End the session with a NOTIFICATION. */
  RESET_SESSION: 4,
} as const

/** What a receiver has to know of its session to read an UPDATE. */
export interface UpdateSession {
  readonly type: 'iBGP' | 'eBGP' | 'confederation'
  /** AS numbers are of four octets (RFC 6793). */
  readonly as4: boolean
  /** Negotiated families; NLRI of others are ignored. */
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** The peer sends path identifiers (RFC 7911). */
  readonly addPath4: boolean
  readonly addPath6: boolean
  /** IPv4 routes may have IPv6 next hops (RFC 8950). */
  readonly extendedNexthop: boolean
  /** The AS that every AS_PATH has to start with (RFC 4271 §6.3), 0: any. Only for eBGP. */
  readonly firstAs: number
}

/** A range of NLRI of one family, announced with one set of attributes, or withdrawn. */
export declare class UpdateSection {
  announce: boolean
  family: Family
  addPath: boolean
  /** The NLRI, in the buffer of the message; checked. */
  start: number
  end: number
  /** Announced: the key of the attributes, in `UpdateResult.keys`, and its hash. */
  keyStart: number
  keyEnd: number
  hash: number
}

/** Something that was wrong with an UPDATE, for the log. */
export interface UpdateProblem {
  /** Path attribute code, or 0 where it is not about one. */
  readonly attribute: number
  /** One of `Verdict`. */
  readonly verdict: number
  readonly text: string
}

/** What `parseUpdate` found: made once for a session and reused. All of it is valid until the next call. */
export declare class UpdateResult {
  /** The strongest verdict, one of `Verdict`. */
  verdict: number
  /** With RESET_SESSION: what to send. */
  notification: Notification | undefined
  /** With DISABLE_FAMILY: which. */
  disabled: Family | undefined
  /** Empty unless something was wrong. */
  problems: UpdateProblem[]
  /** The family whose End-of-RIB this is (RFC 4724 §2), or undefined. */
  endOfRib: Family | undefined
  /** How many of `sections` are filled; in order, withdrawals first. */
  count: number
  readonly sections: readonly UpdateSection[]
  /** The bytes that keys lie in. */
  keys: Uint8Array
}

/**
 * Reads an UPDATE straight from the buffer (header included) as RFC 4271 §6.3, RFC 4760 and RFC 7606 have it. Never
 * throws. Treat-as-withdraw is done already: its sections have `announce` false. With RESET_SESSION there are no sections.
 */
export declare function parseUpdate(
  buffer: Uint8Array,
  start: number,
  end: number,
  session: UpdateSession,
  out: UpdateResult,
): void
