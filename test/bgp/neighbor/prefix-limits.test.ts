import { describe, expect, it } from 'vitest'
import { insideHardReset } from '../../../src/bgp/wire/index.ts'
import type { Bgp, BgpNeighbor } from '../../../src/model/config-bgp.ts'
import { announcement, END_OF_RIB, withdrawal } from '../announcement.ts'
import { ALL, Lab } from '../harness.ts'
import { Remote } from '../remote.ts'

type MaxPrefixes = NonNullable<NonNullable<BgpNeighbor['maxPrefixes']>['ipv4-unicast']>

const FROM = { as: 64513, nexthop: '10.0.0.2' }
const TWO = ['10.2.0.0/16', '10.3.0.0/16']
const FOUR = [...TWO, '10.4.0.0/16', '10.5.0.0/16']
const FIVE = [...FOUR, '10.6.0.0/16']

function limited(limit: Partial<MaxPrefixes>, capabilities = {}) {
  const lab = new Lab()
  const bgp = (maxPrefixes?: MaxPrefixes, more: Partial<BgpNeighbor> = {}): Bgp => ({
    localAs: 64512,
    routerId: '10.0.0.1',
    neighbors: [
      {
        address: '10.0.0.2',
        remoteAs: 64513,
        importPolicy: 'all',
        passive: true,
        ...(maxPrefixes && { maxPrefixes: { 'ipv4-unicast': maxPrefixes } }),
        ...more,
      },
    ],
  })
  const box = lab.box('10.0.0.1', bgp({ limit: 4, ...limit }), [ALL])
  const connect = () => {
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513 }, capabilities)
      .keepalive()
    lab.clock.advance(100)
    return remote
  }
  const row = () => box.neighbor('10.0.0.2')
  const said = () => box.events.filter(({ kind }) => kind === 'limit').map(({ message }) => message)
  return { lab, box, bgp, connect, row, said }
}

describe('a limit on prefixes', () => {
  it('is told once when it is near, by default at 75 percent', () => {
    const { lab, connect, row, said } = limited({})
    const remote = connect().send(announcement(TWO, FROM))
    lab.clock.advance(100)
    expect(said()).toEqual([])
    for (let i = 0; i < 3; i++) {
      remote.send(announcement(FOUR, FROM))
      lab.clock.advance(100)
      remote.send(withdrawal(FOUR.slice(1)))
      lab.clock.advance(100)
    }
    expect(said()).toEqual(['10.0.0.2 announces 4 paths of ipv4-unicast, 75 percent of the limit of 4'])
    expect(row()).toMatchObject({ state: 'Established', families: [{ maxPrefixes: 4 }] })
  })

  it('ends the session with Cease, the family and the limit in it, and keeps it down until an operator clears it', () => {
    const { lab, box, connect, row } = limited({})
    const remote = connect().send(announcement(FIVE, FROM))
    lab.clock.advance(100)
    expect(remote.notification).toEqual({
      code: 6,
      subcode: 1,
      data: Uint8Array.of(0, 1, 1, 0, 0, 0, 4),
    })
    expect(row()).toMatchObject({ state: 'Idle', families: [{ received: 0 }] })
    expect(row().lastDown?.reason).toContain(
      'stays down until an operator clears it: raise the limit, or make the neighbour announce less, then POST /api/v1/bgp/neighbors/10.0.0.2/reset',
    )
    lab.seconds(10_000)
    expect(connect().closed).toBe(true)
    expect(box.speaker.reset('10.0.0.2')).toBe('begun')
    expect(row().state).toBe('Active')
    connect().send(announcement(FOUR, FROM))
    lab.clock.advance(100)
    expect(row()).toMatchObject({ state: 'Established', families: [{ received: 4 }] })
  })

  it('is cleared by enabled: false and true, and by another limit', () => {
    const { lab, box, bgp, connect, row } = limited({})
    connect().send(announcement(FIVE, FROM))
    lab.clock.advance(100)
    box.speaker.configure(bgp({ limit: 4 }, { description: 'nothing of the limit' }), [ALL])
    expect(row().state).toBe('Idle')
    box.speaker.configure(bgp({ limit: 4 }, { enabled: false }), [ALL])
    box.speaker.configure(bgp({ limit: 4 }), [ALL])
    expect(row().state).toBe('Active')
    connect().send(announcement(FIVE, FROM))
    lab.clock.advance(100)
    expect(row().state).toBe('Idle')
    box.speaker.configure(bgp({ limit: 5 }), [ALL])
    expect(row().state).toBe('Active')
    connect().send(announcement(FIVE, FROM))
    lab.clock.advance(100)
    expect(row()).toMatchObject({ state: 'Established', families: [{ received: 5 }] })
  })

  it('that is lowered under what is here ends the session', () => {
    const { lab, box, bgp, connect, row } = limited({})
    const remote = connect().send(announcement(FOUR, FROM))
    lab.clock.advance(100)
    box.speaker.configure(bgp({ limit: 3 }), [ALL])
    lab.clock.advance(100)
    expect(remote.notification).toMatchObject({ code: 6, subcode: 1 })
    expect(row().state).toBe('Idle')
  })

  it('brings the session back after restartTime where that is its action', () => {
    const { lab, connect, row } = limited({ action: 'restart', restartTime: 30 })
    connect().send(announcement(FIVE, FROM))
    lab.seconds(29)
    expect(row().state).toBe('Idle')
    expect(row().lastDown?.reason).toContain('comes back 30 s after that')
    lab.seconds(2)
    expect(row().state).toBe('Active')
    connect()
    expect(row().state).toBe('Established')
  })

  it('only says so, once, where its action is warn', () => {
    const { lab, connect, row, said } = limited({ action: 'warn', warnAt: 100 })
    const remote = connect().send(announcement(FIVE, FROM))
    lab.clock.advance(100)
    remote.send(announcement(['10.7.0.0/16'], FROM))
    lab.clock.advance(100)
    expect(said()).toEqual(['10.0.0.2 announces 5 paths of ipv4-unicast, more than the limit of 4'])
    expect(row()).toMatchObject({ state: 'Established', families: [{ received: 6 }] })
  })

  it('does not count a path twice that comes again, with the same or other attributes', () => {
    const { lab, connect, row } = limited({})
    const remote = connect()
    for (const med of [1, 2, 2]) remote.send(announcement(FOUR, { ...FROM, med }))
    lab.clock.advance(100)
    expect(row()).toMatchObject({ state: 'Established', families: [{ received: 4 }] })
  })

  it('does not count what is stale after a restart beside what replaces it', () => {
    const gracefulRestart = {
      restarting: false,
      notification: false,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    }
    const { lab, connect, row } = limited({}, { gracefulRestart })
    connect().send(announcement(FOUR, FROM))
    lab.clock.advance(100)
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    const back = connect().send(announcement(['10.14.0.0/16', '10.15.0.0/16'], FROM))
    lab.clock.advance(100)
    expect(row()).toMatchObject({ state: 'Established', families: [{ received: 6, stale: 4 }] })
    back.send(END_OF_RIB)
    lab.clock.advance(100)
    expect(row()).toMatchObject({ families: [{ received: 2, stale: 0 }] })
  })

  it('ends a session with who keeps routes after NOTIFICATIONs by a Hard Reset', () => {
    const gracefulRestart = {
      restarting: false,
      notification: true,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    }
    const { lab, connect, row } = limited({}, { gracefulRestart })
    const remote = connect().send(announcement(FIVE, FROM))
    lab.clock.advance(100)
    expect(insideHardReset(remote.notification!)).toMatchObject({ code: 6, subcode: 1 })
    expect(row()).toMatchObject({ families: [{ received: 0 }] })
  })

  it('holds for each dynamic neighbour of a group, whose later connections are refused', () => {
    const lab = new Lab()
    const group = {
      name: 'nodes',
      remoteAs: 64513,
      listenRanges: ['10.0.0.0/24'],
      importPolicy: 'all',
      maxPrefixes: { 'ipv4-unicast': { limit: 4 } },
    }
    const box = lab.box('10.0.0.1', { localAs: 64512, neighborGroups: [group] }, [ALL])
    const connect = (address: string) => {
      const remote = Remote.dial(lab.network.host(address), '10.0.0.1')
        .open({ as: 64513, routerId: Number(address.at(-1)) })
        .keepalive()
      lab.clock.advance(100)
      return remote
    }
    connect('10.0.0.2').send(announcement(FIVE, FROM))
    connect('10.0.0.3').send(announcement(FOUR, { as: 64513, nexthop: '10.0.0.3' }))
    lab.seconds(10)
    expect(box.neighbor('10.0.0.2').state).toBe('Idle')
    expect(box.neighbor('10.0.0.3').state).toBe('Established')
    expect(connect('10.0.0.2').closed).toBe(true)
    box.speaker.reset('10.0.0.2')
    connect('10.0.0.2')
    expect(box.neighbor('10.0.0.2').state).toBe('Established')
  })
})
