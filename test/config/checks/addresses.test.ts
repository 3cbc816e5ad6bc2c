import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections, withInterfaces } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses addresses that are not of one host',
    withInterfaces({
      name: 'p',
      type: 'ethernet',
      addresses: ['224.0.0.5/24', '127.0.0.2/8', '0.0.0.0/0', '::1/128', 'ff02::1/64', '255.255.255.255/32'],
    }),
    [
      'interfaces[p].addresses[0]: 224.0.0.5 is a multicast address, which no interface of this type can have. Give a unicast address of the network that the interface is in.',
      'interfaces[p].addresses[1]: 127.0.0.2 is a loopback address, which no interface of this type can have. Give a unicast address of the network that the interface is in.',
      'interfaces[p].addresses[2]: 0.0.0.0 is the unspecified address, which no interface of this type can have. Give a unicast address of the network that the interface is in.',
      'interfaces[p].addresses[3]: ::1 is a loopback address, which no interface of this type can have. Give a unicast address of the network that the interface is in.',
      'interfaces[p].addresses[4]: ff02::1 is a multicast address, which no interface of this type can have. Give a unicast address of the network that the interface is in.',
      'interfaces[p].addresses[5]: 255.255.255.255 is the limited broadcast address, which no interface of this type can have. Give a unicast address of the network that the interface is in.',
    ],
  ],
  ['finds nothing wrong in the sample', withInterfaces(), []],
  [
    'refuses network and broadcast addresses, but for /31 and /32',
    withInterfaces({
      name: 'p',
      type: 'ethernet',
      addresses: [
        '10.1.0.0/24',
        '10.2.0.255/24',
        '10.3.0.0/31',
        '10.4.0.1/31',
        '10.5.0.0/32',
        '10.6.0.0/30',
        '10.6.1.3/30',
      ],
    }),
    [
      'interfaces[p].addresses[0]: 10.1.0.0 is the network itself, not a host in it. Give an address from 10.1.0.1 to 10.1.0.254 with /24.',
      'interfaces[p].addresses[1]: 10.2.0.255 is the broadcast address of 10.2.0.0/24. Give an address from 10.2.0.1 to 10.2.0.254 with /24.',
      'interfaces[p].addresses[5]: 10.6.0.0 is the network itself, not a host in it. Give an address from 10.6.0.1 to 10.6.0.2 with /30.',
      'interfaces[p].addresses[6]: 10.6.1.3 is the broadcast address of 10.6.1.0/30. Give an address from 10.6.1.1 to 10.6.1.2 with /30.',
    ],
  ],
  [
    'warns of the anycast address of a subnet, but for /127 and /128',
    withInterfaces({
      name: 'p',
      type: 'ethernet',
      addresses: ['2001:db8:9::/64', '2001:db8:a::/127', '2001:db8:b::/128'],
    }),
    [
      'warning: interfaces[p].addresses[0]: 2001:db8:9:: is the anycast address of all routers of its subnet (RFC 4291 section 2.6.1). Give an address whose host part is not zero, such as 2001:db8:9::1/64.',
    ],
  ],
  [
    'refuses an address that another interface has',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['198.51.100.1/32'] }),
    [
      'interfaces[p].addresses[0]: 198.51.100.1 is also an address of uplink. Keep it on one interface, once.',
    ],
  ],
  [
    'knows an address in another spelling',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['2001:DB8:1:0::1/64'] }),
    [
      'interfaces[p].addresses[0]: 2001:db8:1::1 is also an address of uplink. Keep it on one interface, once.',
    ],
  ],
  [
    'lets each link have the same link-local address',
    withInterfaces(
      { name: 'p', type: 'ethernet', addresses: ['fe80::1/64'] },
      { name: 'q', type: 'ethernet', addresses: ['fe80::1/64'] },
    ),
    [],
  ],
  [
    'refuses a link-local address twice on one link',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['fe80::1/64', 'fe80::1/64'] }),
    ['interfaces[p].addresses[1]: fe80::1 is also an address of p. Keep it on one interface, once.'],
  ],
  [
    'refuses one network on two interfaces',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['198.51.100.9/24'] }),
    [
      'interfaces[p].addresses[0]: 198.51.100.9/24 on p overlaps with 198.51.100.1/24 on uplink: both claim 198.51.100.0/24. Give each interface a network of its own; only a host address (/32) may lie inside the network of another.',
    ],
  ],
  [
    'refuses a network around that of another interface',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['172.16.5.1/16'] }),
    [
      'interfaces[p].addresses[0]: 172.16.5.1/16 on p overlaps with 172.16.0.1/24 on nodes: both claim 172.16.0.0/24. Give each interface a network of its own; only a host address (/32) may lie inside the network of another.',
    ],
  ],
  [
    'refuses a network inside that of another interface',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['172.16.0.129/25'] }),
    [
      'interfaces[p].addresses[0]: 172.16.0.129/25 on p overlaps with 172.16.0.1/24 on nodes: both claim 172.16.0.128/25. Give each interface a network of its own; only a host address (/32) may lie inside the network of another.',
    ],
  ],
  [
    'refuses overlapping IPv6 networks',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['2001:db8:1:0:8000::1/65'] }),
    [
      'interfaces[p].addresses[0]: 2001:db8:1:0:8000::1/65 on p overlaps with 2001:db8:1::1/64 on uplink: both claim 2001:db8:1:0:8000::/65. Give each interface a network of its own; only a host address (/128) may lie inside the network of another.',
    ],
  ],
  [
    'lets host addresses lie inside the network of another interface',
    withInterfaces({ name: 'p', type: 'ethernet', addresses: ['172.16.0.77/32', '2001:db8:1::77/128'] }),
    [],
  ],
  [
    'lets one interface have several addresses of one network',
    withInterfaces({
      name: 'p',
      type: 'ethernet',
      addresses: ['10.77.0.1/24', '10.77.0.2/24', '10.77.0.3/16'],
    }),
    [],
  ],
]

describe('checks of addresses', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
