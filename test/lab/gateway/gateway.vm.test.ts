import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayLab } from '../../../src/lab/gateway/index.ts'
import { OUTSIDE, PODS } from '../../../src/lab/gateway/plan.ts'
import { ipLayers, layersOf } from '../../../src/lab/index.ts'
import { echoAtNodePort, restartUnderPing } from '../support/gateway.ts'

/** The emulated processor is slow, and slower when others use the host. */
const LIMIT = 240_000
let lab: GatewayLab

beforeAll(async () => {
  lab = await GatewayLab.start()
  expect(await lab.converge({ limit: LIMIT })).toEqual([])
}, 2 * LIMIT)

afterAll(() => lab?.stop(), LIMIT)

describe("the gateway lab on Debian's kernel", () => {
  it(
    'has all four nodes, and all forty paths right',
    async () => {
      expect(lab.leftOut).toEqual([])
      const results = await lab.tryPaths()
      expect(results).toHaveLength(40)
      expect(
        results.flatMap(({ path, problems }) =>
          problems.map(problem => [path.from.name, path.to.name, problem]),
        ),
      ).toEqual([])
    },
    LIMIT,
  )

  it('sends to VLAN 10 with an 802.1Q tag, to the MAC of the pod', async () => {
    const { layers } = await echoAtNodePort(lab, OUTSIDE, PODS.c10)
    expect(layersOf(layers, 'vlan')).toMatchObject([{ id: 10, etherType: 0x0800 }])
    const pod = await lab.topology.namespaces.get('pod-c10')!.ipJson(['link', 'show', 'eth0'])
    expect(layers[0]).toMatchObject({ source: '02:00:c0:a8:32:01', destination: pod[0]!.address })
    expect(ipLayers(layers)).toMatchObject([{ source: '172.16.0.10', destination: '10.10.0.10', ttl: 63 }])
  })

  it('sends IP in IP, protocol 4, to the node that announced the block', async () => {
    const { layers } = await echoAtNodePort(lab, OUTSIDE, PODS.d1)
    const [outer, inner] = ipLayers(layers)
    expect(outer).toMatchObject({ source: '192.168.50.1', destination: '192.168.50.14', protocol: 4 })
    expect(inner).toMatchObject({ source: '172.16.0.10', destination: '10.244.4.2', ttl: 63 })
    expect(layers[0]).toMatchObject({ destination: '02:00:c0:a8:32:0e' })
  })

  it('takes packets from one tunnel into another', async () => {
    const { layers } = await echoAtNodePort(lab, PODS.d1, PODS.b1)
    const [outer, inner] = ipLayers(layers)
    expect(outer).toMatchObject({ source: '192.168.50.14', destination: '192.168.50.1', protocol: 4 })
    expect(inner).toMatchObject({ source: '10.244.4.2', destination: '10.244.2.2' })
  })

  it(
    'loses no packet while the engine is killed and starts again',
    async () => {
      const pings = [
        { from: OUTSIDE, to: PODS.a1, family: 4 },
        { from: PODS.a1, to: OUTSIDE, family: 6 },
        { from: OUTSIDE, to: PODS.b1, family: 4 },
        { from: PODS.c10, to: OUTSIDE, family: 4 },
        { from: OUTSIDE, to: PODS.d1, family: 4 },
        { from: PODS.c10, to: PODS.c20, family: 6 },
      ] as const
      await restartUnderPing(lab, pings, LIMIT)
    },
    3 * LIMIT,
  )
})
