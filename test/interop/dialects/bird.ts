import {
  type Dialect,
  familyOfPrefix,
  lines,
  type Origin,
  type PeerSession,
  type Setup,
  transportOf,
} from '../setup.ts'

const ROLES = {
  provider: 'provider',
  customer: 'customer',
  peer: 'peer',
  rs: 'rs_server',
  'rs-client': 'rs_client',
}

function origin(route: Origin, index: number): string {
  const pair = (text: string) => text.split(':').join(', ')
  const attributes = [
    ...(route.communities ?? []).map(one => `bgp_community.add((${pair(one)}));`),
    ...(route.largeCommunities ?? []).map(one => `bgp_large_community.add((${pair(one)}));`),
    ...(route.routeTargets ?? []).map(one => `bgp_ext_community.add((rt, ${pair(one)}));`),
    ...(route.nexthop !== undefined ? [`bgp_next_hop = ${route.nexthop};`] : []),
  ]
  const family = familyOfPrefix(route.prefix)
  return `protocol static own${index} { ipv${family}; route ${route.prefix} blackhole { ${attributes.join(' ')} }; }`
}

const ADD_PATH = { send: 'add paths tx;', receive: 'add paths rx;', both: 'add paths on;' }

function channel(session: PeerSession, family: 4 | 6, setup: Setup): string {
  const { addPath, extendedNexthop, maxPrefixes, gracefulRestart, longLived } = session
  const foreign = family === 6 && transportOf(session) === 4 && session.unnumbered !== true
  return `  ipv${family} {
    import all; export where source = RTS_STATIC || source = RTS_BGP;
    ${lines(
      addPath && ADD_PATH[addPath],
      extendedNexthop && family === 4 && 'extended next hop on;',
      maxPrefixes !== undefined && `import limit ${maxPrefixes} action disable;`,
      gracefulRestart !== undefined && 'graceful restart on;',
      longLived !== undefined && `long lived graceful restart on; long lived stale time ${longLived};`,
      foreign && `next hop address ${setup.self[6]};`,
    )}
  };`
}

function session(one: PeerSession, index: number, setup: Setup): string {
  const transport = transportOf(one)
  const local = one.unnumbered ? '' : setup.self[transport]
  const interfaceText = one.unnumbered ? ' interface "eth0";' : ''
  return `protocol bgp p${index} {
  ${one.unnumbered ? `local as ${setup.as}; neighbor range fe80::/10 as ${one.remoteAs};${interfaceText} direct; dynamic name "un"; connect delay time 1;` : `local ${local} as ${setup.as}; neighbor ${one.neighbor} as ${one.remoteAs};`}
  connect delay time 1; connect retry time 1; error wait time 1, 2; startup hold time 10;
  ${lines(
    one.passive && 'passive on;',
    one.password !== undefined && `password "${one.password}";`,
    one.ttlSecurity && 'ttl security on;',
    one.gracefulRestart !== undefined
      ? `graceful restart on; graceful restart time ${one.gracefulRestart};`
      : 'graceful restart aware;',
    one.longLived !== undefined && 'long lived graceful restart on;',
    one.client && 'rr client;',
    one.clusterId !== undefined && `rr cluster id ${one.clusterId};`,
    one.role && `local role ${ROLES[one.role]};`,
    one.extendedMessage && 'enable extended messages on;',
    one.enhancedRefresh === false && 'enable route refresh off;',
    one.as4 === false && 'enable as4 off;',
    one.plus,
  )}
${one.families.map(family => channel(one, family, setup)).join('\n')}
}`
}

/** Routers that peer over a bare link find each other by their advertisements. */
const ADVERTISE = 'protocol radv { interface "eth0" { min ra interval 3; max ra interval 4; }; }'

/** BIRD 2 */
export const bird: Dialect = {
  write: setup => ({
    config: lines(
      'log stderr all;',
      `router id ${setup.routerId};`,
      'protocol device { scan time 1; }',
      'protocol direct { ipv4; ipv6; }',
      setup.sessions.some(({ unnumbered }) => unnumbered) && ADVERTISE,
      ...setup.origins.map(origin),
      ...setup.sessions.map((one, index) => session(one, index, setup)),
    ),
  }),
  asks: {},
}
