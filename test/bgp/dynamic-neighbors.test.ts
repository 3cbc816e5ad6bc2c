import { describe, expect, it } from 'vitest'
import type { Bgp, BgpNeighborGroup } from '../../src/model/config-bgp.ts'
import { announcement } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const OWN = { localAs: 64512, routerId: '10.0.0.1' }

function accepting(group: Partial<BgpNeighborGroup>) {
  const lab = new Lab()
  const bgp = (more: Partial<BgpNeighborGroup> = {}): Bgp => ({
    ...OWN,
    neighborGroups: [{ name: 'racks', listenRanges: ['10.0.0.0/8'], importPolicy: 'all', ...group, ...more }],
  })
  const box = lab.box('10.0.0.1', bgp(), [ALL])
  const connect = (address: string, as: number) => {
    const routerId = Number(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
    const remote = Remote.dial(lab.network.host(address), '10.0.0.1')
      .open({ as, routerId, holdTime: 0 })
      .keepalive()
    lab.clock.advance(20)
    return remote
  }
  const up = () =>
    box.speaker.neighbors().flatMap(({ state, address }) => (state === 'Established' ? [address] : []))
  return { lab, box, bgp, connect, up }
}

describe('a group with several ASes', () => {
  it('takes neighbours of each, iBGP and eBGP, and refuses others with what to do', () => {
    const { box, connect } = accepting({ remoteAsSet: [64512, '64600-64610', 65000] })
    connect('10.0.1.1', 64512)
    connect('10.0.1.2', 64610)
    const stranger = connect('10.0.1.3', 64611)
    expect(
      box.speaker.neighbors().map(({ address, remoteAs, type, state }) => [address, remoteAs, type, state]),
    ).toEqual([
      ['10.0.1.1', 64512, 'iBGP', 'Established'],
      ['10.0.1.2', 64610, 'eBGP', 'Established'],
      ['10.0.1.3', 0, 'eBGP', 'Idle'],
    ])
    expect(stranger.notification).toMatchObject({ code: 2, subcode: 2 })
    expect(box.events.at(-1)?.message).toContain(
      'The neighbour is in AS 64611, the configuration says one of AS 64512, 64600-64610, 65000. Set remoteAsSet: 64611',
    )
  })

  it('may get more and lose some: sessions of the ASes that stay are not reset', () => {
    const { lab, box, bgp, connect, up } = accepting({ remoteAsSet: ['64600-64610'] })
    const first = connect('10.0.1.1', 64600)
    const second = connect('10.0.1.2', 64610)
    box.speaker.configure(bgp({ remoteAsSet: ['64600-64605', 65000] }), [ALL])
    lab.clock.advance(20)
    expect(first.notification).toBeUndefined()
    expect(second.notification).toMatchObject({ code: 6, subcode: 6 })
    expect(up()).toEqual(['10.0.1.1'])
  })

  it('has no more neighbours than maxDynamicNeighbors, and takes the next when one has gone', () => {
    const { lab, box, connect, up } = accepting({ remoteAs: 64600, maxDynamicNeighbors: 2 })
    const first = connect('10.0.1.1', 64600)
    connect('10.0.1.2', 64600)
    expect(connect('10.0.1.3', 64600).closed).toBe(true)
    expect(box.events.at(-1)).toMatchObject({
      kind: 'refused',
      message:
        'refused a connection from 10.0.1.3: the group racks has its 2 neighbours from listenRanges; raise maxDynamicNeighbors to take more',
    })
    first.notify(6, 3)
    lab.seconds(3)
    connect('10.0.1.3', 64600)
    expect(up()).toEqual(['10.0.1.2', '10.0.1.3'])
  })

  it('has five thousand listen ranges and a neighbour in each, in bounded time', { timeout: 60_000 }, () => {
    const listenRanges = Array.from({ length: 5000 }, (_, i) => `10.${8 + (i >> 8)}.${i & 255}.0/24`)
    const { lab, box, up } = accepting({ listenRanges, remoteAsSet: ['4200000000-4200004999'] })
    const began = performance.now()
    const nodes = listenRanges.map((_, i) => {
      const nexthop = `10.${8 + (i >> 8)}.${i & 255}.1`
      const as = 4_200_000_000 + i
      return Remote.dial(lab.network.host(nexthop), '10.0.0.1')
        .open({ as, routerId: i + 1, holdTime: 0 })
        .keepalive()
        .send(announcement([`172.${16 + (i >> 8)}.${i & 255}.0/24`], { as, nexthop }))
    })
    lab.seconds(1)
    expect(up()).toHaveLength(5000)
    expect(box.sink.routes.size).toBe(5000)
    for (const node of nodes) node.connection.destroy()
    lab.seconds(1)
    expect(box.speaker.neighbors()).toEqual([])
    expect(box.sink.routes.size).toBe(0)
    // Some 3 s by itself; quadratic work would take minutes.
    expect(performance.now() - began).toBeLessThan(45_000)
  })
})

describe('a neighbour that comes and goes', () => {
  it('is let in at once at first, and then waits ever longer, up to a minute', () => {
    const { lab, box, connect } = accepting({ remoteAs: 64600 })
    const waits: number[] = []
    for (let time = 0; time < 12; time++) {
      const remote = connect('10.0.1.1', 64600)
      const began = lab.clock.now()
      while (remote.heard.length === 0) lab.clock.advance(100)
      waits.push(Math.round((lab.clock.now() - began) / 1000))
      remote.notify(6, 4)
      lab.clock.advance(20)
    }
    expect(waits.slice(0, 7).every(wait => wait <= 5)).toBe(true)
    expect(waits[7]).toBeGreaterThan(20)
    expect(Math.max(...waits)).toBeLessThanOrEqual(60)
    expect(waits.at(-1)).toBeGreaterThan(40)
    expect(box.speaker.neighbors()).toHaveLength(1)
  })

  it('waits also where it was forgotten in between, and not for ever', () => {
    const { lab, box, connect } = accepting({ remoteAs: 64600 })
    for (let time = 0; time < 8; time++) {
      const remote = connect('10.0.1.1', 64600)
      while (remote.heard.length === 0) lab.clock.advance(100)
      remote.notify(6, 4)
      while (box.speaker.neighbors().length > 0) lab.clock.advance(100)
    }
    // The hold after the eighth error was over when it was forgotten: it may come in, and the ninth makes it wait.
    connect('10.0.1.1', 64600).notify(6, 4)
    lab.clock.advance(20)
    const next = connect('10.0.1.1', 64600)
    lab.seconds(30)
    expect(next.heard).toEqual([])
    next.connection.destroy()
    lab.seconds(181)
    expect(box.speaker.neighbors()).toEqual([])
    expect(connect('10.0.1.1', 64600).names).toContain('OPEN')
  })

  it('waits as well where TCP ends its sessions without a word', () => {
    const { lab, box, connect } = accepting({ remoteAs: 64600, passive: true })
    for (let time = 0; time < 7; time++) {
      connect('10.0.1.1', 64600)
      lab.network.kill('10.0.1.1')
      lab.clock.advance(20)
    }
    const next = connect('10.0.1.1', 64600)
    expect(next.heard).toEqual([])
    lab.seconds(60)
    expect(next.names).toContain('OPEN')
    expect(box.neighbor('10.0.1.1').state).toBe('Established')
  })

  it('is forgiven after a session that held for a minute', () => {
    const { lab, box, connect } = accepting({ remoteAs: 64600 })
    for (let time = 0; time < 3; time++) {
      connect('10.0.1.1', 64600).notify(6, 4)
      lab.seconds(6)
    }
    const good = connect('10.0.1.1', 64600)
    lab.seconds(61)
    good.notify(6, 4)
    lab.seconds(2)
    connect('10.0.1.1', 64600)
    expect(box.neighbor('10.0.1.1').state).toBe('Established')
  })
})
