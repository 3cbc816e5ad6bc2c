import { chmodSync, mkdirSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import Type from 'typebox'
import { explain, presentFindings } from '../config/index.ts'
import type {
  EngineFault,
  EngineMethods,
  EngineRequest,
  EngineResponse,
  MethodName,
} from '../model/engine-protocol.ts'
import { engineParameters } from '../model/engine-queries.ts'
import { CausewayError } from '../model/errors.ts'
import type { Clock } from '../net/clock.ts'
import { type Line, LineReader, writeLineInSteps } from '../net/ndjson.ts'
import type { Engine } from './engine.ts'
import { Pauses } from './pauses.ts'

/** What of the engine is served. */
export type ServedEngine = Pick<
  Engine,
  | 'confirmed'
  | 'replaceConfig'
  | 'health'
  | 'interfaces'
  | 'tunnels'
  | 'neighbors'
  | 'monitoring'
  | 'operations'
  | 'routes'
> & { readonly bgp: Pick<Engine['bgp'], 'routes' | 'received' | 'route' | 'advertised'> }

type Handlers = {
  [M in MethodName]: (
    engine: ServedEngine,
    params: EngineMethods[M]['params'],
  ) => EngineMethods[M]['result'] | Promise<EngineMethods[M]['result']>
}

/** What each method does: one row a method of the protocol. */
const HANDLERS: Handlers = {
  getConfig: engine => ({ revision: engine.confirmed.revision, config: engine.confirmed.config }),
  replaceConfig: (engine, { config, ifRevision }) => engine.replaceConfig(config, ifRevision),
  getHealth: engine => engine.health(),
  getInterfaces: engine => engine.interfaces(),
  getTunnels: engine => engine.tunnels(),
  getNeighbors: engine => engine.neighbors(),
  getMonitoring: engine => engine.monitoring(),
  getBgpRoutes: (engine, query) => engine.bgp.routes(query),
  getReceivedRoutes: (engine, query) => engine.bgp.received(query),
  getBgpRoute: (engine, query) => engine.bgp.route(query),
  getAdvertisedRoutes: (engine, query) => engine.bgp.advertised(query),
  getRoutes: (engine, query) => engine.routes.page(query),
  getMigration: (engine, { group, nodes }) => engine.operations.migration(group, nodes),
  refreshNeighbor: (engine, params) => engine.operations.refresh(params),
  resetNeighbor: (engine, params) => engine.operations.reset(params),
}

/** Answers the manager on a Unix socket that only the engine's own user and group may open. */
export class EngineServer {
  readonly #engine: ServedEngine
  readonly #pauses: Pauses
  readonly #log: (line: string) => void
  readonly #server: Server
  readonly #clients = new Set<Socket>()

  constructor(parts: { engine: ServedEngine; clock: Clock; log: (line: string) => void }) {
    this.#engine = parts.engine
    this.#pauses = new Pauses(parts.clock)
    this.#log = parts.log
    this.#server = createServer(client => this.#serve(client))
  }

  /** Listens; what an engine that was killed left at this path is taken away. */
  async listen(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true })
    try {
      unlinkSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
    this.#server.on('error', error => this.#log(`socket ${path}: ${error.message}`))
    chmodSync(path, 0o660)
  }

  close(): void {
    this.#server.close()
    for (const client of this.#clients) client.destroy()
  }

  #serve(client: Socket): void {
    const reader = new LineReader()
    this.#clients.add(client)
    client.on('data', bytes => {
      for (const line of reader.push(bytes)) void this.#answer(client, line)
    })
    // A manager that goes away is no event for the engine.
    client.on('error', () => client.destroy())
    client.on('close', () => this.#clients.delete(client))
  }

  async #answer(client: Socket, line: Line): Promise<void> {
    const request = readRequest(line)
    const response: EngineResponse =
      'fault' in request ? { id: 0, error: faultOf(request.fault) } : await this.#respond(request)
    const text = await this.#pauses.finish(writeLineInSteps(response))
    if (client.writable) client.write(text)
  }

  async #respond({ id, method, params }: EngineRequest): Promise<EngineResponse> {
    try {
      if (!Object.hasOwn(HANDLERS, method)) throw new CausewayError('engine-method-unknown', { method })
      const handler = HANDLERS[method as MethodName] as (engine: ServedEngine, params: unknown) => unknown
      checkParameters(method as MethodName, params ?? {})
      return { id, result: await handler(this.#engine, params ?? {}) }
    } catch (error) {
      if (!(error instanceof CausewayError)) this.#log(`${method} failed: ${(error as Error).stack}`)
      return { id, error: faultOf(error) }
    }
  }
}

/** @throws CausewayError `engine-request-invalid` */
function checkParameters(method: MethodName, params: unknown): void {
  const schemas = engineParameters[method]
  if (!schemas) return
  const findings = explain(Type.Object({ ...schemas }, { title: `the parameters of ${method}` }), params)
  const problem = presentFindings(findings, params)[0]
  if (!problem) return
  const reason = `${problem.path ?? method}: ${lowerFirst(problem.detail)}`
  throw new CausewayError('engine-request-invalid', { reason })
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`
}

function readRequest(line: Line): EngineRequest | { fault: CausewayError } {
  const bad = (reason: string) => ({ fault: new CausewayError('engine-request-invalid', { reason }) })
  if (line.fault !== undefined) return bad(line.fault)
  const { id, method, params } = (line.value ?? {}) as Partial<Record<'id' | 'method' | 'params', unknown>>
  if (typeof id !== 'number' || typeof method !== 'string') return bad('it lacks `id` or `method`')
  if (params !== undefined && (typeof params !== 'object' || params === null))
    return bad('`params` is no object')
  return { id, method, params }
}

function faultOf(error: unknown): EngineFault {
  if (error instanceof CausewayError) {
    return {
      code: error.code,
      message: error.message,
      details: { problem: error.problem, problems: error.problems },
    }
  }
  return { code: 'internal-error', message: error instanceof Error ? error.message : String(error) }
}
