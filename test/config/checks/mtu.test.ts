import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections, withInterfaces } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses a VLAN with a larger MTU than its parent',
    withInterfaces({ name: 'v', type: 'vlan', parent: 'nodes', vlanId: 7, mtu: 1501 }),
    [
      'interfaces[v].mtu: A packet of 1501 bytes in v needs 1501 bytes on nodes, which has an MTU of 1500 (not configured, so the default). Give an mtu of at most 1500, or raise the mtu of nodes to 1501.',
    ],
  ],
  [
    'counts 50 bytes for VXLAN over IPv4 and 70 over IPv6',
    withInterfaces(
      { name: 'x', type: 'vxlan', vni: 7, local: '172.16.0.1', mtu: 1451 },
      { name: 'y', type: 'vxlan', vni: 7, local: '2001:db8:2::1', mtu: 1431 },
    ),
    [
      'interfaces[x].mtu: A packet of 1451 bytes in x needs 1501 bytes on nodes, which has an MTU of 1500 (not configured, so the default). Give an mtu of at most 1450, or raise the mtu of nodes to 1501.',
      'interfaces[y].mtu: A packet of 1431 bytes in y needs 1501 bytes on nodes, which has an MTU of 1500 (not configured, so the default). Give an mtu of at most 1430, or raise the mtu of nodes to 1501.',
    ],
  ],
  [
    'counts 20 bytes for IPIP',
    withInterfaces({ name: 'x', type: 'ipip', local: '172.16.0.1', remote: '172.16.0.2', mtu: 1481 }),
    [
      'interfaces[x].mtu: A packet of 1481 bytes in x needs 1501 bytes on nodes, which has an MTU of 1500 (not configured, so the default). Give an mtu of at most 1480, or raise the mtu of nodes to 1501.',
    ],
  ],
  [
    'follows the MTU through a VLAN that has none of its own',
    withInterfaces(
      { name: 'j', type: 'ethernet', addresses: ['10.8.0.1/24'], mtu: 9000 },
      { name: 'v', type: 'vlan', parent: 'j', vlanId: 3, addresses: ['10.88.0.1/24'] },
      { name: 'x', type: 'vxlan', vni: 7, local: '10.88.0.1', mtu: 8950 },
      { name: 'y', type: 'vxlan', vni: 6, local: '10.88.0.1', mtu: 8951 },
    ),
    [
      'interfaces[y].mtu: A packet of 8951 bytes in y needs 9001 bytes on v, which has an MTU of 9000 (what j leaves). Give an mtu of at most 8950, or raise the mtu of v to 9001.',
    ],
  ],
  [
    'does not judge a tunnel whose way out is not known',
    withInterfaces({ name: 'x', type: 'vxlan', vni: 7, local: '192.0.2.1', mtu: 9000 }),
    [],
  ],
  [
    'refuses IPv6 below an MTU of 1280',
    withInterfaces(
      { name: 'p', type: 'ethernet', addresses: ['2001:db8:7::1/64'], mtu: 1279 },
      { name: 'q', type: 'ethernet', addresses: ['10.7.0.1/24'], mtu: 576 },
    ),
    [
      'interfaces[p].mtu: p has the IPv6 address 2001:db8:7::1, and an MTU of 1279. IPv6 needs an MTU of at least 1280 (RFC 8200 section 5): raise the MTU, or remove the IPv6 addresses.',
    ],
  ],
  [
    'refuses IPv6 where the interface below leaves less than 1280',
    withInterfaces(
      { name: 'p', type: 'ethernet', addresses: ['10.7.0.1/24'], mtu: 1300 },
      { name: 'x', type: 'vxlan', vni: 7, local: '10.7.0.1', addresses: ['2001:db8:7::1/64'] },
    ),
    [
      'interfaces[x].addresses[0]: x has the IPv6 address 2001:db8:7::1, and an MTU of 1250 (what p leaves). IPv6 needs an MTU of at least 1280 (RFC 8200 section 5): raise the MTU, or remove the IPv6 addresses.',
    ],
  ],
]

describe('checks of MTUs', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
