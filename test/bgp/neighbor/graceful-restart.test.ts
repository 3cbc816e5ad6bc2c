import { describe, expect, it } from 'vitest'
import {
  buildRouteRefresh,
  type Capabilities,
  Community,
  hardReset,
  insideHardReset,
  type LongLivedFamily,
  RefreshSubtype,
} from '../../../src/bgp/wire/index.ts'
import type { BgpNeighbor } from '../../../src/model/config-bgp.ts'
import { announcement, END_OF_RIB } from '../announcement.ts'
import { ALL, Lab } from '../harness.ts'
import { Remote } from '../remote.ts'

const IPV4 = { afi: 1, safi: 1 }
const HELD = { as: 64513, nexthop: '10.0.0.2' }

/** A box with a neighbour 10.0.0.2 that says what a test makes it say. */
function helper(settings: Partial<BgpNeighbor> = {}) {
  const lab = new Lab()
  const neighbor: BgpNeighbor = {
    address: '10.0.0.2',
    remoteAs: 64513,
    importPolicy: 'all',
    passive: true,
    ...settings,
  }
  const box = lab.box('10.0.0.1', { localAs: 64512, neighbors: [neighbor] }, [ALL])
  const connect = (
    restart: { notification?: boolean; time?: number; forwarding?: boolean; families?: [] } = {},
    longLived?: Omit<LongLivedFamily, 'afi' | 'safi'>,
    more: Partial<Capabilities> = {},
  ) => {
    const { notification = false, time = 120, forwarding = true, families } = restart
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open(
        { as: 64513 },
        {
          gracefulRestart: {
            restarting: false,
            notification,
            time,
            families: families ?? [{ ...IPV4, forwarding }],
          },
          ...more,
          ...(longLived && { longLivedGracefulRestart: [{ ...IPV4, ...longLived }] }),
        },
      )
      .keepalive()
    lab.clock.advance(100)
    return remote
  }
  const row = () => box.neighbor('10.0.0.2').families[0]!
  const used = () => [...box.sink.routes.keys()].sort()
  return { lab, box, connect, row, used }
}

describe('a neighbour that restarts', () => {
  it('loses at a second restart what was stale since the first, and keeps what it said in between', () => {
    const { lab, connect, row, used } = helper()
    connect().send(announcement(['192.0.2.0/24', '198.51.100.0/24'], HELD))
    lab.clock.advance(100)
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 2, stale: 2 })
    connect().send(announcement(['192.0.2.0/24'], HELD))
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 2, stale: 1 })
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 1, stale: 1 })
    expect(used()).toEqual(['192.0.2.0/24'])
  })

  it('loses what it did not list in the OPEN of the session that ended, and what it does not list when it is back', () => {
    const first = helper()
    first.connect({ families: [] }).send(announcement(['192.0.2.0/24'], HELD))
    first.lab.clock.advance(100)
    first.lab.network.kill('10.0.0.2')
    first.lab.clock.advance(100)
    expect(first.row().received).toBe(0)
    const second = helper()
    second.connect().send(announcement(['192.0.2.0/24'], HELD))
    second.lab.clock.advance(100)
    second.lab.network.kill('10.0.0.2')
    second.lab.clock.advance(100)
    expect(second.row().received).toBe(1)
    second.connect({ families: [] })
    expect(second.row().received).toBe(0)
  })

  it('has until stalePathTime for its End-of-RIB, and the state says until when', () => {
    const { lab, box, connect, row, used } = helper({ stalePathTime: 30 })
    connect().send(announcement(['192.0.2.0/24'], HELD))
    lab.clock.advance(100)
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    const now = lab.clock.wallTime()
    expect(Date.parse(row().staleUntil!) - now).toBeGreaterThan(119_000)
    connect()
    expect(Date.parse(row().staleUntil!) - lab.clock.wallTime()).toBeLessThanOrEqual(30_000)
    lab.seconds(29)
    expect(used()).toEqual(['192.0.2.0/24'])
    lab.seconds(2)
    expect(used()).toEqual([])
    expect(box.neighbor('10.0.0.2').state).toBe('Established')
    expect(row().staleUntil).toBeUndefined()
  })
})

describe('a refresh (RFC 7313)', () => {
  const mark = (subtype: number) => buildRouteRefresh(1, 1, subtype)

  it('takes away at EoRR what did not come again, however often it has begun', () => {
    const { lab, connect, row, used } = helper()
    const remote = connect({}, undefined, { enhancedRefresh: true })
    remote.send(announcement(['192.0.2.0/24', '198.51.100.0/24'], HELD))
    lab.clock.advance(100)
    for (let time = 0; time < 600; time++) {
      remote.send(mark(RefreshSubtype.BEGIN)).send(announcement(['192.0.2.0/24'], HELD))
      lab.clock.advance(10)
    }
    remote.send(mark(RefreshSubtype.END))
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 1, stale: 0 })
    expect(used()).toEqual(['192.0.2.0/24'])
  })

  it('that never ends is over after stalePathTime', () => {
    const { lab, connect, row } = helper({ stalePathTime: 30 })
    const remote = connect({}, undefined, { enhancedRefresh: true })
    remote.send(announcement(['192.0.2.0/24'], HELD)).send(mark(RefreshSubtype.BEGIN))
    lab.seconds(29)
    expect(row()).toMatchObject({ received: 1, stale: 1 })
    lab.seconds(2)
    expect(row()).toMatchObject({ received: 0, stale: 0 })
  })
})

describe('a NOTIFICATION (RFC 8538)', () => {
  it('takes all paths away where not both sides have set N', () => {
    for (const [ours, theirs] of [
      [false, true],
      [true, false],
    ] as const) {
      const { lab, connect, row } = helper({ gracefulRestartNotification: ours })
      const remote = connect({ notification: theirs }).send(announcement(['192.0.2.0/24'], HELD))
      lab.clock.advance(100)
      expect(remote.heard[0]?.open?.capabilities.gracefulRestart?.notification).toBe(ours)
      remote.notify(6, 4)
      lab.clock.advance(100)
      expect(row().received).toBe(0)
    }
  })

  it('keeps them where both have, as does the hold timer', () => {
    const { lab, connect, row, used } = helper()
    const remote = connect({ notification: true }).send(announcement(['192.0.2.0/24'], HELD))
    lab.clock.advance(100)
    remote.notify(6, 4)
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 1, stale: 1 })
    lab.seconds(6)
    const back = connect({ notification: true }).send(announcement(['192.0.2.0/24'], HELD))
    back.send(END_OF_RIB)
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 1, stale: 0 })
    lab.seconds(95)
    expect(back.notification).toMatchObject({ code: 4, subcode: 0 })
    expect(used()).toEqual(['192.0.2.0/24'])
    expect(row().stale).toBe(1)
  })

  it('takes them away as a Hard Reset, and the reason is what is inside of it', () => {
    const { lab, box, connect, row } = helper()
    const remote = connect({ notification: true }).send(announcement(['192.0.2.0/24'], HELD))
    lab.clock.advance(100)
    const { code, subcode, data } = hardReset({ code: 6, subcode: 3, data: new Uint8Array(0) })
    remote.notify(code, subcode, data)
    lab.clock.advance(100)
    expect(row().received).toBe(0)
    expect(box.neighbor('10.0.0.2').lastDown?.reason).toContain('add us to its configuration')
  })

  it('goes out inside a Hard Reset where the session is not to go on, and only to who has set N', () => {
    for (const notification of [true, false]) {
      const { lab, box, connect } = helper()
      const remote = connect({ notification })
      box.speaker.configure({ localAs: 64512, routerId: '10.0.0.1' }, [])
      lab.clock.advance(100)
      const sent = remote.notification!
      expect([sent.code, sent.subcode]).toEqual(notification ? [6, 9] : [6, 3])
      if (notification) expect(insideHardReset(sent)).toMatchObject({ code: 6, subcode: 3 })
    }
  })
})

describe('long-lived graceful restart (RFC 9494)', () => {
  const settings = { longLivedGracefulRestartTime: 3600 }
  const LONG = { forwarding: true, staleTime: 600 }
  const communities = (box: ReturnType<typeof helper>['box'], prefix: string) =>
    box.speaker.route(prefix)?.paths.map(path => path.accepted?.communities ?? [])

  function away(time = 120) {
    const scene = helper(settings)
    const remote = scene.connect({ time }, LONG)
    remote.send(announcement(['192.0.2.0/24'], HELD))
    remote.send(announcement(['198.51.100.0/24'], { ...HELD, communities: [Community.NO_LLGR] }))
    scene.lab.clock.advance(100)
    scene.lab.network.kill('10.0.0.2')
    scene.lab.clock.advance(100)
    return { ...scene, remote }
  }

  it('is off where it is not configured, and announced with its time where it is', () => {
    const off = helper().connect({}, LONG)
    expect(off.heard[0]?.open?.capabilities.longLivedGracefulRestart).toBeUndefined()
    const on = helper(settings).connect({}, LONG)
    expect(on.heard[0]?.open?.capabilities.longLivedGracefulRestart).toEqual([
      { ...IPV4, forwarding: false, staleTime: 3600 },
    ])
  })

  it('follows the restart time: paths get LLGR_STALE, those with NO_LLGR go, and all at the end of the stale time', () => {
    const { lab, box, row, used } = away()
    lab.seconds(119)
    expect(row()).toMatchObject({ stale: 2, longLived: false })
    expect(communities(box, '192.0.2.0/24')).toEqual([[]])
    lab.seconds(2)
    expect(row()).toMatchObject({ received: 1, stale: 1, longLived: true })
    expect(communities(box, '192.0.2.0/24')).toEqual([[Community.LLGR_STALE]])
    expect(used()).toEqual(['192.0.2.0/24'])
    lab.seconds(597)
    expect(used()).toEqual(['192.0.2.0/24'])
    lab.seconds(3)
    expect(used()).toEqual([])
    expect(row().received).toBe(0)
  })

  it('begins at once where the restart time is 0', () => {
    const { row, box } = away(0)
    expect(row()).toMatchObject({ received: 1, stale: 1, longLived: true })
    expect(communities(box, '192.0.2.0/24')).toEqual([[Community.LLGR_STALE]])
  })

  it('makes a path the last choice, whatever its attributes', () => {
    const lab = new Lab()
    const neighbors = ['10.0.0.2', '10.0.0.3'].map(address => ({
      address,
      remoteAs: 64513,
      importPolicy: 'all',
      passive: true,
      ...settings,
    }))
    const box = lab.box('10.0.0.1', { localAs: 64512, neighbors }, [ALL])
    const join = (host: number, ases: number[]) => {
      const restart = {
        restarting: false,
        notification: false,
        time: 0,
        families: [{ ...IPV4, forwarding: true }],
      }
      Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1')
        .open(
          { as: 64513, routerId: host },
          { gracefulRestart: restart, longLivedGracefulRestart: [{ ...IPV4, ...LONG }] },
        )
        .keepalive()
        .send(
          announcement(['192.0.2.0/24'], {
            as: 64513,
            nexthop: `10.0.0.${host}`,
            asPath: [{ type: 2, ases }],
          }),
        )
      lab.clock.advance(100)
    }
    join(2, [64513])
    join(3, [64513, 65000, 65001])
    expect(box.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.2'])
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    expect(box.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.3'])
    const stale = box.speaker.route('192.0.2.0/24')?.paths.find(path => path.neighbor === '10.0.0.2')
    expect(stale).toMatchObject({ best: false, lost: 'stale' })
  })

  it('ends with End-of-RIB: what came again is fresh, the rest goes', () => {
    const { lab, box, connect, row, used } = away(0)
    const back = connect({ time: 0 }, LONG)
    expect(row()).toMatchObject({ stale: 1, longLived: true })
    back.send(announcement(['203.0.113.0/24'], HELD))
    lab.clock.advance(100)
    expect(communities(box, '203.0.113.0/24')).toEqual([[]])
    expect(used()).toEqual(['192.0.2.0/24', '203.0.113.0/24'])
    back.send(END_OF_RIB)
    lab.clock.advance(100)
    expect(used()).toEqual(['203.0.113.0/24'])
    expect(row()).toMatchObject({ received: 1, stale: 0 })
  })

  it('keeps its end through further restarts, and stale paths with it', () => {
    const { lab, connect, row, used } = away(0)
    lab.seconds(400)
    connect({ time: 0 }, LONG).send(announcement(['203.0.113.0/24'], HELD))
    lab.clock.advance(100)
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    expect(row()).toMatchObject({ received: 2, stale: 2, longLived: true })
    lab.seconds(201)
    expect(used()).toEqual([])
  })

  it('goes at once where the neighbour is back without F, or without the capability', () => {
    for (const longLived of [{ ...LONG, forwarding: false }, undefined]) {
      const { connect, row } = away(0)
      connect({ time: 0 }, longLived)
      expect(row().received).toBe(0)
    }
  })

  it('leaves nothing at the next restart where it was over before End-of-RIB', () => {
    const { lab, connect, row } = away(0)
    lab.seconds(590)
    connect({ time: 120 }, LONG).send(announcement(['203.0.113.0/24'], HELD))
    lab.seconds(20)
    expect(row()).toMatchObject({ received: 1, stale: 0 })
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    expect(row().received).toBe(0)
  })

  it('marks paths again when the policy changes meanwhile', () => {
    const { lab, box } = away(0)
    const neighbors = [
      { address: '10.0.0.2', remoteAs: 64513, importPolicy: 'all', passive: true, ...settings },
    ]
    box.speaker.configure({ localAs: 64512, routerId: '10.0.0.1', neighbors }, [
      { name: 'all', rules: [{ action: 'accept', set: { localPreference: 7 } }] },
    ])
    lab.clock.advance(100)
    expect(box.speaker.route('192.0.2.0/24')?.paths[0]?.accepted).toMatchObject({
      localPreference: 7,
      communities: [Community.LLGR_STALE],
    })
  })
})
