import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections } from '../sample.ts'

const bgp = (more: object): Sections => ({ bgp: { localAs: 64512, routerId: '192.0.2.1', ...more } })

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses an IPv6 address as cluster id',
    bgp({ clusterId: '2001:db8::1' }),
    [
      'bgp.clusterId: 2001:db8::1 cannot be a cluster id, which has the form of an IPv4 address and is not 0.0.0.0 (RFC 4456). Give an IPv4 address that is the same on all reflectors of the cluster, or take clusterId away to use 192.0.2.1.',
    ],
  ],
  [
    'refuses clients of another AS, and tells it where it stands',
    bgp({
      neighborGroups: [
        { name: 'nodes', remoteAs: 64513, routeReflectorClient: true, listenRanges: ['10.3.0.0/24'] },
      ],
      neighbors: [
        {
          address: '172.16.0.11',
          remoteAs: 64514,
          routeReflectorClient: true,
          importPolicy: 'all',
          exportPolicy: 'all',
        },
        { address: '172.16.0.12', remoteAs: 64512, routeReflectorClient: true },
        { address: '172.16.0.13', group: 'nodes', importPolicy: 'all', exportPolicy: 'all' },
      ],
    }),
    [
      'bgp.neighborGroups[nodes].routeReflectorClient: The group nodes is a routeReflectorClient, but of AS 64513, while our own is 64512; clients are of our own AS (RFC 4456). Take routeReflectorClient away (an eBGP neighbour hears routes of iBGP without it), or set remoteAs: 64512.',
      'bgp.neighbors[172.16.0.11].routeReflectorClient: The neighbour 172.16.0.11 is a routeReflectorClient, but of AS 64514, while our own is 64512; clients are of our own AS (RFC 4456). Take routeReflectorClient away (an eBGP neighbour hears routes of iBGP without it), or set remoteAs: 64512.',
    ],
  ],
  [
    'refuses a next hop that is our own and unchanged at once',
    bgp({
      neighborGroups: [{ name: 'outside', remoteAs: 64513, nexthopUnchanged: true }],
      neighbors: [
        {
          address: '172.16.0.11',
          group: 'outside',
          nexthopSelf: true,
          importPolicy: 'all',
          exportPolicy: 'all',
        },
      ],
    }),
    [
      'bgp.neighbors[172.16.0.11].nexthopSelf: The neighbour 172.16.0.11 has nexthopSelf: true and nexthopUnchanged: true, which say the opposite. Take one of the two away.',
    ],
  ],
  [
    'warns of what has no effect inside the AS',
    bgp({
      neighbors: [
        { address: '172.16.0.11', remoteAs: 64512, removePrivateAs: 'all', asOverride: false },
        { address: '172.16.0.12', remoteAs: 64512, nexthopUnchanged: true },
      ],
    }),
    [
      'warning: bgp.neighbors[172.16.0.11].removePrivateAs: The neighbour 172.16.0.11 is inside our AS or confederation, where removePrivateAs has no effect: next hops and AS paths stay as they are there. Take removePrivateAs away, or set remoteAs to the AS of the neighbour.',
      'warning: bgp.neighbors[172.16.0.12].nexthopUnchanged: The neighbour 172.16.0.12 is inside our AS or confederation, where nexthopUnchanged has no effect: next hops and AS paths stay as they are there. Take nexthopUnchanged away, or set remoteAs to the AS of the neighbour.',
    ],
  ],
  [
    'refuses a confederation that is one of its members, and a neighbour of the AS that it is to others',
    bgp({
      confederation: { identifier: 64512, members: [64513] },
      neighbors: [
        { address: '172.16.0.11', remoteAs: 64513, removePrivateAs: 'all' },
        { address: '172.16.0.12', remoteAs: 64512 },
      ],
    }),
    [
      'bgp.confederation.identifier: 64512 is the identifier of the confederation and an AS inside it, so that nobody could tell its paths apart (RFC 5065). Give the AS that others are to see as identifier; localAs and members are ASes that only the inside sees.',
      'warning: bgp.neighbors[172.16.0.11].removePrivateAs: The neighbour 172.16.0.11 is inside our AS or confederation, where removePrivateAs has no effect: next hops and AS paths stay as they are there. Take removePrivateAs away, or set remoteAs to the AS of the neighbour.',
      "bgp.neighbors[172.16.0.12].remoteAs: The neighbour 172.16.0.12 is of AS 64512, the identifier of our confederation; inside it neighbours are of its members' ASes (RFC 5065). Set remoteAs to the member AS of the neighbour.",
    ],
  ],
]

describe('how routes are announced', () => {
  it.each(cases)('%s', (_, sections, expected) => {
    expect(problemsOf({ policies: [{ name: 'all', rules: [{ action: 'accept' }] }], ...sections })).toEqual(
      expected,
    )
  })
})
