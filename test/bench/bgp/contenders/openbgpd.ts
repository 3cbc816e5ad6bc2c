import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../../src/lab/command.ts'
import { until } from '../../../../src/lab/wait.ts'
import { AS, SPEAKER } from '../table.ts'
import { listening, REFUSED, type RunningSpeaker, type Setting } from './contender.ts'

/** OpenBGPD, whose three processes all count. */
export async function openbgpd(setting: Setting): Promise<RunningSpeaker> {
  const { directory, family } = setting
  const file = join(directory, 'bgpd.conf')
  const socket = join(directory, 'bgpd.sock')
  const write = (med?: number) => {
    writeFileSync(file, configuration(setting, socket, med))
    chmodSync(file, 0o600)
  }
  // Its unprivileged processes are confined there.
  mkdirSync('/run/openbgpd', { recursive: true })
  chmodSync(directory, 0o755)
  write()
  const daemon = setting.start(['/usr/sbin/bgpd', '-d', '-f', file], 'bgpd of OpenBGPD')
  await listening(daemon, family)
  const bgpctl = (...argv: string[]) => run(['bgpctl', '-s', socket, ...argv])
  await until('bgpctl answers', () => bgpctl('show', 'summary').then(() => true), { interval: 50 })
  return {
    async setMed(med) {
      write(med)
      await bgpctl('reload')
    },
  }
}

function configuration(
  { family, peers, holdTime }: Setting,
  socket: string,
  med: number | undefined,
): string {
  const address = SPEAKER[family]
  return `AS ${AS}
router-id ${SPEAKER[4]}
socket "${socket}"
fib-update no
listen on ${address}
group "clients" {
  remote-as ${AS}
  local-address ${address}
  passive
  holdtime ${holdTime}
  route-reflector ${SPEAKER[4]}
  announce IPv${family} unicast
${peers.map(peer => `  neighbor ${peer}`).join('\n')}
}
deny from any
allow from any
deny from any prefix ${REFUSED.import[family]} prefixlen <= ${family === 4 ? 32 : 128}
deny to any
allow to any
deny to any prefix ${REFUSED.export[family]} prefixlen <= ${family === 4 ? 32 : 128}
${med === undefined ? '' : `match to any set metric ${med}`}
`
}
