import { describe, expect, it } from 'vitest'
import { readShutdownCommunication } from '../../src/bgp/wire/index.ts'
import { announcement } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const FROM = { as: 64513, nexthop: '10.0.0.2' }

function box(routeRefresh = true) {
  const lab = new Lab()
  const neighbors = [
    {
      address: '10.0.0.2',
      remoteAs: 64513,
      importPolicy: 'all',
      exportPolicy: 'all',
      passive: true,
    },
    { address: '10.0.0.3', remoteAs: 64513, passive: true, enabled: false },
  ]
  const own = lab.box('10.0.0.1', { localAs: 64512, neighbors }, [ALL])
  own.originate('192.0.2.0/24')
  const connect = () => {
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513 }, { ...(routeRefresh ? {} : { routeRefresh: false }) })
      .keepalive()
    lab.seconds(1)
    return remote
  }
  return { lab, own, connect }
}

describe('a soft reset', () => {
  it('inwards asks the neighbour for everything again', () => {
    const { lab, own, connect } = box()
    const remote = connect()
    expect(own.speaker.refresh('10.0.0.2', 'in')).toBe('asked')
    lab.seconds(1)
    expect(remote.names.at(-1)).toBe('ROUTE-REFRESH')
  })

  it('inwards judges what is here where the neighbour cannot be asked', () => {
    const { lab, own, connect } = box(false)
    connect().send(announcement(['198.51.100.0/24'], FROM))
    lab.seconds(1)
    expect(own.speaker.refresh('10.0.0.2', 'in')).toBe('judged')
    lab.seconds(1)
    expect([...own.sink.routes.keys()]).toEqual(['198.51.100.0/24'])
  })

  it('outwards says everything again', () => {
    const { lab, own, connect } = box()
    const remote = connect()
    const before = remote.names.filter(name => name === 'UPDATE').length
    expect(own.speaker.refresh('10.0.0.2', 'out')).toBe('told')
    lab.seconds(1)
    expect(remote.names.filter(name => name === 'UPDATE').length).toBe(before + 1)
  })

  it('of one family leaves the other alone', () => {
    const { lab, own, connect } = box()
    const remote = connect()
    expect(own.speaker.refresh('10.0.0.2', 'out', [6])).toBe('down')
    lab.seconds(1)
    expect(remote.names).not.toContain('ROUTE-REFRESH')
  })

  it('is nothing without a session or a neighbour', () => {
    const { own } = box()
    expect(own.speaker.refresh('10.0.0.2', 'in')).toBe('down')
    expect(own.speaker.refresh('10.0.0.9', 'in')).toBe('unknown')
  })
})

describe('a reset', () => {
  it('ends the session with Cease, says why to the neighbour, and lets it come back at once', () => {
    const { lab, own, connect } = box()
    const remote = connect()
    expect(own.speaker.reset('10.0.0.2', 'new line card; back in a second')).toBe('begun')
    lab.clock.advance(10)
    expect(remote.notification).toMatchObject({ code: 6, subcode: 4 })
    expect(readShutdownCommunication(remote.notification!.data)).toBe('new line card; back in a second')
    expect(own.neighbor('10.0.0.2').lastDown?.reason).toContain('new line card')
    connect()
    expect(own.neighbor('10.0.0.2').state).toBe('Established')
  })

  it('dials at once though errors have made us wait', () => {
    const lab = new Lab()
    const neighbors = [{ address: '10.0.0.2', remoteAs: 64513 }]
    const own = lab.box('10.0.0.1', { localAs: 64512, neighbors })
    const wrong = lab.box('10.0.0.2', {
      localAs: 64514,
      neighbors: [{ address: '10.0.0.1', remoteAs: 64512 }],
    })
    lab.seconds(120)
    expect(own.neighbor('10.0.0.2').state).toBe('Idle')
    wrong.speaker.configure(
      { localAs: 64513, routerId: '10.0.0.2', neighbors: [{ address: '10.0.0.1', remoteAs: 64512 }] },
      [],
    )
    expect(own.speaker.reset('10.0.0.2')).toBe('begun')
    lab.clock.advance(100)
    expect(own.neighbor('10.0.0.2').state).toBe('Established')
  })

  it('does not bring up what the configuration keeps down', () => {
    const { own } = box()
    expect(own.speaker.reset('10.0.0.3')).toBe('disabled')
    expect(own.speaker.reset('10.0.0.9')).toBe('unknown')
    expect(own.neighbor('10.0.0.3').state).toBe('Idle')
  })
})
