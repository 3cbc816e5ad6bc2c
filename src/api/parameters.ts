import Type, { type TSchema } from 'typebox'
import { countWords, explain, presentFindings } from '../config/index.ts'
import { CausewayError } from '../model/errors.ts'

/**
 * Checks parameters of a request against their schemas, with the sentences of the configuration. Numbers, which
 * arrive as text, are converted.
 * @throws CausewayError `query-invalid` with a problem for each
 */
export function checkParameters(
  schemas: Readonly<Record<string, TSchema>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, string | number> {
  const values: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(given)) values[name] = convert(schemas[name], value)
  const findings = explain(Type.Object({ ...schemas }, { title: 'this request' }), values)
  if (findings.length > 0) {
    const count = countWords(findings.length, 'problem')
    throw new CausewayError('query-invalid', { count }, presentFindings(findings, values))
  }
  return values
}

function convert(schema: TSchema | undefined, value: unknown): string | number {
  const text = value as string
  const isInteger = schema !== undefined && 'type' in schema && schema.type === 'integer'
  return isInteger && typeof text === 'string' && /^-?\d{1,15}$/.test(text) ? Number(text) : text
}
