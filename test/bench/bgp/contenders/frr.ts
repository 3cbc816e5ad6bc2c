import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../../../src/lab/wait.ts'
import { AS, SPEAKER } from '../table.ts'
import { listening, REFUSED, type RunningSpeaker, type Setting } from './contender.ts'

/** FRR as it comes. */
export function frr(setting: Setting): Promise<RunningSpeaker> {
  return start(setting, [])
}

/** FRR as whoever runs a large route reflector sets it: updates packed over 10 ms, the first ones after End-of-RIB. */
export function frrTuned(setting: Setting): Promise<RunningSpeaker> {
  return start(setting, ['coalesce-time 10', 'update-delay 60'])
}

/** bgpd by itself: it needs no zebra where nothing is installed. */
async function start(setting: Setting, tuning: readonly string[]): Promise<RunningSpeaker> {
  const { namespace, directory, family } = setting
  const file = join(directory, 'bgpd.conf')
  const sockets = join(directory, 'vty')
  mkdirSync(sockets)
  // bgpd becomes the user frr, and writes there.
  for (const place of [directory, sockets]) chmodSync(place, 0o777)
  writeFileSync(file, configuration(setting, tuning))
  const argv = [
    ...['/usr/lib/frr/bgpd', '-f', file, '-i', join(directory, 'bgpd.pid')],
    ...['--vty_socket', sockets, '--no_zebra', '--no_kernel', '-P', '0'],
    ...['--log', 'stdout', '--log-level', 'errors'],
  ]
  const daemon = setting.start(argv, 'bgpd of FRR')
  const vtysh = (...commands: string[]) =>
    namespace.run(['vtysh', '--vty_socket', sockets, ...commands.flatMap(command => ['-c', command])])
  await listening(daemon, family)
  await until('vtysh answers', () => vtysh('show bgp summary').then(() => true), { interval: 50 })
  return {
    async setMed(med) {
      await vtysh('configure terminal', 'route-map outgoing permit 20', `set metric ${med}`)
      await vtysh(`clear bgp ipv${family} * soft out`)
    },
  }
}

function configuration({ family, peers, holdTime }: Setting, tuning: readonly string[]): string {
  const kind = family === 4 ? 'ip' : 'ipv6'
  return `frr defaults traditional
${kind} prefix-list refused-in seq 10 permit ${REFUSED.import[family]} le ${family === 4 ? 32 : 128}
${kind} prefix-list refused-out seq 10 permit ${REFUSED.export[family]} le ${family === 4 ? 32 : 128}
route-map incoming deny 10
 match ${kind} address prefix-list refused-in
route-map incoming permit 20
route-map outgoing deny 10
 match ${kind} address prefix-list refused-out
route-map outgoing permit 20
bgp route-map delay-timer 0
router bgp ${AS}
 bgp router-id ${SPEAKER[4]}
 bgp cluster-id ${SPEAKER[4]}
 bgp route-reflector allow-outbound-policy
 no bgp default ipv4-unicast
${tuning.map(line => ` ${line}`).join('\n')}
 neighbor clients peer-group
 neighbor clients remote-as ${AS}
 neighbor clients passive
 neighbor clients timers ${Math.floor(holdTime / 3)} ${holdTime}
${peers.map(peer => ` neighbor ${peer} peer-group clients`).join('\n')}
 address-family ipv${family} unicast
  neighbor clients activate
  neighbor clients route-reflector-client
  neighbor clients route-map incoming in
  neighbor clients route-map outgoing out
 exit-address-family
`
}
