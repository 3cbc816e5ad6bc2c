import Type, { type Static } from 'typebox'
import { type CausewayError, errorRow, type Problem } from '../model/errors.ts'

/** A problem inside of a document: one place and what is wrong there. */
export const ProblemItem = Type.Object(
  {
    code: Type.String({ description: 'Code in the error catalogue; /api/v1/errors/{code} describes it.' }),
    severity: Type.Union([Type.Literal('error'), Type.Literal('warning')], {
      description: 'Warnings refuse nothing.',
    }),
    detail: Type.String({ description: 'What is wrong.' }),
    fix: Type.String({ description: 'What would be right, or what to do.' }),
    pointer: Type.Optional(Type.String({ description: 'Where, as a JSON pointer (RFC 6901).' })),
    path: Type.Optional(Type.String({ description: 'Where, in words: interfaces[flannel.1].vni.' })),
    value: Type.Optional(Type.Unsafe<unknown>({ description: 'What stands there.' })),
    line: Type.Optional(Type.Integer({ minimum: 1, description: 'Line in the text that was sent.' })),
    column: Type.Optional(Type.Integer({ minimum: 1, description: 'Column in the text that was sent.' })),
  },
  { $id: 'Problem', title: 'Problem', description: 'One thing that is wrong.' },
)

/** The answer to a request that failed (RFC 9457). */
export const ProblemDetails = Type.Object(
  {
    type: Type.String({ description: 'URI reference of the kind of error, in the error catalogue.' }),
    title: Type.String({ description: 'The kind of error, in a sentence.' }),
    status: Type.Integer({ description: 'HTTP status.' }),
    detail: Type.String({ description: 'What is wrong in this case.' }),
    instance: Type.String({ description: 'Path of the request.' }),
    code: Type.String({ description: 'Code in the error catalogue.' }),
    fix: Type.String({ description: 'What would be right, or what to do.' }),
    problems: Type.Optional(
      Type.Array(Type.Ref('Problem#'), {
        description: 'Each thing that is wrong, where the request failed for several.',
      }),
    ),
  },
  { $id: 'ProblemDetails', title: 'Problem details', description: 'An error (RFC 9457).' },
)

export type ProblemDetails = Omit<Static<typeof ProblemDetails>, 'problems'> & {
  readonly problems?: readonly Problem[]
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Where the catalogue describes a code. */
export function errorPath(code: string): string {
  return `/api/v1/errors/${code}`
}

/** An error as the body of an answer. @param instance path of the request */
export function toProblemDetails(
  { problem, problems, status }: CausewayError,
  instance: string,
): ProblemDetails {
  return {
    type: errorPath(problem.code),
    title: errorRow(problem.code).title,
    status,
    detail: problem.detail,
    instance,
    code: problem.code,
    fix: problem.fix,
    ...(problems.length > 0 && { problems }),
  }
}
