import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { allowedTime, readingTime, readMessage, SESSIONS, shapeOf } from './codec.ts'
import { type Finding, keep } from './finding.ts'
import { randomMessage } from './grammar.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'
import { tryDecision, trySession } from './replay.ts'

const USAGE = `usage: npm run fuzz -- [options]

Gives the speaker what no peer should send, and holds it against what always has to be so:
  codec      messages made by grammar and by mutation: no throw, no more than 1 ms for 4096 octets, and what would be
             passed on is well formed
  session    a hostile peer beside two others, in memory: their sessions and routes stand, nothing stays behind
  decision   the decision process against a slow and plain model, on random sets of routes

  --seconds N    how long in all (default 60)
  --only NAME    one of the three
  --seed N       where the random numbers begin (default: another in each run)
  --json FILE    write the figures as JSON too
  --help         this text

An input that makes something go wrong is kept in test/fuzz/found, which every later test run tries again.
exit codes: 0 nothing found, 1 something found, 2 wrong arguments
`

const TARGETS = ['codec', 'session', 'decision'] as const
type Target = (typeof TARGETS)[number]

interface Outcome {
  readonly target: Target
  readonly inputs: number
  readonly seconds: number
  /** Milliseconds for the slowest UPDATE of 4096 octets or fewer. */
  readonly slowest?: number
  /** Octets that the heap was larger at the end than after the first tenth, garbage collected. */
  readonly heapGrowth: number
  readonly findings: readonly string[]
}

/** Octets that the heap may grow: caches that fill up, and compiled code. */
const GROWTH_ALLOWED = 24 * 1024 * 1024
/** After so many findings of a target it is enough. */
const ENOUGH = 10

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** One input after the other until the time is over. `step` gives a finding, or nothing. */
function drive(target: Target, seconds: number, step: () => Finding | undefined): Outcome {
  const begin = performance.now()
  const elapsed = () => (performance.now() - begin) / 1000
  const findings: string[] = []
  let inputs = 0
  let early: number | undefined
  let said = 0
  while (elapsed() < seconds && findings.length < ENOUGH) {
    const finding = step()
    inputs++
    if (finding) {
      const path = keep(finding)
      findings.push(`${finding.says} (${path})`)
      process.stderr.write(`${target}: ${finding.says}\n  kept as ${path}\n`)
    }
    if (early === undefined && elapsed() > seconds / 10) early = heapUsed()
    if (elapsed() - said >= 5) {
      said = elapsed()
      process.stderr.write(`${target}: ${Math.round(said)} of ${Math.round(seconds)} s, ${inputs} inputs\n`)
    }
  }
  const heapGrowth = early === undefined ? 0 : heapUsed() - early
  if (heapGrowth > GROWTH_ALLOWED) findings.push(`the heap has grown by ${Math.round(heapGrowth / 1e6)} MB`)
  return { target, inputs, seconds: Math.round(elapsed() * 10) / 10, heapGrowth, findings }
}

function sentence(error: unknown): string {
  return String((error as Error).message ?? error)
    .split('\n')
    .slice(0, 4)
    .join(' ')
}

function fuzzCodec(seconds: number, seed: number): Outcome {
  const random = new Random(seed)
  let slowest = 0
  const step = (): Finding | undefined => {
    const session = random.below(SESSIONS.length)
    const limit = random.oneIn(50) ? 65_535 : 4096
    const plain = randomMessage(random, shapeOf(SESSIONS[session]!, limit))
    const bytes = random.oneIn(2) ? plain : mutate(plain, random, limit)
    const found = (says: string): Finding => ({
      target: 'codec',
      says,
      seed,
      session,
      hex: Buffer.from(bytes).toString('hex'),
    })
    try {
      readMessage(bytes, SESSIONS[session]!, random.oneIn(3) ? 1 + random.below(100) : bytes.length)
      if (bytes[18] !== 2 || bytes.length < 23) return undefined
      const least = readingTime(bytes, SESSIONS[session]!)
      if (bytes.length <= 4096) slowest = Math.max(slowest, least)
      return least > allowedTime(bytes.length)
        ? found(`${bytes.length} octets took ${least.toFixed(2)} ms to read`)
        : undefined
    } catch (error) {
      return found(sentence(error))
    }
  }
  return { ...drive('codec', seconds, step), slowest: Math.round(slowest * 100) / 100 }
}

/** Each trial has a seed of its own, so that a finding is had again without all that was tried before it. */
function fuzzTrials(
  target: 'session' | 'decision',
  seconds: number,
  seed: number,
  tryOne: (seed: number) => void,
) {
  let next = seed
  return drive(target, seconds, () => {
    const own = next++ | 0
    try {
      tryOne(own)
      return undefined
    } catch (error) {
      return { target, says: sentence(error), seed: own }
    }
  })
}

const FUZZERS: Readonly<Record<Target, (seconds: number, seed: number) => Outcome>> = {
  codec: fuzzCodec,
  session: (seconds, seed) => fuzzTrials('session', seconds, seed, trySession),
  decision: (seconds, seed) => fuzzTrials('decision', seconds, seed, tryDecision),
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      only: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 0x7fffffff) },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
  const targets = TARGETS.filter(target => values.only === undefined || target === values.only)
  if (
    values.help ||
    positionals.length > 0 ||
    !(seconds > 0) ||
    !Number.isInteger(seed) ||
    targets.length === 0
  ) {
    ;(values.help ? process.stdout : process.stderr).write(USAGE)
    return values.help ? 0 : 2
  }
  process.stderr.write(`seed ${seed}\n`)
  const outcomes = targets.map(target => FUZZERS[target](seconds / targets.length, seed))
  process.stdout.write('target    inputs     seconds  slowest ms  heap growth MB  findings\n')
  for (const { target, inputs, seconds: took, slowest, heapGrowth, findings } of outcomes) {
    const cells = [
      target.padEnd(8),
      String(inputs).padStart(8),
      took.toFixed(1).padStart(10),
      (slowest === undefined ? '-' : slowest.toFixed(2)).padStart(10),
      (heapGrowth / 1e6).toFixed(1).padStart(14),
      String(findings.length).padStart(8),
    ]
    process.stdout.write(`${cells.join('  ')}\n`)
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ seed, outcomes }, undefined, 2)}\n`)
  return outcomes.some(({ findings }) => findings.length > 0) ? 1 : 0
}

if (import.meta.main) process.exit(main())
