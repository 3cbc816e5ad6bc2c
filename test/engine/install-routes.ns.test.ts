import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bird } from '../../src/lab/bird.ts'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import { until } from '../../src/lab/wait.ts'
import type { Config } from '../../src/model/config.ts'
import { RunningEngine } from './running-engine.ts'

/** A route reflector: what it hears from one neighbour it tells the other, and packets never pass through it. */
const CONFIG = {
  system: { hostName: 'reflector' },
  interfaces: [
    { type: 'ethernet', name: 'eth1', addresses: ['192.168.50.1/24'] },
    { type: 'ethernet', name: 'eth2', addresses: ['192.168.51.1/24'] },
  ],
  routes: [{ prefix: '10.9.0.0/16', nexthops: [{ via: '192.168.50.11' }] }],
  policies: [
    { name: 'pods', rules: [{ match: { prefixes: [{ prefix: '10.0.0.0/8', le: 32 }] }, action: 'accept' }] },
  ],
  bgp: {
    localAs: 65000,
    routerId: '192.168.50.1',
    installRoutes: false,
    neighbors: [
      { address: '192.168.50.11', remoteAs: 65001, importPolicy: 'pods', exportPolicy: 'pods' },
      { address: '192.168.51.12', remoteAs: 65002, importPolicy: 'pods', exportPolicy: 'pods' },
    ],
  },
} satisfies Config

const bird = (address: string, as: number, box: string, statics: string) => `
router id ${address};
protocol device { }
protocol static { ipv4; ${statics} }
protocol bgp box {
  local ${address} as ${as}; neighbor ${box} as 65000; connect delay time 1; connect retry time 1;
  ipv4 { import all; export where source = RTS_STATIC; };
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
  birds.push(
    await Bird.start({
      namespace: left,
      directory,
      config: bird('192.168.50.11', 65001, '192.168.50.1', 'route 10.7.0.0/16 blackhole;'),
    }),
    await Bird.start({
      namespace: right,
      directory,
      config: bird('192.168.51.12', 65002, '192.168.51.1', ''),
    }),
  )
})

afterEach(async () => {
  await engine.stop()
  await Promise.all(birds.splice(0).map(one => one.stop()))
  await Promise.all([box, left, right].map(namespace => namespace.remove()))
})

const heardAtRight = () =>
  until('the route at the other neighbour', async () =>
    (await birds[1]!.query('show route all 10.7.0.0/16')).includes('65000 65001') ? true : undefined,
  )

const downs = async () =>
  (await engine.client.call('getNeighbors', {})).map(one => [one.state, one.lastDown?.at])

describe('bgp.installRoutes: false', () => {
  it('announces what was learned and puts nothing of it into the kernel, which health says', async () => {
    await heardAtRight()
    expect(await engine.kernelPrefixes()).toEqual(['10.9.0.0/16'])
    expect((await engine.client.call('getHealth', {})).routes).toMatchObject({ bgpInstalled: false })
    expect(await engine.routes('10.7.0.0/16')).toEqual([])
  })

  it('is changed while it runs: the kernel follows, sessions stay', async () => {
    await heardAtRight()
    const before = await downs()
    const { installRoutes: _, ...bgp } = CONFIG.bgp
    await engine.configure({ ...CONFIG, bgp })
    await engine.hasPrefixes('10.7.0.0/16', '10.9.0.0/16')
    expect((await engine.client.call('getHealth', {})).routes).toMatchObject({ bgpInstalled: true })
    await engine.configure(CONFIG)
    await engine.hasPrefixes('10.9.0.0/16')
    expect(await downs()).toEqual(before)
    await heardAtRight()
  })
})
