import { type Dialect, familyOfPrefix, lines, type Origin, type PeerSession, type Setup } from '../setup.ts'

const ROLES = {
  provider: 'provider',
  customer: 'customer',
  peer: 'peer',
  rs: 'rs-server',
  'rs-client': 'rs-client',
}

function routeMap(route: Origin, index: number): string {
  return lines(
    `route-map own${index} permit 10`,
    route.communities && ` set community ${route.communities.join(' ')}`,
    route.largeCommunities && ` set large-community ${route.largeCommunities.join(' ')}`,
    route.routeTargets && ` set extcommunity rt ${route.routeTargets.join(' ')}`,
    route.nexthop !== undefined &&
      (familyOfPrefix(route.prefix) === 4
        ? ` set ip next-hop ${route.nexthop}`
        : ` set ipv6 next-hop global ${route.nexthop}`),
    'exit',
  )
}

const nameOf = (one: PeerSession) => (one.unnumbered ? 'eth0' : one.neighbor)

function neighbor(one: PeerSession): string {
  const name = nameOf(one)
  const say = (words: string | false | undefined) => (words ? ` neighbor ${name} ${words}` : undefined)
  return lines(
    say(`${one.unnumbered ? 'interface ' : ''}remote-as ${one.remoteAs}`),
    say('timers connect 1'),
    say('advertisement-interval 0'),
    say(one.passive && 'passive'),
    say(one.password !== undefined && `password ${one.password}`),
    say(one.ttlSecurity && 'ttl-security hops 1'),
    say(one.role && `local-role ${ROLES[one.role]}`),
    say(one.extendedNexthop && !one.unnumbered && 'capability extended-nexthop'),
    say(one.as4 === false && 'dont-capability-negotiate'),
    one.plus,
  )
}

function family(setup: Setup, number: 4 | 6): string {
  const of = setup.sessions.filter(one => one.families.includes(number))
  return lines(
    ` address-family ipv${number} unicast`,
    ...setup.origins.map((route, index) =>
      familyOfPrefix(route.prefix) === number ? `  network ${route.prefix} route-map own${index}` : undefined,
    ),
    ...of.flatMap(one => {
      const say = (words: string | false | undefined) =>
        words ? `  neighbor ${nameOf(one)} ${words}` : undefined
      return [
        say('activate'),
        say(one.client && 'route-reflector-client'),
        say((one.addPath === 'send' || one.addPath === 'both') && 'addpath-tx-all-paths'),
        say(one.addPath === 'send' && 'disable-addpath-rx'),
        say(one.maxPrefixes !== undefined && `maximum-prefix ${one.maxPrefixes}`),
      ]
    }),
    ' exit-address-family',
  )
}

/** FRR 8 */
export const frr: Dialect = {
  write: setup => {
    const restart = setup.sessions.find(one => one.gracefulRestart !== undefined)?.gracefulRestart
    const stale = setup.sessions.find(one => one.longLived !== undefined)?.longLived
    const cluster = setup.sessions.find(one => one.clusterId !== undefined)?.clusterId
    return {
      config: lines(
        'frr defaults traditional',
        ...setup.origins.map(routeMap),
        'bgp route-map delay-timer 0',
        `router bgp ${setup.as}`,
        ` bgp router-id ${setup.routerId}`,
        ' no bgp ebgp-requires-policy',
        ' no bgp network import-check',
        ' no bgp default ipv4-unicast',
        ' timers bgp 3 9',
        restart !== undefined && ' bgp graceful-restart',
        restart !== undefined && ' bgp graceful-restart preserve-fw-state',
        restart !== undefined && ` bgp graceful-restart restart-time ${restart}`,
        stale !== undefined && ` bgp long-lived-graceful-restart stale-time ${stale}`,
        cluster !== undefined && ` bgp cluster-id ${cluster}`,
        ...setup.sessions.map(neighbor),
        family(setup, 4),
        family(setup, 6),
        'exit',
      ),
    }
  },
  asks: {},
}
