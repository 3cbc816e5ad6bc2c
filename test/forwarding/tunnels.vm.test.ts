import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { desiredState, Fib, Reconciler } from '../../src/forwarding/index.ts'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'
import type { Config, Interface } from '../../src/model/config.ts'
import { systemClock } from '../../src/net/clock.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import type { ResolvedNexthops } from '../../src/routing/index.ts'
import { cleanUp, rows, sh, until } from './witness.ts'

let kernel: Kernel
let directory: string
let reconcilers: Reconciler[]

beforeAll(async () => {
  kernel = await openKernel({ inWorker: false })
})

afterAll(() => kernel.close())

beforeEach(() => {
  sh('ip link add eth0 type veth peer name far0; ip link set far0 up')
  directory = mkdtempSync(join(tmpdir(), 'causeway-'))
  reconcilers = []
})

afterEach(async () => {
  for (const reconciler of reconcilers) await reconciler.close()
  rmSync(directory, { recursive: true })
  cleanUp()
})

const ETH0: Interface = { type: 'ethernet', name: 'eth0', mtu: 2000, addresses: ['10.0.0.1/24'] }
const VLAN: Interface = {
  type: 'vlan',
  name: 'eth0.10',
  parent: 'eth0',
  vlanId: 10,
  addresses: ['10.10.0.1/24', '2001:db8:10::1/64'],
}
const IPIP: Interface = { type: 'ipip', name: 'ipip1', local: '10.0.0.1', addresses: ['10.1.0.1/32'] }

const state = (config: Omit<Config, 'system'>) => desiredState({ system: { hostName: 'box' }, ...config })

function newReconciler(): Reconciler {
  const reconciler = new Reconciler({ kernel, clock: systemClock, log: () => {}, stateDirectory: directory })
  reconcilers.push(reconciler)
  return reconciler
}

const link = (name: string) => rows(`ip -j -d link show dev ${name}`)[0] as Record<string, never>
const exists = (name: string) => rows('ip -j link').some(row => row.ifname === name)

describe('VLANs in the kernel', () => {
  it('stand on their port and on each other, with its MTU, and are set up after it', async () => {
    const inner: Interface = { type: 'vlan', name: 'inner', parent: 'eth0.10', vlanId: 20 }
    expect(await newReconciler().setDesired(state({ interfaces: [inner, VLAN, ETH0] }))).toMatchObject({
      reconciled: true,
      failures: [],
    })
    expect(link('eth0.10')).toMatchObject({
      link: 'eth0',
      mtu: 2000,
      operstate: 'UP',
      ifalias: 'causeway',
      linkinfo: { info_kind: 'vlan', info_data: { id: 10, protocol: '802.1Q' } },
    })
    expect(link('inner')).toMatchObject({ link: 'eth0.10', mtu: 2000, linkinfo: { info_data: { id: 20 } } })
    expect(sh('sysctl -n net.ipv4.conf.eth0/10.arp_ignore').trim()).toBe('1')
  })

  it('are made anew for another tag, and may trade tags', async () => {
    const reconciler = newReconciler()
    const twenty: Interface = { type: 'vlan', name: 'eth0.20', parent: 'eth0', vlanId: 20 }
    await reconciler.setDesired(state({ interfaces: [ETH0, VLAN, twenty] }))
    expect(
      await reconciler.setDesired(
        state({ interfaces: [ETH0, { ...VLAN, vlanId: 20 }, { ...twenty, vlanId: 10 }] }),
      ),
    ).toMatchObject({ reconciled: true })
    expect(link('eth0.10')).toMatchObject({ linkinfo: { info_data: { id: 20 } } })
    expect(link('eth0.20')).toMatchObject({ linkinfo: { info_data: { id: 10 } } })
  })

  it('come back with their addresses when their port is set down or goes and comes again', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state({ interfaces: [ETH0, VLAN] }))
    const whole = () => exists('eth0.10') && sh('ip addr show dev eth0.10').includes('inet 10.10.0.1/24')
    sh('ip link set eth0 down')
    await until('the VLAN is up', () => whole() && sh('ip link show dev eth0.10').includes(',UP'))
    sh('ip link del eth0')
    await until('it is missed', () => !reconciler.report().reconciled)
    sh('ip link add eth0 type veth peer name far0; ip link set far0 up')
    await until(
      'the VLAN is whole',
      () => whole() && sh('ip -6 addr show dev eth0.10').includes('2001:db8:10::1/64'),
    )
    await until('all is reported well', () => reconciler.report().reconciled)
  })
})

describe('IPIP tunnels in the kernel', () => {
  it('reach any node, with an MTU 20 below the underlay', async () => {
    expect(await newReconciler().setDesired(state({ interfaces: [ETH0, IPIP] }))).toMatchObject({
      reconciled: true,
      failures: [],
    })
    expect(link('ipip1')).toMatchObject({
      mtu: 1980,
      flags: expect.arrayContaining(['NOARP', 'UP']),
      linkinfo: { info_kind: 'ipip', info_data: { local: '10.0.0.1', remote: 'any' } },
    })
  })

  it('change ends and TTL in place and keep their MTU; are made anew to get or lose a remote', async () => {
    const reconciler = newReconciler()
    const eth0: Interface = { ...ETH0, addresses: ['10.0.0.1/24', '10.0.0.9/24'] } as Interface
    await reconciler.setDesired(state({ interfaces: [eth0, IPIP] }))
    const { ifindex } = link('ipip1')
    const changed = { ...IPIP, local: '10.0.0.9', ttl: 64 } as Interface
    expect(await reconciler.setDesired(state({ interfaces: [eth0, changed] }))).toMatchObject({
      reconciled: true,
    })
    expect(link('ipip1')).toMatchObject({
      ifindex,
      mtu: 1980,
      linkinfo: { info_data: { local: '10.0.0.9', ttl: 64 } },
    })
    const remote = { ...IPIP, remote: '10.0.0.2' } as Interface
    expect(await reconciler.setDesired(state({ interfaces: [eth0, remote] }))).toMatchObject({
      reconciled: true,
    })
    expect(link('ipip1')).toMatchObject({ linkinfo: { info_data: { remote: '10.0.0.2' } } })
  })

  it("take over the module's own tunl0, and give it back as it was", async () => {
    const tunl0 = { ...IPIP, name: 'tunl0' } as Interface
    const reconciler = newReconciler()
    expect(await reconciler.setDesired(state({ interfaces: [ETH0, tunl0] }))).toMatchObject({
      reconciled: true,
      failures: [],
    })
    expect(link('tunl0')).toMatchObject({
      mtu: 1980,
      ifalias: 'causeway',
      flags: expect.arrayContaining(['UP']),
    })
    expect(sh('ip addr show dev tunl0')).toContain('inet 10.1.0.1/32')
    const fib = new Fib({ kernel, clock: systemClock, log: () => {} })
    await fib.start()
    const node: ResolvedNexthops = {
      id: 1,
      blackhole: false,
      hops: [{ gateway: '10.0.0.2', link: 'tunl0', onlink: true, weight: 1 }],
    }
    const { bytes, length } = parsePrefix('10.244.1.0/26')!
    fib.set(4, bytes, 0, length, node)
    await fib.flushed()
    expect(fib.status()).toMatchObject({ installed: 1, failures: [] })
    expect(sh('ip route get 10.244.1.1')).toContain('via 10.0.0.2 dev tunl0')
    await fib.close()
    expect(await newReconciler().setDesired(state({ interfaces: [ETH0, tunl0] }))).toMatchObject({
      changes: 0,
    })
    expect(await reconciler.setDesired(state({ interfaces: [ETH0] }))).toMatchObject({ reconciled: true })
    expect(link('tunl0').ifalias).toBeUndefined()
    expect(sh('ip link show dev tunl0')).not.toContain('UP')
    expect(sh('ip addr show dev tunl0')).not.toContain('inet')
  })

  it('are told apart from a tunnel of others to the same ends', async () => {
    sh('ip link add theirs type ipip local 10.0.0.1 remote 10.0.0.2')
    const report = await newReconciler().setDesired(
      state({ interfaces: [ETH0, { ...IPIP, remote: '10.0.0.2' } as Interface] }),
    )
    expect(report.failures).toEqual([
      { object: 'interface ipip1', error: expect.stringMatching(/\(EEXIST\)$/) },
    ])
    expect(exists('theirs')).toBe(true)
  })
})
