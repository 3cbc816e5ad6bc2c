import { CausewayError } from '../model/errors.ts'
import { type Prefix, parsePrefix } from '../net/prefix.ts'

/** The prefix that a query names. @throws CausewayError `engine-request-invalid` */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text)
  if (prefix) return prefix
  throw new CausewayError('engine-request-invalid', { reason: `${JSON.stringify(text)} is not a prefix` })
}
