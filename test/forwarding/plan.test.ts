import { describe, expect, it } from 'vitest'
import {
  desiredState,
  diff,
  NOTHING_OWNED,
  type Owned,
  plan,
  readSnapshot,
} from '../../src/forwarding/index.ts'
import { IFA_F, NTF, NUD } from '../../src/kernel/constants.ts'
import type { KernelChange } from '../../src/kernel/objects.ts'
import type { Config, Interface } from '../../src/model/config.ts'
import { FOREIGN, MemoryKernel } from './memory-kernel.ts'

const owned = (...created: string[]): Owned => ({ created: new Set(created), found: new Map() })
const VXLAN = { type: 'vxlan', name: 'vx1', vni: 1, port: 8472, local: '10.0.0.1' } as const
const ETH0 = { type: 'ethernet', name: 'eth0' } as const

function desired(interfaces: Interface[], rest: Partial<Config> = {}) {
  return desiredState({ system: { hostName: 'box' }, interfaces, ...rest })
}

async function changes(kernel: MemoryKernel, state = desired([]), own = NOTHING_OWNED) {
  return diff(state, await readSnapshot(kernel, state, own), own)
}

/** Plans and carries out until nothing is left; answers all changes. */
async function settle(kernel: MemoryKernel, state: ReturnType<typeof desired>, own = NOTHING_OWNED) {
  const all: KernelChange[] = []
  for (let round = 0; round < 8; round++) {
    const next = await changes(kernel, state, own)
    if (next.length === 0) return all
    await kernel.apply(next)
    all.push(...next)
  }
  throw new Error('does not come to rest')
}

const ops = (list: readonly KernelChange[]) => list.map(change => change.op)

describe('the difference between what is desired and what the kernel has', () => {
  it('is nothing where all is as desired', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0')
    const state = desired([{ ...ETH0, addresses: ['10.0.0.1/24'], mtu: 9000 }, VXLAN], {
      neighbors: [{ interface: 'vx1', address: '10.1.0.2', macAddress: '02:00:00:00:00:02' }],
      fdb: [{ interface: 'vx1', macAddress: '02:00:00:00:00:02', destination: '10.0.0.2' }],
    })
    await settle(kernel, state)
    expect(await changes(kernel, state)).toEqual([])
  })

  it('writes no setting of a link that it removes', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0')
    await settle(kernel, desired([ETH0, VXLAN]))
    const path = [...kernel.sysctls.keys()].find(name => name.includes('/conf/vx1/'))!
    kernel.sysctls.set(path, '1')
    const found = new Map([[path, '0']])
    const state = desired([ETH0])
    const own = { created: new Set<string>(), found }
    const next = plan(state, await readSnapshot(kernel, state, own), own)
    expect(ops(next.steps.map(({ change }) => change))).toEqual(['deleteLink'])
    expect(next.forgets).toContain(path)
  })

  it('makes parents before children, sets them up last, and then gives them what they carry', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0')
    const all = await settle(
      kernel,
      desired(
        [{ type: 'vlan', name: 'eth0.5', parent: 'eth0', vlanId: 5, addresses: ['10.5.0.1/24'] }, ETH0],
        {
          neighbors: [{ interface: 'eth0.5', address: '10.5.0.2', macAddress: '02:00:00:00:00:02' }],
        },
      ),
    )
    const [eth0, vlan] = [kernel.named('eth0').index, kernel.named('eth0.5').index]
    const told = all.flatMap(change => {
      if (change.op === 'setSysctl') return []
      if (change.op === 'setLink') return change.link.up ? `up ${change.index}` : []
      return change.op
    })
    expect(told).toEqual(['addLink', `up ${eth0}`, `up ${vlan}`, 'addAddress', 'setNeighbor'])
  })

  it('removes from the top down, all before anything is added', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0')
    const fdb = [{ interface: 'vx1', macAddress: '02:00:00:00:00:02', destination: '10.0.0.2' }]
    const neighbors = [{ interface: 'vx1', address: '10.1.0.2', macAddress: '02:00:00:00:00:02' }]
    const vlan = { type: 'vlan', name: 'eth0.5', parent: 'eth0', vlanId: 5 } as const
    const inner = { type: 'vlan', name: 'inner', parent: 'eth0.5', vlanId: 6 } as const
    await settle(
      kernel,
      desired([ETH0, { ...VXLAN, addresses: ['10.1.0.1/24'] }, vlan, inner], { fdb, neighbors }),
    )
    const own = owned('FDB entry 02:00:00:00:00:02 to 10.0.0.2 on vx1')
    const next = await changes(kernel, desired([ETH0, VXLAN, { ...vlan, name: 'eth0.7', vlanId: 7 }]), own)
    const told = next.flatMap(change => {
      if (change.op === 'deleteLink') return `deleteLink ${kernel.links.get(change.index)?.name}`
      return change.op === 'setSysctl' ? [] : change.op
    })
    expect(told).toEqual([
      'deleteFdb',
      'deleteNeighbor',
      'deleteAddress',
      'deleteLink inner',
      'deleteLink eth0.5',
      'addLink',
    ])
  })

  it('touches no link, address, neighbour or FDB entry of others', async () => {
    const kernel = new MemoryKernel()
    const eth0 = kernel.addPort('eth0').index
    const theirs = kernel.addPort('vx9', { kind: 'vxlan', alias: 'causewayish' }).index
    kernel.addresses.push({ link: eth0, prefix: 'fe80::1/64', scope: 253, flags: 0, protocol: 3 })
    kernel.addresses.push({ link: eth0, prefix: '10.9.0.1/24', scope: 0, flags: 0, protocol: 0 })
    kernel.neighbors.push({ link: eth0, address: '10.9.0.2', macAddress: '02:00:00:00:00:09', ...FOREIGN })
    kernel.fdb.push({ link: theirs, macAddress: '02:00:00:00:00:09', destination: '10.9.0.3', ...FOREIGN })
    const all = await settle(kernel, desired([{ ...ETH0, addresses: ['10.0.0.1/24'] }]))
    expect(ops(all).filter(op => op.startsWith('delete'))).toEqual([])
    expect(await changes(kernel, desired([]))).toEqual([
      { op: 'deleteAddress', address: expect.objectContaining({ prefix: '10.0.0.1/24', protocol: 201 }) },
    ])
  })

  it('leaves an address alone that others gave the interface, though it is desired too', async () => {
    const kernel = new MemoryKernel()
    const { index } = kernel.addPort('eth0')
    kernel.addresses.push({ link: index, prefix: '10.0.0.1/24', scope: 0, flags: 0, protocol: 0 })
    const all = await settle(kernel, desired([{ ...ETH0, addresses: ['10.0.0.1/24'] }]))
    expect(ops(all)).not.toContain('addAddress')
    expect(await changes(kernel, desired([ETH0]))).toEqual([])
  })

  it('removes what the record names where the kernel keeps no protocol', async () => {
    const kernel = new MemoryKernel()
    const { index } = kernel.addPort('eth0')
    kernel.addresses.push({ link: index, prefix: '10.0.0.1/24', scope: 0, flags: 0, protocol: 0 })
    const next = await changes(kernel, desired([]), owned('address 10.0.0.1/24 on eth0'))
    expect(ops(next)).toEqual(['deleteAddress'])
  })

  it('neither makes, deletes nor renames a port, and says that one is missing', async () => {
    const kernel = new MemoryKernel()
    const state = desired([{ type: 'ethernet', name: 'eth7', addresses: ['10.0.0.1/24'] }])
    const own = owned('interface eth7')
    const next = plan(state, await readSnapshot(kernel, state, own), own)
    expect(next.steps.filter(step => step.change.op !== 'setSysctl')).toEqual([])
    expect(next.problems).toEqual([
      { object: 'interface eth7', error: expect.stringContaining('no such link') },
    ])
  })

  it('does not take over a link of the same name that others made', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('vx1', { kind: 'vxlan', vxlan: { vni: 1, port: 8472, learning: false, ttl: 0 } })
    const state = desired([VXLAN])
    const next = plan(state, await readSnapshot(kernel, state, NOTHING_OWNED), NOTHING_OWNED)
    expect(next.steps.filter(step => step.object.startsWith('interface'))).toEqual([])
    expect(next.problems[0]).toMatchObject({ object: 'interface vx1' })
  })

  it.each([
    ['vni', { vni: 2 }],
    ['port', { port: 4789 }],
    ['parent', { parent: 'eth0' }],
    ['family of local', { local: '2001:db8::1' }],
  ])('makes a VXLAN anew where its %s is another', async (_, change) => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0')
    await settle(kernel, desired([VXLAN]))
    const all = await settle(kernel, desired([{ ...VXLAN, ...change }]))
    expect(ops(all).filter(op => op === 'deleteLink' || op === 'addLink')).toEqual(['deleteLink', 'addLink'])
  })

  it.each([
    ['local', { local: '10.0.0.9' }],
    ['learning', { learning: true }],
    ['ttl', { ttl: 64 }],
    ['MAC address', { macAddress: '02:00:00:00:00:77' }],
    ['description', { description: 'pods' }],
  ])('changes the %s of a VXLAN in place', async (_, change) => {
    const kernel = new MemoryKernel()
    await settle(kernel, desired([VXLAN]))
    expect(ops(await settle(kernel, desired([{ ...VXLAN, ...change }])))).toEqual(['setLink'])
  })

  it('keeps the MAC address that the kernel gave where none is configured', async () => {
    const kernel = new MemoryKernel()
    await settle(kernel, desired([VXLAN]))
    kernel.setPort('vx1', { macAddress: '02:12:34:56:78:9a' })
    expect(await changes(kernel, desired([VXLAN]))).toEqual([])
  })

  it('replaces the VTEP of a MAC in place', async () => {
    const kernel = new MemoryKernel()
    const fdb = (destination: string) => ({
      fdb: [{ interface: 'vx1', macAddress: '02:00:00:00:00:02', destination }],
    })
    await settle(kernel, desired([VXLAN], fdb('10.0.0.2')))
    const own = owned('FDB entry 02:00:00:00:00:02 to 10.0.0.2 on vx1')
    const next = await changes(kernel, desired([VXLAN], fdb('10.0.0.3')), own)
    expect(next).toEqual([
      {
        op: 'setFdb',
        entry: {
          link: kernel.named('vx1').index,
          macAddress: '02:00:00:00:00:02',
          destination: '10.0.0.3',
          state: NUD.PERMANENT,
          flags: NTF.SELF,
        },
      },
    ])
  })

  it('makes a learned neighbour permanent', async () => {
    const kernel = new MemoryKernel()
    const link = kernel.addPort('eth0').index
    const neighbor = { interface: 'eth0', address: '10.0.0.2', macAddress: '02:00:00:00:00:02' }
    const { macAddress, address } = neighbor
    kernel.neighbors.push({ link, address, macAddress, state: NUD.REACHABLE, flags: 0, protocol: 0 })
    const all = await settle(kernel, desired([ETH0], { neighbors: [neighbor] }))
    expect(all).toContainEqual({
      op: 'setNeighbor',
      neighbor: { link, address, macAddress, state: NUD.PERMANENT, flags: 0, protocol: 201 },
    })
  })

  it('reports an address that another host on the link has', async () => {
    const kernel = new MemoryKernel()
    const { index } = kernel.addPort('eth0')
    const prefix = '2001:db8::1/64'
    kernel.addresses.push({ link: index, prefix, scope: 0, flags: IFA_F.DADFAILED, protocol: 201 })
    const state = desired([{ ...ETH0, addresses: [prefix] }])
    const next = plan(state, await readSnapshot(kernel, state, NOTHING_OWNED), NOTHING_OWNED)
    expect(next.problems).toEqual([
      { object: `address ${prefix} on eth0`, error: expect.stringContaining('duplicate') },
    ])
  })

  it('adopts the fallback device of ipip, leaves its ends alone and never deletes it', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0', { up: true, carrier: true })
    const { index } = kernel.addPort('tunl0', { kind: 'ipip', ipip: { ttl: 0 }, mtu: 1480, macAddress: '' })
    const state = desired([{ type: 'ipip', name: 'tunl0', local: '10.0.0.1', addresses: ['10.1.0.1/32'] }])
    const all = await settle(kernel, state)
    expect(all.filter(change => change.op === 'setLink')).toEqual([
      { op: 'setLink', index, link: { alias: 'causeway' } },
      { op: 'setLink', index, link: { up: true } },
    ])
    const gone = await settle(kernel, desired([]), {
      created: new Set(),
      found: new Map([['tunl0 up', 'false']]),
    })
    expect(ops(gone)).not.toContain('deleteLink')
    expect(kernel.named('tunl0')).toMatchObject({ alias: '', up: false })
  })

  it('asks for tunl0 where it is not there: that loads the module, which makes it', async () => {
    const kernel = new MemoryKernel()
    const next = await changes(kernel, desired([{ type: 'ipip', name: 'tunl0', local: '10.0.0.1' }]))
    expect(next).toContainEqual({
      op: 'addLink',
      link: expect.objectContaining({ name: 'tunl0', kind: 'ipip' }),
    })
  })

  it('puts back what it found on a port that leaves the configuration', async () => {
    const kernel = new MemoryKernel()
    kernel.addPort('eth0')
    const state = desired([{ ...ETH0, mtu: 9000 }])
    const { steps } = plan(state, await readSnapshot(kernel, state, NOTHING_OWNED), NOTHING_OWNED)
    const found = new Map(steps.flatMap(({ finds }) => (finds ? [[finds.key, finds.value] as const] : [])))
    expect(found).toContainEqual(['eth0 mtu', '1500'])
    await settle(kernel, state)
    await settle(kernel, desired([]), { created: new Set(), found })
    expect(kernel.named('eth0')).toMatchObject({ mtu: 1500, up: false })
    expect(kernel.sysctls.get('net/ipv6/conf/eth0/accept_ra')).toBe('1')
  })

  it('frees ports of our bridge that leave it, and none of a bridge of others', async () => {
    const kernel = new MemoryKernel()
    const theirs = kernel.addPort('br9', { kind: 'bridge' }).index
    kernel.addPort('eth0')
    kernel.addPort('eth1', { master: theirs })
    const bridge = { type: 'bridge', name: 'br0' } as const
    const ports = [ETH0, { type: 'ethernet', name: 'eth1' }] as const
    await settle(kernel, desired([{ ...bridge, ports: ['eth0'] }, ...ports]))
    expect(kernel.named('eth0').master).toBe(kernel.named('br0').index)
    await settle(kernel, desired([bridge, ...ports]))
    expect([kernel.named('eth0').master, kernel.named('eth1').master]).toEqual([0, theirs])
  })
})

describe('the MTU of a link', () => {
  async function mtus(interfaces: Interface[], ports: Record<string, number> = { eth0: 1500 }) {
    const kernel = new MemoryKernel()
    for (const [name, mtu] of Object.entries(ports)) kernel.addPort(name, { mtu })
    await settle(kernel, desired(interfaces))
    return Object.fromEntries([...kernel.links.values()].map(({ name, mtu }) => [name, mtu]))
  }
  const UNDERLAY = { ...ETH0, addresses: ['10.0.0.1/24', '2001:db8::1/64'] }

  it.each<[string, Interface, number]>([
    ['VXLAN over IPv4: 50 below', VXLAN, 1450],
    ['VXLAN over IPv6: 70 below', { ...VXLAN, local: '2001:db8::1' }, 1430],
    ['IPIP: 20 below', { type: 'ipip', name: 'x', local: '10.0.0.1' }, 1480],
    ["VLAN: its parent's", { type: 'vlan', name: 'x', parent: 'eth0', vlanId: 5 }, 1500],
    ['what is configured', { ...VXLAN, mtu: 1400 }, 1400],
  ])('%s', async (_, one, mtu) => {
    const all = await mtus([UNDERLAY, one])
    expect(all[one.name]).toBe(mtu)
  })

  it('follows the configured MTU of the underlay, through a VLAN too', async () => {
    const vlan: Interface = {
      type: 'vlan',
      name: 'eth0.5',
      parent: 'eth0',
      vlanId: 5,
      addresses: ['10.0.0.1/24'],
    }
    expect(await mtus([{ ...ETH0, mtu: 9000 }, vlan, VXLAN])).toMatchObject({
      eth0: 9000,
      'eth0.5': 9000,
      vx1: 8950,
    })
  })

  it('counts from the parent where the VXLAN names one', async () => {
    const all = await mtus([UNDERLAY, { type: 'ethernet', name: 'eth1' }, { ...VXLAN, parent: 'eth1' }], {
      eth0: 1500,
      eth1: 1400,
    })
    expect(all.vx1).toBe(1350)
  })

  it('counts from the smallest port where the local address is on loopback', async () => {
    const all = await mtus(
      [
        { type: 'loopback', name: 'lo', addresses: ['10.0.0.1/32'] },
        ETH0,
        { type: 'ethernet', name: 'eth1' },
        VXLAN,
      ],
      { eth0: 9000, eth1: 1492 },
    )
    expect(all.vx1).toBe(1442)
  })
})
