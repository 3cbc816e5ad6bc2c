import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses 0.0.0.0 as router id',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: { localAs: 64512, routerId: '0.0.0.0' },
    },
    [
      'bgp.routerId: 0.0.0.0 cannot be a BGP identifier, which has the form of an IPv4 address and is not 0.0.0.0 (RFC 6286). Give an IPv4 address of the box, such as 192.0.2.1.',
    ],
  ],
  [
    'refuses an IPv6 router id',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: { localAs: 64512, routerId: '2001:db8::1' },
    },
    [
      'bgp.routerId: 2001:db8::1 cannot be a BGP identifier, which has the form of an IPv4 address and is not 0.0.0.0 (RFC 6286). Give an IPv4 address of the box, such as 192.0.2.1.',
    ],
  ],
  [
    'refuses two groups of one name',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: { localAs: 64512, routerId: '192.0.2.1', neighborGroups: [{ name: 'n' }, { name: 'n' }] },
    },
    [
      'bgp.neighborGroups[1].name: The name n is also that of bgp.neighborGroups[0]. Give each group a name of its own.',
    ],
  ],
  [
    'refuses policies that are not there',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'n', importPolicy: 'al' }],
        neighbors: [{ address: '172.16.0.11', remoteAs: 64512, exportPolicy: 'none' }],
      },
    },
    [
      'bgp.neighborGroups[n].importPolicy: No policy al is configured. Did you mean all? If not, add al to policies.',
      'bgp.neighbors[172.16.0.11].exportPolicy: No policy none is configured. Name one of all, or add none to policies.',
    ],
  ],
  [
    'refuses a group that is not there',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'nodes' }],
        neighbors: [{ address: '172.16.0.11', group: 'node' }],
      },
    },
    [
      'bgp.neighbors[172.16.0.11].group: No neighbour group node is configured. Did you mean nodes? If not, add node to bgp.neighborGroups.',
    ],
  ],
  [
    'refuses hold times of 1 and 2 seconds',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'n', holdTime: 2 }],
        neighbors: [
          { address: '172.16.0.11', remoteAs: 64512, holdTime: 1 },
          { address: '172.16.0.12', remoteAs: 64512, holdTime: 0 },
          { address: '172.16.0.13', remoteAs: 64512, holdTime: 3 },
        ],
      },
    },
    [
      'bgp.neighborGroups[n].holdTime: A hold time of 2 s is not allowed (RFC 4271 section 4.2). Give 0 for none, or at least 3.',
      'bgp.neighbors[172.16.0.11].holdTime: A hold time of 1 s is not allowed (RFC 4271 section 4.2). Give 0 for none, or at least 3.',
    ],
  ],
  [
    'refuses a keepalive time that is not below the hold time',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [
          { name: 'n', holdTime: 30 },
          { name: 'm', keepaliveTime: 90 },
          { name: 'k', keepaliveTime: 10, holdTime: 10 },
        ],
        neighbors: [
          { address: '172.16.0.11', remoteAs: 64512, group: 'n', keepaliveTime: 30 },
          { address: '172.16.0.12', remoteAs: 64512, holdTime: 9, keepaliveTime: 9 },
          { address: '172.16.0.13', remoteAs: 64512, group: 'm' },
          { address: '172.16.0.14', remoteAs: 64512, keepaliveTime: 30 },
        ],
      },
    },
    [
      'bgp.neighborGroups[m].keepaliveTime: KEEPALIVEs every 90 s do not hold a session with a hold time of 90 s (the default). Give a keepaliveTime of at most 30 (a third of the hold time), or leave it out.',
      'bgp.neighborGroups[k].keepaliveTime: KEEPALIVEs every 10 s do not hold a session with a hold time of 10 s. Give a keepaliveTime of at most 3 (a third of the hold time), or leave it out.',
      'bgp.neighbors[172.16.0.11].keepaliveTime: KEEPALIVEs every 30 s do not hold a session with a hold time of 30 s (from its group). Give a keepaliveTime of at most 10 (a third of the hold time), or leave it out.',
      'bgp.neighbors[172.16.0.12].keepaliveTime: KEEPALIVEs every 9 s do not hold a session with a hold time of 9 s. Give a keepaliveTime of at most 3 (a third of the hold time), or leave it out.',
    ],
  ],
  [
    'refuses sessions of an unknown AS',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'n', listenRanges: ['172.16.0.0/24'] }, { name: 'm' }],
        neighbors: [{ address: '172.16.0.11' }, { address: '172.16.0.12', group: 'm' }],
      },
    },
    [
      'bgp.neighborGroups[n].remoteAs: The group n, which accepts neighbours from listenRanges, has no remoteAs. Add remoteAs: the AS that these neighbours are of, or remoteAsSet.',
      'bgp.neighbors[172.16.0.11].remoteAs: The neighbour 172.16.0.11 has no remoteAs. Add remoteAs, or a group that has it.',
      'bgp.neighbors[172.16.0.12].remoteAs: The neighbour 172.16.0.12 has no remoteAs. Add remoteAs here or to the group m.',
    ],
  ],
  [
    'refuses host bits in listen ranges, and ranges that two groups share',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [
          { name: 'n', remoteAs: 64512, listenRanges: ['172.16.0.0/24', '10.0.0.1/8'] },
          { name: 'm', remoteAs: 64512, listenRanges: ['172.16.0.128/25', '10.0.0.0/7', '2001:db8::/32'] },
        ],
      },
    },
    [
      'bgp.neighborGroups[n].listenRanges[1]: 10.0.0.1/8 has bits set behind its length. Write 10.0.0.0/8.',
      'bgp.neighborGroups[m].listenRanges[0]: 172.16.0.128/25 of the group m overlaps with 172.16.0.0/24 of the group n. Make the ranges apart, so that each address belongs to one group.',
      'bgp.neighborGroups[m].listenRanges[1]: 10.0.0.0/7 of the group m overlaps with 10.0.0.0/8 of the group n. Make the ranges apart, so that each address belongs to one group.',
    ],
  ],
  [
    'refuses neighbours that are no other host',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [
          { address: '172.16.0.1', remoteAs: 64512 },
          { address: 'fe80::2', remoteAs: 64512 },
          { address: '224.0.0.5', remoteAs: 64512 },
        ],
      },
    },
    [
      "bgp.neighbors[172.16.0.1].address: 172.16.0.1 is an address of nodes, on this box. Give the neighbour's address.",
      'bgp.neighbors[fe80::2].address: fe80::2 is a link-local address, which means nothing without an interface. Give the global unicast address of one host.',
      'bgp.neighbors[224.0.0.5].address: 224.0.0.5 is a multicast address. Give the global unicast address of one host.',
    ],
  ],
  [
    'refuses a neighbour twice, in another spelling too',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [
          { address: '2001:db8:2::2', remoteAs: 64512 },
          { address: '2001:db8:2:0::2', remoteAs: 64512 },
        ],
      },
    },
    [
      'bgp.neighbors[2001:db8:2:0::2].address: The neighbour 2001:db8:2:0::2 is also bgp.neighbors[2001:db8:2::2]. Keep one of the two, with both families where it speaks both.',
    ],
  ],
  [
    'refuses local addresses that are not ours or of the other IP version',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'g', remoteAs: 64512, localAddress: '2001:db8:2::1' }],
        neighbors: [
          { address: '172.16.0.2', remoteAs: 64512, localAddress: '172.16.0.3' },
          { address: '172.16.0.4', remoteAs: 64512, localAddress: '2001:db8:2::1' },
          { address: '172.16.0.5', group: 'g' },
        ],
      },
    },
    [
      'bgp.neighbors[172.16.0.2].localAddress: No interface has the address 172.16.0.3. Give an address of the box, such as 192.0.2.1, 198.51.100.1, 172.16.0.1, 10.10.0.1, 10.244.0.0, or give an interface this one.',
      'bgp.neighbors[172.16.0.4].localAddress: The localAddress 2001:db8:2::1 is an IPv6 address, and the neighbour 172.16.0.4 an IPv4 one. Give an IPv4 address of the box, or leave localAddress out.',
      'bgp.neighbors[172.16.0.5].group: The localAddress 2001:db8:2::1 is an IPv6 address, and the neighbour 172.16.0.5 an IPv4 one. Give an IPv4 address of the box, or leave localAddress out.',
    ],
  ],
  [
    'refuses a family that has no next hop',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [{ address: '172.16.0.2', remoteAs: 64512, families: ['ipv4-unicast', 'ipv6-unicast'] }],
      },
      interfaces: [{ name: 'nodes', type: 'ethernet', addresses: ['172.16.0.1/24', 'fe80::1/64'] }],
    },
    [
      'bgp.neighbors[172.16.0.2].families: ipv6-unicast is to be spoken with 172.16.0.2, but no interface has an IPv6 address to be its next hop. Give an interface an IPv6 address, or take ipv6-unicast out of families.',
    ],
  ],
  [
    'lets IPv6 be spoken over IPv4 where there is a next hop',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [{ address: '172.16.0.2', remoteAs: 64512, families: ['ipv4-unicast', 'ipv6-unicast'] }],
      },
    },
    [],
  ],
  [
    'warns of an eBGP neighbour that a TTL of 1 does not reach',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [
          { address: '203.0.113.9', remoteAs: 65000, importPolicy: 'all', exportPolicy: 'all' },
          {
            address: '203.0.113.10',
            remoteAs: 65000,
            importPolicy: 'all',
            exportPolicy: 'all',
            multihop: true,
          },
          { address: '203.0.113.11', remoteAs: 64512 },
        ],
      },
    },
    [
      'warning: bgp.neighbors[203.0.113.9].address: 203.0.113.9 is an eBGP neighbour in no network of the box, and its packets leave with a TTL of 1. Set multihop: true where routers lie between, or give an interface an address in its network.',
    ],
  ],
  [
    'warns of eBGP sessions without policies',
    {
      policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'g', remoteAs: 65000, importPolicy: 'all' }],
        neighbors: [
          { address: '198.51.100.2', group: 'g' },
          { address: '198.51.100.3', remoteAs: 65000 },
        ],
      },
    },
    [
      'warning: bgp.neighbors[198.51.100.2].exportPolicy: The eBGP neighbour 198.51.100.2 has no exportPolicy, so that nothing is announced to it (RFC 8212). Add exportPolicy, here or to its group; a policy with the one rule action: accept lets all through.',
      'warning: bgp.neighbors[198.51.100.3].importPolicy: The eBGP neighbour 198.51.100.3 has no importPolicy, so that nothing that it announces is accepted (RFC 8212). Add importPolicy, here or to its group; a policy with the one rule action: accept lets all through.',
      'warning: bgp.neighbors[198.51.100.3].exportPolicy: The eBGP neighbour 198.51.100.3 has no exportPolicy, so that nothing is announced to it (RFC 8212). Add exportPolicy, here or to its group; a policy with the one rule action: accept lets all through.',
    ],
  ],
]

describe('checks of BGP', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
