import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses neighbours on a missing interface and on one without MAC addresses',
    {
      neighbors: [
        { interface: 'upling', address: '198.51.100.2', macAddress: '02:00:00:00:00:01' },
        { interface: 'tunl0', address: '10.0.0.1', macAddress: '02:00:00:00:00:01' },
      ],
    },
    [
      'neighbors[198.51.100.2].interface: No interface upling is configured. Did you mean uplink? If not, add upling to interfaces.',
      'neighbors[10.0.0.1].interface: tunl0 is of type ipip, which has no MAC addresses and so no neighbours. Name an interface of type ethernet, vlan, bridge or vxlan.',
    ],
  ],
  [
    'refuses addresses that are no other host',
    {
      neighbors: [
        { interface: 'uplink', address: '198.51.100.1', macAddress: '02:00:00:00:00:01' },
        { interface: 'uplink', address: '224.0.0.1', macAddress: '02:00:00:00:00:01' },
      ],
    },
    [
      'neighbors[198.51.100.1].address: 198.51.100.1 is an address of uplink, on this box, not the address of a neighbour. Give the unicast address of the host whose MAC address this is.',
      'neighbors[224.0.0.1].address: 224.0.0.1 is a multicast address, not the address of a neighbour. Give the unicast address of the host whose MAC address this is.',
    ],
  ],
  [
    'refuses a neighbour twice, in another spelling too',
    {
      neighbors: [
        { interface: 'uplink', address: '2001:db8:1::2', macAddress: '02:00:00:00:00:01' },
        { interface: 'uplink', address: '2001:db8:1:0::2', macAddress: '02:00:00:00:00:02' },
        { interface: 'nodes', address: '172.16.0.2', macAddress: '02:00:00:00:00:02' },
      ],
    },
    [
      'neighbors[2001:db8:1:0::2].address: The neighbour 2001:db8:1:0::2 on uplink is also neighbors[2001:db8:1::2]. Keep one of the two: an address has one MAC address on an interface.',
    ],
  ],
  [
    'warns of a neighbour in no network, but for VXLAN and on-link next hops',
    {
      neighbors: [
        { interface: 'uplink', address: '10.0.0.1', macAddress: '02:00:00:00:00:01' },
        { interface: 'flannel.1', address: '10.244.1.0', macAddress: '02:00:00:00:00:01' },
        { interface: 'nodes', address: '169.254.1.1', macAddress: '02:00:00:00:00:03' },
      ],
      routes: [
        { prefix: '10.99.0.0/16', nexthops: [{ via: '169.254.1.1', interface: 'nodes', onlink: true }] },
      ],
    },
    [
      'warning: neighbors[10.0.0.1].address: 10.0.0.1 is in no network of uplink, and no on-link next hop uses it. See that the address is right; if a route is to use it, mark its next hop onlink: true.',
    ],
  ],
  [
    'refuses FDB entries on anything but a VXLAN',
    {
      fdb: [
        { interface: 'nodes', macAddress: '02:00:00:00:00:01', destination: '172.16.0.2' },
        { interface: 'flannel.2', macAddress: '02:00:00:00:00:01', destination: '172.16.0.2' },
      ],
    },
    [
      'fdb[0].interface: nodes is of type ethernet. Name an interface of type vxlan.',
      'fdb[1].interface: No interface flannel.2 is configured. Did you mean flannel.1? If not, add flannel.2 to interfaces.',
    ],
  ],
  [
    'refuses destinations that the tunnel does not reach',
    {
      fdb: [
        { interface: 'flannel.1', macAddress: '02:00:00:00:00:01', destination: '2001:db8:2::2' },
        { interface: 'flannel.1', macAddress: '02:00:00:00:00:02', destination: '172.16.0.1' },
        { interface: 'flannel.1', macAddress: '02:00:00:00:00:03', destination: '239.0.0.1' },
      ],
    },
    [
      'fdb[0].destination: 2001:db8:2::2 is an IPv6 address, and flannel.1 runs over IPv4 (local: 172.16.0.1). Give the IPv4 address of the far VTEP.',
      'fdb[1].destination: 172.16.0.1 is an address of nodes, on this box. Give the address of the far node on the underlay.',
      'fdb[2].destination: 239.0.0.1 is a multicast address, not an address of one host. Give the address of the far node on the underlay.',
    ],
  ],
  [
    'refuses an FDB entry twice, but for several destinations of the default one',
    {
      fdb: [
        { interface: 'flannel.1', macAddress: '02:00:00:00:00:0a', destination: '172.16.0.2' },
        { interface: 'flannel.1', macAddress: '02:00:00:00:00:0A', destination: '172.16.0.3' },
        { interface: 'flannel.1', macAddress: '00:00:00:00:00:00', destination: '172.16.0.2' },
        { interface: 'flannel.1', macAddress: '00:00:00:00:00:00', destination: '172.16.0.3' },
        { interface: 'flannel.1', macAddress: '00:00:00:00:00:00', destination: '172.16.0.3' },
      ],
    },
    [
      'fdb[1].macAddress: The entry for 02:00:00:00:00:0A on flannel.1 is also fdb[0]. Keep one of the two: only group addresses and 00:00:00:00:00:00 may go to several destinations.',
      'fdb[4].macAddress: The entry for 00:00:00:00:00:00 on flannel.1 is also fdb[3]. Keep one of the two: only group addresses and 00:00:00:00:00:00 may go to several destinations.',
    ],
  ],
]

describe('checks of neighbours and FDB entries', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
