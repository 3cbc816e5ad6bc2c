import { describe, expect, it } from 'vitest'
import { buildRouteRefresh, RefreshSubtype } from '../../src/bgp/wire/index.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { announcement, END_OF_RIB } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const AS = 64512
const IPV4 = { afi: 1, safi: 1 }
const GRACEFUL = {
  gracefulRestart: {
    restarting: false,
    notification: false,
    time: 120,
    families: [{ ...IPV4, forwarding: true }],
  },
}

function dial(lab: Lab, host: number, as: number, routerId = host, more = {}): Remote {
  const remote = Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1')
    .open({ as, routerId }, more)
    .keepalive()
  lab.clock.advance(100)
  return remote
}

describe('a neighbour that moves into another group', () => {
  it('is told of to others as their policies say of that group', () => {
    const lab = new Lab()
    const configure = (group: string): Bgp => ({
      localAs: AS,
      routerId: '10.0.0.1',
      neighborGroups: [{ name: 'inner' }, { name: 'outer' }],
      neighbors: [
        { address: '10.0.0.2', remoteAs: 65002, importPolicy: 'all', group, passive: true },
        { address: '10.0.0.3', remoteAs: AS, exportPolicy: 'of-outer' },
      ],
    })
    const policies = [
      ALL,
      { name: 'of-outer', rules: [{ match: { neighborGroups: ['outer'] }, action: 'accept' as const }] },
    ]
    const box = lab.box('10.0.0.1', configure('outer'), policies)
    const other = lab.box('10.0.0.3', { localAs: AS, neighbors: [{ address: '10.0.0.1', remoteAs: AS }] })
    lab.seconds(10)
    dial(lab, 2, 65002).send(announcement(['192.0.2.0/24'], { as: 65002, nexthop: '10.0.0.2' }))
    lab.seconds(1)
    const told = () => [...other.sink.routes.keys()]
    expect(told()).toEqual(['192.0.2.0/24'])
    box.speaker.configure(configure('inner'), policies)
    lab.seconds(1)
    expect(told()).toEqual([])
    box.speaker.configure(configure('outer'), policies)
    lab.seconds(1)
    expect(told()).toEqual(['192.0.2.0/24'])
    expect(box.neighbor('10.0.0.2').lastDown).toBeUndefined()
  })
})

describe('a neighbour that comes back with another BGP identifier', () => {
  const neighbors = ['10.0.0.2', '10.0.0.3'].map(address => ({
    address,
    remoteAs: AS,
    routeReflectorClient: true,
    passive: true,
  }))
  const route = announcement(['192.0.2.0/24'], { as: AS, nexthop: '10.0.0.9', asPath: [] })

  it('is told of to clients as the originator of what it kept', () => {
    const lab = new Lab()
    lab.box('10.0.0.1', { localAs: AS, neighbors })
    const listener = lab.box('10.0.0.3', { localAs: AS, neighbors: [{ address: '10.0.0.1', remoteAs: AS }] })
    dial(lab, 2, AS, 0x02020202, GRACEFUL).send(route).send(END_OF_RIB)
    lab.seconds(10)
    const originator = () => listener.speaker.route('192.0.2.0/24')?.paths[0]?.received.originatorId
    expect(originator()).toBe(0x02020202)
    lab.network.kill('10.0.0.2')
    lab.seconds(1)
    expect(originator()).toBe(0x02020202)
    dial(lab, 2, AS, 0x03030303, GRACEFUL).send(route).send(END_OF_RIB)
    lab.seconds(1)
    expect(originator()).toBe(0x03030303)
  })
})

describe('a neighbour that asks for everything again and again, and reads nothing', () => {
  it('has no more waiting for it than any other that reads nothing', () => {
    const lab = new Lab()
    const neighbor = { address: '10.0.0.2', remoteAs: 65002, exportPolicy: 'all', passive: true }
    const box = lab.box('10.0.0.1', { localAs: AS, neighbors: [neighbor] }, [ALL])
    box.originate('192.0.2.0/24')
    const remote = dial(lab, 2, 65002, 2, { enhancedRefresh: true })
    const far = lab.network.connections.find(({ localAddress }) => localAddress === '10.0.0.1')!
    far.room = 1
    const before = remote.heard.length
    const requests = new Array<Uint8Array>(500).fill(buildRouteRefresh(1, 1, RefreshSubtype.REQUEST))
    for (let i = 0; i < 60; i++) {
      remote.send(Buffer.concat(requests))
      lab.clock.advance(10)
    }
    far.drain()
    lab.seconds(1)
    const heard = remote.heard.slice(before)
    expect(heard.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(300 * 1024)
    // The last that it hears is the end of all that it asked for.
    expect(heard.slice(-3).map(({ name }) => name)).toEqual(['ROUTE-REFRESH', 'UPDATE', 'ROUTE-REFRESH'])
  })
})

describe('a neighbour of a listen range whose AS the configuration does not name', () => {
  it('gives its routes where it turns out to be of our own AS, and nothing where it is not', () => {
    const lab = new Lab()
    const group = { name: 'nodes', listenRanges: ['10.0.0.0/24'], remoteAsSet: [AS, 65002] }
    const bgp = { localAs: AS, routerId: '10.0.0.1', neighborGroups: [group] }
    const box = lab.box('10.0.0.1', bgp, [ALL])
    dial(lab, 2, AS).send(announcement(['192.0.2.0/24'], { as: AS, nexthop: '10.0.0.2', asPath: [] }))
    dial(lab, 3, 65002).send(announcement(['198.51.100.0/24'], { as: 65002, nexthop: '10.0.0.3' }))
    lab.seconds(1)
    expect([...box.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    box.speaker.configure({ ...bgp, multipath: 1 }, [ALL])
    lab.seconds(1)
    expect([...box.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
  })
})
