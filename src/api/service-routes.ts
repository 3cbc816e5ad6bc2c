import Type from 'typebox'
import { CausewayError, type ErrorCode, errorCatalogue, errorRow, isErrorCode } from '../model/errors.ts'
import { type ApiResponse, engineErrors, type Route } from './route.ts'

const ErrorKind = Type.Object(
  {
    code: Type.String({ description: 'The code; it never changes.' }),
    title: Type.String({ description: 'The kind of error, in a sentence.' }),
    status: Type.Integer({ description: 'HTTP status where it is the answer to a request.' }),
    severity: Type.Union([Type.Literal('error'), Type.Literal('warning')], {
      description: 'Warnings refuse nothing.',
    }),
    detail: Type.String({ description: 'What is wrong; {words} in braces depend on the case.' }),
    fix: Type.String({ description: 'What would be right, or what to do.' }),
  },
  { $id: 'ErrorKind', title: 'Error', description: 'A row of the error catalogue.' },
)

/** Schemas that the routes below refer to by name. */
export const serviceSchemas = [ErrorKind] as const

export const serviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/healthz',
    id: 'getHealth',
    summary: 'Whether the box does what it is configured to do: 200, or 503 where it does not.',
    tag: 'service',
    responses: {
      200: { description: 'The engine runs and the kernel is as configured.', schema: Type.Ref('Health#') },
      503: {
        description: 'The kernel is not as configured; `failures` says why.',
        schema: Type.Ref('Health#'),
      },
    },
    errors: engineErrors,
    handle: async ({ engine }) => {
      const health = await engine.call('getHealth', {})
      return { status: health.status === 'ok' ? 200 : 503, body: health }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/errors',
    id: 'getErrors',
    summary: 'The error catalogue: all that answers, console and log may say is wrong.',
    tag: 'service',
    responses: { 200: { description: 'The catalogue.', schema: Type.Array(Type.Ref('ErrorKind#')) } },
    errors: [],
    handle: async () => ({ body: Object.keys(errorCatalogue).filter(isErrorCode).map(describe) }),
  },
  {
    method: 'GET',
    path: '/api/v1/errors/{code}',
    id: 'getError',
    summary: 'One row of the error catalogue.',
    tag: 'service',
    params: { code: Type.String({ description: 'Code of the error.' }) },
    responses: { 200: { description: 'The row.', schema: Type.Ref('ErrorKind#') } },
    errors: ['error-code-unknown'],
    handle: async ({ params: { code = '' } }): Promise<ApiResponse> => {
      if (!isErrorCode(code)) throw new CausewayError('error-code-unknown', { name: code })
      return { body: describe(code) }
    },
  },
]

function describe(code: ErrorCode) {
  return { code, severity: 'error', ...errorRow(code) }
}
