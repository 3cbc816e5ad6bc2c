import { CausewayError, isErrorCode, type Problem } from '../model/errors.ts'

/** What an error from the engine's socket says, as an error of the catalogue; `method` is the request it answers. */
export function readFault(fault: unknown, method: string): CausewayError {
  const { message, details } = fields(fault)
  const { problem, problems } = fields(details)
  if (!isProblem(problem)) {
    const reason = typeof message === 'string' ? message : 'an error that cannot be read'
    return new CausewayError('engine-failed', { method, reason })
  }
  return new CausewayError(problem, undefined, Array.isArray(problems) ? problems.filter(isProblem) : [])
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isProblem(value: unknown): value is Problem {
  const { code, detail, fix } = fields(value)
  return (
    typeof code === 'string' && isErrorCode(code) && typeof detail === 'string' && typeof fix === 'string'
  )
}
