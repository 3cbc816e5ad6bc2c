import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { confined } from '../../src/lab/confine.ts'
import { benchBgp, CASE_NAMES, CONTENDER_NAMES } from './bgp/index.ts'
import { type BenchReport, benchFib } from './fib.ts'

const USAGE = `usage: npm run bench -- NAME [options]

Measures Causeway beside its rivals in one run, in network namespaces of its own.

  fib            100,000 routes of one BGP feed into the kernel: Causeway, BIRD, ip -batch
  bgp            the BGP speaker as route reflector: Causeway, BIRD 2, FRR (also tuned), OpenBGPD, GoBGP

  --rounds N     how often each is measured, in turn (default 5)
  --quick        one round
  --json FILE    write every figure as JSON too
  --help         this text

of fib:
  --count N      routes (default 100000)

of bgp:
  --case NAME    only this case, repeatable: ${CASE_NAMES.join(', ')}
  --only NAME    only this contender, repeatable: ${CONTENDER_NAMES.join(', ')}
  --limit S      seconds after which a step of a contender is given up (default 60)

exit codes: 0 measured, 1 failed, 2 wrong arguments
`

function wrong(message: string): never {
  process.stderr.write(`bench: ${message}; see --help\n`)
  process.exit(2)
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        quick: { type: 'boolean', default: false },
        count: { type: 'string', default: '100000' },
        case: { type: 'string', multiple: true, default: [] },
        only: { type: 'string', multiple: true, default: [] },
        limit: { type: 'string', default: '60' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return wrong((error as Error).message)
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  return wrong(`--${name} ${text}: a whole number from 1 to ${most} is needed`)
}

function known(name: string, values: readonly string[], names: readonly string[]): readonly string[] {
  const unknown = values.find(value => !names.includes(value))
  return unknown === undefined ? values : wrong(`--${name} ${unknown}: there are ${names.join(', ')}`)
}

const { values, positionals } = readArguments()
if (values.help) {
  process.stdout.write(USAGE)
  process.exit(0)
}
const rounds = values.quick ? 1 : wholeNumber('rounds', values.rounds, 1000)
const count = wholeNumber('count', values.count, 1_000_000)
const limit = wholeNumber('limit', values.limit, 3600)
const cases = known('case', values.case, CASE_NAMES)
const only = known('only', values.only, CONTENDER_NAMES)
const BENCHES: Readonly<Record<string, () => Promise<BenchReport>>> = {
  fib: () => benchFib({ rounds, count }),
  bgp: () => benchBgp({ rounds, cases, only, limit }),
}
const bench = BENCHES[positionals[0] ?? ''] ?? wrong(`the benches are ${Object.keys(BENCHES).join(', ')}`)
await confined(async () => {
  const report = await bench()
  process.stdout.write(`${report.text}\n`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report.figures, undefined, 2)}\n`)
})
