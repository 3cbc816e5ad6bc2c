import { type Dialect, familyOfPrefix, lines, type Origin, type PeerSession, type Setup } from '../setup.ts'

function neighbor(one: PeerSession): string {
  const restart = one.gracefulRestart
  const say = (section: string, ...values: readonly (string | false | undefined)[]) =>
    values.some(Boolean) ? lines(`[neighbors.${section}]`, ...values) : undefined
  return lines(
    '[[neighbors]]',
    say(
      'config',
      one.unnumbered ? 'neighbor-interface = "eth0"' : `neighbor-address = "${one.neighbor}"`,
      `peer-as = ${one.remoteAs}`,
      one.password !== undefined && `auth-password = "${one.password}"`,
    ),
    say('transport.config', one.passive && 'passive-mode = true'),
    say('timers.config', 'connect-retry = 1', 'idle-hold-time-after-reset = 1', 'hold-time = 9'),
    say('ttl-security.config', one.ttlSecurity && 'enabled = true', one.ttlSecurity && 'ttl-min = 255'),
    say(
      'route-reflector.config',
      one.client && 'route-reflector-client = true',
      one.clusterId !== undefined && `route-reflector-cluster-id = "${one.clusterId}"`,
    ),
    say(
      'add-paths.config',
      (one.addPath === 'send' || one.addPath === 'both') && 'send-max = 8',
      (one.addPath === 'receive' || one.addPath === 'both') && 'receive = true',
    ),
    say(
      'graceful-restart.config',
      restart !== undefined && 'enabled = true',
      restart !== undefined && `restart-time = ${restart}`,
      one.longLived !== undefined && 'long-lived-enabled = true',
    ),
    one.plus,
    ...one.families.flatMap(family => [
      '[[neighbors.afi-safis]]',
      `[neighbors.afi-safis.config]\nafi-safi-name = "ipv${family}-unicast"`,
      restart !== undefined && '[neighbors.afi-safis.mp-graceful-restart.config]\nenabled = true',
      one.longLived !== undefined &&
        `[neighbors.afi-safis.long-lived-graceful-restart.config]\nenabled = true\nrestart-time = ${one.longLived}`,
      one.maxPrefixes !== undefined &&
        `[neighbors.afi-safis.prefix-limit.config]\nmax-prefixes = ${one.maxPrefixes}`,
    ]),
  )
}

/** The command line that makes a route; its configuration file has no place for routes. */
function route(setup: Setup, one: Origin): string[] {
  const family = familyOfPrefix(one.prefix)
  const extended = setup.sessions.some(({ extendedNexthop }) => extendedNexthop)
  // Unspecified: the address that it speaks from, which is link-local there.
  const own = setup.sessions.some(({ unnumbered }) => unnumbered) ? '::' : setup.self[extended ? 6 : family]
  const list = (word: string, values: readonly string[] | undefined) =>
    values === undefined ? [] : [word, values.join(',')]
  return [
    ...['global', 'rib', 'add', '-a', `ipv${family}`, one.prefix],
    ...['nexthop', one.nexthop ?? own, 'origin', 'igp'],
    ...list('community', one.communities),
    ...list('large-community', one.largeCommunities),
    ...(one.routeTargets ?? []).flatMap(target => ['rt', target]),
  ]
}

/** GoBGP 3 */
export const gobgp: Dialect = {
  write: setup => ({
    config: lines(
      '[global.config]',
      `as = ${setup.as}`,
      `router-id = "${setup.routerId}"`,
      ...setup.sessions.map(neighbor),
    ),
    commands: setup.origins.map(one => route(setup, one)),
  }),
  asks: {
    as2: '[neighbors.four-octet-as.config]\nenabled = false',
    role: '[neighbors.role.config]\nrole = "customer"',
    extendedMessage: '[neighbors.extended-message.config]\nenabled = true',
    enhancedRefresh: '[neighbors.enhanced-refresh.config]\nenabled = true',
  },
}
