import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayLab } from '../../../src/lab/gateway/index.ts'
import { OUTSIDE, PODS } from '../../../src/lab/gateway/plan.ts'
import { ipLayers, layersOf } from '../../../src/lab/index.ts'
import { echoAtNodePort, restartUnderPing } from '../support/gateway.ts'

const LIMIT = 60_000
let lab: GatewayLab

beforeAll(async () => {
  lab = await GatewayLab.start()
  expect(await lab.converge({ limit: LIMIT })).toEqual([])
}, 2 * LIMIT)

afterAll(() => lab?.stop())

describe('the gateway lab on this kernel', () => {
  it('has every path right', async () => {
    const results = await lab.tryPaths()
    expect(results.length).toBeGreaterThanOrEqual(12)
    expect(
      results.flatMap(({ path, problems }) =>
        problems.map(problem => [path.from.name, path.to.name, problem]),
      ),
    ).toEqual([])
  })

  it('sends VXLAN to a Flannel node as Flannel does', async () => {
    const { layers } = await echoAtNodePort(lab, OUTSIDE, PODS.b1)
    const [outer, inner] = ipLayers(layers)
    expect(outer).toMatchObject({
      type: 'ipv4',
      source: '192.168.50.1',
      destination: '192.168.50.12',
      protocol: 17,
    })
    expect(layersOf(layers, 'udp')[0]).toMatchObject({ destinationPort: 8472 })
    expect(layersOf(layers, 'vxlan')).toEqual([{ type: 'vxlan', flags: 8, vni: 1 }])
    expect(layersOf(layers, 'ethernet')[1]).toMatchObject({
      source: '0e:00:c0:a8:32:01',
      destination: '1a:00:c0:a8:32:0c',
    })
    // One hop less than the outside host sent it with: the box routed it.
    expect(inner).toMatchObject({ type: 'ipv4', source: '172.16.0.10', destination: '10.244.2.2', ttl: 63 })
  })

  it('sends the pods’ IPv6 in VXLAN over IPv6', async () => {
    const { layers } = await echoAtNodePort(lab, OUTSIDE, PODS.b1, 6)
    const [outer, inner] = ipLayers(layers)
    expect(outer).toMatchObject({
      type: 'ipv6',
      source: 'fd00:50::1',
      destination: 'fd00:50::12',
      nextHeader: 17,
    })
    expect(layersOf(layers, 'udp')[0]).toMatchObject({ destinationPort: 8472 })
    expect(layersOf(layers, 'vxlan')).toMatchObject([{ vni: 1 }])
    expect(layersOf(layers, 'ethernet')[1]).toMatchObject({
      source: '0e:00:fd:00:50:01',
      destination: '1a:00:fd:00:50:0c',
    })
    expect(inner).toMatchObject({
      type: 'ipv6',
      source: 'fd00:16::10',
      destination: 'fd00:10:244:2::2',
      hopLimit: 63,
    })
  })

  it('sends to a Calico node plainly, to the node’s own MAC', async () => {
    const { layers } = await echoAtNodePort(lab, OUTSIDE, PODS.a2)
    expect(layers[0]).toMatchObject({
      type: 'ethernet',
      source: '02:00:c0:a8:32:01',
      destination: '02:00:c0:a8:32:0b',
    })
    expect(ipLayers(layers)).toMatchObject([{ source: '172.16.0.10', destination: '10.244.1.3', ttl: 63 }])
  })

  it(
    'loses no packet while the engine is killed and starts again',
    async () => {
      const pings = [
        { from: OUTSIDE, to: PODS.a1, family: 4 },
        { from: PODS.a1, to: OUTSIDE, family: 6 },
        { from: OUTSIDE, to: PODS.b1, family: 4 },
        { from: PODS.a1, to: PODS.b1, family: 6 },
      ] as const
      await restartUnderPing(lab, pings, LIMIT)
    },
    3 * LIMIT,
  )
})
