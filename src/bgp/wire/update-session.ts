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
