import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { desiredState, Reconciler } from '../../src/forwarding/index.ts'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'
import type { Config, Interface } from '../../src/model/config.ts'
import { systemClock } from '../../src/net/clock.ts'
import { cleanUp, rows, sh, until } from './witness.ts'

let kernel: Kernel
let directory: string
let reconcilers: Reconciler[]

beforeEach(async () => {
  sh('ip link add eth0 type veth peer name far0; ip link set far0 up')
  kernel = await openKernel()
  directory = mkdtempSync(join(tmpdir(), 'causeway-'))
  reconcilers = []
})

afterEach(async () => {
  for (const reconciler of reconcilers) await reconciler.close()
  await kernel.close()
  rmSync(directory, { recursive: true })
  cleanUp()
})

const LO: Interface = { type: 'loopback', name: 'lo', addresses: ['10.255.0.1/32', '2001:db8:ff::1/128'] }
const ETH0: Interface = {
  type: 'ethernet',
  name: 'eth0',
  mtu: 9000,
  addresses: ['10.0.0.1/24', '2001:db8::1/64'],
}
const VXLAN: Interface = {
  type: 'vxlan',
  name: 'vx1',
  vni: 1,
  port: 8472,
  local: '10.0.0.1',
  addresses: ['10.1.0.1/32', '2001:db8:1::1/64'],
}
const VXLAN6: Interface = { type: 'vxlan', name: 'vx6', vni: 6, local: '2001:db8::1', parent: 'eth0' }
const BRIDGE: Interface = {
  type: 'bridge',
  name: 'br0',
  description: 'pods',
  ports: ['vx6'],
  addresses: ['10.2.0.1/24'],
}
const NEIGHBORS = [
  { interface: 'vx1', address: '10.1.0.2', macAddress: '02:00:00:00:00:02' },
  { interface: 'vx1', address: '2001:db8:1::2', macAddress: '02:00:00:00:00:02' },
]
const FDB = [
  { interface: 'vx1', macAddress: '02:00:00:00:00:02', destination: '10.0.0.2' },
  { interface: 'vx1', macAddress: '00:00:00:00:00:00', destination: '10.0.0.2' },
  { interface: 'vx1', macAddress: '00:00:00:00:00:00', destination: '10.0.0.3' },
]
const WHOLE = { interfaces: [LO, ETH0, VXLAN, VXLAN6, BRIDGE], neighbors: NEIGHBORS, fdb: FDB }

const state = (config: Omit<Config, 'system'>) => desiredState({ system: { hostName: 'box' }, ...config })

function newReconciler(): Reconciler {
  const reconciler = new Reconciler({ kernel, clock: systemClock, log: () => {}, stateDirectory: directory })
  reconcilers.push(reconciler)
  return reconciler
}

const link = (name: string) => rows(`ip -j -d link show dev ${name}`)[0] as Record<string, never> | undefined
const addressesOf = (name: string) =>
  rows(`ip -j addr show dev ${name}`).flatMap(row =>
    (row.addr_info as { local: string; prefixlen: number; scope: string }[])
      .filter(one => one.scope === 'global')
      .map(one => `${one.local}/${one.prefixlen}`),
  )
const lines = (text: string) =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')
    .sort()
const neighbors = () => lines(sh('ip neigh show nud permanent'))
const fdb = () => lines(sh('bridge fdb show dev vx1'))

describe('the reconciler on the kernel', () => {
  it('makes all that is configured, as iproute2 sees it', async () => {
    const report = await newReconciler().setDesired(state(WHOLE))
    expect(report).toMatchObject({ reconciled: true, failures: [] })
    expect(addressesOf('lo')).toEqual(['10.255.0.1/32', '2001:db8:ff::1/128'])
    expect(addressesOf('eth0')).toEqual(['10.0.0.1/24', '2001:db8::1/64'])
    expect(addressesOf('vx1')).toEqual(['10.1.0.1/32', '2001:db8:1::1/64'])
    expect(link('eth0')).toMatchObject({ mtu: 9000, operstate: 'UP' })
    expect(link('vx1')).toMatchObject({
      mtu: 8950,
      ifalias: 'causeway',
      flags: expect.arrayContaining(['UP']),
      linkinfo: { info_kind: 'vxlan', info_data: { id: 1, port: 8472, local: '10.0.0.1', learning: false } },
    })
    expect(link('vx6')).toMatchObject({
      mtu: 8930,
      master: 'br0',
      linkinfo: { info_data: { id: 6, local6: '2001:db8::1', link: 'eth0' } },
    })
    expect(link('br0')).toMatchObject({ ifalias: 'causeway: pods', mtu: 8930 })
    expect(neighbors()).toEqual([
      '10.1.0.2 dev vx1 lladdr 02:00:00:00:00:02 PERMANENT proto 201',
      '2001:db8:1::2 dev vx1 lladdr 02:00:00:00:00:02 PERMANENT proto 201',
    ])
    expect(fdb()).toEqual([
      '00:00:00:00:00:00 dst 10.0.0.2 self permanent',
      '00:00:00:00:00:00 dst 10.0.0.3 self permanent',
      '02:00:00:00:00:02 dst 10.0.0.2 self permanent',
    ])
    const sysctls =
      'net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.conf.vx1.rp_filter net.ipv6.conf.eth0.accept_ra'
    expect(sh(`sysctl -n ${sysctls}`).split('\n').slice(0, 4)).toEqual(['1', '1', '2', '0'])
  })

  it('skips duplicate address detection on a silent VXLAN, and leaves it on for Ethernet', async () => {
    await newReconciler().setDesired(state({ interfaces: [ETH0, VXLAN] }))
    const flagged = (name: string) => sh(`ip -6 addr show dev ${name} scope global`)
    expect(flagged('vx1')).toMatch(/nodad/)
    expect(flagged('vx1')).not.toMatch(/tentative/)
    expect(flagged('eth0')).toMatch(/tentative/)
  })

  it('changes nothing the second time, and keeps the MAC address that the kernel drew', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state(WHOLE))
    // The operational state (RFC 2863) of a link follows its carrier a moment later.
    const links = () => sh('ip -o link').replaceAll(/ state [A-Z]+/g, '')
    const before = links()
    expect(await reconciler.setDesired(state(WHOLE))).toMatchObject({ changes: 0, reconciled: true })
    expect(links()).toBe(before)
  })

  it('after a kill adopts its own and changes nothing; then removes all of it, and nothing else', async () => {
    const before = addressesOf('lo')
    const killed = newReconciler()
    await killed.setDesired(state(WHOLE))
    await killed.close()
    sh(`ip link add vx9 type vxlan id 9 dstport 4789
        ip addr add 10.0.0.9/24 dev eth0
        ip -6 addr add 2001:db8::9/64 dev eth0 nodad
        ip neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
        bridge fdb append 02:00:00:00:00:99 dev vx9 dst 10.9.9.9 self permanent
        ip route add 10.77.0.0/16 via 10.0.0.77`)
    const next = newReconciler()
    expect(await next.setDesired(state(WHOLE))).toMatchObject({ changes: 0, reconciled: true })
    expect(await next.setDesired(state({ interfaces: [ETH0, VXLAN], fdb: [FDB[0]!] }))).toMatchObject({
      reconciled: true,
    })
    expect(fdb()).toEqual(['02:00:00:00:00:02 dst 10.0.0.2 self permanent'])
    await next.setDesired(state({}))
    expect(
      rows('ip -j link')
        .map(row => row.ifname)
        .sort(),
    ).toEqual(['eth0', 'far0', 'lo', 'vx9'])
    expect(addressesOf('eth0')).toContain('10.0.0.9/24')
    expect(addressesOf('lo')).toEqual(before)
    expect(sh('bridge fdb show dev vx9')).toContain('02:00:00:00:00:99 dst 10.9.9.9')
    expect(link('eth0')).toMatchObject({ mtu: 1500, operstate: 'DOWN' })
  })

  it('leaves addresses, neighbours and FDB entries of others beside its own', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state(WHOLE))
    sh(`ip addr add 10.1.0.9/32 dev vx1
        ip neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev vx1 nud permanent
        bridge fdb append 02:00:00:00:00:09 dev vx1 dst 10.0.0.9 self permanent`)
    await reconciler.setDesired(state({ interfaces: [ETH0, { ...VXLAN, addresses: [] } as Interface] }))
    expect(addressesOf('vx1')).toEqual(['10.1.0.9/32'])
    expect(neighbors()).toEqual(['10.1.0.9 dev vx1 lladdr 02:00:00:00:00:09 PERMANENT'])
    expect(fdb()).toEqual(['02:00:00:00:00:09 dst 10.0.0.9 self permanent'])
  })

  it('makes a VXLAN anew for another VNI, and changes local, TTL and learning in place', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state({ interfaces: [ETH0, VXLAN] }))
    const { ifindex } = link('vx1')!
    const changed: Interface = {
      ...VXLAN,
      local: '10.0.0.9',
      ttl: 9,
      learning: true,
      macAddress: '02:00:00:00:00:01',
    }
    expect(await reconciler.setDesired(state({ interfaces: [ETH0, changed] }))).toMatchObject({
      reconciled: true,
    })
    expect(link('vx1')).toMatchObject({
      ifindex,
      address: '02:00:00:00:00:01',
      linkinfo: { info_data: { id: 1, port: 8472, local: '10.0.0.9', ttl: 9, learning: true } },
    })
    expect(await reconciler.setDesired(state({ interfaces: [ETH0, { ...changed, vni: 2 }] }))).toMatchObject({
      reconciled: true,
    })
    expect(link('vx1')).toMatchObject({ linkinfo: { info_data: { id: 2 } } })
    expect(link('vx1')!.ifindex).not.toBe(ifindex)
  })

  it("reports a second VXLAN of one VNI with the kernel's words, and applies the rest", async () => {
    const report = await newReconciler().setDesired(
      state({ interfaces: [ETH0, VXLAN, { ...VXLAN, name: 'vx2', addresses: [] } as Interface, BRIDGE] }),
    )
    expect(report.reconciled).toBe(false)
    expect(report.failures).toContainEqual({
      object: 'interface vx2',
      error: expect.stringMatching(/A VXLAN device with the specified VNI already exists.*\(EEXIST\)/),
    })
    expect(addressesOf('br0')).toEqual(['10.2.0.1/24'])
  })

  it('goes on by itself when a port appears that the configuration waits for', async () => {
    const reconciler = newReconciler()
    const eth5: Interface = { type: 'ethernet', name: 'eth5', addresses: ['10.5.0.1/24'] }
    expect(await reconciler.setDesired(state({ interfaces: [eth5] }))).toMatchObject({ reconciled: false })
    sh('ip link add eth5 type veth peer name far5')
    await until('the address is there', () => addressesOf('eth5').includes('10.5.0.1/24'))
    await until('all is reported well', () => reconciler.report().reconciled)
  })

  it('is not fooled by a link of others that has a name it wants', async () => {
    sh('ip link add br0 type bridge')
    const report = await newReconciler().setDesired(state({ interfaces: [{ type: 'bridge', name: 'br0' }] }))
    expect(report.failures).toEqual([
      { object: 'interface br0', error: expect.stringContaining('Causeway did not make') },
    ])
    expect(link('br0')).toMatchObject({ operstate: 'DOWN' })
  })

  it('sets a link down and up again with all its addresses, and stays at rest meanwhile', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state({ interfaces: [ETH0, VXLAN], neighbors: NEIGHBORS }))
    const off = [{ ...ETH0, enabled: false }, VXLAN] as Interface[]
    expect(await reconciler.setDesired(state({ interfaces: off, neighbors: NEIGHBORS }))).toMatchObject({
      reconciled: true,
    })
    expect(link('eth0')).toMatchObject({ operstate: 'DOWN' })
    expect(await reconciler.setDesired(state({ interfaces: off, neighbors: NEIGHBORS }))).toMatchObject({
      changes: 0,
    })
    await reconciler.setDesired(state({ interfaces: [ETH0, VXLAN], neighbors: NEIGHBORS }))
    expect(link('eth0')).toMatchObject({ operstate: 'UP' })
    expect(addressesOf('eth0')).toEqual(['10.0.0.1/24', '2001:db8::1/64'])
  })

  it('has hundreds of neighbours and FDB entries in and out', async () => {
    const many = Array.from({ length: 500 }, (_, i) => ({
      macAddress: `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
      interface: 'vx1',
      n: i,
    }))
    const reconciler = newReconciler()
    const report = await reconciler.setDesired(
      state({
        interfaces: [ETH0, VXLAN],
        neighbors: many.map(({ n, ...rest }) => ({ ...rest, address: `10.8.${n >> 8}.${n & 255}` })),
        fdb: many.map(({ n, ...rest }) => ({ ...rest, destination: `10.9.${n >> 8}.${n & 255}` })),
      }),
    )
    expect(report).toMatchObject({ reconciled: true })
    expect([neighbors().length, fdb().length]).toEqual([500, 500])
    await reconciler.setDesired(state({ interfaces: [ETH0, VXLAN] }))
    expect([neighbors(), fdb()]).toEqual([[], []])
  })
})

describe('drift on the kernel', () => {
  const FLOOD = '00:00:00:00:00:00 dst 10.0.0.3'
  it.each<[string, string, () => boolean]>([
    [
      'an IPv4 address',
      'ip addr del 10.0.0.1/24 dev eth0',
      () => addressesOf('eth0').includes('10.0.0.1/24'),
    ],
    [
      'an IPv6 address',
      'ip addr del 2001:db8:1::1/64 dev vx1',
      () => addressesOf('vx1').includes('2001:db8:1::1/64'),
    ],
    [
      'an address of lo',
      'ip addr del 10.255.0.1/32 dev lo',
      () => addressesOf('lo').includes('10.255.0.1/32'),
    ],
    ['a neighbour', 'ip neigh del 10.1.0.2 dev vx1', () => neighbors().length === 2],
    [
      'the MAC of a neighbour',
      'ip neigh replace 10.1.0.2 lladdr 02:00:00:00:00:66 dev vx1 nud permanent',
      () => neighbors()[0]!.includes('02:00:00:00:00:02'),
    ],
    ['an FDB entry', 'bridge fdb del 02:00:00:00:00:02 dev vx1 self', () => fdb().length === 3],
    [
      'the VTEP of an FDB entry',
      'bridge fdb replace 02:00:00:00:00:02 dev vx1 dst 10.0.0.66 self permanent',
      () => fdb()[2]!.includes('dst 10.0.0.2'),
    ],
    ['a VTEP of the flood list', `bridge fdb del ${FLOOD} dev vx1 self`, () => fdb().length === 3],
    ['the MTU of a port', 'ip link set eth0 mtu 1400', () => Number(link('eth0')!.mtu) === 9000],
    ['the MTU of a tunnel', 'ip link set vx1 mtu 1400', () => Number(link('vx1')!.mtu) === 8950],
    [
      'a tunnel set down',
      'ip link set vx1 down',
      () =>
        sh('ip link show dev vx1').includes('UP') &&
        neighbors().length === 2 &&
        addressesOf('vx1').length === 2,
    ],
    [
      'a port set down',
      'ip link set eth0 down',
      () => sh('ip link show dev eth0').includes(',UP') && addressesOf('eth0').length === 2,
    ],
    [
      'a bridge port taken out',
      'ip link set vx6 nomaster',
      () => sh('ip link show dev vx6').includes('master br0'),
    ],
    [
      'the mark of a link',
      'ip link set br0 alias gone',
      () => sh('ip link show dev br0').includes('causeway: pods'),
    ],
    [
      'a whole tunnel',
      'ip link del vx1',
      () =>
        rows('ip -j link').some(row => row.ifname === 'vx1') &&
        neighbors().length === 2 &&
        fdb().length === 3,
    ],
    [
      'a tunnel that another of its name took the place of',
      'ip link del vx1; ip link add vx1 type vxlan id 77 dstport 8472',
      () => sh('ip -d link').includes('vxlan id 1 local 10.0.0.1') && neighbors().length === 2,
    ],
    [
      'a sysctl',
      'sysctl -qw net.ipv4.ip_forward=0',
      () => sh('sysctl -n net.ipv4.ip_forward').trim() === '1',
    ],
  ])('%s comes back within a second', async (what, culprit, restored) => {
    const reconciler = newReconciler()
    expect(await reconciler.setDesired(state(WHOLE))).toMatchObject({ reconciled: true })
    // What the first configuration itself set off has settled.
    await until('it is quiet', () => reconciler.report().reconciled)
    sh(culprit)
    const took = await until(`${what} is back`, restored)
    expect(took).toBeLessThan(1_000)
  })

  it('by another program that goes on and on ends in a report, not in a loop', async () => {
    const reconciler = newReconciler()
    await reconciler.setDesired(state({ interfaces: [ETH0] }))
    await until('the fight is reported', () => {
      sh('ip addr del 10.0.0.1/24 dev eth0 2>/dev/null || true')
      return reconciler
        .report()
        .failures.some(({ error }) => error.includes('another program keeps changing it'))
    })
    expect(reconciler.report().failures[0]).toMatchObject({ object: 'address 10.0.0.1/24 on eth0' })
    await until('it is put right once more', () => addressesOf('eth0').includes('10.0.0.1/24'))
  })
})
