import { describe, expect, it } from 'vitest'
import type { Bgp } from '../../../src/model/config-bgp.ts'
import { problemsOf } from '../sample.ts'

const policies = { importPolicy: 'all', exportPolicy: 'all' }
const neighbor = { address: '172.16.0.11', remoteAs: 64513, ...policies }

function problems(bgp: Partial<Bgp>): readonly string[] {
  return problemsOf({
    policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
    bgp: { localAs: 64512, routerId: '192.0.2.1', ...bgp },
  })
}

const cases: readonly [string, Partial<Bgp>, readonly string[]][] = [
  [
    'refuses TTL security together with multihop',
    { neighbors: [{ ...neighbor, ttlSecurity: 2, multihop: true }] },
    [
      'bgp.neighbors[172.16.0.11].ttlSecurity: There are both ttlSecurity: 2 and multihop: true. Leave multihop out: ttlSecurity says how many hops the neighbour may be away.',
    ],
  ],
  [
    'also where one of the two comes from the group',
    {
      neighborGroups: [{ name: 'nodes', multihop: true }],
      neighbors: [{ ...neighbor, group: 'nodes', ttlSecurity: 2 }],
    },
    [
      'bgp.neighbors[172.16.0.11].ttlSecurity: There are both ttlSecurity: 2 and multihop: true (from its group). Leave multihop out: ttlSecurity says how many hops the neighbour may be away.',
    ],
  ],
  [
    'tells at the group what all of its neighbours have from it',
    {
      neighborGroups: [{ name: 'nodes', multihop: true, ttlSecurity: 1 }],
      neighbors: [{ ...neighbor, group: 'nodes' }],
    },
    [
      'bgp.neighborGroups[nodes].ttlSecurity: There are both ttlSecurity: 1 and multihop: true. Leave multihop out: ttlSecurity says how many hops the neighbour may be away.',
    ],
  ],
  [
    'takes TTL security for more hops where the neighbour is not connected',
    { neighbors: [{ ...neighbor, address: '198.51.100.9', ttlSecurity: 3 }] },
    [],
  ],
  [
    'refuses a role inside our AS, and a strict one without a role',
    {
      neighbors: [
        { ...neighbor, remoteAs: 64512, role: 'peer' },
        { ...neighbor, address: '172.16.0.12', roleStrict: true },
      ],
    },
    [
      'bgp.neighbors[172.16.0.11].role: The neighbour 172.16.0.11 has a role and is of our own AS 64512; roles are for eBGP (RFC 9234). Take role away, or correct remoteAs.',
      'bgp.neighbors[172.16.0.12].roleStrict: The neighbour 172.16.0.12 has roleStrict and no role. Give our role: provider, customer, peer, rs or rs-client.',
    ],
  ],
  [
    'wants an address or an interface, and only one of them',
    {
      neighbors: [
        { remoteAs: 64513, ...policies },
        { ...neighbor, interface: 'eth0' },
      ],
    },
    [
      'bgp.neighbors[0]: The neighbour has neither address nor interface. Give address, or interface for the router at the other end of a link; a link-local address has its link in it, as in fe80::1%eth1.',
      'bgp.neighbors[172.16.0.11]: The neighbour has both address and interface. Give address, or interface for the router at the other end of a link; a link-local address has its link in it, as in fe80::1%eth1.',
    ],
  ],
  [
    'knows the links of link-local addresses and of neighbours without address',
    {
      neighbors: [
        { ...neighbor, address: 'fe80::1%eth7' },
        { interface: 'eth8', remoteAs: 64513, ...policies },
      ],
    },
    [
      'bgp.neighbors[fe80::1%eth7].address: No interface eth7 is configured. Name one of lo, uplink, nodes, nodes.10, flannel.1, tunl0, or add eth7 to interfaces.',
      'bgp.neighbors[1].interface: No interface eth8 is configured. Name one of lo, uplink, nodes, nodes.10, flannel.1, tunl0, or add eth8 to interfaces.',
    ],
  ],
  [
    'counts the octets of a password, and does not repeat it',
    { neighbors: [{ ...neighbor, password: 'ü'.repeat(41) }] },
    [
      'bgp.neighbors[172.16.0.11].password: The password has 82 octets in UTF-8, and TCP MD5 takes at most 80. Give a password of at most 80 octets; letters, digits and signs of ASCII are one octet each.',
    ],
  ],
  [
    'does not repeat a password that is a number either',
    { neighbors: [{ ...neighbor, password: 20252025 as never }] },
    ['bgp.neighbors[172.16.0.11].password: This is a whole number. Give text, in quotes.'],
  ],
  [
    'warns of a neighbour without password in the range of another group that has one',
    {
      neighborGroups: [{ name: 'nodes', remoteAs: 64513, password: 'x', listenRanges: ['172.16.0.0/24'] }],
      neighbors: [neighbor],
    },
    [
      'warning: bgp.neighbors[172.16.0.11].password: 172.16.0.11 has no password and lies in 172.16.0.0/24 of the group nodes, which has one: the kernel drops what 172.16.0.11 dials unsigned. Give the neighbour a password of its own, or take its address out of the listen range.',
    ],
  ],
]

describe('the transport of BGP', () => {
  it.each(cases)('%s', (_, bgp, expected) => expect(problems(bgp)).toEqual(expected))
})
