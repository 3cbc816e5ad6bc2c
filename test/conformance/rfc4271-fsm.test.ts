import { describe, expect, it } from 'vitest'
import type { Connection } from '../../src/bgp/transport.ts'
import { ERROR } from '../../src/bgp/wire/index.ts'
import { Lab } from '../bgp/harness.ts'
import { Remote } from '../bgp/remote.ts'
import { AS, EXTERNAL, EXTERNAL_TOO, Scene, US } from './scene.ts'

const DIALLED = { ...EXTERNAL, passive: false }

/** A neighbour that listens too: the connections that we open to it. */
function listening(scene: Scene, address = EXTERNAL.address): Remote[] {
  const accepted: Remote[] = []
  scene.lab.network
    .host(address)
    .listen({ port: 179, onConnection: connection => accepted.push(new Remote(connection)) })
  return accepted
}

describe('a start', () => {
  it('by hand dials the neighbour at once', () => {
    const lab = new Lab()
    const accepted: Connection[] = []
    lab.network.host('10.0.0.2').listen({ port: 179, onConnection: connection => accepted.push(connection) })
    const box = lab.box(US, { localAs: AS, neighbors: [{ ...EXTERNAL, passive: false, enabled: false }] })
    lab.seconds(60)
    expect(accepted).toEqual([])
    box.speaker.configure(
      { localAs: AS, routerId: US, neighbors: [{ ...EXTERNAL, passive: false, enabled: true }] },
      [],
    )
    lab.clock.advance(5)
    expect(accepted).toHaveLength(1)
  })

  it('by hand of a passive neighbour dials nobody, and takes the first connection without delay', () => {
    const scene = new Scene([{ ...EXTERNAL, enabled: false }])
    const accepted = listening(scene)
    scene.configure({ neighbors: [{ ...EXTERNAL, enabled: true }] })
    scene.lab.seconds(600)
    expect(accepted).toEqual([])
    expect(scene.state(EXTERNAL)).toBe('Active')
    const peer = scene.dial(EXTERNAL)
    expect(peer.remote.names).toEqual(['OPEN'])
  })

  it('of itself after a changed configuration dials without any idle hold', () => {
    const scene = new Scene([DIALLED])
    const accepted = listening(scene)
    scene.lab.seconds(6)
    accepted.at(-1)!.open({ as: 64513 }).keepalive()
    scene.lab.clock.advance(10)
    expect(scene.state(EXTERNAL)).toBe('Established')
    const before = accepted.length
    scene.box.speaker.configure({ localAs: AS, routerId: US, neighbors: [{ ...DIALLED, holdTime: 30 }] }, [])
    scene.lab.clock.advance(5)
    expect(accepted).toHaveLength(before + 1)
    expect(accepted.at(-1)!.names).toEqual(['OPEN'])
  })

  it('of itself after a changed configuration of a passive neighbour waits for it without any idle hold', () => {
    const scene = new Scene([EXTERNAL])
    const accepted = listening(scene)
    scene.join(EXTERNAL)
    scene.box.speaker.configure({ localAs: AS, routerId: US, neighbors: [{ ...EXTERNAL, holdTime: 30 }] }, [])
    expect(scene.state(EXTERNAL)).toBe('Active')
    const peer = scene.dial(EXTERNAL)
    expect(peer.remote.names).toEqual(['OPEN'])
    expect(accepted).toEqual([])
  })

  it('of itself after an error waits for the end of idle hold, and then dials', () => {
    const scene = new Scene([DIALLED])
    const accepted = listening(scene)
    scene.lab.seconds(6)
    accepted.at(-1)!.notify(6, 0)
    scene.lab.clock.advance(10)
    const before = accepted.length
    expect(scene.state(EXTERNAL)).toBe('Idle')
    scene.lab.clock.advance(700)
    expect([scene.state(EXTERNAL), accepted.length]).toEqual(['Idle', before])
    scene.lab.clock.advance(300)
    expect(accepted.length).toBe(before + 1)
  })

  it('of itself after an error of a passive neighbour waits for the end of idle hold, and then takes its connection', () => {
    const scene = new Scene([EXTERNAL])
    const accepted = listening(scene)
    scene.join(EXTERNAL).remote.notify(6, 0)
    scene.lab.clock.advance(10)
    expect(scene.state(EXTERNAL)).toBe('Idle')
    const peer = scene.dial(EXTERNAL)
    expect(peer.remote.names).toEqual([])
    scene.lab.seconds(1)
    expect(peer.remote.names).toEqual(['OPEN'])
    expect(accepted).toEqual([])
  })
})

describe('a TCP connection', () => {
  it('goes to port 179, and one to port 179 is taken', () => {
    const scene = new Scene([DIALLED, EXTERNAL_TOO])
    const elsewhere: Connection[] = []
    for (const port of [178, 180, 1790])
      scene.lab.network
        .host('10.0.0.2')
        .listen({ port, onConnection: connection => elsewhere.push(connection) })
    const accepted = listening(scene)
    scene.lab.seconds(6)
    expect(accepted.length).toBeGreaterThan(0)
    expect(elsewhere).toEqual([])
    scene.join(EXTERNAL_TOO)
    expect(scene.state(EXTERNAL_TOO)).toBe('Established')
  })

  it('gets our OPEN in the moment that it is there, whoever opened it', () => {
    const scene = new Scene([DIALLED, EXTERNAL_TOO])
    const accepted = listening(scene)
    scene.lab.seconds(6)
    expect(accepted.at(-1)!.names).toEqual(['OPEN'])
    const remote = Remote.dial(scene.lab.network.host(EXTERNAL_TOO.address), US)
    scene.lab.clock.advance(2)
    expect(remote.names).toEqual(['OPEN'])
  })

  it('has a state machine of its own for each neighbour, and for each that comes in', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
    scene.join(EXTERNAL)
    const second = scene.dial(EXTERNAL_TOO)
    expect([scene.state(EXTERNAL), scene.state(EXTERNAL_TOO)]).toEqual(['Established', 'OpenSent'])
    second.remote.open({ as: 64514, routerId: 3 })
    scene.lab.clock.advance(5)
    expect([scene.state(EXTERNAL), scene.state(EXTERNAL_TOO)]).toEqual(['Established', 'OpenConfirm'])
    // Another one of the first neighbour has to speak for itself: its garbage is not that of the session that is up.
    const third = scene.dial(EXTERNAL)
    expect(third.remote.names).toEqual(['OPEN'])
    third.remote.send(new Uint8Array(19))
    scene.lab.clock.advance(5)
    expect(third.remote.notification).toMatchObject({ code: 1, subcode: 1 })
    expect(scene.state(EXTERNAL)).toBe('Established')
  })

  it('beside an established session is kept until it sends its OPEN, and then closed', () => {
    const scene = new Scene([EXTERNAL])
    const first = scene.join(EXTERNAL)
    const second = scene.dial(EXTERNAL)
    for (let time = 0; time < 80; time += 20) {
      scene.lab.seconds(20)
      first.remote.keepalive()
    }
    expect([second.remote.closed, second.remote.notification]).toEqual([false, undefined])
    second.remote.open({ as: 64513, routerId: 0xffffffff })
    scene.lab.clock.advance(10)
    expect(second.remote.notification).toMatchObject(ERROR.cease.connectionCollision)
    expect(second.remote.closed).toBe(true)
    expect(scene.state(EXTERNAL)).toBe('Established')
  })
})

describe('connections that collide', () => {
  /** Ours and theirs, both in OpenConfirm, where the neighbour has this identifier. */
  function collide(routerId: number) {
    const scene = new Scene([DIALLED])
    const accepted = listening(scene)
    scene.lab.seconds(6)
    const ours = accepted.at(-1)!
    const theirs = scene.dial(EXTERNAL).remote
    ours.open({ as: 64513, routerId })
    theirs.open({ as: 64513, routerId })
    scene.lab.clock.advance(10)
    return { scene, ours, theirs, accepted }
  }

  it.each([
    ['ours where our identifier is higher', 0x09000000, false],
    ['theirs where theirs is higher', 0x0b000000, true],
  ])('leave one: %s', (_what, routerId, theirsStays) => {
    const { ours, theirs, scene } = collide(routerId)
    const [stays, goes] = theirsStays ? [theirs, ours] : [ours, theirs]
    expect(goes.notification).toMatchObject(ERROR.cease.connectionCollision)
    expect(goes.closed).toBe(true)
    expect(stays.notification).toBeUndefined()
    stays.keepalive()
    scene.lab.clock.advance(10)
    expect(scene.state(EXTERNAL)).toBe('Established')
  })

  it('leave nothing of the one that is closed: its timers end nothing and dial nobody', () => {
    const { ours, scene, accepted } = collide(0x09000000)
    ours.keepalive()
    const before = accepted.length
    for (let time = 0; time < 600; time += 20) {
      scene.lab.seconds(20)
      ours.keepalive()
    }
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(ours.notification).toBeUndefined()
    expect(accepted).toHaveLength(before)
  })
})

describe('timers', () => {
  it('of hold are configured for each neighbour', () => {
    const scene = new Scene([
      { ...EXTERNAL, holdTime: 30 },
      { ...EXTERNAL_TOO, holdTime: 180 },
    ])
    const peers = [EXTERNAL, EXTERNAL_TOO].map(neighbor => scene.join(neighbor, { holdTime: 65_535 }))
    expect(peers.map(({ remote }) => remote.heard[0]!.open!.holdTime)).toEqual([30, 180])
    scene.lab.seconds(31)
    expect(peers[0]!.remote.notification).toMatchObject({ code: 4 })
    expect(scene.state(EXTERNAL_TOO)).toBe('Established')
  })

  it('of KEEPALIVE and of dialling are 0.75 to 1 of their value, another random one each time', () => {
    const draws = [0, 0.2, 0.4, 0.6, 0.8, 0.999]
    let drawn = 0
    const random = () => draws[drawn++ % draws.length]!
    const lab = new Lab()
    const box = lab.box(US, { localAs: AS, neighbors: [{ ...EXTERNAL, connectRetryTime: 100 }] }, [], {
      random,
    })
    const remote = Remote.dial(lab.network.host(EXTERNAL.address), US)
    lab.clock.advance(5)
    remote.open({ as: 64513, holdTime: 30 }).keepalive()
    const at: number[] = []
    for (let step = 0; step < 700; step++) {
      const before = remote.names.length
      lab.clock.advance(100)
      if (step % 50 === 0) remote.keepalive()
      if (remote.names.slice(before).includes('KEEPALIVE')) at.push(lab.clock.now())
    }
    expect(box.neighbor(EXTERNAL.address).state).toBe('Established')
    const pauses = at.slice(2).map((time, i) => (time - at[i + 1]!) / 10_000)
    expect(pauses.length).toBeGreaterThan(4)
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(0.74)
      expect(pause).toBeLessThanOrEqual(1.01)
    }
    expect(new Set(pauses.map(pause => pause.toFixed(2))).size).toBeGreaterThan(3)

    const dialling = new Lab()
    const attempts: number[] = []
    drawn = 0
    const { connect } = dialling.network.host(US)
    const transport = {
      ...dialling.network.host(US),
      connect: (target: Parameters<typeof connect>[0]) => {
        attempts.push(dialling.clock.now())
        return connect(target)
      },
    }
    dialling.box(US, { localAs: AS, neighbors: [{ ...DIALLED, connectRetryTime: 100 }] }, [], {
      random,
      transport,
    })
    dialling.seconds(600)
    const waits = attempts.slice(1).map((time, i) => (time - attempts[i]!) / 100_000)
    expect(waits.length).toBeGreaterThan(4)
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(0.75)
      expect(wait).toBeLessThanOrEqual(1.01)
    }
    expect(new Set(waits.map(wait => wait.toFixed(2))).size).toBeGreaterThan(3)
  })
})
