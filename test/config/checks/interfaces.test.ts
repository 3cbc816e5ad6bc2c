import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections, withInterfaces } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses a second interface of one name',
    withInterfaces({ name: 'uplink', type: 'ethernet', addresses: [] }),
    [
      'interfaces[6].name: The name uplink is also that of interfaces[1]. Give each interface a name of its own, or make one of the two.',
    ],
  ],
  [
    'keeps the name lo for the loopback link',
    withInterfaces({ name: 'lo0', type: 'ethernet' }, { name: 'lo', type: 'ethernet', addresses: [] }),
    [
      'interfaces[7].name: The name lo is also that of interfaces[0]. Give each interface a name of its own, or make one of the two.',
      'interfaces[7].name: The name lo is that of the loopback link of the kernel, and this interface is of type ethernet. Choose another name, or type: loopback.',
    ],
  ],
  [
    'refuses MAC addresses that no interface can have',
    withInterfaces(
      { name: 'p1', type: 'ethernet', addresses: [], macAddress: '01:00:5e:00:00:01' },
      { name: 'p2', type: 'ethernet', addresses: [], macAddress: '00:00:00:00:00:00' },
    ),
    [
      'interfaces[p1].macAddress: 01:00:5e:00:00:01 is a group address, which no interface can have. Give a unicast MAC address: the first octet is even, and not all octets are zero.',
      'interfaces[p2].macAddress: 00:00:00:00:00:00 is all zero, which no interface can have. Give a unicast MAC address: the first octet is even, and not all octets are zero.',
    ],
  ],
  [
    'refuses a VLAN on a missing link',
    withInterfaces({ name: 'v', type: 'vlan', parent: 'node', vlanId: 5 }),
    [
      'interfaces[v].parent: No interface node is configured. Did you mean nodes? If not, add node to interfaces.',
    ],
  ],
  [
    'refuses a VLAN on a tunnel without Ethernet frames',
    withInterfaces({ name: 'v', type: 'vlan', parent: 'tunl0', vlanId: 5 }),
    [
      'interfaces[v].parent: tunl0 is of type ipip, which cannot carry VLANs. Name an interface of type ethernet, bridge, vlan or vxlan.',
    ],
  ],
  [
    'refuses a VLAN on loopback',
    withInterfaces({ name: 'v', type: 'vlan', parent: 'lo', vlanId: 5 }),
    [
      'interfaces[v].parent: lo is of type loopback, which cannot carry VLANs. Name an interface of type ethernet, bridge, vlan or vxlan.',
    ],
  ],
  [
    'refuses VXLAN parents that are missing or cannot be one',
    withInterfaces(
      { name: 'x', type: 'vxlan', vni: 9, local: '172.16.0.1', parent: 'tunl0' },
      { name: 'y', type: 'vxlan', vni: 8, local: '172.16.0.1', parent: 'zz' },
    ),
    [
      'interfaces[x].parent: tunl0 is of type ipip, which cannot be the parent of a VXLAN. Name an interface of type ethernet, vlan or bridge, or leave parent out.',
      'interfaces[y].parent: No interface zz is configured. Name one of lo, uplink, nodes, nodes.10, flannel.1, tunl0, x, y, or add zz to interfaces.',
    ],
  ],
  [
    'refuses bridge ports that are missing or cannot be ports',
    withInterfaces({ name: 'br0', type: 'bridge', ports: ['eth9', 'lo', 'tunl0'] }),
    [
      'interfaces[br0].ports[0]: No interface eth9 is configured. Name one of lo, uplink, nodes, nodes.10, flannel.1, tunl0, br0, or add eth9 to interfaces.',
      'interfaces[br0].ports[1]: lo is of type loopback, which cannot be the port of a bridge. Name an interface of type ethernet, vlan or vxlan.',
      'interfaces[br0].ports[2]: tunl0 is of type ipip, which cannot be the port of a bridge. Name an interface of type ethernet, vlan or vxlan.',
    ],
  ],
  [
    'refuses a port of two bridges',
    withInterfaces(
      { name: 'p1', type: 'ethernet', addresses: [] },
      { name: 'br0', type: 'bridge', ports: ['p1'] },
      { name: 'br1', type: 'bridge', ports: ['p1'] },
    ),
    [
      'interfaces[br1].ports[0]: p1 is a port of the bridge br0 already. Name it as a port once, of one bridge.',
    ],
  ],
  [
    'refuses addresses on a port of a bridge',
    withInterfaces({ name: 'br0', type: 'bridge', ports: ['uplink'] }),
    [
      'interfaces[uplink].addresses: uplink is a port of the bridge br0, so that its own addresses are not reached through it. Move the addresses to br0.',
    ],
  ],
  [
    'refuses two VLANs that stand on each other',
    withInterfaces(
      { name: 'a', type: 'vlan', parent: 'b', vlanId: 1 },
      { name: 'b', type: 'vlan', parent: 'a', vlanId: 1 },
    ),
    [
      'interfaces[a].parent: The interfaces stand on each other in a circle: a on b on a. Break the circle: give one of them another parent or port.',
    ],
  ],
  [
    'refuses a VLAN that stands on itself',
    withInterfaces({ name: 'a', type: 'vlan', parent: 'a', vlanId: 1 }),
    [
      'interfaces[a].parent: The interfaces stand on each other in a circle: a on a. Break the circle: give one of them another parent or port.',
    ],
  ],
  [
    'refuses a bridge whose port stands on it',
    withInterfaces(
      { name: 'br0', type: 'bridge', ports: ['v'] },
      { name: 'v', type: 'vlan', parent: 'br0', vlanId: 1 },
    ),
    [
      'interfaces[br0].ports: The interfaces stand on each other in a circle: br0 on v on br0. Break the circle: give one of them another parent or port.',
    ],
  ],
  [
    'refuses a VLAN id twice on one parent',
    withInterfaces({ name: 'v', type: 'vlan', parent: 'nodes', vlanId: 10 }),
    [
      'interfaces[v].vlanId: VLAN 10 on nodes is also that of nodes.10. Give each a vlanId of its own on nodes, or remove one of the two.',
    ],
  ],
]

describe('checks of interfaces', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
