import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ENGINE_NODE_OPTIONS } from '../../src/engine/node-options.ts'
import type { Namespace } from '../../src/lab/namespace.ts'
import type { LabProcess } from '../../src/lab/process.ts'
import { until } from '../../src/lab/wait.ts'
import { EngineClient } from '../../src/manager/index.ts'
import type { Config } from '../../src/model/config.ts'
import type { RouteState } from '../../src/model/state.ts'
import { systemClock } from '../../src/net/clock.ts'

const ENGINE = fileURLToPath(new URL('../../src/main/engine.ts', import.meta.url))

/** The engine as a process in a namespace, with a socket to ask it and what the kernel says of its routes. */
export class RunningEngine {
  readonly directory: string
  readonly process: LabProcess
  readonly client: EngineClient
  readonly #box: Namespace

  private constructor(box: Namespace, directory: string, process: LabProcess, client: EngineClient) {
    this.#box = box
    this.directory = directory
    this.process = process
    this.client = client
  }

  static async start(box: Namespace, config: Config): Promise<RunningEngine> {
    const directory = mkdtempSync('/run/engine-')
    const socket = join(directory, 'engine.sock')
    const file = join(directory, 'box.json')
    writeFileSync(file, JSON.stringify(config))
    const files = ['--state-dir', directory, '--config', file, '--socket', socket]
    const argv = [process.execPath, ...ENGINE_NODE_OPTIONS, ENGINE, ...files]
    const engine = box.start(argv)
    await engine.waitForLine(/engine .* runs/)
    const client = new EngineClient({ path: socket, clock: systemClock, log: () => {} })
    return new RunningEngine(box, directory, engine, client)
  }

  async configure(config: Config): Promise<void> {
    await this.client.call('replaceConfig', { config })
  }

  async routes(prefix: string): Promise<readonly RouteState[]> {
    return (await this.client.call('getRoutes', { prefix })).routes
  }

  /** Prefixes of our routes in the kernel. */
  async kernelPrefixes(family: 4 | 6 = 4): Promise<string[]> {
    const rows = await this.#box.ipJson([`-${family}`, 'route', 'show', 'proto', '201'])
    return rows.map(route => String(route.dst)).sort()
  }

  /** Waits until the kernel has exactly these prefixes of ours. */
  async hasPrefixes(...wanted: string[]): Promise<void> {
    await until(`routes ${wanted.join(' ')}`, async () => {
      const have = await this.kernelPrefixes()
      return JSON.stringify(have) === JSON.stringify([...wanted].sort())
        ? true
        : Promise.reject(new Error(`has ${have.join(' ')}; engine says:\n${this.process.lines.join('\n')}`))
    })
  }

  /** Waits until so many sessions are up. */
  async established(count: number): Promise<void> {
    await until(`${count} sessions`, async () => {
      const { neighbors } = await this.client.call('getHealth', {})
      return neighbors.established === count
        ? true
        : Promise.reject(
            new Error(`has ${neighbors.established}; engine says:\n${this.process.lines.join('\n')}`),
          )
    })
  }

  async stop(): Promise<void> {
    this.client.close()
    await this.process.stop('SIGKILL')
    rmSync(this.directory, { recursive: true })
  }
}
