import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ENGINE_NODE_OPTIONS } from '../../src/engine/node-options.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import type { LabProcess } from '../../src/lab/process.ts'

/** One figure: a contender's try. */
export interface Figure {
  readonly contender: string
  readonly round: number
  /** From the first octet of the feed (`ip -batch`: from its start) until the kernel has the last route. */
  readonly seconds: number
  readonly routesPerSecond: number
  /** Peak resident memory of the process, MiB; absent where it ended by itself. */
  readonly peakMemory?: number
}

export interface BenchReport {
  readonly text: string
  readonly figures: readonly object[]
}

/** What a contender is given for one try: a box namespace with a feed behind it. */
interface Field {
  readonly box: Namespace
  readonly feed: LabProcess
  readonly directory: string
  readonly count: number
}

type Contender = (field: Field) => Promise<{ seconds: number; peakMemory?: number }>

const FEED = fileURLToPath(new URL('feed.ts', import.meta.url))
const ENGINE = fileURLToPath(new URL('../../src/main/engine.ts', import.meta.url))
const BOX_ADDRESS = '10.99.0.1'
const FEED_ADDRESS = '10.99.0.2'

const CONTENDERS: Readonly<Record<string, Contender>> = { causeway, bird, 'ip -batch': ipBatchFile }

/** Routes of one BGP feed into the kernel. All contenders in turn, in one run, each in namespaces of its own. */
export async function benchFib(options: { rounds: number; count: number }): Promise<BenchReport> {
  const figures: Figure[] = []
  for (let round = 1; round <= options.rounds; round++) {
    for (const [contender, attempt] of Object.entries(CONTENDERS)) {
      const { seconds, peakMemory } = await inField(options.count, attempt)
      const figure = {
        contender,
        round,
        seconds,
        routesPerSecond: options.count / seconds,
        ...(peakMemory !== undefined && { peakMemory }),
      }
      figures.push(figure)
      process.stderr.write(
        `round ${round} of ${options.rounds}: ${contender} ${Math.round(figure.routesPerSecond)} routes/s\n`,
      )
    }
  }
  return { text: table(figures, options.count), figures }
}

async function inField(count: number, attempt: Contender): ReturnType<Contender> {
  const [box, outside] = await Namespace.create(['bench-box', 'bench-feed'])
  const directory = mkdtempSync('/run/bench-')
  await box.ip([
    'link add eth0 type veth peer name eth0 netns bench-feed',
    `address add ${BOX_ADDRESS}/24 dev eth0`,
    'link set eth0 up',
  ])
  await outside.ip([`address add ${FEED_ADDRESS}/24 dev eth0`, 'link set eth0 up'])
  const feed = outside.start([process.execPath, FEED, '--listen', FEED_ADDRESS, '--count', String(count)])
  try {
    await feed.waitForLine(/^listening/)
    return await attempt({ box, feed, directory, count })
  } finally {
    await feed.stop('SIGKILL')
    await box.remove()
    await outside.remove()
    rmSync(directory, { recursive: true })
  }
}

async function causeway({ box, feed, directory, count }: Field) {
  const config = {
    system: { hostName: 'bench' },
    interfaces: [{ type: 'ethernet', name: 'eth0', addresses: [`${BOX_ADDRESS}/24`] }],
    policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
    bgp: {
      localAs: 65000,
      routerId: BOX_ADDRESS,
      neighbors: [{ address: FEED_ADDRESS, remoteAs: 65001, importPolicy: 'all' }],
    },
  }
  const file = join(directory, 'config.json')
  writeFileSync(file, JSON.stringify(config))
  const engine = box.start([
    process.execPath,
    ...ENGINE_NODE_OPTIONS,
    ENGINE,
    '--state-dir',
    directory,
    '--config',
    file,
    '--socket',
    join(directory, 'engine.sock'),
  ])
  return measure(engine, feed, count)
}

async function bird({ box, feed, directory, count }: Field) {
  const file = join(directory, 'bird.conf')
  writeFileSync(
    file,
    `router id ${BOX_ADDRESS};
protocol device { }
protocol kernel { ipv4 { import none; export all; }; }
protocol bgp { local as 65000; neighbor ${FEED_ADDRESS} as 65001; connect delay time 0; ipv4 { import all; export none; }; }
`,
  )
  const daemon = box.start(['bird', '-f', '-c', file, '-s', join(directory, 'bird.ctl')])
  return measure(daemon, feed, count)
}

/** Lets the feed go as soon as the session stands, and looks until the kernel has it all. */
async function measure(receiver: LabProcess, feed: LabProcess, count: number) {
  try {
    await feed.waitForLine(/^established/, 30_000)
    const before = kernelRoutes(receiver.pid)
    feed.signal('SIGUSR2')
    const sent = Number((await feed.waitForLine(/^sent /)).split(' ')[1])
    await kernelHas(receiver, before + count)
    const seconds = (Number(process.hrtime.bigint() / 1000n) - sent) / 1e6
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${receiver.pid}/status`, 'utf8'))
    return { seconds, peakMemory: Number(peak?.[1]) / 1024 }
  } finally {
    await receiver.stop('SIGKILL')
  }
}

async function ipBatchFile({ box, directory, count }: Field) {
  const file = join(directory, 'routes')
  const lines = Array.from(
    { length: count },
    (_, i) => `route add ${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24 via ${FEED_ADDRESS}`,
  )
  writeFileSync(file, `${lines.join('\n')}\n`)
  const start = performance.now()
  await box.run(['ip', '-batch', file])
  return { seconds: (performance.now() - start) / 1000 }
}

/** Looks every few milliseconds: the look itself walks the kernel's table under RCU and holds nobody up. */
function kernelHas(receiver: LabProcess, wanted: number): Promise<void> {
  const deadline = performance.now() + 120_000
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!receiver.running)
        return reject(new Error(`${receiver.name} ended: ${receiver.lines.slice(-5).join(' | ')}`))
      if (kernelRoutes(receiver.pid) >= wanted) return resolve()
      if (performance.now() > deadline) {
        return reject(
          new Error(
            `${receiver.name} installed ${kernelRoutes(receiver.pid)} of ${wanted} routes in 120 s: ${receiver.lines.slice(-5).join(' | ')}`,
          ),
        )
      }
      setTimeout(look, 10)
    }
    look()
  })
}

/** IPv4 prefixes in the main table of the network namespace of a process. */
function kernelRoutes(pid: number): number {
  const main = readFileSync(`/proc/${pid}/net/fib_triestat`, 'utf8').split('Main:')[1]
  return Number(/Prefixes:\s+(\d+)/.exec(main ?? '')?.[1] ?? 0)
}

function table(figures: readonly Figure[], count: number): string {
  const medians = Object.keys(CONTENDERS).map(contender => {
    const own = figures.filter(figure => figure.contender === contender)
    return {
      contender,
      rate: median(own.map(figure => figure.routesPerSecond)),
      memory: median(own.map(figure => figure.peakMemory ?? Number.NaN)),
    }
  })
  const ours = medians[0]!.rate
  const rows = medians.map(({ contender, rate, memory }) => [
    contender,
    String(Math.round(rate)),
    `${(ours / rate).toFixed(2)}`,
    Number.isNaN(memory) ? '-' : `${Math.round(memory)} MiB`,
  ])
  const all = [['', 'routes/s', 'causeway is × faster', 'peak memory'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map(row => row[column]!.length)))
  const lines = all.map(row =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  )
  return [`${count} IPv4 routes of one BGP feed into the kernel, medians`, ...lines].join('\n')
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
