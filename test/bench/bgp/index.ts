import type { BenchReport } from '../fib.ts'
import { CASES, type Case } from './cases.ts'
import { bundleCauseway, CONTENDERS } from './contenders/index.ts'
import { type Measured, measure } from './measure.ts'
import { type Figure, reportText } from './report.ts'

export interface BgpBenchOptions {
  readonly rounds: number
  /** Names of cases, and of contenders; all where there are none. */
  readonly cases: readonly string[]
  readonly only: readonly string[]
  /** Seconds that one step of one contender may take. */
  readonly limit: number
}

/** Seconds: whose case took longer is not asked again. A try of GoBGP can take a minute, and needs no median to be placed. */
const SLOW = 15

export const CASE_NAMES = Object.keys(CASES)
export const CONTENDER_NAMES = Object.keys(CONTENDERS)

/** The speaker beside its rivals: every case, every contender in turn, in each round. */
export async function benchBgp(options: BgpBenchOptions): Promise<BenchReport> {
  await bundleCauseway()
  const figures: Figure[] = []
  for (const name of CASE_NAMES) {
    if (options.cases.length > 0 && !options.cases.includes(name)) continue
    figures.push(...(await benchCase(name, CASES[name]!, options)))
  }
  return { text: reportText(figures), figures }
}

async function benchCase(name: string, which: Case, options: BgpBenchOptions): Promise<Figure[]> {
  const figures: Figure[] = []
  const rounds = Math.min(options.rounds, which.rounds ?? options.rounds)
  const givenUp = new Set<string>()
  for (let round = 1; round <= rounds; round++) {
    for (const contender of CONTENDER_NAMES) {
      if (givenUp.has(contender) || (options.only.length > 0 && !options.only.includes(contender))) continue
      const measured = await measure(which, CONTENDERS[contender]!, options.limit)
      // Who cannot do it is not asked again either: the others want to be done too.
      const slow = measured.some(({ step, seconds }) => step !== 'change' && seconds > SLOW)
      if (slow || measured.some(({ failure }) => failure)) givenUp.add(contender)
      for (const one of measured) {
        figures.push({ case: name, contender, round, ...one })
        process.stderr.write(`${name}, round ${round} of ${rounds}: ${contender} ${inShort(one)}\n`)
      }
    }
  }
  return figures
}

function inShort({
  step,
  seconds,
  cpu,
  driverCpu,
  peakMemory,
  latency,
  latency99,
  failure,
  ...rest
}: Measured): string {
  if (failure) return `${step}: ${failure}`
  const change =
    latency === undefined ? '' : `, latency ${latency.toFixed(2)} ms (p99 ${latency99!.toFixed(2)} ms)`
  const gap = rest.longestGap === undefined ? '' : `, silence ${Math.round(rest.longestGap)} ms`
  const turn =
    rest.longestTurn === undefined
      ? ''
      : `, turn ${rest.longestTurn.toFixed(1)} ms, work ${rest.longestWork?.toFixed(1)} ms`
  const used = `cpu ${cpu.toFixed(2)} s, driver ${driverCpu.toFixed(2)} s, ${Math.round(peakMemory)} MiB`
  return `${step} ${seconds.toFixed(3)} s (${used}${change}${gap}${turn})`
}
