import { describe, expect, it } from 'vitest'
import { interfaceStates, tunnelStates } from '../../../src/engine/state/interfaces.ts'
import type { Link } from '../../../src/kernel/objects.ts'

const link = (index: number, name: string, more: Partial<Link> = {}): Link => ({
  index,
  name,
  kind: '',
  loopback: false,
  macAddress: '02:00:00:00:00:01',
  mtu: 1500,
  up: true,
  carrier: true,
  parent: 0,
  master: 0,
  alias: '',
  ...more,
})

describe('an interface', () => {
  it('is shown as the kernel has it, with the type that the configuration gives it', () => {
    const links = [
      link(2, 'eth1'),
      link(3, 'eth1.10', { kind: 'vlan', parent: 2, vlanId: 10 }),
      link(4, 'veth9', { kind: 'veth', up: false }),
    ]
    const states = interfaceStates(
      {
        system: { hostName: 'box' },
        interfaces: [
          { type: 'ethernet', name: 'eth1' },
          { type: 'vlan', name: 'eth1.10', parent: 'eth1', vlanId: 10 },
        ],
      },
      links,
      [{ link: 3, prefix: '10.10.0.1/24', scope: 0, flags: 0, protocol: 0 }],
    )
    expect(states).toMatchObject([
      { name: 'eth1', type: 'ethernet', configured: true, addresses: [] },
      { name: 'eth1.10', type: 'vlan', parent: 'eth1', addresses: ['10.10.0.1/24'] },
      { name: 'veth9', type: 'veth', configured: false, adminUp: false },
    ])
    expect(states[0]).not.toHaveProperty('parent')
  })
})

describe('a tunnel', () => {
  it('of VXLAN shows each far VTEP with the next hops that lead to its MAC', () => {
    const vxlan = link(5, 'flannel.1', {
      kind: 'vxlan',
      vxlan: { vni: 1, port: 8472, local: '192.168.50.1', learning: false, ttl: 0 },
    })
    const tunnels = tunnelStates(
      [link(2, 'eth1'), vxlan],
      [
        {
          link: 5,
          address: '10.244.2.0',
          macAddress: '0e:00:00:00:00:02',
          state: 0x80,
          flags: 0,
          protocol: 201,
        },
        {
          link: 2,
          address: '10.244.2.0',
          macAddress: '0e:00:00:00:00:02',
          state: 0x80,
          flags: 0,
          protocol: 201,
        },
      ],
      [
        { link: 5, macAddress: '0e:00:00:00:00:02', destination: '192.168.50.12', state: 0x80, flags: 2 },
        { link: 5, macAddress: '0e:00:00:00:00:09', state: 0x80, flags: 2 },
      ],
    )
    expect(tunnels).toEqual([
      {
        name: 'flannel.1',
        type: 'vxlan',
        adminUp: true,
        mtu: 1500,
        local: '192.168.50.1',
        vni: 1,
        port: 8472,
        macAddress: '02:00:00:00:00:01',
        peers: [{ destination: '192.168.50.12', macAddress: '0e:00:00:00:00:02', addresses: ['10.244.2.0'] }],
      },
    ])
  })

  it('of IPIP to any node has no far end of its own', () => {
    const tunnels = tunnelStates(
      [
        link(6, 'tunl0', {
          kind: 'ipip',
          macAddress: '',
          mtu: 1480,
          ipip: { local: '192.168.50.1', ttl: 0 },
        }),
      ],
      [],
      [],
    )
    expect(tunnels).toEqual([
      { name: 'tunl0', type: 'ipip', adminUp: true, mtu: 1480, local: '192.168.50.1', peers: [] },
    ])
  })
})
