import { describeError, type ErrorCode, type ErrorParameters } from '../model/errors.ts'
import type { Path } from './path.ts'

/** A problem as a check finds it: with its path, not yet with words, value and position. */
export interface Finding {
  readonly code: ErrorCode
  readonly path: Path
  /** What the position in the text points at: the value (default), or its key. */
  readonly at?: 'key'
  readonly severity: 'error' | 'warning'
  readonly detail: string
  readonly fix: string
}

/** A finding from a row of the error catalogue. */
export function finding<Code extends ErrorCode>(
  path: Path,
  code: Code,
  parameters: ErrorParameters<Code>,
  at?: 'key',
): Finding {
  return { ...describeError(code, parameters), path, ...(at && { at }) }
}
