import { containsAs } from '../../net/as-range.ts'
import {
  AddPathMode,
  AFI_IPV6,
  checkOpen,
  ERROR,
  type GracefulRestart,
  type Notification,
  notification,
  type Open,
  Role,
  UNICAST,
} from '../wire/index.ts'
import type { RoleName, SessionSettings } from './settings.ts'

/** RFC 9234 §4.1. */
const ROLES: Readonly<Record<RoleName, number>> = {
  provider: Role.PROVIDER,
  rs: Role.ROUTE_SERVER,
  'rs-client': Role.ROUTE_SERVER_CLIENT,
  customer: Role.CUSTOMER,
  peer: Role.PEER,
}

/** The name of a role as its capability has it; its number where it has none. */
export function roleName(role: number): string {
  return Object.entries(ROLES).find(([, number]) => number === role)?.[0] ?? String(role)
}

/** The role that the other side has where we have this one (RFC 9234 §4.2). */
export const COUNTERPART: Readonly<Record<RoleName, RoleName>> = {
  provider: 'customer',
  customer: 'provider',
  peer: 'peer',
  rs: 'rs-client',
  'rs-client': 'rs',
}

/** Our OPEN by the settings of the session; `gracefulRestart`: what it says of that now (RFC 4724 §3). */
export function openOf(settings: SessionSettings, gracefulRestart: GracefulRestart | undefined): Open {
  const { localAs, holdTime, routerId, families, longLivedGracefulRestartTime } = settings
  const { addPathSend, addPathReceive, extendedNexthop, role } = settings
  const addPathMode = (addPathSend ? AddPathMode.SEND : 0) | (addPathReceive ? AddPathMode.RECEIVE : 0)
  const unicast = families.map(family => UNICAST[family])
  const longLived = longLivedGracefulRestartTime > 0 ? gracefulRestart?.families : undefined
  return {
    as: localAs,
    holdTime,
    routerId,
    capabilities: {
      families: unicast,
      routeRefresh: true,
      enhancedRefresh: true,
      extendedMessage: true,
      as4: localAs,
      addPath: addPathMode === 0 ? [] : unicast.map(family => ({ ...family, mode: addPathMode })),
      ...(gracefulRestart && { gracefulRestart }),
      ...(longLived && {
        longLivedGracefulRestart: longLived.map(row => ({ ...row, staleTime: longLivedGracefulRestartTime })),
      }),
      ...(extendedNexthop &&
        families.includes(4) && { extendedNexthop: [{ ...UNICAST[4], nexthopAfi: AFI_IPV6 }] }),
      ...(role !== undefined && isExternal(settings) && { role: ROLES[role] }),
    },
  }
}

/** The same for a neighbour that knows no capabilities. */
export function plainOpen({ localAs, holdTime, routerId }: SessionSettings): Open {
  return { as: localAs, holdTime, routerId, plain: true, capabilities: { families: [] } }
}

/** Checks the OPEN of the other side against the settings. @returns the NOTIFICATION that refuses it, if any */
export function refusal(open: Open, settings: SessionSettings): Notification | undefined {
  const { localAs, routerId, remoteAs, remoteAsSet, role, roleStrict } = settings
  const stranger = remoteAs === undefined && remoteAsSet && !containsAs(remoteAsSet, open.as)
  if (stranger) return notification(ERROR.open.badPeerAs)
  return checkOpen(open, {
    localAs,
    localRouterId: routerId,
    ...(remoteAs !== undefined && { remoteAs: [remoteAs] }),
    role: role === undefined ? undefined : ROLES[role],
    strictRole: roleStrict ?? false,
  })
}

/** Roles are for sessions between ASes only (RFC 9234 §4). */
function isExternal({ remoteAs, localAs }: SessionSettings): boolean {
  return remoteAs !== localAs
}

/** A speaker that knows no capabilities speaks BGP-4 for IPv4 unicast (RFC 5492 §3), which is of use where we want that. */
export function worksWithoutCapabilities({ families }: SessionSettings): boolean {
  return families.includes(4)
}
