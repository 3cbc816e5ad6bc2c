import type { Family } from '../../net/address.ts'
import {
  AddPathMode,
  type Capabilities,
  capabilityNames,
  type GracefulRestart,
  type LongLivedFamily,
} from './capabilities.ts'
import { AFI_IPV6, type AfiSafi, UNICAST } from './family.ts'
import { MAX_EXTENDED_MESSAGE, MAX_MESSAGE } from './message.ts'
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
  /** The peer's, where both announced it, and graceful restart with it (RFC 9494 §4.1). */
  readonly longLivedGracefulRestart: readonly LongLivedFamily[] | undefined
  /** Names of the capabilities that both announced, for people. */
  readonly capabilities: readonly string[]
}

/** Pure: our OPEN and theirs. */
export function negotiate(ours: Open, theirs: Open): Negotiated {
  const our = ours.capabilities
  const their = theirs.capabilities
  const families = ([4, 6] as const).filter(family => announced(our, family) && announced(their, family))
  const extended = Boolean(our.extendedMessage && their.extendedMessage)
  const restart = our.gracefulRestart && their.gracefulRestart
  return {
    holdTime: Math.min(ours.holdTime, theirs.holdTime),
    // Ours always goes out, unless the peer refused all capabilities; `as4` is set by `buildOpen`.
    as4: !ours.plain && their.as4 !== undefined,
    families,
    addPathSend: families.filter(family => addPath(our, family, SENDS) && addPath(their, family, RECEIVES)),
    addPathReceive: families.filter(
      family => addPath(our, family, RECEIVES) && addPath(their, family, SENDS),
    ),
    routeRefresh: Boolean(our.routeRefresh && their.routeRefresh),
    enhancedRefresh: Boolean(our.enhancedRefresh && their.enhancedRefresh),
    extendedNexthop: families.includes(4) && ipv4OverIpv6(our) && ipv4OverIpv6(their),
    sendLimit: extended ? MAX_EXTENDED_MESSAGE : MAX_MESSAGE,
    // Who announces it has to take long messages, whatever the other side announced (RFC 8654 §4).
    receiveLimit: our.extendedMessage ? MAX_EXTENDED_MESSAGE : MAX_MESSAGE,
    gracefulRestart: restart,
    gracefulNotification: Boolean(our.gracefulRestart?.notification && their.gracefulRestart?.notification),
    longLivedGracefulRestart:
      restart && our.longLivedGracefulRestart ? their.longLivedGracefulRestart : undefined,
    capabilities: common(ours, theirs),
  }
}

const SENDS = [AddPathMode.SEND, AddPathMode.BOTH] as readonly number[]
const RECEIVES = [AddPathMode.RECEIVE, AddPathMode.BOTH] as readonly number[]

function same(a: AfiSafi, b: AfiSafi): boolean {
  return a.afi === b.afi && a.safi === b.safi
}

/** A speaker that announces no family at all speaks plain BGP-4: IPv4 unicast. */
function announced({ families }: Capabilities, family: Family): boolean {
  return families.length === 0 ? family === 4 : families.some(entry => same(entry, UNICAST[family]))
}

function addPath(capabilities: Capabilities, family: Family, modes: readonly number[]): boolean {
  return (capabilities.addPath ?? []).some(
    entry => same(entry, UNICAST[family]) && modes.includes(entry.mode),
  )
}

function ipv4OverIpv6({ extendedNexthop }: Capabilities): boolean {
  return (extendedNexthop ?? []).some(entry => same(entry, UNICAST[4]) && entry.nexthopAfi === AFI_IPV6)
}

function common(ours: Open, theirs: Open): string[] {
  if (ours.plain) return []
  const our = new Set(capabilityNames({ ...ours.capabilities, as4: ours.as }))
  return capabilityNames(theirs.capabilities).filter(name => our.has(name))
}
