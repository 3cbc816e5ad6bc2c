import { containsAddress, formatPrefix } from '../../net/prefix.ts'
import { type Finding, finding } from '../finding.ts'
import { rangesOf } from './bgp.ts'
import { neighborsOf, sessionName, sessionsOf } from './bgp-sessions.ts'
import type { Check, CheckContext } from './context.ts'

/** What holds for the TCP connections of BGP. */
export const bgpTransportChecks: readonly Check[] = [
  { name: 'TTL security and multihop exclude each other', run: ttlSecurity },
  { name: 'roles are for neighbours of another AS', run: roles },
  { name: 'a password is one that TCP MD5 takes', run: passwordLengths },
  { name: 'a neighbour without password is in no listen range with one', run: passwordsOfRanges },
]

const MAX_PASSWORD = 80

function ttlSecurity({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(({ session, group, path }) => {
    const hops = session.ttlSecurity ?? group?.ttlSecurity
    const multihop = session.multihop ?? group?.multihop
    // What a neighbour has from its group alone is told at the group.
    if (group && session.ttlSecurity === undefined && session.multihop === undefined) return []
    if (hops === undefined || multihop !== true) return []
    const from = (own: unknown) => (own === undefined ? ' (from its group)' : '')
    const at = [...path, session.ttlSecurity === undefined ? 'multihop' : 'ttlSecurity']
    const parameters = { hops, where: from(session.ttlSecurity), other: from(session.multihop) }
    return [finding(at, 'ttl-security-multihop', parameters)]
  })
}

function roles({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(entry => {
    const { session, group, path } = entry
    const as = session.remoteAs ?? group?.remoteAs
    const role = session.role ?? group?.role
    if (role === undefined && session.roleStrict)
      return [finding([...path, 'roleStrict'], 'role-missing', { who: sessionName(entry) })]
    const own = session.role !== undefined || session.remoteAs !== undefined
    if (!own || role === undefined || as === undefined || as !== bgp?.localAs) return []
    const key = session.role === undefined ? 'remoteAs' : 'role'
    return [finding([...path, key], 'role-internal', { who: sessionName(entry), as })]
  })
}

function passwordLengths({ config: { bgp } }: CheckContext): readonly Finding[] {
  return sessionsOf(bgp).flatMap(({ session: { password }, path }) => {
    const octets = new TextEncoder().encode(password ?? '').length
    return octets > MAX_PASSWORD ? [finding([...path, 'password'], 'password-length', { octets })] : []
  })
}

/** The kernel knows keys by prefix and has no way to say that one address inside it has none. */
function passwordsOfRanges({ config: { bgp } }: CheckContext): readonly Finding[] {
  const ranges = rangesOf(bgp).filter(({ group }) => group.password !== undefined)
  return neighborsOf(bgp).flatMap(({ session, group, path, address, bytes }) => {
    if (!bytes || (session.password ?? group?.password) !== undefined) return []
    const range = ranges.find(({ prefix }) => containsAddress(prefix, bytes))
    if (!range) return []
    const parameters = {
      address,
      prefix: formatPrefix(range.prefix),
      group: range.group.name,
    }
    return [finding([...path, 'password'], 'password-of-range', parameters, 'key')]
  })
}
