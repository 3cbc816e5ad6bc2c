import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { desiredState, Reconciler } from '../../src/forwarding/index.ts'
import type { Config, Interface } from '../../src/model/config.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'
import { FOREIGN, MemoryKernel } from './memory-kernel.ts'

let kernel: MemoryKernel
let clock: ManualClock
let directory: string
let lines: string[]

beforeEach(() => {
  kernel = new MemoryKernel()
  kernel.addPort('eth0')
  clock = new ManualClock()
  directory = mkdtempSync(join(tmpdir(), 'causeway-'))
  lines = []
})

afterEach(() => rmSync(directory, { recursive: true }))

const ETH0: Interface = { type: 'ethernet', name: 'eth0', addresses: ['10.0.0.1/24'] }
const VXLAN: Interface = { type: 'vxlan', name: 'vx1', vni: 1, local: '10.0.0.1' }
const FDB = { interface: 'vx1', macAddress: '02:00:00:00:00:02', destination: '10.0.0.2' }
const NEIGHBOR = { interface: 'vx1', address: '10.1.0.2', macAddress: '02:00:00:00:00:02' }

const state = (interfaces: Interface[], rest: Partial<Config> = {}) =>
  desiredState({ system: { hostName: 'box' }, interfaces, ...rest })

function newReconciler() {
  return new Reconciler({ kernel, clock, log: line => lines.push(line), stateDirectory: directory })
}

async function pass(milliseconds: number) {
  for (let left = milliseconds; left > 0; left -= 20) {
    clock.advance(Math.min(20, left))
    await new Promise(resolve => setImmediate(resolve))
  }
}

const addresses = () => kernel.addresses.map(one => one.prefix)

describe('the reconciler', () => {
  it('brings the kernel to what is desired and says so', async () => {
    const reconciler = newReconciler()
    expect(reconciler.report().reconciled).toBe(false)
    const report = await reconciler.setDesired(state([ETH0, VXLAN], { fdb: [FDB], neighbors: [NEIGHBOR] }))
    expect(report).toMatchObject({ reconciled: true, failures: [] })
    expect(report.changes).toBe(kernel.asked.length)
    expect(kernel.named('vx1')).toMatchObject({ up: true, mtu: 1450, alias: 'causeway' })
    expect([kernel.fdb.length, kernel.neighbors.length, addresses()]).toEqual([1, 1, ['10.0.0.1/24']])
    expect(
      (await reconciler.setDesired(state([ETH0, VXLAN], { fdb: [FDB], neighbors: [NEIGHBOR] }))).changes,
    ).toBe(0)
  })

  it('removes what left the configuration, and nothing of others', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state([ETH0, VXLAN], { fdb: [FDB], neighbors: [NEIGHBOR] }))
    const link = kernel.named('vx1').index
    kernel.fdb.push({ ...FDB, macAddress: '02:00:00:00:00:09', link, ...FOREIGN })
    kernel.neighbors.push({ ...NEIGHBOR, address: '10.1.0.9', link, ...FOREIGN })
    await reconciler.setDesired(state([ETH0, VXLAN]))
    expect(kernel.fdb.map(one => one.macAddress)).toEqual(['02:00:00:00:00:09'])
    expect(kernel.neighbors.map(one => one.address)).toEqual(['10.1.0.9'])
  })

  it('put to another process, adopts what is its own by its record and changes nothing', async () => {
    await newReconciler().setDesired(state([ETH0, VXLAN], { fdb: [FDB] }))
    kernel.asked.length = 0
    const next = newReconciler()
    expect(await next.setDesired(state([ETH0, VXLAN], { fdb: [FDB] }))).toMatchObject({
      reconciled: true,
      changes: 0,
    })
    await next.setDesired(state([]))
    expect(kernel.fdb).toEqual([])
    expect([...kernel.links.values()].map(link => link.name)).toEqual(['lo', 'eth0'])
    expect(addresses()).toEqual([])
  })

  it.each([
    ['of another boot', (text: string) => text.replace(/"kernel":"[^"]*"/, '"kernel":"another"')],
    ['that is damaged', (text: string) => text.slice(0, -10)],
  ])('trusts no record %s', async (_, damage) => {
    await newReconciler().setDesired(state([ETH0, VXLAN], { fdb: [FDB] }))
    const file = join(directory, 'kernel-objects.json')
    writeFileSync(file, damage(readFileSync(file, 'utf8')))
    const next = newReconciler()
    await next.setDesired(state([ETH0, VXLAN]))
    expect(kernel.fdb).toHaveLength(1)
  })

  it('has the record written before an object is made', async () => {
    let recorded = ''
    kernel.refuse = change => {
      if (change.op === 'setFdb') recorded = readFileSync(join(directory, 'kernel-objects.json'), 'utf8')
      return undefined
    }
    await newReconciler().setDesired(state([ETH0, VXLAN], { fdb: [FDB] }))
    expect(recorded).toContain('FDB entry 02:00:00:00:00:02 to 10.0.0.2 on vx1')
  })

  it("reports what the kernel refused with the kernel's words, applies the rest, and tries again", async () => {
    const reconciler = newReconciler()
    kernel.refuse = change =>
      change.op === 'addAddress' ? { code: 'EINVAL', message: 'IPv4: Invalid scope' } : undefined
    const report = await reconciler.setDesired(state([ETH0, VXLAN]))
    expect(report).toMatchObject({
      reconciled: false,
      failures: [{ object: 'address 10.0.0.1/24 on eth0', error: 'IPv4: Invalid scope (EINVAL)' }],
    })
    expect(kernel.named('vx1').up).toBe(true)
    const attempts = () => kernel.asked.filter(change => change.op === 'addAddress').length
    await pass(60_000)
    expect(attempts()).toBeGreaterThan(5)
    expect(attempts()).toBeLessThan(12)
    kernel.refuse = () => undefined
    await pass(31_000)
    expect(reconciler.report()).toMatchObject({ reconciled: true, failures: [] })
    expect(addresses()).toEqual(['10.0.0.1/24'])
  })

  it('says in words what an error number means where the kernel said nothing', async () => {
    kernel.refuse = change => (change.op === 'addLink' ? { code: 'EEXIST', message: '' } : undefined)
    const { failures } = await newReconciler().setDesired(state([ETH0, VXLAN]))
    expect(failures).toEqual([{ object: 'interface vx1', error: 'file already exists (EEXIST)' }])
  })

  it('waits for a parent that does not exist, and goes on when it appears', async () => {
    const reconciler = newReconciler()
    const vlan: Interface = { type: 'vlan', name: 'eth5.7', parent: 'eth5', vlanId: 7 }
    const report = await reconciler.setDesired(state([ETH0, { type: 'ethernet', name: 'eth5' }, vlan]))
    expect(report.failures.map(failure => failure.object)).toEqual(['interface eth5', 'interface eth5.7'])
    kernel.addPort('eth5')
    await pass(100)
    expect(kernel.named('eth5.7').up).toBe(true)
    expect(reconciler.report()).toMatchObject({ reconciled: true, failures: [] })
  })

  it('tells listeners of links', async () => {
    const reconciler = newReconciler()
    const seen: string[][] = []
    const stop = reconciler.onLinks(links => seen.push(links.map(link => link.name)))
    await reconciler.setDesired(state([VXLAN]))
    expect(seen.at(-1)).toEqual(['lo', 'eth0', 'vx1'])
    kernel.addPort('eth5')
    expect(seen.at(-1)).toEqual(['lo', 'eth0', 'vx1', 'eth5'])
    stop()
    kernel.addPort('eth6')
    expect(seen.at(-1)).not.toContain('eth6')
  })

  it('leaves the kernel as it is when it is closed', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state([ETH0]))
    await reconciler.close()
    kernel.addresses = []
    kernel.tell({ kind: 'lost' })
    await pass(60_000)
    expect(kernel.addresses).toEqual([])
  })

  it('stays alive when the kernel cannot be read, and takes up again', async () => {
    const reconciler = newReconciler()
    const { dump } = kernel
    kernel.dump = () => Promise.reject(new Error('the kernel worker has ended'))
    expect(await reconciler.setDesired(state([ETH0]))).toMatchObject({
      reconciled: false,
      failures: [{ object: 'kernel', error: 'the kernel worker has ended' }],
    })
    kernel.dump = dump
    await pass(1_100)
    expect(reconciler.report().reconciled).toBe(true)
  })
})

describe('drift', () => {
  async function settled() {
    const reconciler = newReconciler()
    await reconciler.setDesired(state([ETH0, VXLAN], { fdb: [FDB], neighbors: [NEIGHBOR] }))
    await pass(200)
    kernel.asked.length = 0
    return reconciler
  }

  function takeAddress() {
    const [address] = kernel.addresses.splice(0, 1)
    if (address) kernel.tell({ kind: 'address', gone: true, address })
  }

  it('of an address, neighbour, FDB entry, link and its settings is put right within 100 ms of the event', async () => {
    await settled()
    takeAddress()
    await pass(100)
    expect(addresses()).toEqual(['10.0.0.1/24'])
    const [neighbor] = kernel.neighbors.splice(0, 1)
    kernel.tell({ kind: 'neighbor', gone: true, neighbor: neighbor! })
    await pass(100)
    expect(kernel.neighbors).toHaveLength(1)
    const [entry] = kernel.fdb.splice(0, 1)
    kernel.tell({ kind: 'fdb', gone: true, entry: entry! })
    await pass(100)
    expect(kernel.fdb).toHaveLength(1)
    kernel.setPort('vx1', { mtu: 1000, up: false })
    await pass(100)
    expect(kernel.named('vx1')).toMatchObject({ mtu: 1450, up: true })
    kernel.removeLink(kernel.named('vx1').index)
    await pass(100)
    expect([kernel.named('vx1').up, kernel.fdb.length, kernel.neighbors.length]).toEqual([true, 1, 1])
  })

  it('of a sysctl of the box is put right within a second, though no event tells', async () => {
    kernel.sysctls.set('net/ipv4/ip_forward', '0')
    await settled()
    expect(kernel.sysctls.get('net/ipv4/ip_forward')).toBe('1')
    kernel.sysctls.set('net/ipv4/ip_forward', '0')
    await pass(1_000)
    expect(kernel.sysctls.get('net/ipv4/ip_forward')).toBe('1')
  })

  it('is not looked for when neighbours that nobody configured come and go', async () => {
    await settled()
    let dumps = 0
    const { dump } = kernel
    kernel.dump = kind => {
      dumps++
      return dump.call(kernel, kind) as never
    }
    for (let i = 0; i < 100; i++) {
      const address = `10.0.0.${i}`
      const neighbor = { link: 2, address, macAddress: '02:00:00:00:00:01', state: 2, flags: 0, protocol: 0 }
      kernel.tell({ kind: 'neighbor', gone: i % 2 === 0, neighbor })
    }
    await pass(200)
    expect(dumps).toBe(0)
  })

  it('that another program insists on is fought with growing pauses, and reported', async () => {
    const reconciler = await settled()
    for (let i = 0; i < 1_200; i++) {
      takeAddress()
      await pass(100)
    }
    const repairs = kernel.asked.filter(change => change.op === 'addAddress').length
    expect(repairs).toBeGreaterThan(5)
    expect(repairs).toBeLessThan(20)
    expect(reconciler.report()).toMatchObject({
      reconciled: false,
      failures: [
        {
          object: 'address 10.0.0.1/24 on eth0',
          error: expect.stringMatching(
            /another program keeps changing it: put right \d+ times, found missing/,
          ),
        },
      ],
    })
    await pass(240_000)
    expect(addresses()).toEqual(['10.0.0.1/24'])
    expect(reconciler.report()).toMatchObject({ reconciled: true, failures: [] })
  })
})
