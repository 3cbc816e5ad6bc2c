import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses host bits and says the right prefix',
    {
      routes: [
        { prefix: '10.1.2.3/24', blackhole: true },
        { prefix: '2001:db8::1/32', blackhole: true },
      ],
    },
    [
      'routes[10.1.2.3/24].prefix: 10.1.2.3/24 has bits set behind its length. Write 10.1.2.0/24.',
      'routes[2001:db8::1/32].prefix: 2001:db8::1/32 has bits set behind its length. Write 2001:db8::/32.',
    ],
  ],
  [
    'refuses a route with both or neither of next hops and blackhole',
    {
      routes: [
        { prefix: '10.1.0.0/24' },
        { prefix: '10.2.0.0/24', blackhole: false },
        { prefix: '10.3.0.0/24', blackhole: true, nexthops: [{ via: '198.51.100.2' }] },
      ],
    },
    [
      'routes[10.1.0.0/24]: The route to 10.1.0.0/24 has neither nexthops nor blackhole. Give either nexthops or blackhole: true.',
      'routes[10.2.0.0/24]: The route to 10.2.0.0/24 has neither nexthops nor blackhole. Give either nexthops or blackhole: true.',
      'routes[10.3.0.0/24]: The route to 10.3.0.0/24 has both nexthops and blackhole. Give either nexthops or blackhole: true.',
    ],
  ],
  [
    'refuses a prefix twice with one distance',
    {
      routes: [
        { prefix: '10.1.0.0/24', blackhole: true },
        { prefix: '10.1.0.0/24', nexthops: [{ via: '198.51.100.2' }] },
        { prefix: '10.1.0.0/24', blackhole: true, distance: 250 },
      ],
    },
    [
      'routes[1].prefix: The route to 10.1.0.0/24 with distance 1 is also routes[0]. Put both next hops into one route, or give one of the two another distance.',
    ],
  ],
  [
    'refuses next hops that lack what they need',
    {
      routes: [
        { prefix: '10.1.0.0/24', nexthops: [{ weight: 3 }] },
        { prefix: '10.2.0.0/24', nexthops: [{ via: '198.51.100.2', onlink: true }] },
        { prefix: '10.3.0.0/24', nexthops: [{ interface: 'nodes', onlink: true }] },
      ],
    },
    [
      'routes[10.1.0.0/24].nexthops[0]: The next hop names neither via nor interface. Give via (an address), interface, or both.',
      'routes[10.2.0.0/24].nexthops[0]: The next hop is onlink, and interface is missing. Give both via and interface, or leave onlink out.',
      'routes[10.3.0.0/24].nexthops[0]: The next hop is onlink, and via is missing. Give both via and interface, or leave onlink out.',
    ],
  ],
  [
    'refuses a next hop on a missing interface',
    { routes: [{ prefix: '10.1.0.0/24', nexthops: [{ interface: 'nodez' }] }] },
    [
      'routes[10.1.0.0/24].nexthops[0].interface: No interface nodez is configured. Did you mean nodes? If not, add nodez to interfaces.',
    ],
  ],
  [
    'refuses a next hop of the other IP version',
    {
      routes: [
        { prefix: '10.1.0.0/24', nexthops: [{ via: '2001:db8:1::2' }] },
        { prefix: '2001:db8:f::/48', nexthops: [{ via: '198.51.100.2' }] },
      ],
    },
    [
      'routes[10.1.0.0/24].nexthops[0].via: 2001:db8:1::2 is an IPv6 address, and 10.1.0.0/24 is an IPv4 prefix. Give an IPv4 address, or only the interface.',
      'routes[2001:db8:f::/48].nexthops[0].via: 198.51.100.2 is an IPv4 address, and 2001:db8:f::/48 is an IPv6 prefix. Give an IPv6 address, or only the interface.',
    ],
  ],
  [
    'refuses next hops that cannot be reached',
    {
      routes: [
        { prefix: '0.0.0.0/0', nexthops: [{ via: '203.0.113.1' }] },
        { prefix: '10.1.0.0/24', nexthops: [{ via: '198.51.100.2', interface: 'nodes' }] },
        { prefix: '10.2.0.0/24', nexthops: [{ via: '10.244.1.0', interface: 'flannel.1' }] },
        { prefix: '10.3.0.0/24', nexthops: [{ via: '198.51.100.1' }] },
        { prefix: '10.4.0.0/24', nexthops: [{ via: '224.0.0.1' }] },
        { prefix: '10.5.0.0/24', nexthops: [{ via: '198.51.100.255' }] },
        { prefix: '2001:db8:f::/48', nexthops: [{ via: 'fe80::1' }] },
      ],
    },
    [
      'routes[0.0.0.0/0].nexthops[0].via: 203.0.113.1 is in no network of any interface. Give the address of a router on a network of the box, or name its interface with onlink: true.',
      'routes[10.1.0.0/24].nexthops[0].via: 198.51.100.2 is in no network of nodes. Name the interface uplink, whose network 198.51.100.0/24 it is in.',
      'routes[10.2.0.0/24].nexthops[0].via: 10.244.1.0 is in no network of flannel.1. Give an address of a network of flannel.1, or mark the next hop onlink: true where it is reached without one.',
      'routes[10.3.0.0/24].nexthops[0].via: 198.51.100.1 is an address of uplink, on this box. Give the address of the router that the packets are to go to.',
      'routes[10.4.0.0/24].nexthops[0].via: 224.0.0.1 is a multicast address, not an address of one host. Give the address of the router that the packets are to go to.',
      'routes[10.5.0.0/24].nexthops[0].via: 198.51.100.255 is the broadcast address of 198.51.100.0/24 on uplink, not an address of one host. Give the address of the router that the packets are to go to.',
      'routes[2001:db8:f::/48].nexthops[0].via: fe80::1 is a link-local address, which means nothing without an interface. Add interface: the one that the router is on.',
    ],
  ],
  [
    'refuses a next hop twice in a route',
    {
      routes: [
        { prefix: '10.1.0.0/24', nexthops: [{ via: '198.51.100.2' }, { via: '198.51.100.2', weight: 2 }] },
      ],
    },
    [
      'routes[10.1.0.0/24].nexthops[1]: The next hop 198.51.100.2 is also routes[10.1.0.0/24].nexthops[0]. Keep one of the two; give it a greater weight where it is to carry more.',
    ],
  ],
]

describe('checks of static routes', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
