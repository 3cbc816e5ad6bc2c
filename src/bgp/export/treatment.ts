import { type Family, formatAddress, parseAddress } from '../../net/address.ts'
import type { NeighborSettings } from '../neighbor-settings.ts'
import type { CompiledPolicy } from '../policy.ts'
import type { PeerType } from '../sink.ts'
import type { Negotiated } from '../wire/index.ts'

/** What is the same for all members of a group: two neighbours with an equal `text` get the same bytes. */
export interface Treatment {
  readonly text: string
  /** Equal where the same attributes leave as the same bytes. */
  readonly rewriting: string
  readonly family: Family
  readonly type: PeerType
  readonly localAs: number
  readonly as4: boolean
  /** NLRI carry path identifiers (RFC 7911). */
  readonly addPath: boolean
  /** With ADD-PATH: paths of a prefix that are announced, the best ones. */
  readonly paths: number
  /** Octets of the longest message. */
  readonly limit: number
  /** Our own address as next hop: of what we originate, and of everything with `nexthopSelf`. Undefined: we have none. */
  readonly nexthop: Uint8Array | undefined
  readonly nexthopSelf: boolean
  /** iBGP: the members are clients of our route reflector (RFC 4456). */
  readonly client: boolean
  /** What goes in front of CLUSTER_LIST on reflecting. */
  readonly clusterId: number
  readonly policy: CompiledPolicy
}

/** Our addresses on the link of a session, for its other family: next hops of what we announce there. */
export interface LocalNexthop {
  readonly address: string
  /** IPv6: also announced where the neighbour is on the link (RFC 2545 §3). */
  readonly linkLocal?: string
}

/** Our address of a family on the interface that has `localAddress`, the local end of a session. */
export type FindLocalNexthop = (family: Family, localAddress: string) => LocalNexthop | undefined

/** A session that is up, as far as it decides what is sent over it. */
export interface EstablishedSession {
  readonly settings: NeighborSettings
  readonly type: PeerType
  readonly negotiated: Negotiated
  /** The local end of its TCP connection. */
  readonly localAddress: string
}

/** What a neighbour is sent of a family, by its settings and what the two sides negotiated. */
export function treatmentOf(
  session: EstablishedSession,
  family: Family,
  policy: CompiledPolicy,
  find: FindLocalNexthop | undefined,
): Treatment {
  const { settings, type } = session
  const { as4, sendLimit, addPathSend } = session.negotiated
  const { localAs } = settings.session
  const { clusterId, paths } = settings
  const nexthop = ownNexthop(session, family, find)
  const nexthopSelf = settings.nexthopSelf ?? type === 'eBGP'
  const addPath = addPathSend.includes(family)
  const client = type === 'iBGP' && settings.routeReflectorClient
  const rewriting = JSON.stringify([type, localAs, as4, String(nexthop), nexthopSelf, clusterId])
  return {
    text: JSON.stringify([rewriting, addPath && String(paths), sendLimit, client, policy.text]),
    rewriting,
    family,
    type,
    localAs,
    as4,
    addPath,
    paths,
    limit: sendLimit,
    nexthop,
    nexthopSelf,
    client,
    clusterId,
    policy,
  }
}

/** The address that a neighbour is to reach us at: the session's own end, or the one beside it of the other family. */
function ownNexthop(
  session: EstablishedSession,
  family: Family,
  find: FindLocalNexthop | undefined,
): Uint8Array | undefined {
  const local = plainAddress(session.localAddress)
  const bytes = parseAddress(local)
  const found = find?.(family, local)
  const own = bytes?.length === (family === 4 ? 4 : 16) ? bytes : found && parseAddress(found.address)
  const linkLocal = family === 6 && session.settings.session.ttl === 1 && found?.linkLocal
  const second = linkLocal ? parseAddress(linkLocal) : undefined
  return own && second ? Uint8Array.of(...own, ...second) : own
}

/** Without zone, and an IPv4 address as such where a dual-stack socket shows it inside an IPv6 one. */
export function plainAddress(text: string): string {
  const bytes = parseAddress(text.replace(/%.*$/, ''))
  if (!bytes) return text
  const mapped = bytes.length === 16 && formatAddress(bytes).startsWith('::ffff:') && text.includes('.')
  return mapped ? formatAddress(bytes, 12, 4) : formatAddress(bytes)
}
