import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bird } from '../../src/lab/bird.ts'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import { until } from '../../src/lab/wait.ts'
import type { Config } from '../../src/model/config.ts'
import { RunningEngine } from './running-engine.ts'

/** No IPv4 address between the box and its neighbour; a host outside has IPv4 alone. */
const CONFIG = {
  system: { hostName: 'box' },
  interfaces: [
    { type: 'ethernet', name: 'up0', addresses: ['172.16.0.1/24'] },
    { type: 'ethernet', name: 'eth1', addresses: ['2001:db8:50::1/64'] },
  ],
  policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
  bgp: {
    localAs: 65000,
    routerId: '172.16.0.1',
    neighbors: [
      {
        address: '2001:db8:50::11',
        remoteAs: 65001,
        families: ['ipv4-unicast', 'ipv6-unicast'],
        extendedNexthop: true,
        importPolicy: 'all',
        exportPolicy: 'all',
      },
    ],
  },
} satisfies Config

const BIRD = `
router id 10.7.0.1;
protocol device { }
protocol static { ipv4; route 10.7.0.0/16 blackhole; }
protocol bgp box {
  local 2001:db8:50::11 as 65001; neighbor 2001:db8:50::1 as 65000; connect delay time 1; connect retry time 1;
  ipv4 { import all; export all; extended next hop on; };
  ipv6 { import all; export none; };
}`

let [box, node, up] = [] as unknown as Namespace[]
let engine: RunningEngine
let bird: Bird

beforeEach(async () => {
  ;[box, node, up] = await Namespace.create(['box', 'node', 'up'])
  await box.ip([
    vethLine({ namespace: 'box', name: 'up0' }, { namespace: 'up', name: 'eth0' }),
    vethLine({ namespace: 'box', name: 'eth1' }, { namespace: 'node', name: 'eth0' }),
  ])
  await up.ip(['address add 172.16.0.10/24 dev eth0', 'link set eth0 up', 'route add default via 172.16.0.1'])
  await node.ip([
    'address add 2001:db8:50::11/64 dev eth0 nodad',
    'link set eth0 up',
    'address add 10.7.0.1/32 dev lo',
    'route add 172.16.0.0/24 via inet6 2001:db8:50::1 dev eth0',
  ])
  engine = await RunningEngine.start(box, CONFIG)
  bird = await Bird.start({ namespace: node, directory: engine.directory, config: BIRD })
})

afterEach(async () => {
  await engine.stop()
  await bird.stop()
  await Promise.all([box, node, up].map(namespace => namespace.remove()))
})

describe('an IPv4 prefix with an IPv6 next hop (RFC 8950)', () => {
  it('is in the kernel with a gateway of IPv6, and packets of IPv4 go through', async () => {
    await engine.hasPrefixes('10.7.0.0/16')
    expect((await engine.routes('10.7.0.0/16'))[0]).toMatchObject({
      kernel: { nexthops: [{ via: '2001:db8:50::11', interface: 'eth1' }] },
      agree: true,
    })
    await up.run(['ping', '-c', '3', '-i', '0.05', '-W', '2', '10.7.0.1'])
  })

  it('goes with the link, though the box has no IPv4 address there', async () => {
    await engine.hasPrefixes('10.7.0.0/16')
    await node.ip(['link set eth0 down'])
    await engine.hasPrefixes()
    await until('the session stays', async () => {
      const [neighbor] = await engine.client.call('getNeighbors', {})
      return neighbor?.state === 'Established'
    })
  })
})
