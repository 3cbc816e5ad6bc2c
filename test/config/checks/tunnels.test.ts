import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections, withInterfaces } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses two VXLANs with one VNI and port',
    withInterfaces({ name: 'x', type: 'vxlan', vni: 1, port: 8472, local: '198.51.100.1' }),
    [
      'interfaces[x].vni: VNI 1 on UDP port 8472 over IPv4 is also that of flannel.1. Give one of the two another vni or port: the kernel takes each pair once for each IP version, whatever local is.',
    ],
  ],
  [
    'takes a VXLAN without port as on 4789',
    withInterfaces(
      { name: 'x', type: 'vxlan', vni: 5, local: '198.51.100.1' },
      { name: 'y', type: 'vxlan', vni: 5, port: 4789, local: '198.51.100.1' },
    ),
    [
      'interfaces[y].vni: VNI 5 on UDP port 4789 over IPv4 is also that of x. Give one of the two another vni or port: the kernel takes each pair once for each IP version, whatever local is.',
    ],
  ],
  [
    'lets a VXLAN over IPv4 and one over IPv6 share VNI and port',
    withInterfaces({ name: 'x', type: 'vxlan', vni: 1, port: 8472, local: '2001:db8:2::1' }),
    [],
  ],
  [
    'refuses IPv6 ends of an IPIP tunnel',
    withInterfaces({ name: 'x', type: 'ipip', local: '2001:db8:2::1', remote: '2001:db8:2::2' }),
    [
      'interfaces[x].local: 2001:db8:2::1 is an IPv6 address, and IPIP (RFC 2003) runs over IPv4. Give an IPv4 address.',
      'interfaces[x].remote: 2001:db8:2::2 is an IPv6 address, and IPIP (RFC 2003) runs over IPv4. Give an IPv4 address.',
    ],
  ],
  [
    'refuses two IPIP tunnels between the same ends',
    withInterfaces(
      { name: 'x', type: 'ipip', local: '172.16.0.1' },
      { name: 'y', type: 'ipip', local: '172.16.0.1', remote: '172.16.0.9' },
      { name: 'z', type: 'ipip', local: '172.16.0.1', remote: '172.16.0.9' },
    ),
    [
      'interfaces[x].local: A tunnel from 172.16.0.1 to any node is tunl0 already. Give one of the two another local or remote address, or remove it.',
      'interfaces[z].local: A tunnel from 172.16.0.1 to 172.16.0.9 is y already. Give one of the two another local or remote address, or remove it.',
    ],
  ],
  [
    'refuses a local address that the box does not have',
    withInterfaces(
      { name: 'x', type: 'ipip', local: '172.16.0.2' },
      { name: 'y', type: 'vxlan', vni: 4, local: '2001:db8:9::1' },
    ),
    [
      'interfaces[x].local: No interface has the address 172.16.0.2. Give an address of the box, such as 192.0.2.1, 198.51.100.1, 172.16.0.1, 10.10.0.1, 10.244.0.0, or give an interface this one.',
      'interfaces[y].local: No interface has the address 2001:db8:9::1. Give an address of the box, such as 2001:db8::1, 2001:db8:1::1, 2001:db8:2::1, or give an interface this one.',
    ],
  ],
  [
    'refuses the inner address of a tunnel as its local one',
    withInterfaces({ name: 'x', type: 'vxlan', vni: 3, local: '10.9.0.1', addresses: ['10.9.0.1/24'] }),
    [
      'interfaces[x].local: 10.9.0.1 is an address of x itself, so that its packets would go into it again. Give the address of the interface that the packets leave through.',
    ],
  ],
  [
    'refuses far ends that are no other host',
    withInterfaces(
      { name: 'x', type: 'ipip', local: '172.16.0.1', remote: '224.0.0.1' },
      { name: 'y', type: 'ipip', local: '172.16.0.1', remote: '198.51.100.1' },
    ),
    [
      'interfaces[x].remote: 224.0.0.1 is a multicast address, not an address of one host. Give the address of the far node on the underlay.',
      'interfaces[y].remote: 198.51.100.1 is an address of uplink, on this box. Give the address of the far node on the underlay.',
    ],
  ],
]

describe('checks of tunnels', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
