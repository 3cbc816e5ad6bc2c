import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ENGINE_NODE_OPTIONS } from '../../src/engine/node-options.ts'
import { LabError } from '../../src/lab/errors.ts'
import { type LabProcess, type Namespace, type UntilOptions, until } from '../../src/lab/index.ts'
import { EngineClient } from '../../src/manager/index.ts'
import type { Config } from '../../src/model/config.ts'
import { CausewayError } from '../../src/model/errors.ts'
import type { BgpNeighborState, RouteState } from '../../src/model/state.ts'
import { systemClock } from '../../src/net/clock.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The engine as it is shipped: a process in the box's namespace, asked over its socket. */
export class EngineBox {
  readonly namespace: Namespace
  readonly #directory: string
  readonly #client: EngineClient
  #process: LabProcess

  private constructor(namespace: Namespace, directory: string) {
    this.namespace = namespace
    this.#directory = directory
    this.#process = this.#start()
    this.#client = new EngineClient({ path: `${directory}/engine.sock`, clock: systemClock, log: () => {} })
  }

  static async start(namespace: Namespace, directory: string, config: Config): Promise<EngineBox> {
    await mkdir(directory, { recursive: true })
    await writeFile(`${directory}/box.json`, JSON.stringify(config))
    const box = new EngineBox(namespace, directory)
    await box.running()
    return box
  }

  get process(): LabProcess {
    return this.#process
  }

  /** Replaces the whole configuration. @throws {LabError} with each problem's sentence where it is refused. */
  async configure(config: unknown): Promise<void> {
    try {
      await this.#client.call('replaceConfig', { config })
    } catch (error) {
      if (!(error instanceof CausewayError)) throw error
      const why = error.problems.map(({ detail, path }) => `${path ?? ''}: ${detail}`)
      throw new LabError(`our configuration is refused: ${why.join('; ') || error.message}`)
    }
  }

  async neighbors(): Promise<readonly BgpNeighborState[]> {
    return await this.#client.call('getNeighbors', {})
  }

  async neighbor(address: string): Promise<BgpNeighborState | undefined> {
    return (await this.neighbors()).find(row => row.address.split('%')[0] === address)
  }

  async established(address: string, options: UntilOptions = {}): Promise<BgpNeighborState> {
    return await until(
      `our session with ${address}`,
      async () => {
        const row = await this.neighbor(address)
        if (row?.state === 'Established') return row
        throw new LabError(row ? `${row.state}; ${row.lastDown?.reason ?? ''}` : 'no such neighbour')
      },
      { limit: 20_000, ...options },
    )
  }

  /** Asks a neighbour for its routes again. */
  async refresh(address: string): Promise<void> {
    await this.#client.call('refreshNeighbor', { address, direction: 'in' })
  }

  /** Ends a session with a text for the neighbour (RFC 9003); it comes back at once. */
  async reset(address: string, message: string): Promise<void> {
    await this.#client.call('resetNeighbor', { address, message })
  }

  async route(prefix: string): Promise<RouteState | undefined> {
    const { routes } = await this.#client.call('getRoutes', { prefix })
    return routes.find(row => row.prefix === prefix)
  }

  /** Kernel routes of ours by prefix, as `ip route` shows them. */
  async kernelRoutes(): Promise<Record<string, unknown>[]> {
    const shown = await Promise.all(
      (['-4', '-6'] as const).map(family => this.namespace.ipJson([family, 'route', 'show', 'proto', '201'])),
    )
    return shown.flat()
  }

  /** Waits until the kernel has a route of ours to a prefix; resolves to its next hops. */
  async installed(prefix: string): Promise<string[]> {
    return await until(
      `our kernel's route to ${prefix}`,
      async () => {
        const row = await this.route(prefix)
        const hops = row?.kernel?.nexthops.flatMap(hop => hop.via ?? []) ?? []
        if (hops.length > 0) return hops
        throw new LabError(row ? `the kernel has none, the RIB ${JSON.stringify(row.rib)}` : 'there is none')
      },
      { limit: 15_000 },
    )
  }

  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL')
  }

  /** Starts it again after it was killed or stopped. */
  async restart(): Promise<void> {
    this.#process = this.#start()
    await this.running()
  }

  async running(): Promise<void> {
    await this.#process.waitForLine(/engine .* runs/, 20_000)
  }

  async stop(): Promise<void> {
    this.#client.close()
    await this.#process.stop()
  }

  #start(): LabProcess {
    const at = (name: string) => `${this.#directory}/${name}`
    const options = ['--state-dir', at('state'), '--config', at('box.json'), '--socket', at('engine.sock')]
    return this.namespace.start(
      [process.execPath, ...ENGINE_NODE_OPTIONS, `${ROOT}/src/main/engine.ts`, ...options],
      {
        name: 'the engine',
        environment: { NODE_COMPILE_CACHE: `${ROOT}/.cache/compile` },
      },
    )
  }
}
