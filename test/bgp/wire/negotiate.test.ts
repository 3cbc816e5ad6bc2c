import { describe, expect, it } from 'vitest'
import { AddPathMode, type Capabilities, negotiate, type Open, UNICAST } from '../../../src/bgp/wire/index.ts'

function open(capabilities: Partial<Capabilities>, more: Partial<Open> = {}): Open {
  return { as: 65001, holdTime: 90, routerId: 1, capabilities: { families: [], ...capabilities }, ...more }
}

const BOTH = [UNICAST[4], UNICAST[6]]

describe('two OPENs', () => {
  it('take the smaller hold time', () => {
    expect(negotiate(open({}), open({}, { holdTime: 240 })).holdTime).toBe(90)
    expect(negotiate(open({}), open({}, { holdTime: 0 })).holdTime).toBe(0)
  })

  it('share the families that both name, IPv4 where none is named', () => {
    expect(negotiate(open({ families: BOTH }), open({ families: [UNICAST[6]] })).families).toEqual([6])
    expect(negotiate(open({ families: BOTH }), open({})).families).toEqual([4])
    expect(negotiate(open({ families: [UNICAST[6]] }), open({})).families).toEqual([])
    expect(negotiate(open({ families: BOTH }), open({ families: [{ afi: 25, safi: 70 }] })).families).toEqual(
      [],
    )
  })

  it('use AS numbers of four octets where the peer announced them', () => {
    expect(negotiate(open({}), open({ as4: 65001 })).as4).toBe(true)
    expect(negotiate(open({}), open({})).as4).toBe(false)
  })

  it.each([
    [AddPathMode.BOTH, AddPathMode.BOTH, true, true],
    [AddPathMode.BOTH, AddPathMode.RECEIVE, true, false],
    [AddPathMode.BOTH, AddPathMode.SEND, false, true],
    [AddPathMode.SEND, AddPathMode.SEND, false, false],
    [AddPathMode.RECEIVE, AddPathMode.SEND, false, true],
    [AddPathMode.RECEIVE, AddPathMode.RECEIVE, false, false],
  ])('with ADD-PATH modes %i and %i send: %s, receive: %s', (our, their, send, receive) => {
    const addPath = (mode: number) => ({ families: BOTH, addPath: [{ ...UNICAST[4], mode }] })
    const session = negotiate(open(addPath(our)), open(addPath(their)))
    expect(session.addPathSend).toEqual(send ? [4] : [])
    expect(session.addPathReceive).toEqual(receive ? [4] : [])
  })

  it('send long messages only where both can, and take them where we said so', () => {
    const extended = open({ extendedMessage: true })
    expect(negotiate(extended, extended)).toMatchObject({ sendLimit: 65535, receiveLimit: 65535 })
    expect(negotiate(extended, open({}))).toMatchObject({ sendLimit: 4096, receiveLimit: 65535 })
    expect(negotiate(open({}), extended)).toMatchObject({ sendLimit: 4096, receiveLimit: 4096 })
  })

  it('need both for refresh, extended next hops and graceful restart', () => {
    const restart = { restarting: true, notification: true, time: 300, families: [] }
    const capabilities: Capabilities = {
      families: BOTH,
      routeRefresh: true,
      enhancedRefresh: true,
      extendedNexthop: [{ ...UNICAST[4], nexthopAfi: 2 }],
      gracefulRestart: restart,
      longLivedGracefulRestart: [{ ...UNICAST[4], forwarding: false, staleTime: 60 }],
    }
    const full = open(capabilities)
    const ours = open({ ...capabilities, gracefulRestart: { ...restart, time: 120 } })
    expect(negotiate(ours, full)).toMatchObject({
      routeRefresh: true,
      enhancedRefresh: true,
      extendedNexthop: true,
      gracefulRestart: { time: 300, restarting: true },
      gracefulNotification: true,
      longLivedGracefulRestart: [{ staleTime: 60 }],
      capabilities: [
        'multiprotocol',
        'route refresh',
        'extended next hop',
        'graceful restart',
        'enhanced route refresh',
        'long-lived graceful restart',
      ],
    })
    const neither = {
      routeRefresh: false,
      enhancedRefresh: false,
      extendedNexthop: false,
      gracefulRestart: undefined,
      gracefulNotification: false,
      longLivedGracefulRestart: undefined,
      capabilities: [],
    }
    expect(negotiate(full, open({}))).toMatchObject(neither)
    expect(negotiate(open({}), full)).toMatchObject(neither)
  })

  it('have no long-lived graceful restart without the short one (RFC 9494 §4.1)', () => {
    const longLived = { longLivedGracefulRestart: [{ ...UNICAST[4], forwarding: false, staleTime: 60 }] }
    expect(negotiate(open(longLived), open(longLived)).longLivedGracefulRestart).toBeUndefined()
  })
})
