import type { ErrorCode } from './notification-table.ts'

/** Why an attribute is malformed: for the log, and what to send should the session have to end for it. */
export interface Fault {
  readonly text: string
  readonly error: ErrorCode
}
