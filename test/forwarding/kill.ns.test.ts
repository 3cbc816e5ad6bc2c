import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { desiredState, Fib, Reconciler } from '../../src/forwarding/index.ts'
import { openKernel } from '../../src/kernel/index.ts'
import type { Interface } from '../../src/model/config.ts'
import { systemClock } from '../../src/net/clock.ts'
import type { BoxOrders } from './box.ts'
import { cleanUp, IpMonitor, rows, sh, until } from './witness.ts'

let directory: string

beforeEach(() => {
  sh('ip link add eth0 type veth peer name far0; ip link set far0 up')
  directory = mkdtempSync(join(tmpdir(), 'causeway-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
  cleanUp()
})

const INTERFACES: Interface[] = [
  { type: 'ethernet', name: 'eth0', mtu: 1600, addresses: ['10.0.0.1/24', '2001:db8::1/64'] },
  { type: 'vxlan', name: 'vx1', vni: 1, port: 8472, local: '10.0.0.1', addresses: ['10.1.0.1/32'] },
  { type: 'bridge', name: 'br0', addresses: ['10.2.0.1/24'] },
]
const DESIRED = desiredState({
  system: { hostName: 'box' },
  interfaces: INTERFACES,
  neighbors: [{ interface: 'vx1', address: '10.1.0.2', macAddress: '02:00:00:00:00:02' }],
  fdb: [{ interface: 'vx1', macAddress: '02:00:00:00:00:02', destination: '10.0.0.2' }],
})
const NOTHING = desiredState({ system: { hostName: 'box' } })
const ROUTES = 1000

function orders(): BoxOrders {
  const hop = { onlink: false, weight: 1 }
  const hops = [
    { gateway: '10.0.0.2', link: 'eth0', ...hop },
    { gateway: '10.1.0.2', link: 'vx1', ...hop, onlink: true },
  ]
  const nexthops = { id: 1, blackhole: false, hops }
  return { stateDirectory: directory, desired: DESIRED, nexthops, routes: ROUTES }
}

/** Starts a box in a process of its own; resolves when it has said this. */
async function box(word: 'begins' | 'done'): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'box.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(orders()))
  let said = ''
  await new Promise<void>(resolve => {
    child.stdout.on('data', chunk => {
      said += chunk
      if (said.includes(word)) resolve()
    })
  })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const routes = () => Number(sh('ip -4 route show proto 201 | wc -l'))

describe('a box that is killed', () => {
  it('leaves everything in the kernel; the next one takes it over without a message', async () => {
    await kill(await box('done'))
    expect(routes()).toBe(ROUTES)
    await until('duplicate address detection is over', () => !sh('ip -6 addr').includes('tentative'))
    const before = sh('ip -o link; ip -o addr; ip neigh show nud permanent; bridge fdb show dev vx1')
    const monitor = await IpMonitor.start('link address route nexthop')
    const next = await box('done')
    const told = await monitor.stop()
    await kill(next)
    expect(told).toEqual([])
    expect(sh('ip -o link; ip -o addr; ip neigh show nud permanent; bridge fdb show dev vx1')).toBe(before)
  })

  it('at any instant, leaves nothing that the next one does not know as its own', async () => {
    for (const instant of [0, 5, 10, 20, 40, 80]) {
      const child = await box('begins')
      await new Promise(resolve => setTimeout(resolve, instant))
      await kill(child)
    }
    const kernel = await openKernel()
    const parts = { kernel, clock: systemClock, log: () => {} }
    const reconciler = new Reconciler({ ...parts, stateDirectory: directory })
    const fib = new Fib(parts)
    await fib.start()
    expect(await reconciler.setDesired(DESIRED)).toMatchObject({ reconciled: true, failures: [] })
    expect(await reconciler.setDesired(NOTHING)).toMatchObject({ reconciled: true, failures: [] })
    fib.sweep()
    await fib.flushed()
    await until('no nexthop object is left', () => sh('ip nexthop show') === '')
    expect(routes()).toBe(0)
    expect(rows('ip -j link').map(row => row.ifname)).toEqual(['lo', 'far0', 'eth0'])
    expect(sh('ip -o addr show scope global; ip neigh show nud permanent')).toBe('')
    expect(rows('ip -j link show dev eth0')[0]).toMatchObject({ mtu: 1500, operstate: 'DOWN' })
    await fib.close()
    await reconciler.close()
    await kernel.close()
  })
})
