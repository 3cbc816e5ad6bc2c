/**
 * `npm run conformance`: what the RFCs ask of a BGP speaker, sentence by sentence, and the test that shows each.
 *
 *   node test/conformance/run.ts [--json] [--verify DIRECTORY]
 *
 * Runs every test that the ledger names and prints, for each RFC, how many of its normative sentences there are, how many
 * are shown by a test that passed in this run, and how many are stated gaps; then the gaps. `--json`: the same for
 * programs. `--verify`: the directory has texts of the RFC Editor (rfc4271.txt …), with which the ledger is compared: no
 * sentence may be missing in it, none unknown. Tests in network namespaces are run for root only; for others their
 * sentences are counted apart. Exit status 1 where a sentence has neither a test that passed nor a reason for having none.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { IN_NAMESPACES } from '../runner/namespaces.ts'
import { compare, faultsOf } from './check.ts'
import { inNamespaces, type Ledger, type NamedTest, nameOf, testsOf } from './entry.ts'
import { LEDGERS } from './ledgers.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

interface Counts {
  readonly rfc: number
  readonly title: string
  readonly sentences: number
  shown: number
  gaps: number
  /** Only shown by tests that this machine cannot run. */
  notRun: number
  failed: number
}

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, verify: { type: 'string' } },
})

const problems = LEDGERS.flatMap(ledger => faultsOf(ledger, ROOT))
if (options.verify !== undefined) problems.push(...LEDGERS.flatMap(ledger => verify(ledger, options.verify!)))
const outcomes = runTests()
const counts = LEDGERS.map(count)
if (options.json) print(JSON.stringify({ rfcs: counts, gaps: gaps(), problems }, undefined, 2))
else printTable()
process.exitCode = problems.length > 0 ? 1 : 0

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function verify(ledger: Ledger, directory: string): string[] {
  const path = join(directory, `rfc${ledger.rfc}.txt`)
  if (!existsSync(path)) return [`RFC ${ledger.rfc} could not be verified: there is no ${path}`]
  return compare(ledger, readFileSync(path, 'utf8'))
}

/** Runs the files of all named tests: status by file and titles, or undefined where a file was not to be run here. */
function runTests(): ReadonlyMap<string, string> {
  const tests = LEDGERS.flatMap(({ entries }) => entries.flatMap(testsOf))
  const files = (ns: boolean) => [
    ...new Set(tests.filter(test => inNamespaces(test) === ns).map(({ file }) => file)),
  ]
  const found = new Map<string, string>()
  collect(found, vitest('unit', files(false), []))
  if (process.getuid?.() === 0) collect(found, vitest('ns', files(true), IN_NAMESPACES))
  return found
}

function vitest(project: string, files: readonly string[], prefix: readonly string[]): Report | undefined {
  if (files.length === 0) return undefined
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  const directory = mkdtempSync(join(ROOT, '.cache/conformance-'))
  const output = join(directory, 'report.json')
  const program = [
    process.execPath,
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project',
    project,
  ]
  const reporter = ['--reporter=json', `--outputFile.json=${output}`]
  const [command = '', ...argv] = [...prefix, ...program, ...reporter, ...files]
  process.stderr.write(`running ${files.length} files of ${project} tests\n`)
  const { stderr } = spawnSync(command, argv, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 })
  const report = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Report) : undefined
  if (!report) problems.push(`the ${project} tests wrote no report: ${stderr.trim().slice(-500)}`)
  rmSync(directory, { recursive: true })
  return report
}

function collect(found: Map<string, string>, report: Report | undefined): void {
  for (const { name, assertionResults } of report?.testResults ?? []) {
    const file = relative(ROOT, name)
    for (const { ancestorTitles, title, status } of assertionResults) {
      const id = idOf({ file, titles: [...ancestorTitles, title] })
      // Of several tests of one name all have to pass.
      if ((found.get(id) ?? 'passed') === 'passed') found.set(id, status)
    }
  }
}

function idOf({ file, titles }: NamedTest): string {
  return [file, ...titles.filter(title => title !== '')].join(' › ')
}

function count(ledger: Ledger): Counts {
  const { rfc, title, entries } = ledger
  const row: Counts = { rfc, title, sentences: entries.length, shown: 0, gaps: 0, notRun: 0, failed: 0 }
  for (const entry of entries) {
    const tests = testsOf(entry)
    if (tests.length === 0) {
      if (entry.gap === undefined) row.failed++
      else row.gaps++
      continue
    }
    const here = tests.filter(test => !inNamespaces(test) || process.getuid?.() === 0)
    const bad = here.filter(test => outcomes.get(idOf(test)) !== 'passed')
    for (const test of bad)
      problems.push(`${nameOf(ledger, entry)}: ${outcomes.get(idOf(test)) ?? 'not found'}: ${idOf(test)}`)
    if (bad.length > 0) row.failed++
    else if (here.length < tests.length) row.notRun++
    else row.shown++
  }
  return row
}

function gaps() {
  return LEDGERS.flatMap(ledger =>
    ledger.entries
      .filter(({ gap }) => gap !== undefined)
      .map(entry => ({
        sentence: nameOf(ledger, entry),
        level: entry.level,
        says: entry.says,
        gap: entry.gap!,
      })),
  )
}

function printTable(): void {
  const total = { shown: 0, gaps: 0, notRun: 0, failed: 0, sentences: 0 }
  for (const row of counts) {
    total.sentences += row.sentences
    total.shown += row.shown
    total.gaps += row.gaps
    total.notRun += row.notRun
    total.failed += row.failed
  }
  const line = (name: string, row: typeof total, title: string) =>
    [
      name.padEnd(8),
      ...[row.sentences, row.shown, row.gaps, row.failed].map(n => `${n}`.padStart(9)),
      `  ${title}`,
    ]
      .join(' ')
      .trimEnd()
  print(`gaps\n`)
  for (const { sentence, level, says, gap } of gaps()) print(`${sentence} ${level}: ${says}\n    ${gap}`)
  print(`\nRFC      sentences     shown      gaps    failed`)
  for (const row of counts) print(line(`${row.rfc}`, row, row.title))
  print(line('all', total, `${((100 * total.shown) / total.sentences).toFixed(1)} % shown by tests`))
  if (total.notRun > 0)
    print(`${total.notRun} more are shown by tests in network namespaces, which only root can run: not run`)
  if (problems.length > 0) print(`\n${problems.join('\n')}`)
}
