import type { Family } from '../../net/address.ts'
import type { NeighborSettings } from '../neighbor-settings.ts'
import type { CompiledPolicy } from '../policy.ts'
import type { RoleName } from '../session/settings.ts'
import type { PeerType } from '../sink.ts'
import { Community, type Negotiated, type Open, type Outgoing } from '../wire/index.ts'
import { type FindLocalNexthop, type Nexthops, nexthopsOf, nexthopsText } from './nexthop.ts'

/** What is the same for all members of a group: two neighbours with an equal `text` get the same bytes. */
export interface Treatment {
  readonly text: string
  /** Equal where the same attributes leave as the same bytes. */
  readonly rewriting: string
  readonly family: Family
  readonly type: PeerType
  /** NLRI carry path identifiers (RFC 7911). */
  readonly addPath: boolean
  /** With ADD-PATH: paths of a prefix that are announced, the best ones. */
  readonly paths: number
  /** Octets of the longest message. */
  readonly limit: number
  readonly nexthops: Nexthops
  /** iBGP: the members are clients of our route reflector (RFC 4456). */
  readonly client: boolean
  /** What goes in front of CLUSTER_LIST on reflecting. */
  readonly clusterId: number
  /** The members keep long-lived stale routes themselves (RFC 9494 §4.3). */
  readonly longLived: boolean
  /** Routes with ONLY_TO_CUSTOMER do not go there (RFC 9234 §5). */
  readonly customersOnly: boolean
  /** What all routes have in common on their way, but for the next hop. */
  readonly outgoing: Outgoing
  readonly policy: CompiledPolicy
}

/** A session that is up, as far as it decides what is sent over it. */
export interface EstablishedSession {
  readonly settings: NeighborSettings
  readonly type: PeerType
  readonly negotiated: Negotiated
  /** The neighbour's OPEN. */
  readonly remote: Open
  /** The local end of its TCP connection. */
  readonly localAddress: string
}

/**
 * What RFC 9234 §5 says of our role towards a neighbour: whether routes of others' providers and peers stay away from it, and
 * whether what goes there is marked to go to customers only from then on.
 */
const ROLES: Readonly<Record<RoleName, { readonly stops: boolean; readonly marks: boolean }>> = {
  provider: { stops: false, marks: true },
  rs: { stops: false, marks: true },
  peer: { stops: true, marks: true },
  customer: { stops: true, marks: false },
  'rs-client': { stops: true, marks: false },
}

/** What a neighbour is sent of a family, by its settings and what the two sides negotiated. */
export function treatmentOf(
  session: EstablishedSession,
  family: Family,
  policy: CompiledPolicy,
  find: FindLocalNexthop | undefined,
): Treatment {
  const { settings, type, negotiated, remote } = session
  const { clusterId, paths } = settings
  const nexthops = nexthopsOf(session, family, find)
  const addPath = negotiated.addPathSend.includes(family)
  const client = type === 'iBGP' && settings.routeReflectorClient
  const longLived = remote.capabilities.longLivedGracefulRestart !== undefined
  const customersOnly = roleOf(session)?.stops ?? false
  const outgoing = outgoingOf(session)
  const inside = type === 'eBGP' ? [] : [clusterId, longLived]
  const rewriting = JSON.stringify([outgoing, nexthopsText(nexthops), inside])
  const eligibility = [addPath && String(paths), client, customersOnly, longLived]
  return {
    text: JSON.stringify([rewriting, negotiated.sendLimit, eligibility, policy.text]),
    rewriting,
    family,
    type,
    addPath,
    paths,
    limit: negotiated.sendLimit,
    nexthops,
    client,
    clusterId,
    longLived,
    customersOnly,
    outgoing,
    policy,
  }
}

function roleOf({ settings, type }: EstablishedSession) {
  const { role } = settings.session
  return type === 'eBGP' && role !== undefined ? ROLES[role] : undefined
}

function outgoingOf(session: EstablishedSession): Outgoing {
  const { settings, type, negotiated, remote } = session
  const { localAs } = settings.session
  const { removePrivateAs, asOverride, gracefulShutdown, ownAs, replaceAs, confederation } = settings
  const external = type === 'eBGP'
  const edited = external && (removePrivateAs !== undefined || asOverride)
  const privateAs = removePrivateAs === 'all' ? 'remove' : removePrivateAs
  const usualAs = confederation?.identifier ?? ownAs
  const inner = external && localAs !== usualAs && !replaceAs
  return {
    type,
    as4: negotiated.as4,
    localAs,
    prepend: type === 'iBGP' ? 0 : 1,
    ...(inner && { innerAs: usualAs }),
    ...(edited && { path: { privateAs, override: asOverride, peerAs: remote.as } }),
    localPreference: 100,
    // RFC 8326 §4: others are to find other ways before the session goes down.
    ...(gracefulShutdown && { communities: [Community.GRACEFUL_SHUTDOWN], fixedPreference: 0 }),
    // The export policy has removed MEDs that must not go out (`compilePolicy`).
    keepMed: true,
    ...(roleOf(session)?.marks && { onlyToCustomer: localAs }),
  }
}
