import { describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { ALL, type Box, Lab } from './harness.ts'

const AS = 64512

/** A box in one AS, with the neighbours that it has, clients of it where `*` stands behind. */
function box(lab: Lab, address: string, neighbors: readonly string[], more: Partial<Bgp> = {}): Box {
  return lab.box(
    address,
    {
      localAs: AS,
      neighbors: neighbors.map(text => ({
        address: text.replace('*', ''),
        remoteAs: AS,
        exportPolicy: 'all',
        routeReflectorClient: text.endsWith('*'),
      })),
      ...more,
    },
    [ALL],
  )
}

describe('route reflection between speakers', () => {
  it('gives each client the routes of the other, with next hop, originator and cluster', () => {
    const lab = new Lab()
    box(lab, '10.0.0.1', ['10.0.0.2*', '10.0.0.3*'])
    const a = box(lab, '10.0.0.2', ['10.0.0.1'])
    const b = box(lab, '10.0.0.3', ['10.0.0.1'])
    a.originate('192.0.2.0/24')
    lab.seconds(10)
    expect(Object.fromEntries(b.sink.routes)).toEqual({ '192.0.2.0/24': ['10.0.0.2'] })
    expect(b.speaker.route('192.0.2.0/24')?.paths[0]?.received).toMatchObject({
      originatorId: 0x0a000002,
      clusterList: [0x0a000001],
      localPreference: 100,
    })
    expect(a.sink.routes.size).toBe(0)
    a.withdraw('192.0.2.0/24')
    lab.seconds(1)
    expect(b.sink.routes.size).toBe(0)
  })

  it('ends where two reflectors of one cluster speak to each other', () => {
    const lab = new Lab()
    const cluster = { clusterId: '10.0.0.100' }
    box(lab, '10.0.0.1', ['10.0.0.3*', '10.0.0.2'], cluster)
    const second = box(lab, '10.0.0.2', ['10.0.0.1'], cluster)
    const client = box(lab, '10.0.0.3', ['10.0.0.1'])
    client.originate('192.0.2.0/24')
    lab.seconds(10)
    expect(second.neighbor('10.0.0.1').families[0]).toMatchObject({ received: 1, accepted: 0 })
    expect(second.sink.routes.size).toBe(0)
    // Of another cluster it takes the route, which it has been told already.
    const neighbors = [{ address: '10.0.0.1', remoteAs: AS, exportPolicy: 'all' }]
    second.speaker.configure({ localAs: AS, routerId: '10.0.0.2', neighbors }, [ALL])
    lab.seconds(1)
    expect([...second.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    expect(second.neighbor('10.0.0.1').lastDown).toBeUndefined()
  })

  it('does not take back a route that it originated itself, over which reflectors it may come', () => {
    const lab = new Lab()
    box(lab, '10.0.0.1', ['10.0.0.3*', '10.0.0.2'])
    box(lab, '10.0.0.2', ['10.0.0.3*', '10.0.0.1'])
    const client = box(lab, '10.0.0.3', ['10.0.0.1', '10.0.0.2'])
    const other = box(lab, '10.0.0.4', [])
    client.originate('192.0.2.0/24')
    lab.seconds(10)
    expect(client.neighbor('10.0.0.1').families[0]!.accepted).toBe(0)
    expect(client.neighbor('10.0.0.2').families[0]!.accepted).toBe(0)
    expect(other.sink.routes.size).toBe(0)
  })

  it('begins and ends by configuration, and no session is reset for it', () => {
    const lab = new Lab()
    const reflector = box(lab, '10.0.0.1', ['10.0.0.2', '10.0.0.3'])
    const a = box(lab, '10.0.0.2', ['10.0.0.1'])
    const b = box(lab, '10.0.0.3', ['10.0.0.1'])
    a.originate('192.0.2.0/24')
    b.originate('198.51.100.0/24')
    lab.seconds(10)
    expect([a.sink.routes.size, b.sink.routes.size]).toEqual([0, 0])
    const configure = (client: boolean, clusterId = '10.0.0.1') => {
      const neighbors = ['10.0.0.2', '10.0.0.3'].map((address, index) => ({
        address,
        remoteAs: AS,
        exportPolicy: 'all',
        routeReflectorClient: client && index === 0,
      }))
      reflector.speaker.configure({ localAs: AS, routerId: '10.0.0.1', clusterId, neighbors }, [ALL])
      lab.seconds(1)
    }
    configure(true)
    expect([[...a.sink.routes.keys()], [...b.sink.routes.keys()]]).toEqual([
      ['198.51.100.0/24'],
      ['192.0.2.0/24'],
    ])
    configure(true, '10.0.0.77')
    const clusters = () => b.speaker.route('192.0.2.0/24')?.paths[0]?.received.clusterList
    expect(clusters()).toEqual([0x0a00004d])
    configure(false)
    expect([a.sink.routes.size, b.sink.routes.size]).toEqual([0, 0])
    expect(reflector.neighbor('10.0.0.2').lastDown).toBeUndefined()
    expect(reflector.neighbor('10.0.0.3').lastDown).toBeUndefined()
  })
})
