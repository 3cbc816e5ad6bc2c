import { EXABGP_PROCESS } from '../../../src/lab/exabgp.ts'
import {
  type Dialect,
  familyOfPrefix,
  lines,
  type Origin,
  type PeerSession,
  type Setup,
  transportOf,
} from '../setup.ts'

/** A route as its file and its API write it, from `next-hop` on. */
function attributes(route: Origin, nexthop: string): string {
  const { attribute } = route
  const hex = (octet: number) => `0x${octet.toString(16).padStart(2, '0')}`
  const list = (word: string, values: readonly string[] | undefined) =>
    values === undefined ? '' : ` ${word} [ ${values.join(' ')} ]`
  return [
    `next-hop ${route.nexthop ?? nexthop}`,
    list('community', route.communities),
    list('large-community', route.largeCommunities),
    list(
      'extended-community',
      route.routeTargets?.map(target => `target:${target}`),
    ),
    list('cluster-list', route.clusterList),
    route.originatorId === undefined ? '' : ` originator-id ${route.originatorId}`,
    route.pathId === undefined ? '' : ` path-information 0.0.0.${route.pathId}`,
    attribute === undefined
      ? ''
      : ` attribute [ ${hex(attribute.code)} ${hex(attribute.flags)} 0x${attribute.value} ]`,
  ].join('')
}

function neighbor(one: PeerSession, setup: Setup): string {
  const on = (value: boolean | undefined) => (value ? 'enable' : 'disable')
  const addPath = { send: 'send', receive: 'receive', both: 'send/receive' }
  const mine = (route: Origin) => one.families.includes(familyOfPrefix(route.prefix))
  return `neighbor ${one.neighbor} {
  router-id ${setup.routerId}; local-address ${setup.self[transportOf(one)]}; local-as ${setup.as}; peer-as ${one.remoteAs};
  hold-time 9;
  ${lines(
    one.passive && 'passive true;',
    one.password !== undefined && `md5-password "${one.password}";`,
    one.ttlSecurity && 'outgoing-ttl 255; incoming-ttl 255;',
    one.plus,
  )}
  family { ${one.families.map(family => `ipv${family} unicast;`).join(' ')} }
  ${one.extendedNexthop ? 'nexthop { ipv4 unicast ipv6; }' : ''}
  capability {
    route-refresh enable;
    extended-message ${on(one.extendedMessage)};
    asn4 ${on(one.as4 !== false)};
    ${lines(
      one.gracefulRestart !== undefined && `graceful-restart ${one.gracefulRestart};`,
      one.addPath && `add-path ${addPath[one.addPath]};`,
      one.extendedNexthop && 'nexthop enable;',
    )}
  }
  static {
    ${setup.origins
      .filter(mine)
      .map(
        route =>
          `route ${route.prefix} ${attributes(route, setup.self[one.extendedNexthop ? 6 : familyOfPrefix(route.prefix)])};`,
      )
      .join('\n    ')}
  }
  api { processes [ ${EXABGP_PROCESS} ]; neighbor-changes; receive { parsed; update; open; notification; refresh; } }
}`
}

/** ExaBGP 4 */
export const exabgp: Dialect = {
  write: setup => ({ config: setup.sessions.map(one => neighbor(one, setup)).join('\n') }),
  asks: {
    role: 'role customer;',
    longLived: 'long-lived-graceful-restart 60;',
    client: 'route-reflector-client true;',
    maxPrefixes: 'maximum-prefix 2;',
    unnumbered: 'interface eth0;',
  },
}
