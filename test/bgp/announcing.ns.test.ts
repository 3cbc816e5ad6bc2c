import { afterEach, describe, expect, it } from 'vitest'
import type { PeerRoute } from '../../src/lab/bgp-peer.ts'
import { BIRD } from '../../src/lab/bird-peer.ts'
import { FRR } from '../../src/lab/frr.ts'
import type { Bgp, BgpNeighbor } from '../../src/model/config-bgp.ts'
import { eventually, TwoPeers } from './two-peers.ts'

const BOTH = { importPolicy: 'all', exportPolicy: 'all', connectRetryTime: 1 } as const

/** BIRD at 10.9.1.2 with 10.1.0.0/24 of its own. */
const bird = (as: number, boxAs: number, more = '', channel = '') =>
  [
    BIRD,
    `router id 10.9.1.2;
protocol device {}
protocol static own { ipv4; route 10.1.0.0/24 blackhole; }
protocol bgp box {
  local 10.9.1.2 as ${as}; neighbor 10.9.1.1 as ${boxAs};
  connect delay time 1; connect retry time 1; error wait time 1, 2; ${more}
  ipv4 { import all; export all; ${channel} };
}`,
  ] as const

/** FRR at 10.9.2.2 with 10.2.0.0/24 of its own. */
const frr = (as: number, boxAs: number, global = '', neighbor: readonly string[] = []) =>
  [
    FRR,
    `router bgp ${as}
 bgp router-id 10.9.2.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 ${global}
 neighbor 10.9.2.1 remote-as ${boxAs}
 neighbor 10.9.2.1 timers connect 1
${neighbor.map(line => ` neighbor 10.9.2.1 ${line}`).join('\n')}
 address-family ipv4 unicast
  network 10.2.0.0/24
 exit-address-family
`,
  ] as const

const bgp = (
  localAs: number,
  one: Partial<BgpNeighbor> & { remoteAs: number },
  two: Partial<BgpNeighbor> & { remoteAs: number },
  more: Partial<Bgp> = {},
): Bgp => ({
  localAs,
  routerId: '10.9.1.1',
  neighbors: [
    { address: '10.9.1.2', ...BOTH, ...one },
    { address: '10.9.2.2', ...BOTH, ...two },
  ],
  ...more,
})

let lab: TwoPeers | undefined

afterEach(async () => {
  await lab?.remove()
  lab = undefined
})

/** Waits until a daemon was told of a prefix as `fits` says, and returns that. */
const heard = (number: 1 | 2, prefix: string, fits: (route: PeerRoute) => boolean = () => true) =>
  eventually(`${prefix} at ${number}`, async () => {
    const route = await lab!.told(number, prefix)
    return route && fits(route) ? route : undefined
  })

describe('what FRR is told of what BIRD said', () => {
  it('follows the settings of the neighbour, without a reset', async () => {
    lab = await TwoPeers.start(
      bgp(200, { remoteAs: 65010 }, { remoteAs: 300 }),
      bird(65010, 200),
      frr(300, 200),
    )
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({ asPath: [200, 65010], nexthops: ['10.9.2.1'] })
    const settings = (more: Partial<BgpNeighbor>) =>
      lab!.box.configure(bgp(200, { remoteAs: 65010 }, { remoteAs: 300, ...more }))
    settings({ removePrivateAs: 'all' })
    await heard(2, '10.1.0.0/24', ({ asPath }) => String(asPath) === '200')
    settings({ removePrivateAs: 'replace' })
    await heard(2, '10.1.0.0/24', ({ asPath }) => String(asPath) === '200,200')
    settings({ gracefulShutdown: true })
    const marked = await heard(2, '10.1.0.0/24', ({ communities }) => communities.length === 1)
    expect(marked).toMatchObject({ asPath: [200, 65010], localPreference: 0 })
    settings({})
    await heard(2, '10.1.0.0/24', ({ communities }) => communities.length === 0)
    expect(lab.box.neighbor('10.9.2.2')!.lastDown).toBeUndefined()
  })

  it('is taken by a site of the same AS with asOverride', async () => {
    const site = { remoteAs: 65010, asOverride: true }
    lab = await TwoPeers.start(bgp(200, site, site), bird(65010, 200), frr(65010, 200))
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({ asPath: [200, 200] })
    expect(await heard(1, '10.2.0.0/24')).toMatchObject({ asPath: [200, 200] })
  })

  it('has ONLY_TO_CUSTOMER where it goes down to a customer, and not where it goes up (RFC 9234)', async () => {
    lab = await TwoPeers.start(
      bgp(200, { remoteAs: 100, role: 'customer' }, { remoteAs: 300, role: 'provider' }),
      bird(100, 200, 'local role provider;'),
      frr(300, 200, '', ['local-role customer']),
    )
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({ onlyToCustomer: 100 })
    const up = await heard(1, '10.2.0.0/24')
    expect(up.asPath).toEqual([200, 300])
    expect(up).not.toHaveProperty('onlyToCustomer')
  })
})

describe('a route reflector between BIRD and FRR', () => {
  it('keeps the next hop, and says who the originator is and which cluster it came through', async () => {
    const client = { remoteAs: 200, routeReflectorClient: true }
    lab = await TwoPeers.start(
      bgp(200, client, client, { clusterId: '10.0.0.9' }),
      bird(200, 200),
      frr(200, 200),
    )
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({
      nexthops: ['10.9.1.2'],
      asPath: [],
      originatorId: '10.9.1.2',
      clusterList: ['10.0.0.9'],
      localPreference: 100,
    })
    expect(await heard(1, '10.2.0.0/24')).toMatchObject({
      nexthops: ['10.9.2.2'],
      originatorId: '10.9.2.2',
      clusterList: ['10.0.0.9'],
    })
    lab.box.configure(bgp(200, client, { ...client, nexthopSelf: true }, { clusterId: '10.0.0.9' }))
    await heard(2, '10.1.0.0/24', ({ nexthops }) => nexthops[0] === '10.9.2.1')
  })
})

describe('a confederation', () => {
  const confederation = { identifier: 100, members: [65001, 65002] }

  it('has FRR as another member, and is one AS to BIRD', async () => {
    lab = await TwoPeers.start(
      bgp(65001, { remoteAs: 200 }, { remoteAs: 65002 }, { confederation }),
      bird(200, 100),
      frr(65002, 65001, 'bgp confederation identifier 100\n bgp confederation peers 65001'),
    )
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({
      asPath: [65001, 200],
      nexthops: ['10.9.1.2'],
      localPreference: 100,
    })
    expect(await heard(1, '10.2.0.0/24')).toMatchObject({ asPath: [100] })
    expect(lab.box.neighbor('10.9.2.2')).toMatchObject({ type: 'confederation', localAs: 65001 })
    expect(lab.box.neighbor('10.9.1.2')).toMatchObject({ type: 'eBGP', localAs: 100 })
  })

  it('has BIRD as another member, and is one AS to FRR', async () => {
    lab = await TwoPeers.start(
      bgp(65001, { remoteAs: 65002, nexthopSelf: true }, { remoteAs: 300 }, { confederation }),
      bird(65002, 65001, 'confederation 100; confederation member yes;'),
      frr(300, 100),
    )
    expect(await heard(1, '10.2.0.0/24')).toMatchObject({ asPath: [65001, 300], localPreference: 100 })
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({ asPath: [100] })
  })
})

describe('IPv4 over IPv6 next hops (RFC 8950)', () => {
  it('goes between BIRD and FRR, each over a session of IPv6', async () => {
    const families: Partial<BgpNeighbor> = {
      families: ['ipv4-unicast', 'ipv6-unicast'],
      extendedNexthop: true,
    }
    const neighbors: BgpNeighbor[] = [
      { address: 'fd09:1::2', remoteAs: 100, ...BOTH, ...families },
      { address: 'fd09:2::2', remoteAs: 300, ...BOTH, ...families },
    ]
    const [, plain] = bird(100, 200)
    lab = await TwoPeers.start(
      { localAs: 200, routerId: '10.9.1.1', neighbors },
      [
        BIRD,
        plain
          .replace('local 10.9.1.2', 'local fd09:1::2')
          .replace('neighbor 10.9.1.1', 'neighbor fd09:1::1')
          .replace('export all; ', 'export all; extended next hop on; '),
      ],
      [
        FRR,
        `router bgp 300
 bgp router-id 10.9.2.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor fd09:2::1 remote-as 200
 neighbor fd09:2::1 timers connect 1
 neighbor fd09:2::1 capability extended-nexthop
 address-family ipv4 unicast
  network 10.2.0.0/24
  neighbor fd09:2::1 activate
 exit-address-family
`,
      ],
    )
    expect(await heard(2, '10.1.0.0/24')).toMatchObject({ asPath: [200, 100], nexthops: ['fd09:2::1'] })
    expect(await heard(1, '10.2.0.0/24')).toMatchObject({ asPath: [200, 300], nexthops: ['fd09:1::1'] })
  })
})
