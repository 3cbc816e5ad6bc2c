import { spawnSync } from 'node:child_process'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'

/**
 * How fast routes go into the kernel and come back, beside `ip -batch` in the same run. Run it in a network
 * namespace of its own: `unshare --net node test/bench/kernel-routes.ts [ROUTES]`.
 */

const count = Number(process.argv[2] ?? 100_000)
const rounds = 5
const PROTOCOL = 201
const TABLE = 254

function ip(lines: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input: lines.join('\n'), encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

/** Routes a second that an action on all of them does. */
async function rate(action: () => unknown): Promise<number> {
  const start = performance.now()
  await action()
  return count / ((performance.now() - start) / 1000)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

const addresses = new Uint8Array(count * 4)
for (let i = 0; i < count; i++) addresses.set([20 + (i >> 24), i >> 16, i >> 8, i], i * 4)
const batch = {
  family: 4 as const,
  table: TABLE,
  metric: 20,
  protocol: PROTOCOL,
  count,
  addresses,
  lengths: new Uint8Array(count).fill(32),
  nexthopIds: new Uint32Array(count).fill(1),
}
const text = Array.from({ length: count }, (_, i) => addresses.subarray(i * 4, i * 4 + 4).join('.'))
const rival = {
  add: text.map(prefix => `route replace ${prefix}/32 nhid 1 metric 20 proto ${PROTOCOL}`),
  delete: text.map(prefix => `route del ${prefix}/32 metric 20 proto ${PROTOCOL}`),
}

async function measure(kernel: Kernel): Promise<Record<string, number>> {
  const write = await rate(() => kernel.writeRoutes(batch))
  const read = await rate(() => kernel.readRoutes(4, TABLE, PROTOCOL))
  const remove = await rate(() => kernel.writeRoutes({ ...batch, nexthopIds: new Uint32Array(count) }))
  const rivalWrite = await rate(() => ip(rival.add))
  const rivalRemove = await rate(() => ip(rival.delete))
  return { write, read, remove, 'ip -batch write': rivalWrite, 'ip -batch remove': rivalRemove }
}

ip(['link add br0 type bridge', 'link set br0 up', 'address add 192.0.2.1/24 dev br0'])
ip([`nexthop add id 1 via 192.0.2.2 dev br0 proto ${PROTOCOL}`])
const kernel = await openKernel()
kernel.monitor(() => {})
const runs: Record<string, number>[] = []
for (let i = 0; i < rounds; i++) runs.push(await measure(kernel))
await kernel.close()

const medians = Object.fromEntries(
  Object.keys(runs[0]!).map(key => [key, median(runs.map(run => run[key]!))]),
)
console.log(`${count} IPv4 routes, median of ${rounds} rounds, routes a second:`)
for (const [name, value] of Object.entries(medians)) console.log(`  ${name.padEnd(18)} ${Math.round(value)}`)
console.log(`  write: ${(medians.write! / medians['ip -batch write']!).toFixed(1)} times ip -batch`)
console.log(`  remove: ${(medians.remove! / medians['ip -batch remove']!).toFixed(1)} times ip -batch`)
