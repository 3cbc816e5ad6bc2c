/**
 * `npm test`: type and style checks, then the three kinds of test, each where it can run, then the numbers.
 *
 *   node test/run.ts [checks|unit|ns|vm ...] [argument of vitest ...]
 *
 * All parts unless some are named. What follows the names goes to vitest: a file filter, `-t pattern`. The last line
 * is `N passed, N failed, N skipped` over all. Exit status 1 when something failed or a part could not run.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareForEmulation } from '../src/lab/gateway/programs.ts'
import { runInVm, VM_SHARE, VmError, whyNoVm } from '../src/lab/vm/index.ts'
import { IN_NAMESPACES } from './runner/namespaces.ts'
import { formatTally, NOTHING, sum, type Tally, tallyReport, type VitestReport } from './runner/tally.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
mkdirSync(join(ROOT, '.cache'), { recursive: true })
/** A directory of this run's own: two runs in one checkout do not meet. */
const REPORTS = mkdtempSync(join(ROOT, '.cache/test-'))
const NODE = process.execPath
const VITEST = [NODE, join(ROOT, 'node_modules/vitest/vitest.mjs')]
const MINUTE = 60_000

/** A check that is no test of its own: it passes when its command exits 0. */
const CHECKS = [
  { name: 'types', argv: [join(ROOT, 'node_modules/.bin/tsc'), '-p', '.'] },
  { name: 'format and lint', argv: [join(ROOT, 'node_modules/.bin/biome'), 'check', '--error-on-warnings'] },
]

interface Part {
  readonly name: string
  readonly title: string
  /** Minutes after which the part is stopped and counts as failed. */
  readonly minutes: number
  /** Why this machine cannot run the part. */
  readonly obstacle?: () => string | undefined
  readonly run: (part: Part, filter: readonly string[]) => Promise<Tally>
}

const PARTS: readonly Part[] = [
  { name: 'checks', title: 'checks', minutes: 4, run: runChecks },
  { name: 'unit', title: 'unit tests', minutes: 6, run: runHere([]) },
  {
    name: 'ns',
    title: 'namespace tests',
    minutes: 12,
    obstacle: () => whyNoRoot() ?? whyMissing(['unshare', 'ip', 'bird', 'ping', 'tcpdump']),
    run: runHere(IN_NAMESPACES),
  },
  { name: 'vm', title: 'VM tests', minutes: 16, obstacle: () => whyNoRoot() ?? whyNoVm(), run: runInGuest },
]

async function runChecks(part: Part): Promise<Tally> {
  const outcomes = await Promise.all(
    CHECKS.map(async check => {
      const status = await command(check.argv, part.minutes)
      console.log(`${status === 0 ? 'passed' : 'FAILED'}: ${check.name}`)
      return status === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 }
    }),
  )
  return sum(outcomes)
}

function runHere(prefix: readonly string[]): Part['run'] {
  return async (part, filter) => {
    const report = join(REPORTS, `${part.name}.json`)
    const status = await command([...prefix, ...vitest(part, report), ...filter], part.minutes)
    return tallyReport(readReport(report), status)
  }
}

async function runInGuest(part: Part, filter: readonly string[]): Promise<Tally> {
  const argv = [...vitest(part, `${VM_SHARE}/${part.name}.json`), ...filter]
  const environment = {
    ...(await prepareForEmulation()),
    CI: 'true',
    ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
  }
  let status = 1
  try {
    status = await runInVm({
      argv,
      cwd: ROOT,
      environment,
      share: REPORTS,
      timeout: part.minutes * MINUTE,
      memory: 3072,
    })
  } catch (error) {
    if (!(error instanceof VmError)) throw error
    console.log(error.message)
  }
  return tallyReport(readReport(join(REPORTS, `${part.name}.json`)), status)
}

function vitest(part: Part, report: string): string[] {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return [...VITEST, 'run', '--project', part.name, '--passWithNoTests', ...reporters]
}

/** Runs a command that ends with this process and after so many minutes, and resolves to its exit status. */
function command(argv: readonly string[], minutes: number): Promise<number> {
  return new Promise(resolve => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const timer = setTimeout(() => {
      console.log(`stopped: took more than ${minutes} minutes`)
      child.kill('SIGKILL')
    }, minutes * MINUTE)
    child.on('error', error => console.log(error.message))
    child.on('close', code => {
      clearTimeout(timer)
      resolve(code ?? 1)
    })
  })
}

function readReport(path: string): VitestReport | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** The number of tests in a part that cannot run, as far as vitest can tell without running them. */
function countTests(part: Part, filter: readonly string[]): number {
  const [node, script] = VITEST
  try {
    const list = execFileSync(node, [script, 'list', '--json', '--project', part.name, ...filter], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: MINUTE,
    })
    return JSON.parse(list).length
  } catch {
    return 1
  }
}

function whyNoRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'only root can run them'
}

function whyMissing(programs: readonly string[]): string | undefined {
  const directories = `${process.env.PATH}:/usr/sbin:/sbin`.split(':')
  const missing = programs.filter(
    program => !directories.some(directory => existsSync(join(directory, program))),
  )
  return missing.length === 0 ? undefined : `missing: ${missing.join(', ')}`
}

const parameters = process.argv.slice(2)
const names = new Set(PARTS.map(part => part.name))
const firstOfVitest = parameters.findIndex(parameter => !names.has(parameter))
const named = firstOfVitest < 0 ? parameters : parameters.slice(0, firstOfVitest)
const filter = firstOfVitest < 0 ? [] : parameters.slice(firstOfVitest)
const parts = PARTS.filter(part => named.length === 0 || named.includes(part.name))

const summary: string[] = []
const tallies: Tally[] = []
let leftOut = false
for (const [index, part] of parts.entries()) {
  const obstacle = part.obstacle?.()
  const began = performance.now()
  let remark: string
  let tally: Tally
  if (obstacle === undefined) {
    console.log(`\n[${index + 1}/${parts.length}] ${part.title}`)
    tally = await part.run(part, filter)
    remark = `${((performance.now() - began) / 1000).toFixed(1)} s`
  } else {
    tally = { ...NOTHING, skipped: countTests(part, filter) }
    remark = `left out: ${obstacle}`
    leftOut = true
  }
  tallies.push(tally)
  summary.push(`${part.title.padEnd(16)} ${formatTally(tally)} (${remark})`)
}
rmSync(REPORTS, { recursive: true })
const total = sum(tallies)
console.log(`\n${summary.join('\n')}\n${formatTally(total)}`)
process.exitCode = total.failed > 0 || leftOut ? 1 : 0
