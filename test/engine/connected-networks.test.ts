import { describe, expect, it } from 'vitest'
import { addressBeside, connectedNetworks } from '../../src/engine/connected-networks.ts'
import type { InterfaceAddress, Link } from '../../src/kernel/objects.ts'
import { formatPrefix } from '../../src/net/prefix.ts'

const IFA_F_TENTATIVE = 0x40

const link = (index: number, name: string, more: Partial<Link> = {}): Link => ({
  index,
  name,
  kind: '',
  loopback: false,
  macAddress: '',
  mtu: 1500,
  up: true,
  carrier: true,
  parent: 0,
  master: 0,
  alias: '',
  ...more,
})

const address = (on: number, prefix: string, flags = 0): InterfaceAddress => ({
  link: on,
  prefix,
  scope: 0,
  flags,
  protocol: 0,
})

const networks = (links: Link[], addresses: InterfaceAddress[]) =>
  connectedNetworks(links, addresses).map(one => `${formatPrefix(one.network)} ${one.interface}`)

describe('the networks that the box is on', () => {
  it('are those of its addresses, without host bits', () => {
    expect(networks([link(2, 'eth0')], [address(2, '172.16.0.1/24'), address(2, 'fd00:16::1/64')])).toEqual([
      '172.16.0.0/24 eth0',
      'fd00:16::/64 eth0',
    ])
  })

  it('are not those of a link that is down or has no carrier, nor of loopback', () => {
    const links = [
      link(1, 'lo', { loopback: true }),
      link(2, 'eth0', { up: false }),
      link(3, 'eth1', { carrier: false }),
    ]
    expect(
      networks(links, [address(1, '10.0.0.1/32'), address(2, '10.1.0.1/24'), address(3, '10.2.0.1/24')]),
    ).toEqual([])
  })

  it('are not link-local, and not of an address that is still being checked for duplicates', () => {
    expect(
      networks([link(2, 'eth0')], [address(2, 'fe80::1/64'), address(2, 'fd00::1/64', IFA_F_TENTATIVE)]),
    ).toEqual([])
  })
})

describe('the next hop for the other family of a session', () => {
  const addresses = [
    address(2, '192.168.50.1/24'),
    address(2, 'fe80::1/64'),
    address(2, 'fd00:50::1/64'),
    address(3, '192.168.51.1/24'),
    address(3, 'fe80::2/64'),
  ]

  it('is our global address on the same link, and the link-local one beside it', () => {
    expect(addressBeside(addresses, 6, '192.168.50.1')).toEqual({
      address: 'fd00:50::1',
      linkLocal: 'fe80::1',
      networks: ['fd00:50::/64'],
    })
    expect(addressBeside(addresses, 4, 'fd00:50::1')).toEqual({
      address: '192.168.50.1',
      networks: ['192.168.50.0/24'],
    })
  })

  it('is that of the link that is named, where several have the local end: VLANs share the address of their parent', () => {
    const vlans = [
      address(4, 'fe80::9/64'),
      address(4, 'fd00:4::1/64'),
      address(5, 'fe80::9/64'),
      address(5, 'fd00:5::1/64'),
    ]
    expect(addressBeside(vlans, 6, 'fe80::9', 5)?.address).toBe('fd00:5::1')
    expect(addressBeside(vlans, 6, 'fe80::9', 4)?.address).toBe('fd00:4::1')
  })

  it('is none where the link has no global address, or nobody has the local end', () => {
    expect(addressBeside(addresses, 6, '192.168.51.1')).toBeUndefined()
    expect(addressBeside(addresses, 6, '192.0.2.1')).toBeUndefined()
  })
})
