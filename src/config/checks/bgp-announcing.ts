import { parseAddress } from '../../net/address.ts'
import { type Finding, finding } from '../finding.ts'
import { notOneHost } from './address-kind.ts'
import { isExternalAs, sessionName, sessionsOf } from './bgp-sessions.ts'
import type { Check, CheckContext } from './context.ts'

/** How routes are announced to BGP neighbours. */
export const bgpAnnouncingChecks: readonly Check[] = [
  { name: 'the cluster id has the form of an IPv4 address', run: clusterId },
  { name: 'a next hop is not our own and unchanged at once', run: nexthops },
  { name: 'what only eBGP neighbours are told otherwise is said of them', run: externalOnly },
  { name: "a confederation's identifier is none of its members", run: confederationIdentifier },
  { name: 'no neighbour is of the AS that the confederation is to others', run: confederationNeighbors },
  { name: 'a client of the route reflector is of our own AS', run: reflectorClients },
]

function clusterId({ config: { bgp } }: CheckContext): readonly Finding[] {
  const value = bgp?.clusterId
  const bytes = value === undefined ? undefined : parseAddress(value)
  if (!bgp || value === undefined || !bytes || (bytes.length === 4 && !notOneHost(bytes))) return []
  return [finding(['bgp', 'clusterId'], 'cluster-id', { value, routerId: bgp.routerId })]
}

function reflectorClients({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(entry => {
    const { session, group, path } = entry
    const as = session.remoteAs ?? group?.remoteAs
    if (!bgp || as === undefined || as === bgp.localAs) return []
    // What a neighbour has from its group alone is told at the group.
    const own = session.routeReflectorClient !== undefined || session.remoteAs !== undefined
    if (!own || !(session.routeReflectorClient ?? group?.routeReflectorClient)) return []
    const key = session.routeReflectorClient === undefined ? 'remoteAs' : 'routeReflectorClient'
    const parameters = { who: sessionName(entry), as, localAs: bgp.localAs }
    return [finding([...path, key], 'reflector-client-external', parameters)]
  })
}

function nexthops({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(entry => {
    const { session, group, path } = entry
    const value = session.nexthopSelf ?? group?.nexthopSelf
    if (!value || !(session.nexthopUnchanged ?? group?.nexthopUnchanged)) return []
    if (session.nexthopSelf === undefined && session.nexthopUnchanged === undefined) return []
    const key = session.nexthopUnchanged === undefined ? 'nexthopSelf' : 'nexthopUnchanged'
    return [
      finding([...path, key], 'nexthop-contradiction', { who: sessionName(entry), value: String(value) }),
    ]
  })
}

function externalOnly({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(entry => {
    const { session, group, path } = entry
    const as = session.remoteAs ?? group?.remoteAs
    if (!bgp || as === undefined || isExternalAs(bgp, as)) return []
    return (['nexthopUnchanged', 'removePrivateAs', 'asOverride'] as const).flatMap(key =>
      session[key] ? [finding([...path, key], 'external-only', { who: sessionName(entry), key })] : [],
    )
  })
}

function confederationIdentifier({ config: { bgp } }: CheckContext): readonly Finding[] {
  const { confederation, localAs } = bgp ?? {}
  if (!confederation) return []
  const { identifier, members } = confederation
  if (identifier !== localAs && !members.includes(identifier)) return []
  return [finding(['bgp', 'confederation', 'identifier'], 'confederation-identifier', { as: identifier })]
}

function confederationNeighbors({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(entry => {
    const { session, path } = entry
    const identifier = bgp?.confederation?.identifier
    if (session.remoteAs === undefined || session.remoteAs !== identifier) return []
    return [
      finding([...path, 'remoteAs'], 'confederation-neighbor', { who: sessionName(entry), as: identifier }),
    ]
  })
}
