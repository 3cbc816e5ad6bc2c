import { beforeEach, describe, expect, it } from 'vitest'
import type { Down } from '../../../src/bgp/session/down.ts'
import { Session } from '../../../src/bgp/session/session.ts'
import type { SessionSettings } from '../../../src/bgp/session/settings.ts'
import { Slices } from '../../../src/bgp/slices.ts'
import type { Connection } from '../../../src/bgp/transport.ts'
import { ERROR, notification } from '../../../src/bgp/wire/index.ts'
import { ManualClock } from '../../../src/net/manual-clock.ts'
import { MemoryConnection, MemoryNetwork } from '../memory-transport.ts'
import { Remote } from '../remote.ts'
import { SESSION } from './settings.ts'

const US = '10.0.0.1'
const THEM = '10.0.0.2'

class Bench {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork(this.clock)
  readonly states: string[] = []
  readonly downs: { down: Down; wasEstablished: boolean }[] = []
  readonly refusals: Down[] = []
  readonly messages: number[] = []
  random = 0.5
  readonly session: Session
  /** Connections that we dialled, as the neighbour sees them. */
  readonly accepted: Remote[] = []

  constructor(settings: Partial<SessionSettings> = {}) {
    const { clock, network } = this
    this.session = new Session(
      {
        clock,
        random: () => this.random,
        transport: network.host(US),
        slices: new Slices(clock, action => clock.after(0, action)),
      },
      { ...SESSION, ...settings },
      {
        gracefulRestart: () => ({
          restarting: false,
          notification: false,
          time: 120,
          families: [{ afi: 1, safi: 1, forwarding: true }],
        }),
        established: () => this.states.push('established!'),
        down: (down, wasEstablished) => this.downs.push({ down, wasEstablished }),
        elsewhere: () => undefined,
        refused: down => this.refusals.push(down),
        stateChanged: () => this.states.push(this.session.state),
        message: type => {
          this.messages.push(type)
          return undefined
        },
        settled() {},
        writable() {},
      },
    )
    network.host(US).listen({ port: 179, onConnection: connection => this.session.accept(connection) })
  }

  listen(): void {
    const onConnection = (connection: Connection) => this.accepted.push(new Remote(connection))
    this.network.host(THEM).listen({ port: 179, onConnection })
  }

  dial(): Remote {
    return Remote.dial(this.network.host(THEM), US)
  }

  /** Milliseconds. */
  pass(time: number): void {
    this.clock.advance(time)
  }

  /** An established session that we dialled. */
  establish(open: Parameters<Remote['open']> = [{ as: 64513 }]): Remote {
    this.listen()
    this.session.start()
    this.pass(2)
    const remote = this.accepted[0]!
    remote.open(...open).keepalive()
    this.pass(5)
    return remote
  }
}

describe('a session that dials', () => {
  it('goes Connect, OpenSent, OpenConfirm, Established', () => {
    const bench = new Bench()
    bench.listen()
    bench.session.start()
    bench.pass(3)
    expect(bench.states).toEqual(['Connect', 'OpenSent'])
    const remote = bench.accepted[0]!
    expect(remote.heard[0]?.open).toMatchObject({
      as: 64512,
      holdTime: 90,
      routerId: 0x0a000001,
      capabilities: {
        families: [{ afi: 1, safi: 1 }],
        routeRefresh: true,
        enhancedRefresh: true,
        as4: 64512,
        addPath: [{ afi: 1, safi: 1, mode: 3 }],
        gracefulRestart: { restarting: false, time: 120, families: [{ afi: 1, safi: 1, forwarding: true }] },
      },
    })
    remote.open({ as: 64513 })
    bench.pass(2)
    expect(bench.session.state).toBe('OpenConfirm')
    expect(remote.names).toEqual(['OPEN', 'KEEPALIVE'])
    remote.keepalive()
    bench.pass(2)
    expect(bench.states).toEqual(['Connect', 'OpenSent', 'OpenConfirm', 'Established', 'established!'])
  })

  it('is Active while nobody listens, and dials again when ConnectRetryTimer says so, jittered', () => {
    const bench = new Bench()
    bench.random = 0
    bench.session.start()
    bench.pass(2)
    expect(bench.session.state).toBe('Active')
    expect(bench.downs[0]).toMatchObject({ down: { kind: 'tcp', code: 'ECONNREFUSED', phase: 'Connect' } })
    bench.listen()
    bench.pass(3747)
    expect(bench.accepted).toHaveLength(0)
    bench.pass(3)
    expect(bench.accepted).toHaveLength(1)
  })

  it('gives up an attempt that nobody answers, and tries anew', () => {
    const bench = new Bench()
    bench.network.silent.add(THEM)
    bench.listen()
    bench.session.start()
    bench.pass(4374)
    expect(bench.session.state).toBe('Connect')
    bench.network.silent.delete(THEM)
    bench.pass(10)
    expect(bench.downs.map(({ down }) => down.kind === 'tcp' && down.code)).toEqual(['ETIMEDOUT'])
    expect(bench.session.state).toBe('OpenSent')
  })

  it('waits for the neighbour where it is passive', () => {
    const bench = new Bench({ passive: true })
    bench.listen()
    bench.session.start()
    bench.pass(600_000)
    expect(bench.accepted).toHaveLength(0)
    expect(bench.session.state).toBe('Active')
    bench.dial().open({ as: 64513 }).keepalive()
    bench.pass(10)
    expect(bench.session.state).toBe('Established')
  })

  it('takes no connection before it is started or after it is stopped', () => {
    const bench = new Bench({ passive: true })
    const early = bench.dial()
    bench.pass(5)
    expect(early.closed).toBe(true)
    bench.session.start()
    bench.session.stop()
    const late = bench.dial()
    bench.pass(5)
    expect(late.closed).toBe(true)
    expect(bench.session.state).toBe('Idle')
  })
})

describe('timers', () => {
  it('agree on the smaller hold time, and send KEEPALIVEs at a third of it, at 0.75 to 1 of that', () => {
    for (const [random, interval] of [
      [0, 2250],
      [0.999999, 3000],
    ] as const) {
      const bench = new Bench()
      bench.random = random
      const remote = bench.establish([{ as: 64513, holdTime: 9 }])
      expect(bench.session.channel?.negotiated?.holdTime).toBe(9)
      const before = remote.heard.length
      bench.pass(interval - 10)
      expect(remote.heard.length).toBe(before)
      bench.pass(12)
      expect(remote.names.slice(before)).toEqual(['KEEPALIVE'])
    }
  })

  it('end the session exactly one hold time after the last byte', () => {
    const bench = new Bench()
    const remote = bench.establish([{ as: 64513, holdTime: 9 }])
    bench.pass(8000)
    remote.keepalive()
    bench.pass(1 + 8999)
    expect(bench.session.state).toBe('Established')
    bench.pass(1)
    expect(bench.session.state).not.toBe('Established')
    bench.pass(1)
    expect(remote.notification).toMatchObject({ code: 4, subcode: 0 })
    expect(bench.downs.at(-1)).toMatchObject({ wasEstablished: true, down: { kind: 'sent' } })
  })

  it('count a part of a message as a sign of life', () => {
    const bench = new Bench()
    const remote = bench.establish([{ as: 64513, holdTime: 9 }])
    bench.pass(8000)
    remote.send(new Uint8Array(10).fill(0xff))
    bench.pass(8000)
    expect(bench.session.state).toBe('Established')
  })

  it('are off with hold time 0', () => {
    const bench = new Bench()
    const remote = bench.establish([{ as: 64513, holdTime: 0 }])
    const before = remote.heard.length
    bench.pass(86_400_000)
    expect(bench.session.state).toBe('Established')
    expect(remote.heard.length).toBe(before)
  })

  it('end a connection whose OPEN does not come in four minutes', () => {
    const bench = new Bench()
    bench.listen()
    bench.session.start()
    bench.pass(240_003)
    expect(bench.accepted[0]!.notification).toMatchObject({ code: 4 })
  })

  it('end a session whose neighbour takes nothing any more (RFC 9687)', () => {
    const bench = new Bench()
    const remote = bench.establish([{ as: 64513, holdTime: 0 }])
    const near = bench.network.connections.find(({ localAddress, closed }) => localAddress === US && !closed)!
    near.room = 10
    expect(bench.session.channel!.write(new Uint8Array(19), 1)).toBe(false)
    bench.pass(479_999)
    expect(bench.session.state).toBe('Established')
    bench.pass(1)
    expect(bench.downs.at(-1)?.down).toMatchObject({ kind: 'sent', notification: { code: 8 } })
    expect(remote.closed).toBe(false)
  })

  it('double idle hold from error to error up to a minute, and forget it after a stable session', () => {
    const bench = new Bench()
    bench.random = 0.999999
    bench.listen()
    bench.session.start()
    const waits: number[] = []
    for (let round = 0; round < 9; round++) {
      bench.pass(3)
      bench.accepted.at(-1)!.notify(6, 0)
      bench.pass(1)
      const from = bench.clock.now()
      expect(bench.session.state).toBe('Idle')
      while (bench.session.state === 'Idle') bench.pass(100)
      waits.push(Math.round((bench.clock.now() - from) / 1000))
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    bench.pass(3)
    const remote = bench.accepted.at(-1)!
    remote.open({ as: 64513, holdTime: 0 }).keepalive()
    bench.pass(60_010)
    remote.notify(6, 4)
    bench.pass(1)
    expect(bench.session.state).toBe('Idle')
    bench.pass(1000)
    expect(bench.session.state).not.toBe('Idle')
  })

  it('let a neighbour that dials during idle hold in after five seconds', () => {
    const bench = new Bench()
    bench.listen()
    bench.session.start()
    for (let round = 0; round < 6; round++) {
      bench.pass(3)
      bench.accepted.at(-1)!.notify(6, 0)
      bench.pass(1)
      if (round < 5) while (bench.session.state === 'Idle') bench.pass(100)
    }
    const remote = bench.dial().open({ as: 64513 }).keepalive()
    bench.pass(4900)
    expect(remote.heard).toEqual([])
    bench.pass(200)
    expect(bench.session.state).toBe('Established')
  })
})

describe('an OPEN', () => {
  const cases = [
    { name: 'of another AS', open: { as: 64999 }, error: ERROR.open.badPeerAs },
    { name: 'with BGP identifier 0', open: { as: 64513, routerId: 0 }, error: ERROR.open.badBgpIdentifier },
    { name: 'with hold time 2', open: { as: 64513, holdTime: 2 }, error: ERROR.open.unacceptableHoldTime },
  ]
  for (const { name, open, error } of cases) {
    it(`${name} is refused with ${error.code}/${error.subcode}`, () => {
      const bench = new Bench()
      bench.listen()
      bench.session.start()
      bench.pass(3)
      bench.accepted[0]!.open(open)
      bench.pass(3)
      expect(bench.accepted[0]!.notification).toMatchObject(error)
      expect(bench.session.state).toBe('Idle')
    })
  }

  it('of our own AS with our own identifier is refused', () => {
    const bench = new Bench({ remoteAs: 64512 })
    bench.listen()
    bench.session.start()
    bench.pass(3)
    bench.accepted[0]!.open({ as: 64512, routerId: 0x0a000001 })
    bench.pass(3)
    expect(bench.accepted[0]!.notification).toMatchObject(ERROR.open.badBgpIdentifier)
  })

  it('without any of our families is refused, naming what we need', () => {
    const bench = new Bench()
    bench.listen()
    bench.session.start()
    bench.pass(3)
    bench.accepted[0]!.open({ as: 64513 }, { families: [{ afi: 2, safi: 1 }] })
    bench.pass(3)
    expect(bench.accepted[0]!.notification).toMatchObject(ERROR.open.unsupportedCapability)
    expect([...bench.accepted[0]!.notification!.data]).toEqual([1, 4, 0, 1, 0, 1])
  })

  it.each([
    ['with the role that goes with ours is taken', { role: 3 }, undefined],
    ['with another role is refused', { role: 0 }, ERROR.open.roleMismatch],
    ['without a role is taken, unless we are strict', {}, undefined],
  ])('%s (RFC 9234 §4.2)', (_, capabilities, error) => {
    const bench = new Bench({ role: 'provider' })
    const remote = bench.establish([{ as: 64513 }, capabilities])
    expect(remote.heard[0]?.open?.capabilities.role).toBe(0)
    expect(remote.notification).toEqual(error && { ...error, data: new Uint8Array(0) })
    const strict = new Bench({ role: 'provider', roleStrict: true }).establish([{ as: 64513 }])
    expect(strict.notification).toMatchObject(ERROR.open.roleMismatch)
  })

  it('has no role inside an AS', () => {
    const remote = new Bench({ role: 'peer', remoteAs: 64512 }).establish([{ as: 64512 }])
    expect(remote.heard[0]?.open?.capabilities.role).toBeUndefined()
  })

  it('offers IPv6 next hops for IPv4 routes where the settings say so (RFC 8950)', () => {
    const extendedNexthop = [{ afi: 1, safi: 1, nexthopAfi: 2 }]
    const bench = new Bench({ extendedNexthop: true })
    const remote = bench.establish([{ as: 64513 }, { extendedNexthop }])
    expect(remote.heard[0]?.open?.capabilities.extendedNexthop).toEqual(extendedNexthop)
    expect(bench.session.channel?.negotiated?.extendedNexthop).toBe(true)
    const six = new Bench({ extendedNexthop: true, families: [6] }).establish([{ as: 64513 }])
    expect(six.heard[0]?.open?.capabilities.extendedNexthop).toBeUndefined()
  })

  it('goes out without capabilities after the neighbour refused them, once (RFC 5492 §3)', () => {
    const bench = new Bench({ localAs: 4_200_000_000 })
    bench.listen()
    bench.session.start()
    bench.pass(3)
    bench.accepted[0]!.notify(2, 4)
    bench.pass(1500)
    const plain = bench.accepted[1]!
    expect(plain.heard[0]?.bytes).toHaveLength(29)
    expect(plain.heard[0]?.open?.as).toBe(23456)
    plain.open({ as: 64513 }, { families: [] }).keepalive()
    bench.pass(5)
    expect(bench.session.state).toBe('Established')
    expect(bench.session.channel?.negotiated).toMatchObject({ as4: false, families: [4], capabilities: [] })
    plain.notify(6, 4)
    bench.pass(3000)
    expect(bench.accepted[2]!.heard[0]?.open?.capabilities.as4).toBe(4_200_000_000)
  })

  it('is not sent without capabilities where IPv6 is all that we want', () => {
    const bench = new Bench({ families: [6] })
    bench.listen()
    bench.session.start()
    bench.pass(3)
    bench.accepted[0]!.notify(2, 4)
    bench.pass(1500)
    expect(bench.accepted[1]!.heard[0]?.open?.capabilities.families).toEqual([{ afi: 2, safi: 1 }])
  })

  it('of any AS is taken where none is configured', () => {
    const bench = new Bench({ remoteAs: undefined })
    bench.establish([{ as: 4_200_000_000 }])
    expect(bench.session.channel?.remote?.as).toBe(4_200_000_000)
  })
})

describe('messages out of place', () => {
  it('are FSM errors with the state as subcode (RFC 6608)', () => {
    const first = new Bench()
    first.listen()
    first.session.start()
    first.pass(3)
    first.accepted[0]!.keepalive()
    first.pass(3)
    expect(first.accepted[0]!.notification).toMatchObject({ code: 5, subcode: 1 })

    const second = new Bench()
    second.listen()
    second.session.start()
    second.pass(3)
    second.accepted[0]!.open({ as: 64513 }).open({ as: 64513 })
    second.pass(3)
    expect(second.accepted[0]!.notification).toMatchObject({ code: 5, subcode: 2 })

    const third = new Bench()
    const remote = third.establish()
    remote.open({ as: 64513 })
    third.pass(3)
    expect(remote.notification).toMatchObject({ code: 5, subcode: 3 })
  })

  it('and a broken marker end the session with Connection Not Synchronized', () => {
    const bench = new Bench()
    const remote = bench.establish()
    remote.send(new Uint8Array(19))
    bench.pass(3)
    expect(remote.notification).toMatchObject({ code: 1, subcode: 1 })
  })
})

describe('two connections (RFC 4271 §6.8)', () => {
  let bench: Bench

  /** Both sides dial, both OPENs are on the way; the neighbour has this identifier. */
  function collide(routerId: number): { ours: Remote; theirs: Remote } {
    bench.listen()
    bench.session.start()
    const theirs = bench.dial()
    bench.pass(3)
    const ours = bench.accepted[0]!
    ours.open({ as: 64513, routerId })
    theirs.open({ as: 64513, routerId })
    bench.pass(3)
    ours.keepalive()
    theirs.keepalive()
    bench.pass(3)
    return { ours, theirs }
  }

  beforeEach(() => {
    bench = new Bench()
  })

  it('leave the one that we opened where our identifier is higher', () => {
    const { ours, theirs } = collide(0x0a000000)
    expect(theirs.notification).toMatchObject(ERROR.cease.connectionCollision)
    expect(ours.notification).toBeUndefined()
    expect(bench.session.state).toBe('Established')
    expect(bench.session.channel?.outgoing).toBe(true)
    expect(bench.downs).toEqual([])
  })

  it('leave the one that the neighbour opened where its identifier is higher', () => {
    const { ours, theirs } = collide(0x0a000003)
    expect(ours.notification).toMatchObject(ERROR.cease.connectionCollision)
    expect(theirs.notification).toBeUndefined()
    expect(bench.session.channel?.outgoing).toBe(false)
  })

  it.each([
    [0x0a000000, false],
    [0x0a000003, true],
  ])('are told apart before the second OPEN is here, the neighbour being %i', (routerId, theirsStays) => {
    bench.listen()
    bench.session.start()
    const theirs = bench.dial()
    bench.pass(3)
    const ours = bench.accepted[0]!
    theirs.open({ as: 64513, routerId })
    bench.pass(3)
    const refused = theirsStays ? ours : theirs
    expect(refused.notification).toMatchObject(ERROR.cease.connectionCollision)
    const kept = theirsStays ? theirs : ours
    if (!theirsStays) ours.open({ as: 64513, routerId })
    kept.keepalive()
    bench.pass(3)
    expect([bench.session.state, kept.notification]).toEqual(['Established', undefined])
  })

  it('leave the new one where nothing was heard on the old one for long', () => {
    bench.listen()
    bench.session.start()
    bench.pass(6000)
    const theirs = bench.dial().open({ as: 64513, routerId: 0x0a000000 }).keepalive()
    bench.pass(5)
    expect([theirs.notification, bench.session.state]).toEqual([undefined, 'Established'])
  })

  it('compare AS numbers where the identifiers are the same (RFC 6286)', () => {
    const { theirs } = collide(0x0a000001)
    expect(theirs.notification).toBeUndefined()
    expect(bench.session.channel?.outgoing).toBe(false)
  })

  it('leave the established one, whoever has the higher identifier', () => {
    const remote = bench.establish([{ as: 64513, routerId: 0x0a000003 }])
    const second = bench.dial().open({ as: 64513, routerId: 0x0a000003 })
    bench.pass(5)
    expect(second.notification).toMatchObject(ERROR.cease.connectionCollision)
    expect(remote.notification).toBeUndefined()
    expect(bench.session.state).toBe('Established')
  })

  it('leave the new one where the neighbour can restart gracefully: it has (RFC 4724 §4.2)', () => {
    const gracefulRestart = {
      restarting: false,
      notification: false,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    }
    const remote = bench.establish([{ as: 64513 }, { gracefulRestart }])
    const second = bench
      .dial()
      .open({ as: 64513 }, { gracefulRestart: { ...gracefulRestart, restarting: true } })
      .keepalive()
    bench.pass(5)
    expect(remote.closed).toBe(true)
    expect(remote.notification).toBeUndefined()
    expect(second.notification).toBeUndefined()
    expect(bench.session.state).toBe('Established')
    expect(bench.downs).toEqual([{ down: { kind: 'replaced' }, wasEstablished: true }])
  })
})

describe('the end of a session', () => {
  it('by stop tells the neighbour why (RFC 9003)', () => {
    const bench = new Bench()
    const remote = bench.establish()
    bench.session.stop(ERROR.cease.administrativeShutdown, 'new disk')
    bench.pass(600_000)
    expect(remote.notification).toMatchObject(ERROR.cease.administrativeShutdown)
    expect(new TextDecoder().decode(remote.notification!.data.subarray(1))).toBe('new disk')
    expect(bench.session.state).toBe('Idle')
    expect(bench.accepted).toHaveLength(1)
  })

  it('by the neighbour brings it back', () => {
    const bench = new Bench()
    const remote = bench.establish()
    remote.notify(6, 4)
    bench.pass(3)
    expect(bench.downs[0]).toMatchObject({ wasEstablished: true, down: { kind: 'received' } })
    bench.pass(1500)
    expect(bench.accepted).toHaveLength(2)
  })

  it('by new settings happens only where they were negotiated', () => {
    const bench = new Bench()
    const remote = bench.establish()
    bench.session.configure({ ...SESSION, connectRetryTime: 9, keepaliveTime: 7 })
    bench.pass(3)
    expect(remote.notification).toBeUndefined()
    bench.session.configure({ ...SESSION, holdTime: 30 })
    bench.pass(3)
    expect(remote.notification).toMatchObject(ERROR.cease.otherConfigurationChange)
    expect(bench.accepted.at(-1)!.heard[0]?.open?.holdTime).toBe(30)
  })

  it('by reset comes back as well', () => {
    const bench = new Bench()
    const remote = bench.establish()
    bench.session.reset(notification(ERROR.cease.administrativeReset))
    bench.pass(1500)
    expect(remote.notification).toMatchObject(ERROR.cease.administrativeReset)
    expect(bench.accepted).toHaveLength(2)
  })
})

describe('TTLs', () => {
  it('sets those of a connection that the neighbour opened before anything is read', () => {
    const bench = new Bench({ passive: true, ttl: 255, minimumTtl: 254 })
    bench.session.start()
    bench.dial()
    bench.pass(2)
    expect(bench.network.connections.map(connection => connection.limits)).toContainEqual({
      ttl: 255,
      minimumTtl: 254,
    })
  })

  it('sends a connection away that came from farther than TTL security allows, and tells why', () => {
    const bench = new Bench({ passive: true, ttl: 255, minimumTtl: 255 })
    bench.session.start()
    const far = new MemoryConnection(bench.network, US, THEM, 40_000, 40_000)
    far.arrivalTtl = 62
    bench.session.accept(far)
    expect([far.closed, bench.refusals]).toEqual([true, [{ kind: 'far', ttl: 62 }]])
    expect(bench.session.state).toBe('Active')
    expect(bench.downs).toEqual([])
  })
})

describe('what the kernel drops', () => {
  const none = { unsigned: 0, signed: 0, wronglySigned: 0, tooFar: 0 }

  it('is told with the attempt that came to nothing', () => {
    const bench = new Bench()
    bench.network.drops = { ...none, signed: 5 }
    bench.network.silent.add(THEM)
    bench.session.start()
    bench.network.drops = { ...none, signed: 7 }
    bench.pass(5000)
    bench.pass(5000)
    expect(bench.downs.map(({ down }) => 'drops' in down && down.drops)).toEqual([
      { ...none, signed: 2 },
      undefined,
    ])
  })

  it('is told of a neighbour that we wait for, where it can have to do with it', () => {
    const bench = new Bench({ passive: true, password: 'hush' })
    bench.network.drops = none
    bench.session.start()
    bench.pass(6000)
    bench.network.drops = { ...none, signed: 3 }
    bench.pass(6000)
    expect(bench.refusals).toEqual([])
    bench.network.drops = { ...none, signed: 3, wronglySigned: 2 }
    bench.pass(6000)
    expect(bench.refusals).toEqual([{ kind: 'dropped', drops: { ...none, wronglySigned: 2 } }])
    expect(bench.session.state).toBe('Active')
  })
})

describe('a neighbour that died', () => {
  it('and dials again before the end of its old connection was read gets no Cease', () => {
    const bench = new Bench()
    const old = bench.establish()
    bench.network.connections.find(connection => connection.other === old.connection)!.peerIsDone = true
    const fresh = bench.dial().open({ as: 64513 }).keepalive()
    bench.pass(5)
    expect([fresh.notification, bench.session.state]).toEqual([undefined, 'Established'])
    expect(bench.downs).toMatchObject([{ down: { kind: 'tcp', phase: 'Established' }, wasEstablished: true }])
  })
})
