import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bird } from '../../src/lab/bird.ts'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import { until } from '../../src/lab/wait.ts'
import type { Config } from '../../src/model/config.ts'
import { RunningEngine } from './running-engine.ts'

const CONFIG = {
  system: { hostName: 'box' },
  interfaces: [
    { type: 'ethernet', name: 'eth1', addresses: ['192.168.50.1/24'] },
    { type: 'ethernet', name: 'eth2', addresses: ['192.168.51.1/24'] },
  ],
  policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
  bgp: {
    localAs: 65000,
    routerId: '192.168.50.1',
    neighbors: [
      { address: '192.168.50.11', remoteAs: 65001, importPolicy: 'all', exportPolicy: 'all' },
      { address: '192.168.51.12', remoteAs: 65002, importPolicy: 'all', exportPolicy: 'all' },
    ],
  },
} satisfies Config

/** Type 0x00 (transitive: the neighbours are of other ASes), sub-type 4, and the speed in octets a second as an IEEE float: 10 and 40 Gbit/s. */
const TEN_GIGABIT = '(generic, 0x0004fde9, 0x4e9502f9)'
const FORTY_GIGABIT = '(generic, 0x0004fdea, 0x4f9502f9)'

const bird = (address: string, as: number, box: string, bandwidth: string) => `
router id ${address};
protocol device { }
protocol static { ipv4; route 10.7.0.0/16 blackhole; }
protocol bgp box {
  local ${address} as ${as}; neighbor ${box} as 65000; connect delay time 1; connect retry time 1;
  ipv4 { import all; export filter { bgp_ext_community.add(${bandwidth}); accept; }; };
}`

let [box, left, right] = [] as unknown as Namespace[]
let engine: RunningEngine
const birds: Bird[] = []

beforeEach(async () => {
  ;[box, left, right] = await Namespace.create(['box', 'left', 'right'])
  await box.ip([
    vethLine({ namespace: 'box', name: 'eth1' }, { namespace: 'left', name: 'eth0' }),
    vethLine({ namespace: 'box', name: 'eth2' }, { namespace: 'right', name: 'eth0' }),
  ])
  await left.ip(['address add 192.168.50.11/24 dev eth0', 'link set eth0 up'])
  await right.ip(['address add 192.168.51.12/24 dev eth0', 'link set eth0 up'])
  engine = await RunningEngine.start(box, CONFIG)
  const { directory } = engine
  const [slow, fast] = [
    bird('192.168.50.11', 65001, '192.168.50.1', TEN_GIGABIT),
    bird('192.168.51.12', 65002, '192.168.51.1', FORTY_GIGABIT),
  ]
  birds.push(
    await Bird.start({ namespace: left, directory, config: slow }),
    await Bird.start({ namespace: right, directory, config: fast }),
  )
})

afterEach(async () => {
  await engine.stop()
  await Promise.all(birds.splice(0).map(one => one.stop()))
  await Promise.all([box, left, right].map(namespace => namespace.remove()))
})

/** The gateways of the kernel's route with their weights, read from its nexthop objects. */
async function kernelWays(): Promise<string[]> {
  const [route] = await box.ipJson(['-4', 'route', 'show', '10.7.0.0/16', 'proto', '201'])
  const objects = (await box.ipJson(['nexthop', 'show'])) as {
    id: number
    gateway?: string
    group?: { id: number; weight?: number }[]
  }[]
  const object = objects.find(({ id }) => id === route?.nhid)
  const members = object?.group ?? (object ? [{ id: object.id }] : [])
  return members
    .map(({ id, weight = 1 }) => `${objects.find(one => one.id === id)?.gateway} ${weight}`)
    .sort()
}

const hasWays = (...wanted: string[]) =>
  until(`ways ${wanted.join(' and ')}`, async () => {
    const have = await kernelWays()
    return JSON.stringify(have) === JSON.stringify(wanted)
      ? true
      : Promise.reject(new Error(`has ${have.join(' and ')}`))
  })

describe('paths that share load', () => {
  it('have weights in the kernel by their link bandwidth, equal ones with linkBandwidth: false, and one is left with multipathRelax: false', async () => {
    await hasWays('192.168.50.11 1', '192.168.51.12 4')
    expect((await engine.routes('10.7.0.0/16'))[0]).toMatchObject({
      rib: { nexthops: [{ via: '192.168.50.11' }, { via: '192.168.51.12', weight: 4 }] },
      agree: true,
    })
    await engine.configure({ ...CONFIG, bgp: { ...CONFIG.bgp, linkBandwidth: false } })
    await hasWays('192.168.50.11 1', '192.168.51.12 1')
    await engine.configure({ ...CONFIG, bgp: { ...CONFIG.bgp, multipathRelax: false } })
    await hasWays('192.168.50.11 1')
  })
})
