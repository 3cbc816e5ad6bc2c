import { describe, expect, it } from 'vitest'
import { TURN } from '../../src/bgp/slices.ts'
import {
  Bgp,
  BgpNeighbor,
  BgpNeighborGroup,
  type Bgp as BgpType,
  type BgpNeighborGroup as Group,
  type BgpNeighbor as NeighborType,
} from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import type { Clock } from '../../src/net/clock.ts'
import { announcement } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

/** What becomes of an established session when a key gets another value: it stays, is reset (Cease 6/6), or ends for good. */
type Verdict = 'stays' | 'reset' | 'ends'

/** A value other than that of the session, and what it does, for each key that neighbours and groups have. */
const SHARED: Readonly<Record<string, readonly [value: unknown, Verdict]>> = {
  description: ['the other one', 'stays'],
  remoteAs: [64514, 'reset'],
  families: [['ipv4-unicast', 'ipv6-unicast'], 'reset'],
  passive: [false, 'stays'],
  port: [1790, 'stays'],
  localAddress: ['10.0.0.1', 'reset'],
  holdTime: [30, 'reset'],
  keepaliveTime: [5, 'stays'],
  connectRetryTime: [30, 'stays'],
  multihop: [true, 'reset'],
  ttlSecurity: [1, 'reset'],
  password: ['secret', 'reset'],
  extendedNexthop: [true, 'reset'],
  role: ['customer', 'reset'],
  roleStrict: [true, 'reset'],
  nexthopSelf: [false, 'stays'],
  nexthopUnchanged: [true, 'stays'],
  removePrivateAs: ['all', 'stays'],
  asOverride: [true, 'stays'],
  addPathSend: ['none', 'reset'],
  addPathReceive: [false, 'reset'],
  routeReflectorClient: [true, 'stays'],
  gracefulRestartTime: [60, 'reset'],
  gracefulRestartNotification: [false, 'reset'],
  longLivedGracefulRestartTime: [600, 'reset'],
  stalePathTime: [60, 'stays'],
  maxPrefixes: [{ 'ipv4-unicast': { limit: 100 } }, 'stays'],
  localAs: [{ as: 65000 }, 'reset'],
  allowOwnAs: [1, 'stays'],
  gracefulShutdown: [true, 'stays'],
  acceptGracefulShutdown: [false, 'stays'],
  importPolicy: ['all', 'stays'],
  exportPolicy: ['all', 'stays'],
}

const OF_NEIGHBORS: typeof SHARED = {
  ...SHARED,
  address: ['10.0.0.4', 'ends'],
  interface: ['eth1', 'stays'],
  group: ['empty', 'stays'],
  enabled: [false, 'ends'],
  shutdownMessage: ['maintenance', 'stays'],
}

const OF_GROUPS: typeof SHARED = {
  ...SHARED,
  name: ['renamed', 'stays'],
  listenRanges: [['10.9.0.0/16'], 'stays'],
  remoteAsSet: [[64513, 64514], 'stays'],
  maxDynamicNeighbors: [100, 'stays'],
  preset: [{ name: 'cilium' }, 'stays'],
}

const OF_THE_SPEAKER: typeof SHARED = {
  localAs: [64510, 'reset'],
  routerId: ['10.0.0.99', 'reset'],
  confederation: [{ identifier: 65100, members: [64512] }, 'reset'],
  clusterId: ['10.0.0.99', 'stays'],
  listen: [false, 'stays'],
  port: [1790, 'stays'],
  multipath: [1, 'stays'],
  multipathRelax: [false, 'stays'],
  linkBandwidth: [false, 'stays'],
  installRoutes: [false, 'stays'],
  selectionDeferralTime: [10, 'stays'],
  gracefulShutdown: [true, 'stays'],
  bmp: [{ stations: [] }, 'stays'],
  neighborGroups: [[{ name: 'empty' }, { name: 'more' }], 'stays'],
  neighbors: [[], 'ends'],
}

const OWN = { localAs: 64512, routerId: '10.0.0.1' }
const OTHER = { address: '10.0.0.3', remoteAs: 64513, passive: true }

/** Sessions with 10.0.0.2 and 10.0.0.3 under one configuration, and what becomes of them under another. */
function verdicts(before: BgpType, after: BgpType): readonly Verdict[] {
  const lab = new Lab()
  const box = lab.box('10.0.0.1', before, [ALL])
  const remotes = [2, 3].map(host =>
    Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1')
      .open({ as: 64513, routerId: host })
      .keepalive(),
  )
  lab.clock.advance(100)
  expect(box.speaker.neighbors().map(({ state }) => state)).toEqual(['Established', 'Established'])
  box.speaker.configure(after, [ALL])
  lab.clock.advance(100)
  return remotes.map(({ notification }) => {
    if (!notification) return 'stays'
    return notification.code === 6 && notification.subcode === 6 ? 'reset' : 'ends'
  })
}

describe('another value of a key', () => {
  it('has a verdict here, whatever the key', () => {
    const keys = (object: { readonly properties: object }) => Object.keys(object.properties).sort()
    expect(Object.keys(OF_NEIGHBORS).sort()).toEqual(keys(BgpNeighbor))
    expect(Object.keys(OF_GROUPS).sort()).toEqual(keys(BgpNeighborGroup))
    expect(Object.keys(OF_THE_SPEAKER).sort()).toEqual(keys(Bgp))
  })

  it.each(Object.entries(OF_NEIGHBORS))('%s of a neighbour: %j', (key, [value, verdict]) => {
    const neighbor: NeighborType = { address: '10.0.0.2', remoteAs: 64513, passive: true }
    const neighborGroups = [{ name: 'empty' }]
    const before = { ...OWN, neighborGroups, neighbors: [neighbor, OTHER] }
    const after = { ...OWN, neighborGroups, neighbors: [{ ...neighbor, [key]: value }, OTHER] }
    expect(verdicts(before, after)).toEqual([verdict, 'stays'])
  })

  it.each(Object.entries(OF_GROUPS))('%s of the group of a neighbour: %j', (key, [value, verdict]) => {
    const group: Group = { name: 'racks', remoteAs: 64513, passive: true }
    const under = (one: Group): BgpType => ({
      ...OWN,
      neighborGroups: [one],
      neighbors: [{ address: '10.0.0.2', group: one.name }, OTHER],
    })
    expect(verdicts(under(group), under({ ...group, [key]: value }))).toEqual([verdict, 'stays'])
  })

  it.each(Object.entries(OF_THE_SPEAKER))('%s of the speaker: %j', (key, [value, verdict]) => {
    const neighbors = [{ ...OTHER, address: '10.0.0.2' }, OTHER]
    const before = { ...OWN, neighborGroups: [{ name: 'empty' }], neighbors }
    expect(verdicts(before, { ...before, [key]: value })).toEqual([verdict, verdict])
  })

  it('of a neighbour that has its own is none at its group', () => {
    const under = (holdTime: number): BgpType => ({
      ...OWN,
      neighborGroups: [{ name: 'racks', remoteAs: 64513, passive: true, holdTime }],
      neighbors: [
        { address: '10.0.0.2', group: 'racks', holdTime: 60 },
        { address: '10.0.0.3', group: 'racks' },
      ],
    })
    expect(verdicts(under(90), under(30))).toEqual(['stays', 'reset'])
  })
})

describe('another policy', () => {
  const policy = (action: 'accept' | 'reject'): Policy => ({ name: 'nodes', rules: [{ action }] })
  const bgp: BgpType = {
    ...OWN,
    neighborGroups: [
      { name: 'racks', remoteAs: 64513, passive: true, importPolicy: 'nodes', exportPolicy: 'nodes' },
    ],
    neighbors: [
      { address: '10.0.0.2', group: 'racks' },
      { ...OTHER, importPolicy: 'all', exportPolicy: 'all' },
    ],
  }

  function scene() {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', bgp, [ALL, policy('reject')])
    const connect = (host: number) =>
      Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1')
        .open({ as: 64513, routerId: host }, { routeRefresh: false })
        .keepalive()
        .send(
          announcement([`10.${host}.0.0/16`], {
            as: 64513,
            nexthop: `10.0.0.${host}`,
            asPath: [{ type: 2, ases: [64513, 65000 + host] }],
          }),
        )
    const member = connect(2)
    const other = connect(3)
    box.originate('192.0.2.0/24')
    lab.seconds(1)
    return { lab, box, member, other }
  }

  it('takes in what it refused before, of a neighbour that cannot be asked again', () => {
    const { lab, box, member } = scene()
    expect([...box.sink.routes.keys()]).toEqual(['10.3.0.0/16'])
    box.speaker.configure(bgp, [ALL, policy('accept')])
    lab.seconds(1)
    expect([...box.sink.routes.keys()].sort()).toEqual(['10.2.0.0/16', '10.3.0.0/16'])
    box.speaker.configure(bgp, [ALL, policy('reject')])
    lab.seconds(1)
    expect([...box.sink.routes.keys()]).toEqual(['10.3.0.0/16'])
    expect(member.notification).toBeUndefined()
  })

  it('tells the members of a group what is new, and the others nothing', () => {
    const { lab, box, member, other } = scene()
    const updates = (remote: Remote) => remote.names.filter(name => name === 'UPDATE').length
    const before = [updates(member), updates(other)]
    expect(before).toEqual([0, 1])
    box.speaker.configure(bgp, [
      ALL,
      { name: 'nodes', rules: [{ match: { sources: ['static'] }, action: 'accept' }] },
    ])
    lab.seconds(1)
    expect([updates(member), updates(other)]).toEqual([1, 1])
    expect(box.speaker.neighbors().map(({ families }) => families[0]?.advertised)).toEqual([1, 1])
  })
})

describe('a configuration of many neighbours', () => {
  const ACCEPT: Policy = { name: 'nodes', rules: [{ action: 'accept' }] }
  const REJECT: Policy = { name: 'closed', rules: [{ action: 'reject' }] }

  /** Neighbours from 10.0.0.2 on that wait for connections. */
  const neighbors = (count: number, more: Partial<NeighborType> = {}): NeighborType[] =>
    Array.from({ length: count }, (_, index) => ({ ...OTHER, address: `10.0.0.${index + 2}`, ...more }))

  /** Steps of any work that there is time for in one turn. */
  const STEPS = 8

  /** The largest step between two counts. */
  const largest = (counts: readonly number[]) =>
    Math.max(...counts.slice(1).map((count, index) => Math.abs(count - counts[index]!)))

  /** A box whose turns are over after a few steps of any work; the next turn is when the test says so. */
  function stepwise(bgp: BgpType, policies: readonly Policy[] = [ALL]) {
    const lab = new Lab()
    lab.network.delay = 0
    const turns: (() => void)[] = []
    let looks = 0
    const clock: Clock = {
      now: () => lab.clock.now() + (TURN / STEPS) * looks++,
      wallTime: () => lab.clock.wallTime(),
      after: (delay, action) => lab.clock.after(delay, action),
    }
    const box = lab.box('10.0.0.1', bgp, policies, { clock, defer: action => turns.push(action) })
    const turn = () => {
      if (turns.length === 0) throw new Error('there is nothing left to do')
      for (const action of turns.splice(0)) action()
    }
    /** All that was sent arrives, and what it causes is done. */
    const arrive = () => {
      lab.clock.advance(0)
      while (turns.length > 0) {
        turn()
        lab.clock.advance(0)
      }
    }
    const dial = (host: number) =>
      Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1').open({ as: 64513, routerId: host })
    arrive()
    return { lab, box, turn, arrive, dial }
  }

  it('takes effect in short turns, and is in force for all when it is said to be', async () => {
    const { box, turn } = stepwise({ ...OWN, neighbors: neighbors(2) })
    let inForce = false
    const configured = box.speaker.configure({ ...OWN, neighbors: neighbors(100) }, [ALL]).then(() => {
      inForce = true
    })
    const counts = [box.speaker.neighbors().length]
    while (counts.at(-1)! < 100) {
      await Promise.resolve()
      expect(inForce).toBe(false)
      turn()
      counts.push(box.speaker.neighbors().length)
    }
    expect(largest(counts)).toBeLessThanOrEqual(STEPS)
    turn()
    await configured
    expect(box.neighbor('10.0.0.101').state).toBe('Active')
  })

  it('ends one session after the other', () => {
    const { box, turn, arrive, dial } = stepwise({ ...OWN, neighbors: neighbors(20) })
    const remotes = Array.from({ length: 20 }, (_, index) => dial(index + 2).keepalive())
    arrive()
    expect(box.speaker.neighborCounts().established).toBe(20)
    void box.speaker.configure({ ...OWN, neighbors: neighbors(20, { enabled: false }) }, [ALL])
    const left = [20]
    while (left.at(-1)! > 0) {
      turn()
      left.push(box.speaker.neighborCounts().established)
    }
    expect(largest(left)).toBeLessThanOrEqual(STEPS)
    arrive()
    expect(remotes.map(({ notification }) => notification)).toEqual(
      remotes.map(() => expect.objectContaining({ code: 6, subcode: 2 })),
    )
  })

  it('is told and installed as a whole: nothing by an old choice of a policy that is another one now', () => {
    const open = { importPolicy: 'nodes', exportPolicy: 'nodes' }
    const closed = { importPolicy: 'closed', exportPolicy: 'closed' }
    const before: BgpType = { ...OWN, neighbors: neighbors(20, open) }
    const { lab, box, turn, arrive, dial } = stepwise(before, [{ ...REJECT, name: 'nodes' }])
    box.originate('192.0.2.0/24')
    const early = dial(20).keepalive()
    arrive()
    const late = dial(21)
    arrive()
    expect(early.names).toEqual(['OPEN', 'KEEPALIVE'])
    const changes = box.sink.changes
    // What they have had so far accepts all now, and none of them is to have it any longer.
    void box.speaker.configure({ ...OWN, neighbors: neighbors(20, closed) }, [ACCEPT, REJECT])
    for (let turns = 0; turns < 4; turns++) turn()
    late.keepalive().send(announcement(['10.21.0.0/16'], { as: 64513, nexthop: '10.0.0.21' }))
    lab.clock.advance(0)
    expect(box.neighbor('10.0.0.21')).toMatchObject({
      state: 'Established',
      families: [{ received: 1, accepted: 0 }],
    })
    arrive()
    expect(box.sink.changes).toBe(changes)
    expect([...early.names, ...late.names]).not.toContain('UPDATE')
    expect(box.neighbor('10.0.0.21').families[0]).toMatchObject({ received: 1, accepted: 0, advertised: 0 })
  })

  it('is the one that a connection meets, though its neighbour is not reached yet', () => {
    const { lab, box, turn, arrive, dial } = stepwise({ ...OWN, neighbors: neighbors(2) })
    void box.speaker.configure({ ...OWN, neighbors: neighbors(50) }, [ALL])
    while (box.speaker.neighbors().length < 5) turn()
    const remote = dial(51).keepalive()
    lab.clock.advance(0)
    expect(box.speaker.neighbors().length).toBeLessThan(20)
    expect(box.neighbor('10.0.0.51').state).toBe('Established')
    arrive()
    expect(box.speaker.neighbors()).toHaveLength(50)
    expect(remote.names).not.toContain('NOTIFICATION')
    expect(box.events.filter(({ kind }) => kind === 'refused')).toEqual([])
  })

  it('gives way to the next one, wherever it is', async () => {
    const { box, turn, arrive, dial } = stepwise({ ...OWN, neighbors: neighbors(3) })
    const remote = dial(2).keepalive()
    arrive()
    const first = box.speaker.configure({ ...OWN, neighbors: neighbors(50, { holdTime: 30 }) }, [ALL])
    while (box.speaker.neighbors().length < 10) turn()
    const second = box.speaker.configure({ ...OWN, neighbors: neighbors(4, { holdTime: 60 }) }, [ALL])
    arrive()
    await Promise.all([first, second])
    expect(box.speaker.neighbors()).toHaveLength(4)
    expect(remote.notification).toMatchObject({ code: 6, subcode: 6 })
    const again = dial(2).keepalive()
    dial(3).keepalive()
    arrive()
    expect(again.heard[0]!.open!.holdTime).toBe(60)
    expect(box.speaker.neighborCounts()).toEqual({ configured: 4, established: 2 })
  })
})
