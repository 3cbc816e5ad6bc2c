import type { EngineFault } from './engine-protocol.ts'
import { CausewayError, isErrorCode, type Problem } from './errors.ts'

/**
 * An error as it crosses the engine's socket. Of what is not of the catalogue only the message goes over.
 */
export function faultOf(error: unknown): EngineFault {
  if (error instanceof CausewayError) {
    const { code, problem, problems } = error
    return { code, message: problem.detail, details: { fix: problem.fix, problems } }
  }
  return { code: 'internal-error', message: error instanceof Error ? error.message : String(error) }
}

/** What a fault from the socket says, as an error of the catalogue; `method` is the request that it answers. */
export function errorOf(fault: unknown, method: string): CausewayError {
  const { code, message, details } = isObject(fault) ? fault : {}
  const text = typeof message === 'string' ? message : 'an answer that cannot be read'
  if (typeof code !== 'string' || !isErrorCode(code) || code === 'internal-error') {
    return new CausewayError('engine-failed', { method, reason: text })
  }
  const { fix, problems } = isObject(details) ? details : {}
  const problem: Problem = { code, severity: 'error', detail: text, fix: typeof fix === 'string' ? fix : '' }
  return new CausewayError(problem, undefined, Array.isArray(problems) ? problems.filter(isProblem) : [])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isProblem(value: unknown): value is Problem {
  return (
    isObject(value) &&
    typeof value['code'] === 'string' &&
    isErrorCode(value['code']) &&
    typeof value['detail'] === 'string' &&
    typeof value['fix'] === 'string'
  )
}
