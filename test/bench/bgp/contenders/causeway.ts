import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ENGINE_NODE_OPTIONS } from '../../../../src/engine/node-options.ts'
import { run } from '../../../../src/lab/command.ts'
import { until } from '../../../../src/lab/wait.ts'
import { EngineClient } from '../../../../src/manager/engine-client.ts'
import { systemClock } from '../../../../src/net/clock.ts'
import { AS, SPEAKER } from '../table.ts'
import { listening, REFUSED, type RunningSpeaker, type Setting } from './contender.ts'

const path = (relative: string) => fileURLToPath(new URL(`../../../../${relative}`, import.meta.url))

const ENGINE = path('.cache/bundle/engine.js')

/** Makes the bundle that the engine is started from. */
export async function bundleCauseway(): Promise<void> {
  await run([process.execPath, path('tools/bundle.ts')])
}

/** The engine, from its bundle as on a box. */
export async function causeway(setting: Setting): Promise<RunningSpeaker> {
  const { directory, family } = setting
  const file = join(directory, 'config.json')
  const socket = join(directory, 'engine.sock')
  writeFileSync(file, JSON.stringify(configuration(setting, undefined)))
  const argv = [ENGINE, '--state-dir', join(directory, 'state'), '--config', file, '--socket', socket]
  const engine = setting.start([process.execPath, ...ENGINE_NODE_OPTIONS, ...profiling(), ...argv], 'engine')
  const client = new EngineClient({ path: socket, clock: systemClock, log: () => undefined })
  await until('the engine answers', () => client.call('getHealth', {}), { interval: 50 })
  await listening(engine, family)
  return {
    async setMed(med) {
      await client.call('replaceConfig', { config: configuration(setting, med) })
    },
    async longest() {
      const { longestTurn, longestWork } = await client.call('getHealth', {})
      return { turn: longestTurn.ever, work: longestWork.ever }
    },
  }
}

/** Options of Node from outside, such as `--cpu-prof`, for who looks where time goes. */
function profiling(): string[] {
  return process.env.BENCH_NODE_OPTIONS?.split(' ').filter(Boolean) ?? []
}

function configuration({ family, peers, holdTime }: Setting, med: number | undefined) {
  const refuse = (direction: 'import' | 'export') => ({
    match: { prefixes: [{ prefix: REFUSED[direction][family], le: family === 4 ? 32 : 128 }] },
    action: 'reject',
  })
  const set = med === undefined ? {} : { set: { med } }
  return {
    system: { hostName: 'bench' },
    interfaces: [
      { type: 'ethernet', name: 'eth0', addresses: [`${SPEAKER[family]}/${family === 4 ? 16 : 64}`] },
    ],
    policies: [
      { name: 'incoming', rules: [refuse('import'), { action: 'accept' }] },
      {
        name: 'outgoing',
        rules: [refuse('export'), { match: { sources: ['bgp'] }, action: 'accept', ...set }],
      },
    ],
    bgp: {
      localAs: AS,
      routerId: SPEAKER[4],
      installRoutes: false,
      neighborGroups: [
        {
          name: 'clients',
          remoteAs: AS,
          passive: true,
          holdTime,
          routeReflectorClient: true,
          importPolicy: 'incoming',
          exportPolicy: 'outgoing',
        },
      ],
      neighbors: peers.map(address => ({ address, group: 'clients' })),
    },
  }
}
