import type { FastifyInstance } from 'fastify'
import { buildApi } from '../../src/api/index.ts'
import { EngineClient } from '../../src/manager/index.ts'
import { describeError } from '../../src/model/errors.ts'
import type {
  BgpNeighborState,
  Health,
  InterfaceState,
  RouteState,
  TunnelState,
} from '../../src/model/state.ts'
import { systemClock } from '../../src/net/clock.ts'
import { sample } from '../config/sample.ts'
import { FakeEngine } from '../manager/fake-engine.ts'

export const health: Health = {
  status: 'ok',
  hostName: 'box',
  version: '0.1.0',
  uptime: 12.5,
  reconciled: true,
  failures: [],
  neighbors: { configured: 1, established: 1 },
  routes: { rib: 3, installed: 3, pending: 0, bgpInstalled: true },
  longestTurn: { ever: 12.5, lately: 4 },
  longestWork: { ever: 9, lately: 3.5 },
}

export const ethernet: InterfaceState = {
  name: 'eth0',
  index: 2,
  type: 'ethernet',
  configured: true,
  adminUp: true,
  carrier: true,
  mtu: 1500,
  macAddress: '02:00:00:00:00:01',
  addresses: ['10.0.0.1/24'],
}

export const tunnel: TunnelState = {
  name: 'flannel.1',
  type: 'vxlan',
  adminUp: true,
  mtu: 1450,
  vni: 1,
  peers: [{ destination: '172.16.0.2', addresses: ['10.244.1.0'] }],
}

export const neighbor: BgpNeighborState = {
  address: '2001:db8::2',
  dynamic: false,
  localAs: 64512,
  remoteAs: 64512,
  type: 'iBGP',
  state: 'Established',
  capabilities: ['route refresh'],
  families: [],
  messages: { received: 1, sent: 1, updatesReceived: 0, updatesSent: 0 },
}

export const route: RouteState = {
  prefix: '10.244.1.0/24',
  rib: { source: 'bgp', distance: 200, nexthops: [{ via: '172.16.0.2', interface: 'eth0' }] },
  agree: false,
}

/** The interface in front of an engine of canned answers that keeps a configuration. */
export class ApiHarness {
  readonly engine: FakeEngine
  readonly app: FastifyInstance
  readonly log: string[]
  readonly #client: EngineClient
  revision = 0
  config: unknown
  results: Record<string, unknown> = {}

  private constructor(engine: FakeEngine, client: EngineClient, app: FastifyInstance, log: string[]) {
    this.engine = engine
    this.#client = client
    this.app = app
    this.log = log
    engine.answer = (method, params) => this.#answer(method, params)
    this.reset()
  }

  /** As if nothing had been asked yet. */
  reset(): void {
    this.engine.requests.length = 0
    this.log.length = 0
    this.revision = 7
    this.config = sample
    this.results = {
      getHealth: health,
      getInterfaces: [ethernet, { ...ethernet, name: 'lo', unknownToTheSchema: true }],
      getTunnels: [tunnel],
      getNeighbors: [neighbor],
      getMonitoring: [{ address: '10.0.0.9', port: 11019, state: 'up', messages: 3 }],
      getRoutes: { routes: [route], cursor: '10.244.1.0/24' },
    }
  }

  static async make(): Promise<ApiHarness> {
    const engine = await FakeEngine.make(() => undefined)
    const log: string[] = []
    const client = new EngineClient({ path: engine.path, clock: systemClock, log: line => log.push(line) })
    const app = await buildApi({ engine: client, version: '0.1.0', log: line => log.push(line) })
    return new ApiHarness(engine, client, app, log)
  }

  async close(): Promise<void> {
    this.#client.close()
    await this.app.close()
    await this.engine.remove()
  }

  #answer(method: string, { config, ifRevision }: Record<string, unknown>): object {
    if (method === 'getConfig') return { result: { revision: this.revision, config: this.config } }
    if (method !== 'replaceConfig') return { result: this.results[method] }
    if (ifRevision !== undefined && ifRevision !== this.revision) {
      const problem = describeError('revision-mismatch', {
        expected: Number(ifRevision),
        revision: this.revision,
      })
      return { error: { code: problem.code, message: problem.detail, details: { problem, problems: [] } } }
    }
    this.config = config
    this.revision++
    return { result: { revision: this.revision, report: { reconciled: true, changes: 3, failures: [] } } }
  }
}
