import type { TSchema } from 'typebox'
import { type Finding, finding } from './finding.ts'
import { formats } from './formats.ts'
import type { Path } from './path.ts'
import { closest, kindOfValue, listWords, showValue } from './words.ts'

/** The part of JSON Schema that our schemas use. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly title?: string
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Findings that are enough: a text with more is not one that a person corrects by this list. */
export const FINDING_LIMIT = 1000

/**
 * Says what in a value does not follow a schema, in sentences for people: each finding is at the innermost place.
 * Where a union has a key that tells its branches apart (`type` of interfaces), only the branch that it names is
 * looked at. The compiled validator decides whether there is anything to say; this says it.
 */
export function explain(schema: TSchema, value: unknown): readonly Finding[] {
  const findings: Finding[] = []
  explainers[kindOf(schema)](schema, value, [], findings)
  return findings
}

type Explainer = (schema: Schema, value: unknown, path: Path, findings: Finding[]) => void
type Kind = 'union' | 'const' | 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any'

const explainers: Readonly<Record<Kind, Explainer>> = {
  union: explainUnion,
  const: explainConst,
  object: explainObject,
  array: explainArray,
  string: explainString,
  integer: explainNumber,
  number: explainNumber,
  boolean: (_schema, value, path, findings) => {
    if (typeof value !== 'boolean')
      findings.push(wrongType(path, value, 'true or false', booleanAdvice(value)))
  },
  any: () => undefined,
}

function kindOf(schema: Schema): Kind {
  if (schema.anyOf) return 'union'
  if (Object.hasOwn(schema, 'const')) return 'const'
  return schema.type !== undefined && Object.hasOwn(explainers, schema.type) ? (schema.type as Kind) : 'any'
}

function explainPart(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  if (findings.length < FINDING_LIMIT) explainers[kindOf(schema)](schema, value, path, findings)
}

function explainObject(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  if (!isMap(value)) {
    findings.push(wrongType(path, value, 'a map of keys', ''))
    return
  }
  const properties = schema.properties ?? {}
  for (const [key, part] of Object.entries(value)) {
    if (Object.hasOwn(properties, key)) explainPart(properties[key]!, part, [...path, key], findings)
    else findings.push(unknownKey([...path, key], key, schema, value))
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) findings.push(missingKey([...path, key], key, properties[key] ?? {}))
  }
}

function unknownKey(path: Path, key: string, schema: Schema, value: Record<string, unknown>): Finding {
  const all = Object.keys(schema.properties ?? {})
  const free = all.filter(name => !Object.hasOwn(value, name))
  const likely = closest(key, free)
  const whose = schema.title === undefined ? 'the keys here are' : `the keys of ${schema.title} are`
  const advice =
    likely === undefined
      ? `Remove it; ${whose} ${listWords(all, 'and')}`
      : `Did you mean ${likely}? If not, remove it`
  return finding(path, 'unknown-key', { key: showKey(key), advice }, 'key')
}

function showKey(key: string): string {
  return key.length > 40 || !/^[\w.-]+$/.test(key) ? showValue(key) : key
}

function missingKey(path: Path, key: string, schema: Schema): Finding {
  const choices = choicesOf(schema)
  const description =
    schema.description ?? (choices ? `one of ${choices.join(', ')}.` : `${expectedOf(schema)}.`)
  return finding(path, 'missing-key', { key, description }, 'key')
}

function explainArray(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  if (!Array.isArray(value)) {
    const advice = value === null ? ', or remove the key' : ', in brackets or with a hyphen before each item'
    findings.push(wrongType(path, value, 'a list', advice))
    return
  }
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema
  if (value.length < minItems) {
    const advice = `Give at least ${minItems}, or remove the key`
    findings.push(finding(path, 'item-count', { actual: value.length, advice }))
  }
  if (value.length > maxItems) {
    const advice = `Give at most ${maxItems}`
    findings.push(finding(path, 'item-count', { actual: value.length, advice }))
  }
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    if (items) explainPart(items, item, [...path, index], findings)
    if (!schema.uniqueItems) continue
    const text = JSON.stringify(item) ?? ''
    if (seen.has(text)) findings.push(finding([...path, index], 'duplicate-item', { value: showValue(item) }))
    seen.add(text)
  }
}

function explainString(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  if (typeof value !== 'string') {
    const scalar = typeof value === 'number' || typeof value === 'boolean'
    const advice = scalar ? `, in quotes: "${value}"` : value === null ? ', or remove the key' : ''
    // What somebody meant for a password is not repeated.
    if (schema.format === 'password') findings.push(wrongText(path, 'This', value, ', in quotes'))
    else findings.push(wrongType(path, value, 'text', advice))
    return
  }
  const length = [...value].length
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  if (length < minLength || length > maxLength) {
    findings.push(finding(path, 'text-length', { actual: length, minimum: minLength, maximum: maxLength }))
    return
  }
  const format = schema.format === undefined ? undefined : formats[schema.format]
  if (format && !format.valid(value)) {
    findings.push(finding(path, format.code, { value: showValue(value), ...format.explain(value) }))
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    const description = schema.description ?? `text that matches ${schema.pattern}.`
    findings.push(
      finding(path, 'bad-text', { value: showValue(value), description: lowerFirst(description) }),
    )
  }
}

function explainNumber(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  const whole = schema.type === 'integer'
  if (typeof value !== 'number' || (whole && !Number.isInteger(value)) || !Number.isFinite(value)) {
    findings.push(wrongType(path, value, whole ? 'a whole number' : 'a number', numberAdvice(schema, value)))
    return
  }
  const { minimum = -Infinity, maximum = Infinity } = schema
  if (value < minimum || value > maximum) {
    findings.push(finding(path, 'out-of-range', { value, minimum, maximum }))
  }
}

function numberAdvice(schema: Schema, value: unknown): string {
  if (typeof value === 'string' && /^\d+$/.test(value)) return `, without quotes: ${Number(value)}`
  if (value === null) return ', or remove the key'
  return schema.minimum === undefined || schema.maximum === undefined
    ? ''
    : ` from ${schema.minimum} to ${schema.maximum}`
}

function booleanAdvice(value: unknown): string {
  const word = String(value).toLowerCase()
  if (['yes', 'on', '1', 'true'].includes(word)) return ', in lower case and without quotes: true'
  if (['no', 'off', '0', 'false'].includes(word)) return ', in lower case and without quotes: false'
  return ''
}

function explainConst(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  if (value !== schema.const) findings.push(notAChoice(path, value, [String(schema.const)]))
}

function explainUnion(schema: Schema, value: unknown, path: Path, findings: Finding[]): void {
  const choices = choicesOf(schema)
  if (choices) {
    if (!choices.some(choice => choice === value)) findings.push(notAChoice(path, value, choices))
    return
  }
  const branches = schema.anyOf ?? []
  const key = discriminator(branches)
  if (key === undefined) {
    const fitting = branches.find(branch => typeFits(branch, value))
    explainPart(fitting ?? branches[0] ?? {}, value, path, findings)
    return
  }
  if (!isMap(value)) {
    findings.push(wrongType(path, value, 'a map of keys', ''))
    return
  }
  const types = branches.map(branch => String(branch.properties?.[key]?.const))
  if (!Object.hasOwn(value, key)) {
    findings.push(missingKey([...path, key], key, { description: `one of ${types.join(', ')}.` }))
    return
  }
  const branch = branches.find(({ properties }) => properties?.[key]?.const === value[key])
  if (branch) explainPart(branch, value, path, findings)
  else findings.push(notAChoice([...path, key], value[key], types))
}

/** Whether a value is of the type of a branch, be it well-formed or not. */
function typeFits({ type }: Schema, value: unknown): boolean {
  if (type === 'object') return isMap(value)
  if (type === 'array') return Array.isArray(value)
  return typeof value === (type === 'integer' ? 'number' : type)
}

/** The values of a union of literals, or of one literal. */
function choicesOf(schema: Schema): readonly string[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [String(schema.const)]
  if (!schema.anyOf?.every(branch => Object.hasOwn(branch, 'const'))) return undefined
  return schema.anyOf.map(branch => String(branch.const))
}

/** The key whose constant tells the branches of a union apart. */
function discriminator(branches: readonly Schema[]): string | undefined {
  const first = branches[0]?.properties ?? {}
  return Object.keys(first).find(key => {
    const values = branches.map(branch => branch.properties?.[key]?.const)
    return values.every(value => value !== undefined) && new Set(values).size === values.length
  })
}

function notAChoice(path: Path, value: unknown, choices: readonly string[]): Finding {
  const likely = typeof value === 'string' ? closest(value, choices) : undefined
  const all = choices.length === 1 ? `Write ${choices[0]}` : `Choose one of ${choices.join(', ')}`
  const advice = likely === undefined || choices.length === 1 ? all : `Did you mean ${likely}? ${all}`
  return finding(path, 'not-a-choice', { value: showValue(value), advice })
}

function wrongType(path: Path, value: unknown, expected: string, advice: string): Finding {
  const shown = typeof value === 'object' ? 'This' : showValue(value)
  return finding(path, 'wrong-type', { value: shown, actual: kindOfValue(value), expected, advice })
}

function wrongText(path: Path, shown: string, value: unknown, advice: string): Finding {
  return finding(path, 'wrong-type', { value: shown, actual: kindOfValue(value), expected: 'text', advice })
}

function expectedOf(schema: Schema): string {
  return { object: 'a map of keys', array: 'a list', string: 'text' }[schema.type ?? ''] ?? `a ${schema.type}`
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
