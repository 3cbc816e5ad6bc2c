import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askBird } from '../../../../src/lab/bird.ts'
import { until } from '../../../../src/lab/wait.ts'
import { AS, SPEAKER } from '../table.ts'
import { listening, REFUSED, type RunningSpeaker, type Setting } from './contender.ts'

/** BIRD 2 without a `kernel` protocol. */
export async function bird(setting: Setting): Promise<RunningSpeaker> {
  const { directory, family } = setting
  const file = join(directory, 'bird.conf')
  const socket = join(directory, 'bird.ctl')
  writeFileSync(file, configuration(setting, undefined))
  const daemon = setting.start(['bird', '-f', '-c', file, '-s', socket], 'bird')
  await until('bird answers', () => askBird(socket, 'show status'), { interval: 20 })
  await listening(daemon, family)
  return {
    async setMed(med) {
      writeFileSync(file, configuration(setting, med))
      await askBird(socket, 'configure')
    },
  }
}

function configuration({ family, peers, holdTime }: Setting, med: number | undefined): string {
  const address = SPEAKER[family]
  const sessions = peers.map((peer, i) => `protocol bgp p${i} from reflected { neighbor ${peer} as ${AS}; }`)
  return `router id ${SPEAKER[4]};
protocol device { }
protocol direct { ipv4; ipv6; interface "eth0"; }
filter incoming { if net ~ [ ${REFUSED.import[family]}+ ] then reject; accept; }
filter outgoing {
  if source != RTS_BGP then reject;
  if net ~ [ ${REFUSED.export[family]}+ ] then reject;
  ${med === undefined ? '' : `bgp_med = ${med};`}
  accept;
}
template bgp reflected {
  local ${address} as ${AS};
  rr client;
  passive;
  hold time ${holdTime};
  ipv${family} { import filter incoming; export filter outgoing; };
}
${sessions.join('\n')}
`
}
