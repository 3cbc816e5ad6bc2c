import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../../../src/lab/wait.ts'
import { AS, SPEAKER } from '../table.ts'
import { listening, REFUSED, type RunningSpeaker, type Setting } from './contender.ts'

/** GoBGP without zebra. */
export async function gobgp(setting: Setting): Promise<RunningSpeaker> {
  const { namespace, directory, family } = setting
  const file = join(directory, 'gobgp.json')
  writeFileSync(file, JSON.stringify(configuration(setting)))
  const argv = ['gobgpd', '-t', 'json', '-f', file, '-l', 'warn', '--api-hosts', '127.0.0.1:50051']
  const daemon = setting.start(argv, 'gobgpd')
  const ask = (...words: string[]) => namespace.run(['gobgp', ...words])
  await listening(daemon, family)
  await until(
    'gobgpd has all neighbours',
    async () => JSON.parse(await ask('neighbor', '-j')).length === setting.peers.length || undefined,
    { interval: 100, limit: 30_000 },
  )
  return {
    async setMed(med) {
      await ask('policy', 'statement', 'outgoing-rest', 'add', 'action', 'med', 'set', String(med))
      await ask('neighbor', 'all', 'softresetout')
    },
  }
}

function configuration({ family, peers, holdTime }: Setting) {
  const longest = family === 4 ? 32 : 128
  const set = (direction: 'import' | 'export') => {
    const prefix = REFUSED[direction][family]
    const shortest = prefix.split('/')[1]
    return {
      'prefix-set-name': `refused-${direction}`,
      'prefix-list': [{ 'ip-prefix': prefix, 'masklength-range': `${shortest}..${longest}` }],
    }
  }
  const policy = (direction: 'import' | 'export', name: string) => ({
    name,
    statements: [
      {
        name: `${name}-refused`,
        conditions: {
          'match-prefix-set': { 'prefix-set': `refused-${direction}`, 'match-set-options': 'any' },
        },
        actions: { 'route-disposition': 'reject-route' },
      },
      { name: `${name}-rest`, actions: { 'route-disposition': 'accept-route' } },
    ],
  })
  return {
    global: {
      config: { as: AS, 'router-id': SPEAKER[4], 'local-address-list': [SPEAKER[family]] },
      'apply-policy': {
        config: {
          'import-policy-list': ['incoming'],
          'default-import-policy': 'accept-route',
          'export-policy-list': ['outgoing'],
          'default-export-policy': 'accept-route',
        },
      },
    },
    'defined-sets': { 'prefix-sets': [set('import'), set('export')] },
    'policy-definitions': [policy('import', 'incoming'), policy('export', 'outgoing')],
    neighbors: peers.map(peer => ({
      config: { 'neighbor-address': peer, 'peer-as': AS },
      timers: { config: { 'hold-time': holdTime, 'keepalive-interval': Math.floor(holdTime / 3) } },
      transport: { config: { 'passive-mode': true, 'local-address': SPEAKER[family] } },
      'route-reflector': {
        config: { 'route-reflector-client': true, 'route-reflector-cluster-id': SPEAKER[4] },
      },
      'afi-safis': [{ config: { 'afi-safi-name': `ipv${family}-unicast` } }],
    })),
  }
}
