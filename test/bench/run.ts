import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { confined } from '../../src/lab/confine.ts'
import { type BenchReport, benchFib } from './fib.ts'

const USAGE = `usage: npm run bench -- NAME [options]

Measures Causeway beside its rivals in one run, in network namespaces of its own.

  fib            100,000 routes of one BGP feed into the kernel: Causeway, BIRD, ip -batch

  --rounds N     how often each is measured, in turn (default 5)
  --count N      routes (default 100000)
  --json FILE    write every figure as JSON too
  --help         this text

exit codes: 0 measured, 1 failed, 2 wrong arguments
`

const BENCHES: Readonly<
  Record<string, (options: { rounds: number; count: number }) => Promise<BenchReport>>
> = {
  fib: benchFib,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '100000' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const bench = BENCHES[positionals[0] ?? '']
const [rounds, count] = [Number(values.rounds), Number(values.count)]
if (values.help || !bench || !(rounds > 0) || !(count > 0 && count <= 1_000_000)) {
  ;(values.help ? process.stdout : process.stderr).write(USAGE)
  process.exit(values.help ? 0 : 2)
}
await confined(async () => {
  const report = await bench({ rounds, count })
  process.stdout.write(`${report.text}\n`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report.figures, undefined, 2)}\n`)
})
