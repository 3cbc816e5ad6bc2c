import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bird } from '../../src/lab/bird.ts'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import { until } from '../../src/lab/wait.ts'
import type { Config } from '../../src/model/config.ts'
import { RunningEngine } from './running-engine.ts'

/** Both neighbours are of our AS and hold their sessions for long: only next hops tell what is gone. */
const CONFIG = {
  system: { hostName: 'box' },
  interfaces: [
    { type: 'ethernet', name: 'eth1', addresses: ['192.168.50.1/24'] },
    { type: 'ethernet', name: 'eth2', addresses: ['192.168.51.1/24'] },
    { type: 'ethernet', name: 'eth3', addresses: ['192.168.52.1/24'] },
  ],
  policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
  bgp: {
    localAs: 65000,
    routerId: '192.168.50.1',
    neighbors: [
      { address: '192.168.50.11', remoteAs: 65000, importPolicy: 'all' },
      { address: '192.168.51.12', remoteAs: 65000, importPolicy: 'all' },
      { address: '192.168.52.13', remoteAs: 65003, importPolicy: 'all', exportPolicy: 'all' },
    ],
  },
} satisfies Config

const bird = (address: string, box: string, nexthop: string, prefixes: readonly string[], as = 65000) => `
router id ${address};
protocol device { }
protocol static { ipv4; ${prefixes.map(prefix => `route ${prefix} blackhole;`).join(' ')} }
protocol bgp box {
  local ${address} as ${as}; neighbor ${box} as 65000; connect delay time 1; connect retry time 1;
  hold time 180;
  ipv4 { import all; export filter { if source != RTS_STATIC then reject; ${nexthop && `bgp_next_hop = ${nexthop};`} accept; }; };
}`

let [box, left, right, peer] = [] as unknown as Namespace[]
let engine: RunningEngine
let directory: string
const birds: Bird[] = []

async function start(options: { leftHop?: string; rightHop?: string; config?: Config } = {}): Promise<void> {
  engine = await RunningEngine.start(box, options.config ?? CONFIG)
  directory = engine.directory
  const [leftConfig, rightConfig, peerConfig] = [
    bird('192.168.50.11', '192.168.50.1', options.leftHop ?? '', ['10.7.0.0/16']),
    bird('192.168.51.12', '192.168.51.1', options.rightHop ?? '', ['10.7.0.0/16', '10.8.0.0/16']),
    bird('192.168.52.13', '192.168.52.1', '', [], 65003),
  ]
  birds.push(
    await Bird.start({ namespace: left, directory, config: leftConfig }),
    await Bird.start({ namespace: right, directory, config: rightConfig }),
    await Bird.start({ namespace: peer, directory, config: peerConfig }),
  )
  await engine.established(3)
}

/** Prefixes that the third neighbour has from us. */
async function announced(): Promise<string[]> {
  const text = await birds[2]!.query('show route protocol box')
  return [...new Set(text.match(/10\.[78]\.0\.0\/16/g) ?? [])].sort()
}

const isAnnounced = (...wanted: string[]) =>
  until(`announced: ${wanted.join(' ')}`, async () => {
    const have = await announced()
    return JSON.stringify(have) === JSON.stringify(wanted)
      ? true
      : Promise.reject(new Error(`announced: ${have.join(' ')}\n${engine.process.lines.join('\n')}`))
  })

const ways = async (prefix: string) =>
  ((await engine.routes(prefix))[0]?.kernel?.nexthops ?? []).map(
    ({ via, interface: link }) => `${via} ${link}`,
  )

const goes = (prefix: string, ...wanted: string[]) =>
  until(`${prefix} by ${wanted.join(' and ')}`, async () => {
    const have = await ways(prefix)
    return JSON.stringify(have) === JSON.stringify(wanted)
      ? true
      : Promise.reject(new Error(`it goes by ${have.join(' and ')}`))
  })

const allEstablished = async () =>
  (await engine.client.call('getNeighbors', {})).every(one => one.state === 'Established')

beforeEach(async () => {
  ;[box, left, right, peer] = await Namespace.create(['box', 'left', 'right', 'peer'])
  await box.ip([
    vethLine({ namespace: 'box', name: 'eth1' }, { namespace: 'left', name: 'eth0' }),
    vethLine({ namespace: 'box', name: 'eth2' }, { namespace: 'right', name: 'eth0' }),
    vethLine({ namespace: 'box', name: 'eth3' }, { namespace: 'peer', name: 'eth0' }),
  ])
  await left.ip(['address add 192.168.50.11/24 dev eth0', 'link set eth0 up'])
  await right.ip(['address add 192.168.51.12/24 dev eth0', 'link set eth0 up'])
  await peer.ip(['address add 192.168.52.13/24 dev eth0', 'link set eth0 up'])
})

afterEach(async () => {
  await engine.stop()
  await Promise.all(birds.splice(0).map(one => one.stop()))
  await Promise.all([box, left, right, peer].map(namespace => namespace.remove()))
})

describe('a link whose carrier goes', () => {
  it('takes the paths over it out of use and back from neighbours at once, while sessions stay, and gives them back', async () => {
    await start()
    await goes('10.7.0.0/16', '192.168.50.11 eth1', '192.168.51.12 eth2')
    await isAnnounced('10.7.0.0/16', '10.8.0.0/16')
    await right.ip(['link set eth0 down'])
    const start_ = performance.now()
    await goes('10.7.0.0/16', '192.168.50.11 eth1')
    await engine.hasPrefixes('10.7.0.0/16')
    await isAnnounced('10.7.0.0/16')
    expect(performance.now() - start_).toBeLessThan(1_000)
    expect(await allEstablished()).toBe(true)
    const { paths, installation } = await engine.client.call('getBgpRoute', { prefix: '10.7.0.0/16' })
    expect(installation).toBe('The kernel forwards by it.')
    expect(paths.map(({ neighbor, reason }) => `${neighbor}: ${reason}`)).toEqual([
      '192.168.50.11: Best: the only path that can be used.',
      '192.168.51.12: Not used: 192.168.51.12 is in 192.168.51.0/24 on eth2, and eth2 has no carrier.',
    ])
    await right.ip(['link set eth0 up'])
    await goes('10.7.0.0/16', '192.168.50.11 eth1', '192.168.51.12 eth2')
    await isAnnounced('10.7.0.0/16', '10.8.0.0/16')
    expect(await allEstablished()).toBe(true)
  })

  it('is not replaced by a default route, which leads to none of its neighbours', async () => {
    await box.ip(['link set eth1 up', 'address add 192.168.50.1/24 dev eth1'])
    await box.ip(['route add default via 192.168.50.254'])
    await start()
    await isAnnounced('10.7.0.0/16', '10.8.0.0/16')
    await right.ip(['link set eth0 down'])
    await isAnnounced('10.7.0.0/16')
    await engine.hasPrefixes('10.7.0.0/16')
  })

  it('does the same on a route reflector that installs nothing', async () => {
    await start({ config: { ...CONFIG, bgp: { ...CONFIG.bgp, installRoutes: false } } })
    await isAnnounced('10.7.0.0/16', '10.8.0.0/16')
    await right.ip(['link set eth0 down'])
    await isAnnounced('10.7.0.0/16')
    expect(await engine.kernelPrefixes()).toEqual([])
    await right.ip(['link set eth0 up'])
    await isAnnounced('10.7.0.0/16', '10.8.0.0/16')
  })
})

describe('a next hop behind routes of other programs', () => {
  it('cannot be reached without them, and is nearer by the route with the lower metric', async () => {
    await start({ leftHop: '10.99.1.1', rightHop: '10.99.2.1' })
    expect(await announced()).toEqual([])
    await box.ip([
      'route add 10.99.1.0/24 via 192.168.50.11 metric 30',
      'route add 10.99.0.0/16 via 192.168.51.12 metric 40',
    ])
    await goes('10.7.0.0/16', '192.168.50.11 eth1')
    await goes('10.8.0.0/16', '192.168.51.12 eth2')
    await box.ip([
      'route add 10.99.1.0/24 via 192.168.50.11 metric 50',
      'route delete 10.99.1.0/24 metric 30',
    ])
    await goes('10.7.0.0/16', '192.168.51.12 eth2')
    await box.ip(['route delete 10.99.0.0/16 metric 40'])
    await goes('10.7.0.0/16', '192.168.50.11 eth1')
    await engine.hasPrefixes('10.7.0.0/16')
    await isAnnounced('10.7.0.0/16')
  })

  it('is not reached by what BGP itself has installed', async () => {
    // 10.7.0.0/16 covers the next hop of 10.8.0.0/16, and would lead there in the kernel.
    await start({ rightHop: '10.7.0.9' })
    await engine.hasPrefixes('10.7.0.0/16')
    await isAnnounced('10.7.0.0/16')
    const routes = await until('both routes of the neighbour', async () => {
      const page = await engine.client.call('getBgpRoutes', { neighbor: '192.168.51.12' })
      return page.routes.length === 2 ? page.routes : undefined
    })
    const why = routes.map(({ prefix, installation, paths }) => [prefix, installation, paths.at(-1)!.reason])
    expect(why.sort()).toEqual([
      expect.arrayContaining(['10.7.0.0/16', 'The kernel forwards by it.']),
      [
        '10.8.0.0/16',
        'Not installed: no path can be used.',
        'Not used: no connected network and no route other than those of BGP leads to 10.7.0.9.',
      ],
    ])
  })
})
