import type { Family } from '../../net/address.ts'
import type { GracefulRestart, LongLivedFamily } from './capabilities.ts'
import type { Open } from './open.ts'

/** What two OPENs together make of a session. */
export interface Negotiated {
  /** The smaller hold time, seconds; 0: no keepalives. */
  readonly holdTime: number
  /** AS numbers of four octets in UPDATEs (RFC 6793). */
  readonly as4: boolean
  /** Unicast families that both sides announced (RFC 4760), 4 before 6. */
  readonly families: readonly Family[]
  /** Families whose NLRI we send with path identifiers (RFC 7911), and those the peer sends them with. */
  readonly addPathSend: readonly Family[]
  readonly addPathReceive: readonly Family[]
  /** Both announced RFC 2918, RFC 7313. */
  readonly routeRefresh: boolean
  readonly enhancedRefresh: boolean
  /** IPv4 routes with IPv6 next hops are understood by both (RFC 8950). */
  readonly extendedNexthop: boolean
  /** The longest message we may send, and that we must take (RFC 8654). */
  readonly sendLimit: number
  readonly receiveLimit: number
  /** The peer's, where both announced it (RFC 4724); what it says of its own restart. */
  readonly gracefulRestart: GracefulRestart | undefined
  /** Both set N (RFC 8538). */
  readonly gracefulNotification: boolean
  readonly longLivedGracefulRestart: readonly LongLivedFamily[] | undefined
  /** Names of the capabilities that both announced, for people. */
  readonly capabilities: readonly string[]
}

/** Pure: our OPEN and theirs. */
export declare function negotiate(ours: Open, theirs: Open): Negotiated
