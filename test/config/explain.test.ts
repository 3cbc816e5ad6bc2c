import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections, sample, withInterfaces } from './sample.ts'

const first = (item: object): Sections => withInterfaces(item)
const bgp = (more: object): Sections => ({ bgp: { localAs: 64512, routerId: '192.0.2.1', ...more } })

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'says the range of a number',
    first({ name: 'x', type: 'vxlan', vni: 16777216, local: '172.16.0.1' }),
    ['interfaces[x].vni: 16777216 is out of range. Give a whole number from 1 to 16777215.'],
  ],
  [
    'judges an interface by its type only, and suggests keys for those that are not there',
    first({ name: 'x', type: 'vlan', parant: 'nodes', vlanId: 4095, vni: 3 }),
    [
      'interfaces[x].parant: There is no key parant here. Did you mean parent? If not, remove it.',
      'interfaces[x].vlanId: 4095 is out of range. Give a whole number from 1 to 4094.',
      'interfaces[x].vni: There is no key vni here. Remove it; the keys of VLAN are type, name, description, enabled, mtu, addresses, parent and vlanId.',
      'interfaces[x].parent: The key parent is missing. Add parent: Interface that carries the tagged frames.',
    ],
  ],
  [
    'knows keys written with hyphens or in another case',
    first({ name: 'x', type: 'ethernet', 'mac-address': '02:00:00:00:00:01', MTU: 1500 }),
    [
      'interfaces[x].mac-address: There is no key mac-address here. Did you mean macAddress? If not, remove it.',
      'interfaces[x].MTU: There is no key MTU here. Did you mean mtu? If not, remove it.',
    ],
  ],
  [
    'names the types where one is wrong or missing',
    withInterfaces({ name: 'x', type: 'vxlna' }, { name: 'y' }, { name: 'z', type: 7 }),
    [
      'interfaces[x].type: "vxlna" is none of the choices. Did you mean vxlan? Choose one of ethernet, loopback, vlan, bridge, vxlan, ipip.',
      'interfaces[y].type: The key type is missing. Add type: one of ethernet, loopback, vlan, bridge, vxlan, ipip.',
      'interfaces[z].type: 7 is none of the choices. Choose one of ethernet, loopback, vlan, bridge, vxlan, ipip.',
    ],
  ],
  [
    'says what a value is and what is needed',
    withInterfaces('x', { name: 5, type: 'ethernet', mtu: '1500', enabled: 'yes', addresses: '10.0.0.1/24' }),
    [
      'interfaces[6]: "x" is text. Give a map of keys.',
      'interfaces[7].name: 5 is a whole number. Give text, in quotes: "5".',
      'interfaces[7].mtu: "1500" is text. Give a whole number, without quotes: 1500.',
      'interfaces[7].enabled: "yes" is text. Give true or false, in lower case and without quotes: true.',
      'interfaces[7].addresses: "10.0.0.1/24" is text. Give a list, in brackets or with a hyphen before each item.',
    ],
  ],
  [
    'tells a key without a value from one with a wrong one',
    { routes: null, bgp: { localAs: null, routerId: '192.0.2.1' } },
    [
      'routes: This is nothing. Give a list, or remove the key.',
      'bgp.localAs: This is nothing. Give a whole number, or remove the key.',
    ],
  ],
  [
    'explains addresses',
    withInterfaces({
      name: 'x',
      type: 'ethernet',
      addresses: [
        '10.0.0.300/24',
        '10.0.0.1',
        '10.0.1/24',
        '10.0.0.01/24',
        '10.0.0.1/33',
        'ten/8',
        '2001:db8::g/64',
        '2001:db8::1',
      ],
    }),
    [
      'interfaces[x].addresses[0]: "10.0.0.300/24" is not an address with a prefix length: 300 is larger than 255. Write it as in 10.0.0.1/24 or 2001:db8::1/64.',
      'interfaces[x].addresses[1]: "10.0.0.1" is not an address with a prefix length: its prefix length is missing. Write 10.0.0.1/24, or 10.0.0.1/32 for this one address.',
      'interfaces[x].addresses[2]: "10.0.1/24" is not an address with a prefix length: it has 3 numbers instead of 4. Write it as in 10.0.0.1/24 or 2001:db8::1/64.',
      'interfaces[x].addresses[3]: "10.0.0.01/24" is not an address with a prefix length: a number has a leading zero. Write it as in 10.0.0.1/24 or 2001:db8::1/64.',
      'interfaces[x].addresses[4]: "10.0.0.1/33" is not an address with a prefix length: its prefix length is not a whole number from 0 to 32. Write a length from 0 to 32 after the slash, as in 10.0.0.1/24.',
      'interfaces[x].addresses[5]: "ten/8" is not an address with a prefix length: it has other characters than digits and dots. Write it as in 10.0.0.1/24 or 2001:db8::1/64.',
      'interfaces[x].addresses[6]: "2001:db8::g/64" is not an address with a prefix length: its groups are not those of an IPv6 address. Write it as in 10.0.0.1/24 or 2001:db8::1/64.',
      'interfaces[x].addresses[7]: "2001:db8::1" is not an address with a prefix length: its prefix length is missing. Write 2001:db8::1/64, or 2001:db8::1/128 for this one address.',
    ],
  ],
  [
    'takes a prefix length off where an address is needed',
    bgp({
      neighbors: [
        { address: '172.16.0.2/24', remoteAs: 64512 },
        { address: '192.0.2.1%eth0', remoteAs: 64512 },
      ],
    }),
    [
      'bgp.neighbors[172.16.0.2/24].address: "172.16.0.2/24" is not an IP address: it has a prefix length. Write 172.16.0.2.',
      'bgp.neighbors[192.0.2.1%eth0].address: "192.0.2.1%eth0" is not an IP address: it has a zone, which is for link-local addresses of BGP neighbours only. Give an IPv4 address such as 192.0.2.1 or an IPv6 address such as 2001:db8::1.',
    ],
  ],
  [
    'rewrites MAC addresses of other spellings',
    withInterfaces(
      { name: 'x', type: 'ethernet', macAddress: '02-00-00-AA-00-01' },
      { name: 'y', type: 'ethernet', macAddress: '0200.00aa.0001' },
      { name: 'z', type: 'ethernet', macAddress: '02:00:00' },
    ),
    [
      'interfaces[x].macAddress: "02-00-00-AA-00-01" is not a MAC address: its octets are not set apart by colons. Write 02:00:00:aa:00:01.',
      'interfaces[y].macAddress: "0200.00aa.0001" is not a MAC address: its octets are not set apart by colons. Write 02:00:00:aa:00:01.',
      'interfaces[z].macAddress: "02:00:00" is not a MAC address: it is not six hexadecimal octets. Write it as in 02:00:00:00:00:01.',
    ],
  ],
  [
    'refuses names that the kernel refuses',
    withInterfaces(
      ...['sixteen-letters-', 'a/b', 'a b', 'eth%d', '..', 'default', ''].map(name => ({
        name,
        type: 'ethernet',
      })),
    ),
    [
      '"sixteen-letters-" cannot be the name of an interface: it is 16 bytes long, and the kernel takes at most 15.',
      '"a/b" cannot be the name of an interface: it contains "/".',
      '"a b" cannot be the name of an interface: it contains " ".',
      '"eth%d" cannot be the name of an interface: it contains "%".',
      '".." cannot be the name of an interface: it is the name of a directory.',
      '"default" cannot be the name of an interface: the kernel keeps this word for settings of all interfaces.',
      '"" cannot be the name of an interface: it is empty.',
    ].map((detail, index) => {
      const name = ['sixteen-letters-', 'a/b', 'a b', 'eth%d', '..', 'default'][index] ?? '12'
      return `interfaces[${name}].name: ${detail} Give 1 to 15 characters such as eth0, without slash, colon, percent sign or space.`
    }),
  ],
  [
    'describes the form of a name',
    { system: { hostName: 'My Box' }, policies: [{ name: 'All', rules: [] }] },
    [
      'system.hostName: "My Box" does not have the form that it must have. Give what fits: name of the box (RFC 1123 label).',
      'policies[All].name: "All" does not have the form that it must have. Give what fits: name that sessions refer to: lower-case letters, digits, dots and hyphens.',
    ],
  ],
  [
    'counts items and characters',
    {
      routes: [{ prefix: '10.0.0.0/8', nexthops: [] }],
      ...withInterfaces({ name: 'x', type: 'ethernet', description: 'é'.repeat(256) }),
    },
    [
      'interfaces[x].description: The text has 256 characters. Give 0 to 255 characters.',
      'routes[10.0.0.0/8].nexthops: The list has 0 items. Give at least 1, or remove the key.',
    ],
  ],
  [
    'finds an item that stands twice',
    bgp({
      neighbors: [
        { address: '172.16.0.2', remoteAs: 64512, families: ['ipv4-unicast', 'ipv4-unicast', 'ipv4'] },
      ],
    }),
    [
      'bgp.neighbors[172.16.0.2].families[1]: "ipv4-unicast" stands twice in the list. Keep one of the two.',
      'bgp.neighbors[172.16.0.2].families[2]: "ipv4" is none of the choices. Choose one of ipv4-unicast, ipv6-unicast.',
    ],
  ],
  [
    'does not show long values at length',
    { system: { hostName: 'x'.repeat(500) } },
    [
      `system.hostName: "${'x'.repeat(56)}... does not have the form that it must have. Give what fits: name of the box (RFC 1123 label).`,
    ],
  ],
]

describe('what does not follow the schema', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })

  it('begins with the sections', () => {
    expect(problemsOf({ ...sample, interface: [], system: {} })).toEqual([
      'system.hostName: The key hostName is missing. Add hostName: Name of the box (RFC 1123 label).',
      'interface: There is no key interface here. Remove it; the keys of Causeway configuration are system, interfaces, neighbors, fdb, routes, policies, prefixLists, asPathLists, communityLists and bgp.',
    ])
  })
})
