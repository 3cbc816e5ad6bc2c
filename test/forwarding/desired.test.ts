import { describe, expect, it } from 'vitest'
import { desiredState } from '../../src/forwarding/index.ts'
import { IFA_F } from '../../src/kernel/constants.ts'
import type { Config, Interface } from '../../src/model/config.ts'

function state(interfaces: Interface[], rest: Partial<Config> = {}) {
  return desiredState({ system: { hostName: 'box' }, interfaces, ...rest })
}

const VXLAN = { type: 'vxlan', name: 'vx1', vni: 1, local: '10.0.0.1' } as const

describe('the desired state of a configuration', () => {
  it('has what a link stands on before the link', () => {
    const { links } = state([
      { type: 'vlan', name: 'br0.7', parent: 'br0', vlanId: 7 },
      { type: 'vlan', name: 'eth0.5', parent: 'eth0', vlanId: 5 },
      { type: 'ethernet', name: 'eth0' },
      { type: 'bridge', name: 'br0', ports: ['eth0.5'] },
    ])
    expect(links.map(link => link.name)).toEqual(['br0', 'br0.7', 'eth0', 'eth0.5'])
    expect(links.find(link => link.name === 'eth0.5')).toMatchObject({ bridge: 'br0', parent: 'eth0' })
  })

  it('comes to an end where links stand on each other in a circle', () => {
    const { links } = state([
      { type: 'vlan', name: 'a', parent: 'b', vlanId: 1 },
      { type: 'vlan', name: 'b', parent: 'a', vlanId: 2 },
    ])
    expect(links.map(link => link.name).sort()).toEqual(['a', 'b'])
  })

  it('marks what is made with an alias and leaves ports and loopback without', () => {
    const { links } = state([
      { type: 'loopback', name: 'lo' },
      { type: 'ethernet', name: 'eth0', description: 'uplink' },
      { type: 'bridge', name: 'br0', description: 'LAN' },
      { type: 'bridge', name: 'br1' },
    ])
    expect(links.map(link => [link.name, link.kind, link.alias])).toEqual([
      ['lo', undefined, undefined],
      ['eth0', undefined, undefined],
      ['br0', 'bridge', 'causeway: LAN'],
      ['br1', 'bridge', 'causeway'],
    ])
  })

  it('cuts a description where the kernel has no more room, between characters', () => {
    const [link] = state([{ type: 'bridge', name: 'br0', description: 'ü'.repeat(255) }]).links
    expect(Buffer.byteLength(link!.alias!)).toBeLessThanOrEqual(255)
    expect(link!.alias).toMatch(/^causeway: ü+$/)
  })

  it('sets links up unless they are disabled', () => {
    const { links } = state([
      { type: 'ethernet', name: 'eth0' },
      { type: 'ethernet', name: 'eth1', enabled: false },
    ])
    expect(links.map(link => link.up)).toEqual([true, false])
  })

  it('looks for duplicates of IPv6 addresses only where somebody could answer', () => {
    const addresses = ['2001:db8::1/64', '10.1.0.1/24']
    const { addresses: desired } = state(
      [
        { type: 'ethernet', name: 'eth0', addresses },
        { ...VXLAN, name: 'silent', addresses },
        { ...VXLAN, name: 'learns', learning: true, addresses },
        { ...VXLAN, name: 'floods', addresses },
        { type: 'loopback', name: 'lo', addresses: ['2001:db8::2/128'] },
      ],
      { fdb: [{ interface: 'floods', macAddress: '00:00:00:00:00:00', destination: '10.0.0.2' }] },
    )
    expect(desired.filter(one => one.flags === IFA_F.NODAD).map(one => one.interface)).toEqual([
      'silent',
      'lo',
    ])
    expect(desired.every(one => one.flags === 0 || one.prefix.includes(':'))).toBe(true)
  })

  it('writes addresses as the kernel does and gives loopback and link-local ones their scope', () => {
    const { addresses } = state([
      {
        type: 'ethernet',
        name: 'eth0',
        addresses: ['2001:DB8:0:0::1/64', 'fe80::1/64', '10.0.0.1/24', '127.0.0.2/8'],
      },
    ])
    expect(addresses.map(one => [one.prefix, one.scope])).toEqual([
      ['2001:db8::1/64', 0],
      ['fe80::1/64', 253],
      ['10.0.0.1/24', 0],
      ['127.0.0.2/8', 254],
    ])
  })

  it('keeps one VTEP a MAC, and all of a flood list', () => {
    const entry = (macAddress: string, destination: string) => ({
      interface: 'vx1',
      macAddress,
      destination,
    })
    const { fdb } = state([VXLAN], {
      fdb: [
        entry('02:00:00:00:00:0A', '10.0.0.2'),
        entry('02:00:00:00:00:0a', '10.0.0.3'),
        entry('00:00:00:00:00:00', '10.0.0.2'),
        entry('00:00:00:00:00:00', '10.0.0.3'),
      ],
    })
    expect(fdb.map(one => `${one.macAddress} ${one.destination}`)).toEqual([
      '02:00:00:00:00:0a 10.0.0.3',
      '00:00:00:00:00:00 10.0.0.2',
      '00:00:00:00:00:00 10.0.0.3',
    ])
  })

  it('makes a router of the box, ip_forward before what it resets', () => {
    const { sysctls } = state([VXLAN])
    const values = new Map(sysctls.map(({ path, value }) => [path, value]))
    expect(sysctls[0]).toEqual({ path: 'net/ipv4/ip_forward', value: '1' })
    expect(values.get('net/ipv6/conf/all/forwarding')).toBe('1')
    expect(values.get('net/ipv4/conf/vx1/rp_filter')).toBe('2')
    expect(values.get('net/ipv4/nexthop_compat_mode')).toBe('0')
  })
})
