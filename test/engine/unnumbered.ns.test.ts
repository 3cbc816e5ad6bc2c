import { afterEach, beforeEach, expect, it } from 'vitest'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import { until } from '../../src/lab/wait.ts'
import type { Config } from '../../src/model/config.ts'
import { Frr } from '../bgp/frr.ts'
import { RunningEngine } from './running-engine.ts'

/** A fabric port without any address of its own: what the kernel makes is link-local. */
const CONFIG = {
  system: { hostName: 'box' },
  interfaces: [
    { type: 'ethernet', name: 'eth1' },
    { type: 'loopback', name: 'lo', addresses: ['192.0.2.1/32', '2001:db8::1/128'] },
  ],
  routes: [
    { prefix: '198.51.100.0/24', blackhole: true },
    { prefix: '2001:db8:51::/48', blackhole: true },
  ],
  policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
  bgp: {
    localAs: 64500,
    routerId: '192.0.2.1',
    neighbors: [
      { interface: 'eth1', remoteAs: 64601, importPolicy: 'all', exportPolicy: 'all', connectRetryTime: 1 },
    ],
  },
} satisfies Config

const FRR = `
router bgp 64601
 bgp router-id 10.9.1.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor eth0 interface remote-as external
 neighbor eth0 timers connect 1
 address-family ipv4 unicast
  network 10.244.7.0/24
 exit-address-family
 address-family ipv6 unicast
  neighbor eth0 activate
  network fd00:244:7::/64
 exit-address-family
`

let [box, leaf] = [] as unknown as Namespace[]
let engine: RunningEngine
let frr: Frr

beforeEach(async () => {
  ;[box, leaf] = await Namespace.create(['box', 'leaf'])
  await box.ip([vethLine({ namespace: 'box', name: 'eth1' }, { namespace: 'leaf', name: 'eth0' })])
  await leaf.ip(['link set eth0 up'])
  engine = await RunningEngine.start(box, CONFIG)
  frr = await new Frr(leaf, FRR).start()
})

afterEach(async () => {
  await engine.stop()
  await frr.remove()
  await Promise.all([box, leaf].map(namespace => namespace.remove()))
})

it('a neighbour on a bare link gives and gets routes of both families by link-local next hops', async () => {
  await engine.hasPrefixes('10.244.7.0/24', '198.51.100.0/24')
  await until('the IPv6 route', async () =>
    (await engine.kernelPrefixes(6)).includes('fd00:244:7::/64') ? true : undefined,
  )
  const [four] = await box.ipJson(['-4', 'route', 'get', '10.244.7.9'])
  const via = { family: 'inet6', host: expect.stringMatching(/^fe80::/) }
  expect(four).toMatchObject({ dev: 'eth1', via })
  const [six] = await box.ipJson(['-6', 'route', 'get', 'fd00:244:7::9'])
  expect(six).toMatchObject({ dev: 'eth1', gateway: via.host })
  // FRR names the interface for a next hop that is link-local, and takes as best only what it can resolve.
  await until('our routes at the leaf', async () => {
    const table = frr.ask('show bgp all')
    const best = ['198.51.100.0/24', '2001:db8:51::/48'].every(prefix =>
      table.includes(`*> ${prefix.padEnd(16)} eth0 `),
    )
    return best ? true : Promise.reject(new Error(table))
  })
})
