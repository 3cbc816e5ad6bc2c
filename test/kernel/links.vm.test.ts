import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'
import { change, cleanUp, indexOf, ip } from './iproute.ts'

let kernel: Kernel
let parent: number

beforeEach(async () => {
  kernel = await openKernel({ inWorker: false })
  change('link add p0 type dummy')
  change('link set p0 up')
  change('address add 192.0.2.1/24 dev p0')
  parent = indexOf('p0')
})

afterEach(async () => {
  await kernel.close()
  cleanUp()
})

async function linkNamed(name: string) {
  return (await kernel.dump('links')).find(link => link.name === name)
}

describe('VLANs in the kernel', () => {
  it('are made on a port, read, changed and deleted', async () => {
    const link = {
      name: 'p0.7',
      kind: 'vlan' as const,
      parent,
      vlanId: 7,
      up: true,
      alias: 'causeway: office',
    }
    expect(await kernel.apply([{ op: 'addLink', link }])).toEqual([undefined])
    expect(ip('link', 'show', 'dev', 'p0.7')[0]).toMatchObject({
      link: 'p0',
      ifalias: 'causeway: office',
      linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 7 } },
    })
    expect(await linkNamed('p0.7')).toMatchObject({
      kind: 'vlan',
      parent,
      vlanId: 7,
      up: true,
      carrier: true,
    })
    const index = indexOf('p0.7')
    expect(await kernel.apply([{ op: 'setLink', index, link: { mtu: 1400, up: false } }])).toEqual([
      undefined,
    ])
    expect(await linkNamed('p0.7')).toMatchObject({ mtu: 1400, up: false, vlanId: 7 })
    expect(await kernel.apply([{ op: 'deleteLink', index }])).toEqual([undefined])
    expect(await linkNamed('p0.7')).toBeUndefined()
  })

  it('that exist or cannot be are refused with reasons', async () => {
    const vlan = (name: string, vlanId: number, on: number) => ({
      op: 'addLink' as const,
      link: { name, kind: 'vlan' as const, parent: on, vlanId },
    })
    const results = await kernel.apply([
      vlan('a', 7, parent),
      vlan('b', 7, parent),
      vlan('c', 5000, parent),
      vlan('d', 7, 9999),
    ])
    expect(results).toEqual([
      undefined,
      { code: 'EEXIST', message: expect.stringContaining('VLAN device already exists') },
      { code: 'ERANGE', message: expect.stringContaining('Invalid VLAN id') },
      { code: 'ENODEV', message: expect.any(String) },
    ])
  })
})

describe('IPIP tunnels in the kernel', () => {
  it('to any far end are made as iproute2 would', async () => {
    const link = {
      name: 'ipip0',
      kind: 'ipip' as const,
      parent,
      mtu: 1480,
      up: true,
      ipip: { local: '192.0.2.1', ttl: 64 },
    }
    expect(await kernel.apply([{ op: 'addLink', link }])).toEqual([undefined])
    const ours = ip('link', 'show', 'dev', 'ipip0')[0]?.linkinfo
    expect(await linkNamed('ipip0')).toMatchObject({ kind: 'ipip', macAddress: '', parent, ipip: link.ipip })
    change('link del ipip0')
    // iproute2 would let MPLS in as well (mode any) unless told.
    change('link add ipip0 type ipip local 192.0.2.1 remote any ttl 64 dev p0 mode ipip')
    expect(ours).toEqual(ip('link', 'show', 'dev', 'ipip0')[0]?.linkinfo)
  })

  it('to one far end are changed and deleted, and carry routes', async () => {
    const ipip = { local: '192.0.2.1', remote: '192.0.2.2', ttl: 0 }
    expect(
      await kernel.apply([{ op: 'addLink', link: { name: 'ipip0', kind: 'ipip', up: true, ipip } }]),
    ).toEqual([undefined])
    const index = indexOf('ipip0')
    expect(await linkNamed('ipip0')).toMatchObject({ ipip })
    const results = await kernel.apply([
      { op: 'setLink', index, link: { ipip: { ...ipip, remote: '192.0.2.3', ttl: 9 } } },
      {
        op: 'setNexthop',
        nexthop: { id: 1, gateway: '192.0.2.3', link: index, onlink: true, protocol: 201 },
      },
    ])
    expect(results).toEqual([undefined, undefined])
    expect(await linkNamed('ipip0')).toMatchObject({ ipip: { ...ipip, remote: '192.0.2.3', ttl: 9 } })
    const batch = {
      family: 4 as const,
      table: 254,
      metric: 20,
      protocol: 201,
      count: 1,
      addresses: Uint8Array.of(10, 1, 2, 0),
      lengths: Uint8Array.of(24),
      nexthopIds: Uint32Array.of(1),
    }
    expect(await kernel.writeRoutes(batch)).toEqual([])
    expect(ip('route', 'get', '10.1.2.3')[0]).toMatchObject({ dev: 'ipip0', gateway: '192.0.2.3' })
    expect(await kernel.apply([{ op: 'deleteLink', index }])).toEqual([undefined])
    expect((await kernel.readRoutes(4, 254, 201)).count).toBe(0)
  })
})

describe('Debian’s kernel', () => {
  it('takes VXLAN, addresses, neighbours, FDB entries and nexthops as the newer one does', async () => {
    const vxlan = { vni: 7, port: 4789, local: '192.0.2.1', learning: false, ttl: 64 }
    await kernel.apply([{ op: 'addLink', link: { name: 'vx0', kind: 'vxlan', up: true, parent, vxlan } }])
    const index = indexOf('vx0')
    const address = { link: index, prefix: '10.7.0.1/24', scope: 0, flags: 0x200, protocol: 201 }
    const neighbor = {
      link: index,
      address: '10.7.0.9',
      macAddress: '02:00:00:00:00:09',
      state: 0x80,
      flags: 0,
      protocol: 201,
    }
    const entry = {
      link: index,
      macAddress: '02:00:00:00:00:09',
      destination: '192.0.2.9',
      state: 0x80,
      flags: 2,
    }
    const nexthop = {
      id: 5,
      family: 4 as const,
      gateway: '10.7.0.9',
      link: index,
      onlink: true,
      protocol: 201,
    }
    const group = { id: 6, group: [{ id: 5, weight: 1 }], protocol: 201 }
    const results = await kernel.apply([
      { op: 'addAddress', address },
      { op: 'setNeighbor', neighbor },
      { op: 'setFdb', entry },
      { op: 'setNexthop', nexthop },
      { op: 'setNexthop', nexthop: group },
    ])
    expect(results.filter(Boolean)).toEqual([])
    expect(await linkNamed('vx0')).toMatchObject({ parent, vxlan })
    expect(await kernel.dump('addresses')).toContainEqual({ ...address, flags: 0x280 })
    expect(await kernel.dump('neighbors')).toContainEqual(neighbor)
    expect(await kernel.dump('fdb')).toContainEqual(entry)
    expect(await kernel.dump('nexthops')).toEqual([nexthop, group])
  })
})
