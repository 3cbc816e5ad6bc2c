import { type Dialect, lines, type Origin, type PeerSession, type Setup } from '../setup.ts'

function network(route: Origin): string {
  const set = [
    ...(route.communities ?? []).map(one => `community ${one}`),
    ...(route.largeCommunities ?? []).map(one => `large-community ${one}`),
    ...(route.routeTargets ?? []).map(one => `ext-community rt ${one}`),
    ...(route.nexthop !== undefined ? [`nexthop ${route.nexthop}`] : []),
  ]
  return `network ${route.prefix}${set.length > 0 ? ` set { ${set.join(' ')} }` : ''}`
}

function neighbor(one: PeerSession, setup: Setup): string {
  const has = (family: 4 | 6) => (one.families.includes(family) ? 'unicast' : 'none')
  const sends = one.addPath === 'send' || one.addPath === 'both'
  const receives = one.addPath === 'receive' || one.addPath === 'both'
  return `neighbor ${one.neighbor} {
  ${lines(
    `remote-as ${one.remoteAs}`,
    `local-address ${setup.self[one.neighbor.includes(':') ? 6 : 4]}`,
    `announce IPv4 ${has(4)}`,
    `announce IPv6 ${has(6)}`,
    one.passive && 'passive',
    one.password !== undefined && `tcp md5sig password "${one.password}"`,
    one.ttlSecurity && 'ttl-security yes',
    one.role && `announce policy ${one.role}`,
    sends && 'announce add-path send all',
    receives && 'announce add-path recv yes',
    one.enhancedRefresh && 'announce enhanced refresh yes',
    one.client && `route-reflector ${one.clusterId ?? ''}`,
    one.maxPrefixes !== undefined && `max-prefix ${one.maxPrefixes}`,
    one.as4 === false && 'announce as-4byte no',
    one.plus,
  )}
}`
}

/** OpenBGPD 7 */
export const openbgpd: Dialect = {
  write: setup => ({
    config: lines(
      `AS ${setup.as}${setup.as > 65535 ? ' 23456' : ''}`,
      `router-id ${setup.routerId}`,
      'fib-update no',
      'nexthop qualify via default',
      'connect-retry 1',
      ...setup.origins.map(network),
      ...setup.sessions.map(one => neighbor(one, setup)),
      'allow from any',
      'allow to any',
    ),
  }),
  asks: {
    extendedMessage: 'announce extended message yes',
    extendedNexthop: 'announce extended nexthop yes',
    longLived: 'announce long-lived restart yes',
    unnumbered: 'neighbor interface eth0 { }',
  },
}
