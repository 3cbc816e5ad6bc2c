import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'
import { change, cleanUp, indexOf, ip } from './iproute.ts'

let kernel: Kernel

beforeEach(async () => {
  kernel = await openKernel({ inWorker: false })
})

afterEach(async () => {
  await kernel.close()
  cleanUp()
})

async function linkNamed(name: string) {
  return (await kernel.dump('links')).find(link => link.name === name)
}

describe('links in the kernel', () => {
  it('a bridge is made with all its settings at once', async () => {
    const results = await kernel.apply([
      {
        op: 'addLink',
        link: {
          name: 'br0',
          kind: 'bridge',
          up: true,
          mtu: 1400,
          macAddress: '02:00:00:00:00:01',
          alias: 'causeway: LAN',
        },
      },
    ])
    expect(results).toEqual([undefined])
    expect(ip('link', 'show', 'dev', 'br0')[0]).toMatchObject({
      linkinfo: { info_kind: 'bridge' },
      flags: expect.arrayContaining(['UP']),
      mtu: 1400,
      address: '02:00:00:00:00:01',
      ifalias: 'causeway: LAN',
    })
    expect(await linkNamed('br0')).toMatchObject({
      index: indexOf('br0'),
      kind: 'bridge',
      macAddress: '02:00:00:00:00:01',
      mtu: 1400,
      up: true,
      loopback: false,
      alias: 'causeway: LAN',
      counters: { rxPackets: 0 },
    })
  })

  it('a VXLAN over IPv4 is as iproute2 would make it', async () => {
    change('link add veth0 type veth peer name veth1')
    const parent = indexOf('veth0')
    const vxlan = { vni: 4096, port: 4789, local: '192.0.2.1', learning: false, ttl: 64 }
    expect(
      await kernel.apply([{ op: 'addLink', link: { name: 'vx0', kind: 'vxlan', parent, vxlan } }]),
    ).toEqual([undefined])
    const ours = ip('link', 'show', 'dev', 'vx0')[0]?.linkinfo
    expect(await linkNamed('vx0')).toMatchObject({ kind: 'vxlan', parent, vxlan })
    change('link del vx0')
    change('link add vx0 type vxlan id 4096 dev veth0 local 192.0.2.1 dstport 4789 ttl 64 nolearning')
    expect(ours).toEqual(ip('link', 'show', 'dev', 'vx0')[0]?.linkinfo)
  })

  it('a VXLAN over IPv6 likewise', async () => {
    const vxlan = { vni: 7, port: 8472, local: '2001:db8::1', learning: true, ttl: 0 }
    expect(await kernel.apply([{ op: 'addLink', link: { name: 'vx6', kind: 'vxlan', vxlan } }])).toEqual([
      undefined,
    ])
    const ours = ip('link', 'show', 'dev', 'vx6')[0]?.linkinfo
    expect(await linkNamed('vx6')).toMatchObject({ vxlan })
    change('link del vx6')
    change('link add vx6 type vxlan id 7 local 2001:db8::1 dstport 8472')
    expect(ours).toEqual(ip('link', 'show', 'dev', 'vx6')[0]?.linkinfo)
  })

  it('a change touches only what it names', async () => {
    await kernel.apply([
      {
        op: 'addLink',
        link: {
          name: 'vx0',
          kind: 'vxlan',
          mtu: 1450,
          alias: 'causeway: a',
          vxlan: { vni: 1, port: 4789, local: '192.0.2.1', learning: false, ttl: 64 },
        },
      },
      { op: 'addLink', link: { name: 'br0', kind: 'bridge' } },
    ])
    const index = indexOf('vx0')
    const before = await linkNamed('vx0')
    const changes = [
      { change: { up: true }, after: { up: true } },
      { change: { mtu: 1400 }, after: { mtu: 1400 } },
      { change: { alias: '' }, after: { alias: '' } },
      { change: { alias: 'causeway: b' }, after: { alias: 'causeway: b' } },
      { change: { master: indexOf('br0') }, after: { master: indexOf('br0') } },
      { change: { master: 0 }, after: { master: 0 } },
      { change: { up: false }, after: { up: false } },
      {
        change: { vxlan: { vni: 1, port: 4789, local: '192.0.2.2', learning: true, ttl: 9 } },
        after: { vxlan: { vni: 1, port: 4789, local: '192.0.2.2', learning: true, ttl: 9 } },
      },
      { change: { name: 'vx1' }, after: { name: 'vx1' } },
    ]
    let expected = { ...before }
    for (const { change: link, after } of changes) {
      expect(await kernel.apply([{ op: 'setLink', index, link }])).toEqual([undefined])
      const { counters, carrier, ...rest } = (await kernel.dump('links')).find(link => link.index === index)!
      expected = { ...expected, ...after }
      expect(expected).toMatchObject(rest)
    }
  })

  it('a link that exists is left alone: neither changed nor marked', async () => {
    change('link add taken type bridge')
    const results = await kernel.apply([
      { op: 'addLink', link: { name: 'taken', kind: 'bridge', mtu: 1300, alias: 'causeway: mine' } },
    ])
    expect(results).toEqual([{ code: 'EEXIST', message: '' }])
    expect(await linkNamed('taken')).toMatchObject({ alias: '', mtu: 1500 })
  })

  it('refusals come with the kernel’s own words', async () => {
    const vxlan = { vni: 9, port: 4789, learning: false, ttl: 0 }
    const results = await kernel.apply([
      { op: 'addLink', link: { name: 'a', kind: 'vxlan', vxlan } },
      { op: 'addLink', link: { name: 'b', kind: 'vxlan', vxlan } },
      { op: 'addLink', link: { name: 'c', kind: 'bridge', mtu: 10_000_000 } },
      { op: 'deleteLink', index: 9999 },
      { op: 'addLink', link: { name: 'd', kind: 'bridge', macAddress: 'nonsense' } },
    ])
    expect(results).toEqual([
      undefined,
      { code: 'EEXIST', message: 'A VXLAN device with the specified VNI already exists' },
      { code: 'EINVAL', message: 'mtu greater than device maximum' },
      { code: 'ENODEV', message: expect.any(String) },
      { code: 'EINVAL', message: '"nonsense" is not a MAC address' },
    ])
  })

  it('are deleted', async () => {
    await kernel.apply([{ op: 'addLink', link: { name: 'br0', kind: 'bridge' } }])
    expect(await kernel.apply([{ op: 'deleteLink', index: indexOf('br0') }])).toEqual([undefined])
    expect(await linkNamed('br0')).toBeUndefined()
  })

  it('veth and macvlan of others are read', async () => {
    change('link add veth0 type veth peer name veth1')
    change('link add link veth0 name mac0 type macvlan mode bridge')
    expect(await linkNamed('mac0')).toMatchObject({ kind: 'macvlan', parent: indexOf('veth0') })
    expect(await linkNamed('veth1')).toMatchObject({ kind: 'veth', carrier: false })
    expect(await linkNamed('lo')).toMatchObject({ kind: '', loopback: true })
  })
})
