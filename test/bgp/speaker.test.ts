import { describe, expect, it } from 'vitest'
import { type Attributes, encodeKey, encodeOutgoing, UpdateWriter } from '../../src/bgp/wire/index.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'
import { seeded } from './rib/fixture.ts'

const BOTH = { importPolicy: 'all', exportPolicy: 'all' } as const

function pair(localAs = 64512, remoteAs = 64513) {
  const lab = new Lab()
  const policies = { importPolicy: 'all', exportPolicy: 'all' }
  const a = lab.box('10.0.0.1', { localAs, neighbors: [{ address: '10.0.0.2', remoteAs, ...policies }] }, [
    ALL,
  ])
  const b = lab.box(
    '10.0.0.2',
    { localAs: remoteAs, neighbors: [{ address: '10.0.0.1', remoteAs: localAs, ...policies }] },
    [ALL],
  )
  return { lab, a, b }
}

describe('two speakers', () => {
  it('bring up an eBGP session, though both dial', () => {
    const { lab, a, b } = pair()
    lab.seconds(10)
    expect(a.neighbor('10.0.0.2')).toMatchObject({
      state: 'Established',
      type: 'eBGP',
      holdTime: 90,
      keepaliveTime: 30,
    })
    expect(b.neighbor('10.0.0.1')).toMatchObject({ state: 'Established', routerId: '10.0.0.1' })
    expect(lab.network.connections.filter(({ closed }) => !closed)).toHaveLength(2)
  })

  it('exchange routes, and take them back', () => {
    const { lab, a, b } = pair()
    a.originate('192.0.2.0/24', '198.51.100.0/25')
    lab.seconds(10)
    expect(Object.fromEntries(b.sink.routes)).toEqual({
      '192.0.2.0/24': ['10.0.0.1'],
      '198.51.100.0/25': ['10.0.0.1'],
    })
    expect(b.sink.types.get('192.0.2.0/24')).toBe('eBGP')
    expect(b.speaker.route('192.0.2.0/24')?.paths[0]?.received.asPath).toEqual([{ type: 2, ases: [64512] }])
    a.withdraw('192.0.2.0/24')
    lab.seconds(1)
    expect([...b.sink.routes.keys()]).toEqual(['198.51.100.0/25'])
    expect(a.neighbor('10.0.0.2').families[0]?.advertised).toBe(1)
  })
})

describe('the log', () => {
  it('has one line for a neighbour that is not there, however often it is tried', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', { localAs: 64512, neighbors: [{ address: '10.0.0.2', remoteAs: 64512 }] })
    lab.seconds(600)
    expect(box.events.map(({ message }) => message)).toEqual([
      "session with 10.0.0.2 is down: No TCP connection to 10.0.0.2 (ECONNREFUSED). Nothing listens on TCP port 179 there: start BGP on 10.0.0.2, set port to where it listens (Calico: listenPort of the BGPConfiguration; Cilium: localPort in the CiliumBGPClusterConfig; kube-router: --bgp-port), or set passive: true if only the neighbour dials (MetalLB's native BGP, Cilium without localPort).",
    ])
    expect(box.neighbor('10.0.0.2').lastDown?.reason).toContain('ECONNREFUSED')
  })
})

describe('an UPDATE with which something is wrong', () => {
  it('is kept for who looks into it, the last one and its first octets (RFC 7606 §6)', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', {
      localAs: 64512,
      neighbors: [{ address: '10.0.0.2', remoteAs: 64513, passive: true }],
    })
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1').open({ as: 64513, routerId: 2 })
    remote.keepalive()
    lab.seconds(1)
    expect(box.neighbor('10.0.0.2').lastProblem).toBeUndefined()
    const update = (prefixes: number) =>
      Uint8Array.of(
        ...Array(16).fill(255),
        (23 + 2 * prefixes) >> 8,
        (23 + 2 * prefixes) & 255,
        ...[2, 0, 0, 0, 0],
        ...Array.from({ length: prefixes }, () => [8, 10]).flat(),
      )
    remote.send(update(1))
    lab.seconds(1)
    expect(box.neighbor('10.0.0.2').lastProblem).toEqual({
      at: expect.stringMatching(/^1970-01-01T00:00:01\.\d{3}Z$/),
      message: 'ORIGIN: it is missing; AS_PATH: it is missing; NEXT_HOP: it is missing',
      octets: 25,
      update: `${'ff'.repeat(16)}00190200000000080a`,
    })
    remote.send(update(1000))
    lab.seconds(1)
    expect(box.neighbor('10.0.0.2').lastProblem?.octets).toBe(2023)
    expect(box.neighbor('10.0.0.2').lastProblem?.update).toHaveLength(2048)
  })
})

describe('the log of a neighbour that sends nonsense', () => {
  it('stays short, and those of others are complete', () => {
    const lab = new Lab()
    const neighbors = ['10.0.0.2', '10.0.0.3'].map(address => ({ address, remoteAs: 64513, passive: true }))
    const box = lab.box('10.0.0.1', { localAs: 64512, neighbors })
    const nonsense = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513, routerId: 2 })
      .keepalive()
    lab.seconds(1)
    // An UPDATE that announces 10.0.0.0/8 without any attribute: it counts as withdrawn (RFC 7606 §3 d).
    const update = Uint8Array.of(...Array(16).fill(255), 0, 25, 2, 0, 0, 0, 0, 8, 10)
    for (let i = 0; i < 1000; i++) nonsense.send(update)
    lab.seconds(1)
    Remote.dial(lab.network.host('10.0.0.3'), '10.0.0.1').open({ as: 64513, routerId: 3 }).keepalive()
    lab.seconds(1)
    expect(box.neighbor('10.0.0.2').messages.updatesReceived).toBe(1000)
    const lines = (address: string) => box.events.filter(event => event.address === address)
    expect(lines('10.0.0.2').length).toBeLessThan(30)
    expect(lines('10.0.0.3').map(({ kind }) => kind)).toEqual(['established'])
  })
})

describe('originated routes', () => {
  it('of one turn share their UPDATEs', () => {
    const { lab, a, b } = pair()
    lab.seconds(10)
    const before = a.neighbor('10.0.0.2').messages.updatesSent
    a.originate(...Array.from({ length: 500 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`))
    lab.seconds(1)
    expect(b.sink.routes.size).toBe(500)
    expect(a.neighbor('10.0.0.2').messages.updatesSent - before).toBe(1)
  })
})

describe('iBGP without policies', () => {
  it('takes everything, and announces what eBGP taught but nothing of its own', () => {
    const lab = new Lab()
    const outside = lab.box(
      '10.0.0.9',
      { localAs: 65009, neighbors: [{ address: '10.0.0.1', remoteAs: 64512, ...BOTH }] },
      [ALL],
    )
    const middle = lab.box(
      '10.0.0.1',
      {
        localAs: 64512,
        neighbors: [
          { address: '10.0.0.9', remoteAs: 65009, importPolicy: 'all' },
          { address: '10.0.0.2', remoteAs: 64512 },
        ],
      },
      [ALL],
    )
    const inside = lab.box('10.0.0.2', {
      localAs: 64512,
      neighbors: [{ address: '10.0.0.1', remoteAs: 64512 }],
    })
    outside.originate('198.51.100.0/24')
    middle.originate('192.0.2.0/24')
    lab.seconds(20)
    expect(Object.fromEntries(inside.sink.routes)).toEqual({ '198.51.100.0/24': ['10.0.0.9'] })
    expect(inside.speaker.route('198.51.100.0/24')?.paths[0]?.received).toMatchObject({
      localPreference: 100,
    })
  })
})

describe('a route that is received', () => {
  const bgp = {
    localAs: 64512,
    neighbors: [{ address: '10.0.0.2', remoteAs: 64513, importPolicy: 'all', passive: true }],
  }

  /** An UPDATE for 192.0.2.0/24. */
  function update(attributes: Partial<Attributes>): Uint8Array {
    const pieces: Uint8Array[] = []
    const writer = new UpdateWriter({
      limit: 4096,
      addPath: [],
      emit: bytes => pieces.push(Uint8Array.from(bytes)),
    })
    const key = encodeKey({
      nexthop: Uint8Array.of(10, 0, 0, 2),
      origin: 0,
      asPath: [{ type: 2, ases: [64513] }],
      ...attributes,
    })
    const how = {
      type: 'eBGP',
      as4: true,
      localAs: 0,
      prepend: 0,
      localPreference: 100,
      keepMed: true,
    } as const
    writer.announce(encodeOutgoing(key, 0, key.length, 4, how))
    writer.add(Uint8Array.of(192, 0, 2), 0, 24)
    writer.flush()
    return Buffer.concat(pieces)
  }

  const cases: readonly { name: string; attributes: Partial<Attributes>; accepted: number }[] = [
    { name: 'is taken', attributes: {}, accepted: 1 },
    {
      name: 'is not used with our AS in its path',
      attributes: { asPath: [{ type: 2, ases: [64513, 64512] }] },
      accepted: 0,
    },
    {
      name: 'is not used with our own address as next hop',
      attributes: { nexthop: Uint8Array.of(10, 0, 0, 1) },
      accepted: 0,
    },
    {
      name: 'is taken from eBGP though it names us as originator, which is for iBGP to say',
      attributes: { originatorId: 0x0a000001 },
      accepted: 1,
    },
  ]
  for (const { name, attributes, accepted } of cases) {
    it(`${name}: ${accepted} accepted of 1 received`, () => {
      const lab = new Lab()
      const box = lab.box('10.0.0.1', bgp, [ALL])
      Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
        .open({ as: 64513 })
        .keepalive()
        .send(update(attributes))
      lab.seconds(1)
      expect(box.neighbor('10.0.0.2')).toMatchObject({
        state: 'Established',
        families: [{ received: 1, accepted }],
      })
      expect(box.sink.routes.size).toBe(accepted)
      expect(box.speaker.route('192.0.2.0/24')?.paths).toMatchObject([
        { neighbor: '10.0.0.2', best: accepted === 1, accepted: accepted === 1 ? {} : undefined },
      ])
    })
  }

  it('is not used where no host can be inside of it, whatever the policy says', () => {
    const { lab, a, b } = pair()
    b.originate('192.0.2.0/24', '127.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '0.0.0.0/0')
    lab.seconds(10)
    const expected = { state: 'Established', families: [{ received: 5, accepted: 2 }] }
    expect(a.neighbor('10.0.0.2')).toMatchObject(expected)
    const neighbors = [{ address: '10.0.0.2', remoteAs: 64513, importPolicy: 'every' }]
    const every: Policy = { name: 'every', rules: [{ action: 'accept', set: { localPreference: 7 } }] }
    a.speaker.configure({ localAs: 64512, routerId: '10.0.0.1', neighbors }, [every])
    lab.seconds(10)
    expect(a.neighbor('10.0.0.2')).toMatchObject(expected)
    expect([...a.sink.routes.keys()].sort()).toEqual(['0.0.0.0/0', '192.0.2.0/24'])
  })

  it('is judged again when the policy changes, and the session stays', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL])
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513 })
      .keepalive()
      .send(update({}))
    lab.seconds(1)
    box.speaker.configure({ ...bgp, routerId: '10.0.0.1' }, [{ name: 'all', rules: [] }])
    lab.seconds(1)
    expect(box.sink.routes.size).toBe(0)
    const tunnel: Policy = { name: 'all', rules: [{ action: 'accept', set: { tunnel: 'tunl0' } }] }
    box.speaker.configure({ ...bgp, routerId: '10.0.0.1' }, [tunnel])
    lab.seconds(1)
    expect(box.sink.sets.get('192.0.2.0/24')?.hops).toEqual([
      { via: '10.0.0.2', interface: 'tunl0', onlink: true, weight: 1 },
    ])
    expect(remote.notification).toBeUndefined()
  })

  it('goes with a next hop that cannot be reached, and comes back with it', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL])
    Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1').open({ as: 64513 }).keepalive().send(update({}))
    lab.seconds(1)
    box.speaker.setNexthops([{ hop: { via: '10.0.0.2' }, metric: undefined }])
    lab.seconds(1)
    expect(box.sink.routes.size).toBe(0)
    box.speaker.setNexthops([{ hop: { via: '10.0.0.2' }, metric: 10 }])
    lab.seconds(1)
    expect(box.sink.routes.size).toBe(1)
  })

  it('does not end the session where its bytes are wrong in a way that RFC 7606 forgives', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL])
    const wrong = update({})
    wrong[26] = 9 // ORIGIN 9
    Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513 })
      .keepalive()
      .send(update({}))
      .send(wrong)
    lab.seconds(1)
    expect(box.neighbor('10.0.0.2')).toMatchObject({ state: 'Established', families: [{ received: 0 }] })
    expect(box.events.some(({ kind, message }) => kind === 'problem' && message.includes('ORIGIN'))).toBe(
      true,
    )
  })
})

describe('hostile bytes', () => {
  it('end sessions, never the speaker', () => {
    const lab = new Lab()
    const box = lab.box(
      '10.0.0.1',
      {
        localAs: 64512,
        routerId: '10.0.0.1',
        neighborGroups: [{ name: 'any', listenRanges: ['10.0.0.0/8'], importPolicy: 'all' }],
      },
      [ALL],
    )
    const random = seeded(99)
    const garbage = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256))
    for (let i = 0; i < 300; i++) {
      const remote = Remote.dial(lab.network.host(`10.1.${i >> 8}.${i & 255}`), '10.0.0.1')
      if (i % 3 > 0) remote.open({ as: 65000 + i, routerId: i + 1 })
      if (i % 3 > 1) remote.keepalive()
      const message = garbage(23 + Math.floor(random() * 100))
      message.fill(0xff, 0, 16)
      message[16] = 0
      message[17] = message.length
      message[18] = 1 + (i % 5)
      remote.send(message).send(garbage(50))
      lab.seconds(1)
      expect(remote.closed || remote.notification !== undefined).toBe(true)
    }
    lab.seconds(300)
    expect(box.speaker.neighbors().filter(({ state }) => state === 'Established')).toEqual([])
    expect(box.sink.routes.size).toBe(0)
  })
})

describe('a dynamic neighbour', () => {
  const bgp: Bgp = {
    localAs: 64512,
    routerId: '10.0.0.1',
    neighborGroups: [
      { name: 'nodes', remoteAs: 64512, listenRanges: ['10.0.0.0/16'], gracefulRestartTime: 0 },
      { name: 'rack', remoteAs: 65001, listenRanges: ['10.0.7.0/24'], importPolicy: 'all' },
    ],
  }

  it('comes from a listen range, the longest that has it, and goes with its session', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL])
    const node = Remote.dial(lab.network.host('10.0.3.3'), '10.0.0.1')
      .open({ as: 64512, routerId: 3 })
      .keepalive()
    const rack = Remote.dial(lab.network.host('10.0.7.7'), '10.0.0.1')
      .open({ as: 65001, routerId: 7 })
      .keepalive()
    lab.seconds(1)
    expect(
      box.speaker
        .neighbors()
        .map(({ address, group, type, state, dynamic }) => ({ address, group, type, state, dynamic })),
    ).toEqual([
      { address: '10.0.3.3', group: 'nodes', type: 'iBGP', state: 'Established', dynamic: true },
      { address: '10.0.7.7', group: 'rack', type: 'eBGP', state: 'Established', dynamic: true },
    ])
    node.notify(6, 3)
    rack.notify(6, 3)
    lab.seconds(3)
    expect(box.speaker.neighbors()).toEqual([])
  })

  it('is refused outside of every range, with what to do', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp)
    const stranger = Remote.dial(lab.network.host('10.9.0.1'), '10.0.0.1').open({ as: 64512 })
    lab.seconds(1)
    expect(stranger.closed).toBe(true)
    expect(stranger.notification).toMatchObject({ code: 6, subcode: 5 })
    expect(box.events[0]).toMatchObject({ kind: 'refused', address: '10.9.0.1' })
    expect(box.events[0]?.message).toContain('listenRanges')
  })

  it('is told so only for the first of many, which are cut off otherwise', () => {
    const lab = new Lab()
    lab.box('10.0.0.1', bgp)
    const strangers = Array.from({ length: 40 }, (_, i) =>
      Remote.dial(lab.network.host(`172.16.0.${i + 1}`), '10.0.0.1'),
    )
    lab.seconds(1)
    expect(strangers.filter(({ closed }) => closed)).toHaveLength(40)
    expect(strangers.filter(({ notification }) => notification)).toHaveLength(16)
  })

  it('is one of five thousand', { timeout: 30_000 }, () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp)
    for (let i = 0; i < 5000; i++) {
      const address = `10.0.${8 + (i >> 8)}.${i & 255}`
      Remote.dial(lab.network.host(address), '10.0.0.1')
        .open({ as: 64512, routerId: i + 1, holdTime: 0 })
        .keepalive()
    }
    lab.seconds(1)
    expect(box.speaker.neighbors().filter(({ state }) => state === 'Established')).toHaveLength(5000)
  })

  it('goes when its range leaves the configuration', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp)
    const node = Remote.dial(lab.network.host('10.0.3.3'), '10.0.0.1')
      .open({ as: 64512, routerId: 3 })
      .keepalive()
    lab.seconds(1)
    box.speaker.configure({ ...bgp, neighborGroups: [] }, [])
    lab.seconds(1)
    expect(node.notification).toMatchObject({ code: 6, subcode: 3 })
    expect(box.speaker.neighbors()).toEqual([])
  })
})

describe('graceful restart of a neighbour (RFC 4724, helper)', () => {
  it('keeps its paths while it is away, and drops at End-of-RIB what did not come again', () => {
    const { lab, a, b } = pair()
    b.originate('192.0.2.0/24', '198.51.100.0/24')
    lab.seconds(10)
    const { changes } = a.sink
    lab.network.kill('10.0.0.2')
    lab.clock.advance(100)
    expect(a.neighbor('10.0.0.2').state).not.toBe('Established')
    expect(a.neighbor('10.0.0.2').families[0]).toMatchObject({ received: 2, stale: 2 })
    expect(a.sink.changes).toBe(changes)
    void b.speaker.stop()
    const back = lab.box(
      '10.0.0.2',
      { localAs: 64513, neighbors: [{ address: '10.0.0.1', remoteAs: 64512, ...BOTH }] },
      [ALL],
      { restarting: { expected: ['10.0.0.1'] } },
    )
    back.originate('192.0.2.0/24')
    lab.seconds(20)
    expect(a.neighbor('10.0.0.2')).toMatchObject({
      state: 'Established',
      families: [{ received: 1, stale: 0 }],
    })
    expect([...a.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    expect(a.sink.changes).toBe(changes + 1)
  })

  it('drops them when the restart time is over', () => {
    const { lab, a, b } = pair()
    b.originate('192.0.2.0/24')
    lab.seconds(10)
    void b.speaker.stop()
    lab.seconds(1)
    expect(a.sink.routes.size).toBe(0)
    const other = pair()
    other.b.originate('192.0.2.0/24')
    other.lab.seconds(10)
    other.lab.network.kill('10.0.0.2')
    other.lab.clock.advance(10)
    other.lab.network.silent.add('10.0.0.2')
    other.lab.seconds(119)
    expect(other.a.sink.routes.size).toBe(1)
    other.lab.seconds(2)
    expect(other.a.sink.routes.size).toBe(0)
  })

  it('keeps the paths of neighbours from a listen range apart, each until its own restart time is over', () => {
    const lab = new Lab()
    const group = { name: 'nodes', remoteAs: 64513, listenRanges: ['10.0.0.0/24'], importPolicy: 'all' }
    const box = lab.box('10.0.0.1', { localAs: 64512, neighborGroups: [group] }, [ALL])
    const gracefulRestart = {
      restarting: false,
      notification: false,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    }
    const join = (host: number, prefix: string) => {
      const node = Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1')
        .open({ as: 64513, routerId: host, holdTime: 0 }, { gracefulRestart })
        .keepalive()
      const nexthop = Uint8Array.of(10, 0, 0, host)
      const key = encodeKey({ nexthop, origin: 0, asPath: [{ type: 2, ases: [64513] }] })
      const outgoing = {
        type: 'eBGP',
        as4: true,
        localAs: 64513,
        prepend: 0,
        localPreference: 100,
        keepMed: false,
      } as const
      const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => node.send(bytes) })
      writer.announce(encodeOutgoing(key, 0, key.length, 4, outgoing))
      const [a = 0, b = 0] = prefix.split('.').map(Number)
      writer.add(Uint8Array.of(a, b), 0, 16)
      writer.endOfRib(4)
      writer.flush()
      lab.seconds(1)
    }
    join(2, '10.2.0.0/16')
    for (let time = 0; time < 2; time++) {
      lab.network.kill('10.0.0.2')
      lab.seconds(1)
      expect(box.neighbor('10.0.0.2')).toMatchObject({ families: [{ received: 1, stale: 1 }] })
      if (time === 0) join(2, '10.2.0.0/16')
    }
    join(3, '10.3.0.0/16')
    expect(box.neighbor('10.0.0.3')).toMatchObject({ families: [{ received: 1, stale: 0 }] })
    expect([...box.sink.routes.keys()].sort()).toEqual(['10.2.0.0/16', '10.3.0.0/16'])
    lab.seconds(120)
    expect([...box.sink.routes.keys()]).toEqual(['10.3.0.0/16'])
    expect(box.speaker.neighbors().map(({ address }) => address)).toEqual(['10.0.0.3'])
  })

  it('drops them at once where the neighbour did not keep its forwarding state', () => {
    const { lab, a, b } = pair()
    b.originate('192.0.2.0/24')
    lab.seconds(10)
    lab.network.kill('10.0.0.2')
    void b.speaker.stop()
    lab.clock.advance(100)
    const restart = {
      restarting: true,
      notification: false,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: false }],
    }
    Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513, routerId: 0x0a000002 }, { gracefulRestart: restart })
      .keepalive()
    lab.clock.advance(100)
    expect(a.neighbor('10.0.0.2').state).toBe('Established')
    expect(a.sink.routes.size).toBe(0)
  })
})

describe('our own restart (RFC 4724, restarting speaker)', () => {
  const restarting = { restarting: { expected: ['10.0.0.2', '10.0.0.3'] } }
  const bgp: Partial<Bgp> & { localAs: number } = {
    localAs: 64512,
    neighbors: [
      { address: '10.0.0.2', remoteAs: 64513, ...BOTH },
      { address: '10.0.0.3', remoteAs: 64514, ...BOTH },
    ],
  }
  const gracefulRestart = {
    restarting: false,
    notification: false,
    time: 120,
    families: [{ afi: 1, safi: 1, forwarding: true }],
  }
  const END_OF_RIB = Uint8Array.of(...new Array(16).fill(0xff), 0, 23, 2, 0, 0, 0, 0)

  function connect(lab: Lab, address: string, as: number): Remote {
    return Remote.dial(lab.network.host(address), '10.0.0.1')
      .open({ as, routerId: as }, { gracefulRestart })
      .keepalive()
  }

  it('says R and F, and decides and announces nothing before all whom it expects have sent End-of-RIB', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL], restarting)
    box.originate('192.0.2.0/24')
    const two = connect(lab, '10.0.0.2', 64513)
    lab.seconds(1)
    expect(two.heard[0]?.open?.capabilities.gracefulRestart).toMatchObject({
      restarting: true,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    })
    two.send(END_OF_RIB)
    lab.seconds(1)
    expect(two.names).toEqual(['OPEN', 'KEEPALIVE'])
    expect(box.sink.convergedCalls).toBe(0)
    const three = connect(lab, '10.0.0.3', 64514).send(END_OF_RIB)
    lab.seconds(1)
    expect(box.sink.convergedCalls).toBe(1)
    expect(two.names).toEqual(['OPEN', 'KEEPALIVE', 'UPDATE', 'UPDATE'])
    expect(three.names).toEqual(['OPEN', 'KEEPALIVE', 'UPDATE', 'UPDATE'])
    expect(two.heard.at(-1)?.bytes).toEqual(END_OF_RIB)
  })

  it('goes on without who does not come when the restart time is over, and then says R no more', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL], restarting)
    connect(lab, '10.0.0.2', 64513).send(END_OF_RIB)
    lab.seconds(119)
    expect(box.sink.convergedCalls).toBe(0)
    lab.seconds(2)
    expect(box.sink.convergedCalls).toBe(1)
    const late = connect(lab, '10.0.0.3', 64514)
    lab.seconds(1)
    expect(late.heard[0]?.open?.capabilities.gracefulRestart?.restarting).toBe(false)
  })

  it('does not wait for who is not configured any more', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', { ...bgp, neighbors: [bgp.neighbors![0]!] }, [ALL], restarting)
    connect(lab, '10.0.0.2', 64513).send(END_OF_RIB)
    lab.seconds(1)
    expect(box.sink.convergedCalls).toBe(1)
  })

  it.each([
    ['has no graceful restart', {}, 'keepalive'],
    ['restarts as well', { gracefulRestart: { ...gracefulRestart, restarting: true } }, 'end'],
  ] as const)(
    'decides without who %s, and lets go of what it has not announced only when its table is here',
    (_, capabilities, last) => {
      const lab = new Lab()
      const box = lab.box('10.0.0.1', { ...bgp, neighbors: [bgp.neighbors![0]!] }, [ALL], restarting)
      box.originate('192.0.2.0/24')
      const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
        .open({ as: 64513 }, capabilities)
        .keepalive()
      lab.seconds(1)
      expect(remote.names).toContain('UPDATE')
      expect(box.sink.convergedCalls).toBe(0)
      if (last === 'end') remote.send(END_OF_RIB)
      else remote.keepalive()
      lab.seconds(1)
      expect(box.sink.convergedCalls).toBe(1)
    },
  )

  it('waits for the End-of-RIB of who sends it and keeps no routes of its own', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', { ...bgp, neighbors: [bgp.neighbors![0]!] }, [ALL], restarting)
    box.originate('192.0.2.0/24')
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64513 }, { gracefulRestart: { ...gracefulRestart, time: 0, families: [] } })
      .keepalive()
    lab.seconds(1)
    expect(remote.names).not.toContain('UPDATE')
    remote.send(END_OF_RIB)
    lab.seconds(1)
    expect(remote.names).toContain('UPDATE')
    expect(box.sink.convergedCalls).toBe(1)
  })

  it('waits for no one longer than the restart time', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', { ...bgp, neighbors: [bgp.neighbors![0]!] }, [ALL], restarting)
    Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1').open({ as: 64513, holdTime: 0 }).keepalive()
    lab.seconds(119)
    expect(box.sink.convergedCalls).toBe(0)
    lab.seconds(2)
    expect(box.sink.convergedCalls).toBe(1)
  })
})

describe('a neighbour that is disabled', () => {
  it('is told why (RFC 9003)', () => {
    const lab = new Lab()
    const neighbors = [{ address: '10.0.0.2', remoteAs: 64512 }]
    const config = { localAs: 64512, routerId: '10.0.0.1' }
    const box = lab.box('10.0.0.1', { ...config, neighbors })
    const other = lab.box('10.0.0.2', {
      ...config,
      routerId: '10.0.0.2',
      neighbors: [{ address: '10.0.0.1', remoteAs: 64512 }],
    })
    lab.seconds(10)
    const off = { ...neighbors[0]!, enabled: false, shutdownMessage: 'new switch, back at 6' }
    box.speaker.configure({ ...config, neighbors: [off] }, [])
    lab.seconds(1)
    expect(other.neighbor('10.0.0.1').lastDown?.reason).toContain('Message: "new switch, back at 6".')
  })
})
