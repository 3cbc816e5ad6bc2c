import type { IncomingHttpHeaders } from 'node:http'
import type { TSchema } from 'typebox'
import type { EngineCalls } from '../manager/index.ts'
import type { ErrorCode } from '../model/errors.ts'

/** A body as it was sent: text whose reading is part of the check. */
export interface TextBody {
  readonly format: 'json' | 'yaml'
  readonly bytes: Uint8Array
}

export interface ApiRequest {
  readonly engine: EngineCalls
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  /** Checked and converted as the route's `query` says. */
  readonly query: Readonly<Record<string, string | number>>
  readonly headers: IncomingHttpHeaders
  readonly body: TextBody | undefined
}

export interface ApiResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** An answer that is no problem. */
export interface RouteResponse {
  readonly description: string
  /** Of the body; without it there is none. */
  readonly schema?: TSchema
  /** Headers of the answer and what they say. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One row of the interface: what is checked, documented and serialised follows from it. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST'
  /** Path with `{name}` for parameters. */
  readonly path: string
  /** operationId of OpenAPI. */
  readonly id: string
  readonly summary: string
  readonly tag: 'configuration' | 'state' | 'service'
  readonly params?: Readonly<Record<string, TSchema>>
  readonly query?: Readonly<Record<string, TSchema>>
  /** Headers that the route looks at, in lower case, and what they say. */
  readonly headers?: Readonly<Record<string, string>>
  /** The body is a configuration, as JSON or YAML. */
  readonly takesConfig?: boolean
  /** The body of the answer follows its schema to the letter already, and defaults are not to be filled in. */
  readonly verbatim?: boolean
  /** Answers other than problems, by status. */
  readonly responses: Readonly<Record<number, RouteResponse>>
  /** Errors that this route may answer with, besides those of all routes. */
  readonly errors: readonly ErrorCode[]
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
}

/** Errors of every route that asks the engine. */
export const engineErrors: readonly ErrorCode[] = [
  'engine-unavailable',
  'engine-timeout',
  'engine-connection-lost',
  'engine-failed',
]

/** Errors that any request may have. */
export const commonErrors: readonly ErrorCode[] = ['request-malformed', 'host-refused', 'internal-error']
