import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Namespace } from '../../../src/lab/namespace.ts'
import type { LabProcess } from '../../../src/lab/process.ts'
import type { Family } from '../../../src/net/address.ts'
import { LineReader, writeLine } from '../../../src/net/ndjson.ts'
import type { Case, Step } from './cases.ts'
import type { Contender, RunningSpeaker } from './contenders/index.ts'
import type { Command, Outcome } from './driver-protocol.ts'
import { peerAddress, SPEAKER } from './table.ts'
import { usageIn } from './usage.ts'

/** What came of one step. */
export interface Measured {
  readonly step: Step
  /** Seconds from the first octet until the last route was checked. */
  readonly seconds: number
  /** Processor time of the speaker, and of the driver, in this time. */
  readonly cpu: number
  readonly driverCpu: number
  /** MiB, from the start of the speaker to the end of the step. */
  readonly peakMemory: number
  /** Milliseconds from the change of a prefix to its arrival: median, and the 99th of a hundred. */
  readonly latency?: number
  readonly latency99?: number
  /** Milliseconds: longest silence to a peer; since the start, the longest turn of the main loop, and most that was computed in one. */
  readonly longestGap?: number
  readonly longestTurn?: number
  readonly longestWork?: number
  /** The step was given up, or a route was not as it has to be. */
  readonly failure?: string
}

const DRIVER = fileURLToPath(new URL('driver.ts', import.meta.url))
/** Milliseconds for sessions to come up before a step is measured. */
const SETUP_LIMIT = 60_000
/** MED of the other export policy: one that no change of a prefix has used. */
const OTHER_MED = 1_000_000
/** Changes of one prefix, one after the other, and seconds for all of them. */
const CHANGES = { times: 1000, seconds: 5 }

/** The speaker has one core and the driver another, all contenders alike. Nobody is bound where there is one only. */
const cores = cpus().length
const pin = (core: number) => (cores > 1 ? ['taskset', '--cpu-list', String(core)] : [])

/** Runs one case with one contender; steps behind one that failed are left out. `limit`: seconds that a step may take. */
export async function measure(which: Case, contender: Contender, limit: number): Promise<Measured[]> {
  const [box, outside] = await Namespace.create(['bench-box', 'bench-peers'])
  const directory = mkdtempSync('/run/bench-')
  const { shape, holdTime } = which
  const peers = Array.from({ length: which.peers }, (_, peer) => peerAddress(shape.family, peer))
  await connectNamespaces(box, outside, shape.family, peers)
  const processes: LabProcess[] = []
  const start = (argv: readonly string[], name: string) => {
    const started = box.start([...pin(cores - 1), ...argv], { name })
    processes.push(started)
    return started
  }
  let driver: Driver | undefined
  try {
    driver = await Driver.start(outside, join(directory, 'driver.sock'))
    const cold = which.steps.includes('coldStart')
    await driver.ask({ do: 'prepare', shape, peers: which.peers, holdTime, cold }, SETUP_LIMIT)
    const { family } = shape
    const speaker = await contender({ namespace: box, directory, family, peers, holdTime, start })
    const results: Measured[] = []
    if (!cold) {
      const { failure } = await driver.ask({ do: 'establish' }, SETUP_LIMIT)
      if (failure) return [{ step: which.steps[0]!, ...NOTHING, failure: `sessions: ${failure}` }]
      await driver.ask({ do: 'gaps' }, SETUP_LIMIT)
    }
    for (const step of which.steps) {
      const result = await take(step, driver, speaker, box, limit * 1000)
      if (result.failure)
        return [...results, { ...result, failure: `${result.failure}${lastWords(processes)}` }]
      results.push(result)
    }
    return results
  } catch (error) {
    return [
      { step: which.steps[0]!, ...NOTHING, failure: `${(error as Error).message}${lastWords(processes)}` },
    ]
  } finally {
    for (const running of processes) await running.stop('SIGTERM', 2000)
    await driver?.stop()
    await box.remove()
    await outside.remove()
    rmSync(directory, { recursive: true })
  }
}

function lastWords(processes: readonly LabProcess[]): string {
  const said = processes.flatMap(one => one.lines.slice(-3))
  return said.length === 0 ? '' : `; it said: ${said.join(' | ')}`
}

const NOTHING = { seconds: Number.NaN, cpu: Number.NaN, driverCpu: Number.NaN, peakMemory: Number.NaN }

async function connectNamespaces(
  box: Namespace,
  outside: Namespace,
  family: Family,
  peers: readonly string[],
): Promise<void> {
  await box.ip([
    'link add eth0 type veth peer name eth0 netns bench-peers',
    `address add ${SPEAKER[4]}/16 dev eth0`,
    `address add ${SPEAKER[6]}/64 dev eth0 nodad`,
    'link set eth0 up',
  ])
  const suffix = family === 4 ? '/16' : '/64'
  const nodad = family === 4 ? '' : ' nodad'
  await outside.ip([
    ...peers.map(peer => `address add ${peer}${suffix} dev eth0${nodad}`),
    'link set eth0 up',
  ])
}

async function take(
  step: Step,
  driver: Driver,
  speaker: RunningSpeaker,
  box: Namespace,
  limit: number,
): Promise<Measured> {
  if (step === 'policy') await driver.ask({ do: 'expect', med: OTHER_MED }, limit)
  const before = usageIn(box)
  const begun = Number(process.hrtime.bigint() / 1000n)
  const arriving = driver.ask(step === 'policy' ? { do: 'arrive' } : commandOf(step), limit)
  if (step === 'policy') await speaker.setMed(OTHER_MED)
  const outcome = await arriving
  const after = usageIn(box)
  const { longestGap } = await driver.ask({ do: 'gaps' }, limit)
  const longest = await speaker.longest?.()
  const sorted = outcome.latencies?.toSorted((a, b) => a - b)
  return {
    step,
    seconds: (outcome.ended - (step === 'policy' ? begun : outcome.started)) / 1e6,
    cpu: after.cpu - before.cpu,
    driverCpu: outcome.driverSeconds,
    peakMemory: after.peakMemory / 2 ** 20,
    ...(sorted && { latency: at(sorted, 0.5) / 1000, latency99: at(sorted, 0.99) / 1000 }),
    ...(longestGap !== undefined && { longestGap }),
    ...(longest && { longestTurn: longest.turn, longestWork: longest.work }),
    ...(outcome.failure !== undefined && { failure: outcome.failure }),
  }
}

function commandOf(step: Exclude<Step, 'policy'>): Command {
  return step === 'change' ? { do: 'change', ...CHANGES } : { do: step }
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
}

/** The process with all peers, and the line to it. */
class Driver {
  readonly #process: LabProcess
  readonly #socket: Socket
  readonly #lines = new LineReader()
  #answer: ((outcome: Outcome) => void) | undefined

  private constructor(child: LabProcess, socket: Socket) {
    this.#process = child
    this.#socket = socket
    socket.on('data', bytes => {
      for (const { value } of this.#lines.push(bytes)) this.#answer?.(value as Outcome)
    })
  }

  static async start(namespace: Namespace, path: string): Promise<Driver> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(path, resolve))
    const child = namespace.start([...pin(0), process.execPath, DRIVER, path], { name: 'driver' })
    const socket = await new Promise<Socket>((resolve, reject) => {
      server.on('connection', resolve)
      void child.exited.then(() => reject(new Error(`the driver ended: ${child.lines.join(' | ')}`)))
    })
    server.close()
    return new Driver(child, socket)
  }

  /** What came of a command, or a failure when its time (ms) is up. */
  ask(command: Command, limit: number): Promise<Outcome> {
    this.#socket.write(writeLine(command))
    return new Promise(resolve => {
      const nothing = { started: 0, ended: 0, driverSeconds: Number.NaN }
      const late = setTimeout(() => resolve({ ...nothing, failure: `> ${limit / 1000} s` }), limit)
      void this.#process.exited.then(() =>
        resolve({ ...nothing, failure: `the driver ended: ${this.#process.lines.slice(-5).join(' | ')}` }),
      )
      this.#answer = outcome => {
        clearTimeout(late)
        resolve(outcome)
      }
    })
  }

  async stop(): Promise<void> {
    this.#socket.destroy()
    await this.#process.stop('SIGKILL')
  }
}
