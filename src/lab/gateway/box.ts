import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { formatProblems, parseConfig } from '../../config/index.ts'
import { ENGINE_NODE_OPTIONS } from '../../engine/node-options.ts'
import type { Config } from '../../model/config.ts'
import type { Health } from '../../model/state.ts'
import { LabError } from '../errors.ts'
import type { Feature } from '../features.ts'
import type { Namespace } from '../namespace.ts'
import type { LabProcess } from '../process.ts'
import { withoutFeatures } from './box-config.ts'
import { programs, quickStart } from './programs.ts'

const BOX_CONFIG = fileURLToPath(new URL('box.yaml', import.meta.url))
/** The box's configuration, without what its kernel cannot do. */
export async function loadBoxConfig(missing: ReadonlySet<Feature>): Promise<Config> {
  const parsed = parseConfig(await readFile(BOX_CONFIG, 'utf8'), BOX_CONFIG)
  if (!parsed.config) throw new LabError(formatProblems(parsed.problems))
  return withoutFeatures(parsed.config, missing)
}

export interface BoxOptions {
  readonly namespace: Namespace
  readonly config: Config
  /** Where its state, its sockets and its configuration file are kept. */
  readonly directory: string
  readonly onLine?: (line: string) => void
}

/** The box: engine and manager, each a process of its own, in the box's namespace. */
export class Box {
  readonly namespace: Namespace
  /** Where the manager answers REST. */
  readonly apiSocket: string
  readonly #options: BoxOptions
  #engine: LabProcess
  readonly #manager: LabProcess

  private constructor(options: BoxOptions) {
    this.#options = options
    this.namespace = options.namespace
    this.apiSocket = `${options.directory}/api.sock`
    this.#engine = this.#startEngine()
    this.#manager = this.#start(
      'manager',
      [programs().manager],
      ['--engine-socket', this.#engineSocket, '--socket', this.apiSocket],
    )
  }

  /** Writes the configuration and starts both processes; what they do from then on is for the caller to see. */
  static async start(options: BoxOptions): Promise<Box> {
    await mkdir(options.directory, { recursive: true })
    await writeFile(`${options.directory}/box.yaml`, stringify(options.config))
    return new Box(options)
  }

  get engine(): LabProcess {
    return this.#engine
  }

  get manager(): LabProcess {
    return this.#manager
  }

  /** Whether the engine has configured the kernel and opened its socket. */
  get engineListens(): boolean {
    return existsSync(this.#engineSocket)
  }

  /** Whether the manager has opened its socket, so that there is somebody to ask. */
  get managerListens(): boolean {
    return existsSync(this.apiSocket)
  }

  /** Health as REST tells it, whatever its status. */
  async health(): Promise<Health> {
    return (await this.get('/healthz')) as Health
  }

  /** Asks the manager; resolves to the JSON of its answer. */
  get(path: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.apiSocket, path, timeout: 5000 }, response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () => {
          try {
            resolve(JSON.parse(text))
          } catch {
            reject(new LabError(`GET ${path}: ${response.statusCode} ${text}`))
          }
        })
      })
      asked.on('timeout', () => asked.destroy(new Error('no answer within 5 s')))
      asked.on('error', error => reject(new LabError(`GET ${path}: ${error.message}`)))
      asked.end()
    })
  }

  /** Kills the engine with SIGKILL; resolves once it is gone. */
  async killEngine(): Promise<void> {
    await this.#engine.stop('SIGKILL')
  }

  /** Starts the engine again, after it was killed or stopped. */
  startEngine(): void {
    if (this.#engine.running) throw new LabError('the engine runs')
    this.#engine = this.#startEngine()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#engine.stop(), this.#manager.stop()])
  }

  get #engineSocket(): string {
    return `${this.#options.directory}/engine.sock`
  }

  #startEngine(): LabProcess {
    const { directory } = this.#options
    return this.#start(
      'engine',
      [...ENGINE_NODE_OPTIONS, programs().engine],
      [
        ...['--state-dir', `${directory}/state`],
        ...['--config', `${directory}/box.yaml`],
        ...['--socket', this.#engineSocket],
      ],
    )
  }

  #start(name: string, program: readonly string[], argv: readonly string[]): LabProcess {
    const { onLine } = this.#options
    return this.namespace.start([process.execPath, ...program, ...argv], {
      name: `${name} of the box`,
      environment: quickStart(),
      ...(onLine && { onLine: (line: string) => onLine(`${name}: ${line}`) }),
    })
  }
}
