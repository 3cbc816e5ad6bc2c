import { announcingErrors } from './errors-announcing.ts'
import { asErrors } from './errors-ases.ts'
import { configErrors } from './errors-config.ts'
import { serviceErrors } from './errors-service.ts'
import { sessionErrors } from './errors-session.ts'

/**
 * The error catalogue: everything that can be wrong for a person, once. A row has a stable code, a title, the HTTP
 * status, a template for what is wrong in this case, and a template for what to do about it. REST, console and log
 * show the same row. `{name}` in a template is a parameter that whoever reports the error must give.
 */
export interface ErrorRow {
  /** A sentence that names the kind of error. */
  readonly title: string
  /** HTTP status (RFC 9110) where this error is the answer to a request. */
  readonly status: number
  /** What is wrong in this case. */
  readonly detail: string
  /** What would be right, or what to do. */
  readonly fix: string
  /** `warning`: told, but nothing is refused for it. */
  readonly severity?: 'warning'
}

export const errorCatalogue = {
  ...serviceErrors,
  ...configErrors,
  ...asErrors,
  ...announcingErrors,
  ...sessionErrors,
} satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorCatalogue

type Placeholders<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** The parameters that the templates of an error name. */
export type ErrorParameters<Code extends ErrorCode> = Readonly<
  Record<
    Placeholders<(typeof errorCatalogue)[Code]['detail'] | (typeof errorCatalogue)[Code]['fix']>,
    string | number
  >
>

/** One thing that is wrong, as data: what REST answers, the console prints and the log keeps. */
export interface Problem {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning'
  readonly detail: string
  readonly fix: string
  /** Where in a document: JSON pointer (RFC 6901). */
  readonly pointer?: string
  /** The same place in words, `interfaces[flannel.1].vni`. */
  readonly path?: string
  /** What stands there. */
  readonly value?: unknown
  /** Name of the file or other text that it is in. */
  readonly source?: string
  /** Line in the text, from 1, where there was a text. */
  readonly line?: number
  /** Column in the text, from 1. */
  readonly column?: number
}

/** The row of a code. */
export function errorRow(code: ErrorCode): ErrorRow {
  return errorCatalogue[code]
}

/** True where the text is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code)
}

/** Fills in an error's templates. */
export function describeError<Code extends ErrorCode>(
  code: Code,
  parameters: ErrorParameters<Code>,
): Problem {
  return fillRow(code, parameters)
}

function fillRow(code: ErrorCode, parameters: Readonly<Record<string, string | number>>): Problem {
  const row = errorRow(code)
  return {
    code,
    severity: row.severity ?? 'error',
    detail: fill(row.detail, parameters),
    fix: fill(row.fix, parameters),
  }
}

function fill(template: string, parameters: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name]))
}

/** A code with its parameters, or a problem that is filled in already; and the problems where it is several things. */
export type ErrorArguments =
  | [problem: Problem, parameters: undefined, problems?: readonly Problem[], options?: ErrorOptions]
  | {
      [Code in ErrorCode]: [
        code: Code,
        parameters: ErrorParameters<Code>,
        problems?: readonly Problem[],
        options?: ErrorOptions,
      ]
    }[ErrorCode]

/**
 * An error of the catalogue as an exception, for the edges: a request that fails, a program that cannot start.
 * The message is the detail and what to do about it.
 */
export class CausewayError extends Error {
  readonly problem: Problem
  readonly problems: readonly Problem[]

  constructor(...[what, parameters, problems = [], options]: ErrorArguments) {
    const problem = typeof what === 'string' ? fillRow(what, parameters ?? {}) : what
    super(`${problem.detail} ${problem.fix}`, options)
    this.name = 'CausewayError'
    this.problem = problem
    this.problems = problems
  }

  get code(): ErrorCode {
    return this.problem.code
  }

  /** HTTP status of the error. */
  get status(): number {
    return errorRow(this.problem.code).status
  }
}
