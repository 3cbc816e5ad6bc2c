import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { errorRow } from '../model/errors.ts'
import { PROBLEM_MEDIA_TYPE } from './problem.ts'
import { commonErrors, type Route } from './route.ts'

/** What the document says of the interface as a whole. @param version of the product */
export function openapiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Causeway',
        version,
        description:
          'Configuration and state of a Causeway box. Errors are problem details (RFC 9457) with a code of the error catalogue.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'configuration', description: 'What the box is to do.' },
        { name: 'state', description: 'What is so, as read from the kernel and the live tables.' },
        { name: 'service', description: 'The interface itself.' },
      ],
      servers: [{ url: '/', description: 'This box.' }],
    },
    convertConstToEnum: false,
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `schema-${index}`,
    },
  }
}

/** A route's schema as fastify and the document take it. */
export function routeSchema(route: Route): Record<string, unknown> {
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [route.tag],
    ...(route.params && { params: objectOf(route.params) }),
    ...(route.query && { querystring: objectOf(route.query) }),
    ...(route.headers && { headers: { type: 'object', properties: describeHeaders(route.headers) } }),
    ...(route.takesConfig && { body: configBody }),
    response: responsesOf(route),
  }
}

const configBody = {
  content: {
    'application/json': { schema: { $ref: 'Config#' } },
    'application/yaml': { schema: { $ref: 'Config#' } },
  },
}

function objectOf(properties: Readonly<Record<string, object>>): object {
  const required = Object.keys(properties).filter(name => !('~optional' in properties[name]!))
  return { type: 'object', properties, required }
}

function describeHeaders(headers: Readonly<Record<string, string>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { type: 'string', description }]),
  )
}

interface ResponseSchema {
  readonly description: string
  /** An answer without a body. */
  readonly type?: 'null'
  readonly headers?: Record<string, object>
  readonly content?: Record<string, unknown>
}

function responsesOf({ responses, errors }: Route): Record<string, unknown> {
  const all: Record<string, ResponseSchema> = {}
  for (const [status, { description, schema, headers }] of Object.entries(responses)) {
    all[status] = {
      description,
      ...(headers && { headers: describeHeaders(headers) }),
      ...(schema ? { content: { 'application/json': { schema } } } : { type: 'null' }),
    }
  }
  const byStatus = Map.groupBy([...new Set([...errors, ...commonErrors])], code => errorRow(code).status)
  for (const [status, codes] of byStatus) {
    const sentences = codes.map(code => `${code}: ${errorRow(code).title}`)
    const described = all[status] ? [all[status].description, ...sentences] : sentences
    all[status] = {
      description: described.join(' '),
      content: {
        ...all[status]?.content,
        [PROBLEM_MEDIA_TYPE]: { schema: { $ref: 'ProblemDetails#' } },
      },
    }
  }
  return all
}
