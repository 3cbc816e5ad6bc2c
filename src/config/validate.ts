import { Compile } from 'typebox/compile'
import { Config } from '../model/config.ts'
import { describeError, type Problem } from '../model/errors.ts'
import { finish, type Steps } from '../net/steps.ts'
import { CheckContext, checks } from './checks/index.ts'
import { presetChecks } from './checks/presets.ts'
import { type ConfigDocument, readDocument, type TextFormatName } from './document.ts'
import { explain, FINDING_LIMIT } from './explain.ts'
import { type Finding, finding } from './finding.ts'
import './formats.ts'
import { compareRanks, DocumentOrder, type Path, PathWords, toPointer, valueAt } from './path.ts'
import { expandPresets } from './presets/expand.ts'
import { type Salvage, salvage, wholeConfig } from './salvage.ts'
import { kindOfValue } from './words.ts'

/** Either a configuration that may be applied, or all that is wrong with it. Warnings refuse nothing. */
export type ValidationResult =
  | {
      readonly valid: true
      readonly config: Config
      readonly warnings: readonly Problem[]
      readonly problems?: undefined
    }
  | {
      readonly valid: false
      readonly problems: readonly Problem[]
      readonly config?: undefined
    }

const validator = Compile(Config)

/**
 * Checks a value against the schema and against what a schema cannot say. All problems are told at once, in the order
 * of the document; never throws. The value is not changed and not copied.
 */
export function validateConfig(value: unknown): ValidationResult {
  return finish(validate(value, undefined))
}

/** The same in steps, each a short one. */
export function validateInSteps(value: unknown): Steps<ValidationResult> {
  return validate(value, undefined)
}

/**
 * Reads and checks a configuration as text: YAML 1.2 (which JSON is, too), or strictly JSON. Problems carry line and
 * column. Never throws.
 * @param source name of the file or other text, for the problems
 */
export function parseConfig(
  text: string | Uint8Array,
  source?: string,
  format: TextFormatName = 'yaml',
): ValidationResult {
  const { document, problems } = readDocument(text, format)
  const result: ValidationResult = document
    ? finish(validate(document.value, document))
    : { valid: false, problems }
  if (source === undefined) return result
  const named = (problem: Problem): Problem => ({ ...problem, source })
  return result.valid
    ? { ...result, warnings: result.warnings.map(named) }
    : { ...result, problems: result.problems.map(named) }
}

function* validate(value: unknown, document: ConfigDocument | undefined): Steps<ValidationResult> {
  const schemaFindings = findSchemaFaults(value)
  yield
  const salvaged = schemaFindings.length === 0 ? wholeConfig(value as Config) : salvage(value, schemaFindings)
  const words = new PathWords(value)
  const semantic = salvaged ? yield* runChecks(salvaged, words) : []
  const problems = present([...schemaFindings, ...semantic], value, words, document)
  if (problems.some(({ severity }) => severity === 'error')) return { valid: false, problems }
  return { valid: true, config: value as Config, warnings: problems }
}

function findSchemaFaults(value: unknown): readonly Finding[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const actual = value === null || value === undefined ? 'empty' : kindOfValue(value)
    return [finding([], 'not-a-map', { actual })]
  }
  if (validator.Check(value)) return []
  const findings = explain(Config, value)
  if (findings.length > 0) return findings
  // The validator refuses it and no sentence of ours says why: say where.
  const [first] = validator.Errors(value)
  const path = (first?.instancePath ?? '').split('/').slice(1)
  return [finding(path, 'bad-text', { value: 'This', description: `${first?.message ?? 'the schema'}.` })]
}

function* runChecks(salvaged: Salvage, words: PathWords): Steps<readonly Finding[]> {
  const plain = { ...salvaged, config: expandPresets(salvaged.config) }
  // Presets are checked as they are written, all else as they are written out.
  const [written, expanded] = [new CheckContext(salvaged, words), new CheckContext(plain, words)]
  const findings = presetChecks.flatMap(check => check.run(written))
  for (const check of checks) {
    yield
    findings.push(...check.run(expanded))
  }
  return findings.map(found => ({ ...found, path: salvaged.original(found.path) }))
}

/** Findings about any value, as problems in its order. */
export function presentFindings(findings: readonly Finding[], root: unknown): readonly Problem[] {
  return present(findings, root, new PathWords(root), undefined)
}

/** In the order of the document, each with its words, value and position. */
function present(
  findings: readonly Finding[],
  root: unknown,
  words: PathWords,
  document: ConfigDocument | undefined,
): readonly Problem[] {
  const order = new DocumentOrder(root)
  const ranked = findings
    .map(found => ({ found, rank: order.rank(found.path) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
  const shown = ranked.slice(0, FINDING_LIMIT).map(({ found }) => toProblem(found, root, words, document))
  const more = ranked.length - shown.length
  return more === 0 ? shown : [...shown, describeError('too-many-problems', { count: more })]
}

function toProblem(
  { code, severity, path, at, detail, fix }: Finding,
  root: unknown,
  words: PathWords,
  document: ConfigDocument | undefined,
): Problem {
  const value = shownValue(root, path)
  return {
    code,
    severity,
    detail,
    fix,
    pointer: toPointer(path),
    path: words.of(path),
    ...(value !== undefined && { value }),
    ...document?.locate(path, at),
  }
}

/** The value at a place, where it is not a whole part of the configuration. */
function shownValue(root: unknown, path: Path): unknown {
  const value = valueAt(root, path)
  if (typeof value === 'string' && value.length > 200) return `${value.slice(0, 200)}...`
  if (typeof value !== 'object') return value
  return (JSON.stringify(value) ?? '').length <= 200 ? value : undefined
}
