import { fastifySwagger } from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { CONFIG_SIZE_LIMIT, formats } from '../config/index.ts'
import type { EngineCalls } from '../manager/index.ts'
import { Config } from '../model/config.ts'
import { CausewayError } from '../model/errors.ts'
import {
  BgpNeighborState,
  BmpStationState,
  Health,
  InterfaceState,
  MigrationState,
  RouteState,
  TunnelState,
} from '../model/state.ts'
import {
  BgpAdvertisedPage,
  BgpAdvertisedRoute,
  BgpAttributes,
  BgpPath,
  BgpRoute,
  BgpRoutePage,
} from '../model/state-bgp.ts'
import { bgpRoutes, bgpSchemas } from './bgp-routes.ts'
import { bgpTableRoutes } from './bgp-tables.ts'
import { configRoutes, configSchemas } from './config-routes.ts'
import { checkHost } from './host.ts'
import { openapiOptions, routeSchema } from './openapi.ts'
import { checkParameters } from './parameters.ts'
import { PROBLEM_MEDIA_TYPE, ProblemDetails, ProblemItem, toProblemDetails } from './problem.ts'
import type { Route, TextBody } from './route.ts'
import { serviceRoutes, serviceSchemas } from './service-routes.ts'
import { stateRoutes, stateSchemas } from './state-routes.ts'

export interface ApiOptions {
  readonly engine: EngineCalls
  /** Version of the product, for the OpenAPI document. */
  readonly version: string
  readonly log: (line: string) => void
}

/** The REST interface, one row a route. */
export const routes: readonly Route[] = [
  ...configRoutes,
  ...stateRoutes,
  ...bgpRoutes,
  ...bgpTableRoutes,
  ...serviceRoutes,
]

const OPENAPI_PATH = '/api/v1/openapi.json'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const named = {
  InterfaceState,
  TunnelState,
  BgpNeighborState,
  BmpStationState,
  MigrationState,
  RouteState,
  Health,
  BgpAttributes,
  BgpPath,
  BgpRoute,
  BgpRoutePage,
  BgpAdvertisedRoute,
  BgpAdvertisedPage,
}

/** Media types of a configuration: JSON (RFC 8259) and YAML (RFC 9512, and names from before it). */
const bodyFormats: Readonly<Record<string, TextBody['format']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'text/x-yaml': 'yaml',
}

/**
 * The REST interface as a fastify instance that is ready and listens nowhere yet. Every error that it answers is
 * problem details of the error catalogue.
 */
export async function buildApi({ engine, version, log }: ApiOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: CONFIG_SIZE_LIMIT,
    // Tells its unions apart by checking them, so it must know our formats.
    serializerOpts: {
      ajv: { formats: Object.fromEntries(Object.entries(formats).map(([name, { valid }]) => [name, valid])) },
    },
    frameworkErrors: (error, request, reply) => fail(error, request, reply, log),
    routerOptions: { maxParamLength: 256 },
  })
  app.setErrorHandler((error, request, reply) => fail(error, request, reply, log))
  app.setNotFoundHandler((request, reply) => fail(refusalOf(request, reply), request, reply, log))
  app.addHook('onRequest', async request => checkHost(request.raw))
  app.addHook('preParsing', async request => checkEncoding(request))
  // Parameters and bodies are checked below, with sentences of our own.
  app.setValidatorCompiler(() => () => true)
  readBodiesAsText(app)
  await app.register(fastifySwagger, openapiOptions(version))
  addSchemas(app)
  for (const route of routes) addRoute(app, route, engine)
  addDocument(app)
  refuseOtherMethods(app)
  await app.ready()
  return app
}

function readBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  for (const [type, format] of Object.entries(bodyFormats)) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, bytes, done) => {
      done(null, { format, bytes } as TextBody)
    })
  }
}

function addSchemas(app: FastifyInstance): void {
  app.addSchema(Config)
  for (const [name, schema] of Object.entries(named)) app.addSchema({ ...schema, $id: name })
  for (const schema of [
    ProblemItem,
    ProblemDetails,
    ...configSchemas,
    ...stateSchemas,
    ...bgpSchemas,
    ...serviceSchemas,
  ]) {
    app.addSchema(schema)
  }
}

function addRoute(app: FastifyInstance, route: Route, engine: EngineCalls): void {
  app.route({
    method: route.method,
    url: urlOf(route.path),
    schema: routeSchema(route),
    handler: async (request, reply) => {
      const { headers } = request
      const params = fieldsOf(request.params)
      const {
        status = 200,
        headers: more = {},
        body,
      } = await route.handle({
        engine,
        method: route.method,
        path: route.path,
        params: (route.params ? checkParameters(route.params, params) : {}) as Record<string, string>,
        query: checkParameters(route.query ?? {}, fieldsOf(request.query)),
        headers,
        body: request.body as TextBody | undefined,
      })
      reply.code(status).headers({ ...more, 'cache-control': 'no-cache' })
      if (route.verbatim) reply.serializer((value: unknown) => JSON.stringify(value))
      return body === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(body)
    },
  })
}

function addDocument(app: FastifyInstance): void {
  let text: string | undefined
  app.get(OPENAPI_PATH, { schema: { hide: true } }, (_request, reply) => {
    text ??= JSON.stringify(app.swagger())
    return reply.type('application/json; charset=utf-8').send(text)
  })
}

/** Bodies are read as they come: a compressed one would be taken for text that is broken (RFC 9110 §8.4). */
function checkEncoding(request: FastifyRequest): void {
  const value = request.headers['content-encoding']
  if (value === undefined || value.trim().toLowerCase() === 'identity') return
  throw new CausewayError('content-encoding-unsupported', { value: value.slice(0, 100) })
}

/** The methods of each path. */
function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>([[OPENAPI_PATH, ['GET', 'HEAD']]])
  for (const [path, rows] of Map.groupBy(routes, one => one.path)) {
    const own = new Set<string>(rows.map(({ method }) => method))
    if (own.has('GET')) own.add('HEAD')
    methods.set(
      path,
      METHODS.filter(method => own.has(method)),
    )
  }
  return methods
}

/** What no route took: a path that there is not, or a method of which the router has never heard (TRACE, PROPFIND). */
function refusalOf(request: FastifyRequest, reply: FastifyReply): CausewayError {
  const path = pathOf(request)
  for (const [pattern, own] of methodsByPath()) {
    if (!new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
      continue
    const allowed = own.join(', ')
    reply.header('allow', allowed)
    return new CausewayError('method-not-allowed', { path, method: request.method, allowed })
  }
  return new CausewayError('path-unknown', { path })
}

/** A path that is there answers the methods it does not have with 405 and Allow (RFC 9110 section 15.5.6). */
function refuseOtherMethods(app: FastifyInstance): void {
  for (const [path, own] of methodsByPath()) {
    const allowed = own.join(', ')
    app.route({
      method: METHODS.filter(method => !own.includes(method)),
      url: urlOf(path),
      schema: { hide: true },
      // Before the body is read: what it is of does not matter here.
      onRequest: async (request, reply) => {
        reply.header('allow', allowed)
        throw new CausewayError('method-not-allowed', {
          path: pathOf(request),
          method: request.method,
          allowed,
        })
      },
      handler: async () => undefined,
    })
  }
}

function fail(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: (line: string) => void,
): void {
  const known = toCatalogue(error, request)
  if (known.status >= 500) log(`rest: ${request.method} ${pathOf(request)}: ${known.status} ${known.message}`)
  if (known.code === 'internal-error' && error instanceof Error) log(`rest: ${error.stack}`)
  const path = pathOf(request)
  void reply
    .code(known.status)
    .type(`${PROBLEM_MEDIA_TYPE}; charset=utf-8`)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(toProblemDetails(known, path))
}

/** What fastify itself refuses, as errors of the catalogue. */
function toCatalogue(error: unknown, request: FastifyRequest): CausewayError {
  if (error instanceof CausewayError) return error
  const {
    code = '',
    statusCode = 500,
    message = String(error),
  } = error as {
    code?: string
    statusCode?: number
    message?: string
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const value = request.headers['content-type'] ?? 'not given'
    return new CausewayError('content-type-unsupported', { value: value.slice(0, 100) })
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new CausewayError('body-too-large', { limit: CONFIG_SIZE_LIMIT })
  }
  if (statusCode >= 400 && statusCode < 500) {
    const reason = code === 'FST_ERR_BAD_URL' ? 'its path is not well encoded' : lowerFirst(message)
    return new CausewayError('request-malformed', { reason })
  }
  return new CausewayError('internal-error', { reason: lowerFirst(message) }, [], { cause: error })
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!.slice(0, 200)
}

function urlOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
