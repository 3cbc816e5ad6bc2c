import { constants } from 'node:os'
import { getSystemErrorMessage } from 'node:util'
import type { KernelFailure } from '../kernel/objects.ts'

/** The kernel's own words with the name of its error; what the name means where it gave no words. */
export function describeFailure({ code, message }: KernelFailure): string {
  const errno = (constants.errno as Readonly<Record<string, number>>)[code]
  const words = message || (errno === undefined ? '' : getSystemErrorMessage(-errno))
  return words ? `${words} (${code})` : code
}
