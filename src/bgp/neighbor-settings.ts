import type { AddressFamily, Bgp, BgpNeighbor, BgpNeighborGroup } from '../model/config-bgp.ts'
import { type Family, familyOf, isLinkLocal, parseAddress } from '../net/address.ts'
import { containsAs, parseAsRange } from '../net/as-range.ts'
import { hostPrefix, networkOf } from '../net/prefix.ts'
import { canonicalZoned, withoutZone } from '../net/zone.ts'
import type { ListenRange } from './listen-ranges.ts'
import type { SessionSettings } from './session/settings.ts'
import type { PeerType } from './sink.ts'
import type { ListenKey } from './transport.ts'
import { readUint32 } from './wire/bytes.ts'

/** All that the configuration says of one neighbour, its group's settings and defaults filled in. */
export interface NeighborSettings {
  readonly session: SessionSettings
  /** What it is known by where its address does not tell it from others: `192.0.2.1#192.0.2.9`, with its BGP identifier. */
  readonly id?: string | undefined
  readonly group: string | undefined
  readonly description: string | undefined
  readonly enabled: boolean
  /** Told to the neighbour when it is disabled (RFC 9003). */
  readonly shutdownMessage?: string | undefined
  /** Accepted from a listen range. */
  readonly dynamic: boolean
  /** Undefined: as the type of the session has it. */
  readonly nexthopSelf: boolean | 'external' | undefined
  /** eBGP: routes keep their next hop, wherever it is. */
  readonly nexthopUnchanged: boolean
  /** eBGP: private ASes are left out of AS_PATH, or our own stands in their place. */
  readonly removePrivateAs: 'all' | 'replace' | undefined
  /** eBGP: the neighbour's AS in AS_PATH becomes ours. */
  readonly asOverride: boolean
  /** With ADD-PATH: how many paths of a prefix it is told, the best ones (RFC 7911). */
  readonly paths: number
  /** iBGP: what it says goes to all of iBGP, and it hears all of iBGP (RFC 4456). */
  readonly routeReflectorClient: boolean
  /** RFC 4456 §7: of the cluster that we reflect for. */
  readonly clusterId: number
  /** The AS that we are (`bgp.localAs`), whatever we are for this neighbour. */
  readonly ownAs: number
  /** The AS of our confederation (RFC 5065), and the other ASes that it consists of. */
  readonly confederation: { readonly identifier: number; readonly members: readonly number[] } | undefined
  /** So often our own AS may be in an AS_PATH. */
  readonly allowOwnAs: number
  /** The session is about to go down for maintenance (RFC 8326): its routes are the last to be used. */
  readonly gracefulShutdown: boolean
  /** Routes with GRACEFUL_SHUTDOWN are the last to be used. */
  readonly acceptGracefulShutdown: boolean
  /** An AS that is put in front of the AS_PATH of what comes in. */
  readonly prependOnImport?: number | undefined
  /** What is announced has `session.localAs` alone in front, and not `ownAs` behind it where that is another. */
  readonly replaceAs: boolean
  readonly importPolicy: string | readonly string[] | undefined
  readonly exportPolicy: string | readonly string[] | undefined
  readonly maxPrefixes: Readonly<Record<Family, PrefixLimit | undefined>>
  /** Seconds that stale paths of a neighbour that is back wait for its End-of-RIB. */
  readonly stalePathTime: number
}

/** How many paths of a family a neighbour may announce, and what happens when they are more. */
export interface PrefixLimit {
  readonly limit: number
  /** Percent. */
  readonly warnAt: number
  readonly action: 'stop' | 'warn' | 'restart'
  /** Seconds. */
  readonly restartTime: number
}

export const FAMILY_NAMES: Readonly<Record<Family, AddressFamily>> = { 4: 'ipv4-unicast', 6: 'ipv6-unicast' }

const DEFAULT = {
  port: 179,
  holdTime: 90,
  connectRetryTime: 5,
  gracefulRestartTime: 120,
  gracefulRestartNotification: true,
  longLivedGracefulRestartTime: 0,
  stalePathTime: 360,
} as const

/** What neighbours and groups have in common. */
type Shared = Omit<BgpNeighborGroup, 'name' | 'listenRanges' | 'remoteAsSet' | 'maxDynamicNeighbors'>

/** TTL of packets to a neighbour that need not be on the link. */
const MULTIHOP_TTL = 64

/** The settings of the neighbours that the configuration names, one after the other. */
export function* configuredNeighbors(bgp: Bgp): Generator<NeighborSettings, void> {
  const groups = new Map((bgp.neighborGroups ?? []).map(group => [group.name, group]))
  for (const neighbor of bgp.neighbors ?? []) {
    const group = neighbor.group === undefined ? undefined : groups.get(neighbor.group)
    yield resolve(bgp, neighborAddress(neighbor), group, neighbor)
  }
}

/**
 * What a neighbour is known by: its address, with zone where it is link-local, or `%eth0` for the one on that link whose
 * address is not configured.
 */
export function neighborAddress({ address, interface: link }: BgpNeighbor): string {
  return address === undefined ? `%${link}` : (canonicalZoned(address) ?? address)
}

/** The settings of a neighbour that was accepted from a range of its group. */
export function dynamicNeighbor(bgp: Bgp, address: string, group: BgpNeighborGroup): NeighborSettings {
  return resolve(bgp, address, group, undefined)
}

/** GTSM wants that all is sent with the largest TTL (RFC 5082 §3); of a neighbour `hops` away 256 - hops are left of it. */
function hopLimits(internal: boolean, { multihop, ttlSecurity }: Shared) {
  if (ttlSecurity !== undefined) return { ttl: 255, minimumTtl: 256 - ttlSecurity }
  return { ttl: internal || multihop ? MULTIHOP_TTL : 1 }
}

/**
 * Who has to sign connections to us (RFC 2385), and with what: the neighbours with a password, and all addresses of the
 * listen ranges of groups with one.
 * @param found where neighbours without address are, by what they are known by
 */
export function listenKeys(
  neighbors: Iterable<NeighborSettings>,
  ranges: Iterable<ListenRange>,
  found: ReadonlyMap<string, string>,
): readonly ListenKey[] {
  const keys: ListenKey[] = []
  for (const { session } of neighbors) {
    const bytes = withoutZone(found.get(session.address) ?? session.address)
    if (session.password !== undefined && bytes)
      keys.push({ prefix: hostPrefix(bytes), password: session.password })
  }
  for (const { prefix, group } of ranges) {
    if (group.password !== undefined) keys.push({ prefix: networkOf(prefix), password: group.password })
  }
  return keys
}

/** What the neighbour is to us, by its AS. */
export function peerType({ session, confederation }: NeighborSettings, remoteAs: number): PeerType {
  if (remoteAs === session.localAs) return 'iBGP'
  return confederation?.members.includes(remoteAs) ? 'confederation' : 'eBGP'
}

/** Whether we are `localAs` to the neighbour: others know us by the confederation's identifier. */
function isInside(bgp: Bgp, remoteAs: number | undefined): boolean {
  return !bgp.confederation || remoteAs === bgp.localAs || isMember(bgp, remoteAs)
}

function isMember({ confederation }: Bgp, remoteAs: number | undefined): boolean {
  return remoteAs !== undefined && (confederation?.members.includes(remoteAs) ?? false)
}

function resolve(
  bgp: Bgp,
  address: string,
  group: BgpNeighborGroup | undefined,
  neighbor: BgpNeighbor | undefined,
): NeighborSettings {
  const from: Shared = { ...group, ...neighbor }
  const { confederation } = bgp
  const localAs = from.localAs?.as ?? (isInside(bgp, from.remoteAs) ? bgp.localAs : confederation!.identifier)
  const remoteAsSet =
    from.remoteAs === undefined ? group?.remoteAsSet?.flatMap(value => parseAsRange(value) ?? []) : undefined
  const internal =
    from.remoteAs === localAs || (remoteAsSet !== undefined && containsAs(remoteAsSet, localAs))
  const families = from.families?.map(family => (family === 'ipv4-unicast' ? 4 : 6) satisfies Family)
  const bytes = withoutZone(address)
  const linkLocal = bytes === undefined || isLinkLocal(bytes)
  // A link with link-local addresses alone carries both families (RFC 8950).
  const usual: readonly Family[] = linkLocal ? [4, 6] : [familyOf(bytes)]
  return {
    session: {
      address,
      link: bytes === undefined ? neighbor?.interface : undefined,
      port: from.port ?? DEFAULT.port,
      localAddress: from.localAddress,
      localAs,
      routerId: readUint32(parseAddress(bgp.routerId)!, 0),
      remoteAs: from.remoteAs,
      remoteAsSet,
      families: families?.sort() ?? usual,
      passive: neighbor === undefined || (from.passive ?? false),
      ...hopLimits(internal, from),
      password: from.password,
      extendedNexthop: from.extendedNexthop ?? linkLocal,
      // Roles are for sessions with others (RFC 9234 §4).
      role: isMember(bgp, from.remoteAs) ? undefined : from.role,
      roleStrict: !isMember(bgp, from.remoteAs) && (from.roleStrict ?? false),
      holdTime: from.holdTime ?? DEFAULT.holdTime,
      keepaliveTime: from.keepaliveTime,
      connectRetryTime: from.connectRetryTime ?? DEFAULT.connectRetryTime,
      addPathSend: from.addPathSend !== 'none',
      addPathReceive: from.addPathReceive ?? true,
      gracefulRestartTime: from.gracefulRestartTime ?? DEFAULT.gracefulRestartTime,
      gracefulRestartNotification: from.gracefulRestartNotification ?? DEFAULT.gracefulRestartNotification,
      longLivedGracefulRestartTime: from.longLivedGracefulRestartTime ?? DEFAULT.longLivedGracefulRestartTime,
    },
    stalePathTime: from.stalePathTime ?? DEFAULT.stalePathTime,
    maxPrefixes: { 4: prefixLimit(from, 4), 6: prefixLimit(from, 6) },
    group: group?.name,
    description: from.description,
    enabled: neighbor?.enabled ?? true,
    shutdownMessage: neighbor?.shutdownMessage,
    dynamic: neighbor === undefined,
    nexthopSelf: from.nexthopSelf,
    nexthopUnchanged: from.nexthopUnchanged ?? false,
    removePrivateAs: from.removePrivateAs,
    asOverride: from.asOverride ?? false,
    paths: typeof from.addPathSend === 'number' ? from.addPathSend : Number.POSITIVE_INFINITY,
    routeReflectorClient: from.routeReflectorClient ?? false,
    clusterId: readUint32(parseAddress(bgp.clusterId ?? bgp.routerId)!, 0),
    ownAs: bgp.localAs,
    confederation,
    prependOnImport: from.localAs?.noPrepend === true ? undefined : from.localAs?.as,
    replaceAs: from.localAs?.replaceAs ?? false,
    allowOwnAs: from.allowOwnAs ?? 0,
    gracefulShutdown: from.gracefulShutdown ?? bgp.gracefulShutdown ?? false,
    acceptGracefulShutdown: from.acceptGracefulShutdown ?? true,
    importPolicy: from.importPolicy,
    exportPolicy: from.exportPolicy,
  }
}

function prefixLimit({ maxPrefixes }: Shared, family: Family): PrefixLimit | undefined {
  const limit = maxPrefixes?.[FAMILY_NAMES[family]]
  return limit && { warnAt: 75, action: 'stop', restartTime: 300, ...limit }
}
