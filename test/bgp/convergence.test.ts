import { expect, it } from 'vitest'
import {
  type Attributes,
  buildRouteRefresh,
  Community,
  encodeKey,
  encodeOutgoing,
  RefreshSubtype,
  UpdateWriter,
} from '../../src/bgp/wire/index.ts'
import type { Bgp, BgpNeighbor } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { parseAddress } from '../../src/net/address.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { END_OF_RIB, withdrawal } from './announcement.ts'
import { Listener, path } from './export/bench.ts'
import { ALL, type Box, Lab } from './harness.ts'
import type { MemoryConnection } from './memory-transport.ts'
import { Remote } from './remote.ts'
import { seeded } from './rib/fixture.ts'

/**
 * What neighbours are told, and what is installed, does not hang on how it came about: after random events of every
 * kind in random order, a speaker says the same as one that has just been started with the configuration, the
 * neighbours and their routes of that moment.
 */

const AS = 64512
const BOX = '10.0.0.1'
const IPV4 = { afi: 1, safi: 1 }
const PREFIXES = ['0.0.0.0/0', '192.0.2.1/32', ...Array.from({ length: 10 }, (_, i) => `10.9.${i}.0/24`)]
const NEXTHOPS = ['10.0.0.21', '10.0.0.22', '10.0.0.23']

interface Person {
  readonly address: string
  readonly as: number
  readonly addPath: boolean
  readonly graceful: boolean
}

const PEOPLE: readonly Person[] = [
  { address: '10.0.0.2', as: 65002, addPath: false, graceful: true },
  { address: '10.0.0.3', as: 4_200_000_003, addPath: true, graceful: false },
  { address: '10.0.0.4', as: AS, addPath: false, graceful: true },
  { address: '10.0.0.5', as: AS, addPath: true, graceful: true },
  { address: '10.0.0.6', as: 65002, addPath: false, graceful: false },
  { address: '10.1.0.7', as: AS, addPath: false, graceful: false },
]

const POLICIES: readonly Policy[] = [
  ALL,
  { name: 'some', rules: [{ match: { prefixes: [{ prefix: '10.9.0.0/21', le: 32 }] }, action: 'accept' }] },
  {
    name: 'group-a',
    rules: [
      { match: { neighborGroups: ['a'] }, action: 'accept', set: { med: 9 } },
      { match: { neighbors: ['10.0.0.6'] }, action: 'reject' },
      { action: 'accept' },
    ],
  },
  {
    name: 'prefer',
    rules: [
      { match: { communities: { any: ['1:1'] } }, action: 'accept', set: { localPreference: 300 } },
      { action: 'accept', set: { asPathPrepend: { times: 2 } } },
    ],
  },
]

const COMMON: readonly Partial<Attributes>[] = [
  {},
  { med: 4_294_967_295 },
  { med: 0, communities: [0x00010001] },
  { communities: [Community.NO_EXPORT] },
  { communities: [Community.NO_ADVERTISE] },
  { communities: [Community.GRACEFUL_SHUTDOWN] },
  { communities: [Community.LLGR_STALE] },
]
const PATHS: readonly (readonly number[])[] = [[], [], [64600], [65002], [AS], [4_200_000_003, 64601]]
const INTERNAL: readonly Partial<Attributes>[] = [
  { localPreference: 0 },
  { localPreference: 4_294_967_295 },
  { originatorId: 0x0a0000fe, clusterList: [0x01020304] },
  { originatorId: 0x0a000004 },
  { clusterList: [0x0a000001] },
]

/** A neighbour, what it says, and what it has heard since it forgot. */
class Peer {
  readonly person: Person
  readonly says = new Map<string, Uint8Array>()
  remote: Remote | undefined
  #since = 0

  constructor(person: Person) {
    this.person = person
  }

  connect(lab: Lab): void {
    const { address, as, addPath, graceful } = this.person
    const routerId = new DataView(parseAddress(address)!.slice().buffer).getUint32(0)
    this.#since = 0
    this.remote = Remote.dial(lab.network.host(address), BOX)
      .open(
        { as, routerId, holdTime: 0 },
        {
          ...(addPath && { addPath: [{ ...IPV4, mode: 1 }] }),
          ...(graceful && {
            gracefulRestart: {
              restarting: false,
              notification: true,
              time: 60,
              families: [{ ...IPV4, forwarding: true }],
            },
            longLivedGracefulRestart: [{ ...IPV4, forwarding: true, staleTime: 60 }],
          }),
          enhancedRefresh: graceful,
        },
      )
      .keepalive()
    for (const update of this.says.values()) this.remote.send(update)
    this.remote.send(END_OF_RIB)
  }

  say(prefix: string, update: Uint8Array | undefined): void {
    if (update) this.says.set(prefix, update)
    else this.says.delete(prefix)
    if (this.up) this.remote!.send(update ?? withdrawal([prefix]))
  }

  get up(): boolean {
    return this.remote !== undefined && !this.remote.closed
  }

  die(): void {
    this.remote?.connection.destroy()
    this.remote = undefined
  }

  /** All that it heard is lost; it asks for it again. */
  forget(): void {
    if (!this.up || !this.remote!.names.includes('KEEPALIVE')) return
    this.#since = this.remote!.heard.length
    this.remote!.send(buildRouteRefresh(1, 1, RefreshSubtype.REQUEST))
  }

  /** The routes that it has, whatever their path identifiers. */
  get has(): string[] {
    const listener = new Listener(1, this.person.addPath && this.#told(), this.person.as === AS)
    for (const { name, bytes } of this.remote!.heard.slice(this.#since))
      if (name === 'UPDATE') listener.send(bytes, 1)
    return [...listener.routes]
      .map(([name, attributes]) => `${name.replace(/#.*/, '')} ${JSON.stringify(attributes)}`)
      .sort()
  }

  #told(): boolean {
    const open = this.remote!.heard.find(message => message.open)?.open
    return open?.capabilities.addPath?.some(({ mode }) => (mode & 2) !== 0) ?? false
  }
}

/** A box with its neighbours. */
class World {
  readonly lab = new Lab()
  readonly peers = PEOPLE.map(person => new Peer(person))
  readonly metrics = new Map<string, number | undefined>()
  readonly originated = new Set<string>()
  own: readonly string[] = []
  bgp: Bgp
  readonly box: Box

  constructor(bgp: Bgp) {
    this.bgp = bgp
    this.box = this.lab.box(BOX, bgp, POLICIES, {
      reachability: {
        track: ({ via }) => (this.metrics.has(via!) ? this.metrics.get(via!) : 0),
        untrack: () => undefined,
      },
    })
  }

  reach(via: string, metric: number | undefined): void {
    this.metrics.set(via, metric)
    this.box.speaker.setNexthops([{ hop: { via }, metric }])
  }

  setOwn(addresses: readonly string[]): void {
    this.own = addresses
    this.box.speaker.setOwnAddresses(addresses)
  }

  configure(bgp: Bgp): void {
    this.bgp = bgp
    this.box.speaker.configure(bgp, POLICIES)
  }

  /** All that was held up goes on, who is away comes back, and nothing is stale any more. */
  quiet(): void {
    for (const connection of this.lab.network.connections) drain(connection)
    this.lab.seconds(200)
    for (let round = 0; round < 5; round++) {
      for (const peer of this.peers) if (!peer.up) peer.connect(this.lab)
      this.lab.seconds(70)
    }
    this.lab.seconds(400)
    expect(this.box.speaker.neighbors().map(({ address, state }) => `${address} ${state}`)).toEqual(
      PEOPLE.map(({ address }) => `${address} Established`),
    )
  }

  /** Nobody says anything any more. */
  empty(): void {
    for (const peer of this.peers) for (const prefix of [...peer.says.keys()]) peer.say(prefix, undefined)
    this.box.withdraw(...this.originated)
    this.lab.seconds(10)
  }

  /** What is left in the tables; the attributes of our own routes of both families always are. */
  get held() {
    const { paths, attributes } = this.box.speaker.tables
    return { paths: paths[4].size, prefixes: paths[4].prefixes.size, attributes: attributes.size }
  }

  /** One that has just been started as this one is now. */
  another(): World {
    const world = new World(this.bgp)
    world.setOwn(this.own)
    for (const [via, metric] of this.metrics) world.metrics.set(via, metric)
    world.box.originate(...this.originated)
    for (const [index, peer] of this.peers.entries())
      for (const [prefix, update] of peer.says) world.peers[index]!.says.set(prefix, update)
    world.quiet()
    return world
  }

  get outcome() {
    return {
      told: Object.fromEntries(this.peers.map(peer => [peer.person.address, peer.has])),
      installed: [...this.box.sink.routes].map(route => route.join(' ')).sort(),
    }
  }
}

function drain(connection: MemoryConnection): void {
  if (connection.room < Number.POSITIVE_INFINITY && !connection.closed) connection.drain()
}

/** One life of a world: events, until all is quiet. */
class Life {
  readonly random: () => number
  readonly world: World

  constructor(seed: number) {
    this.random = seeded(seed * 7919)
    for (let i = 0; i < 8; i++) this.random()
    this.world = new World(this.#configuration())
    for (const peer of this.world.peers) peer.connect(this.world.lab)
    this.world.lab.seconds(1)
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!
  }

  maybe<T extends object>(chance: number, value: T): Partial<T> {
    return this.random() < chance ? value : {}
  }

  #configuration(): Bgp {
    const shared = (person: Person): Partial<BgpNeighbor> => ({
      importPolicy: this.pick(['all', 'some', 'group-a', 'prefer', ['prefer', 'all']]),
      exportPolicy: this.pick(['all', 'some', 'group-a', 'group-a']),
      holdTime: 0,
      ...this.maybe(0.4, { nexthopSelf: this.pick([true, 'external'] as const) }),
      ...this.maybe(0.3, { allowOwnAs: 1 }),
      ...this.maybe(0.2, { gracefulShutdown: true }),
      ...this.maybe(0.1, { addPathSend: this.pick(['none', 'all'] as const) }),
      ...this.maybe(0.3, { addPathSend: this.pick([1, 2]) }),
      ...this.maybe(0.8, { longLivedGracefulRestartTime: 100 }),
      ...(person.as === AS
        ? this.maybe(0.6, { routeReflectorClient: true })
        : {
            ...this.maybe(0.3, { removePrivateAs: this.pick(['all', 'replace'] as const) }),
            ...this.maybe(0.3, { asOverride: true }),
            ...this.maybe(0.2, { nexthopUnchanged: true, nexthopSelf: false }),
            ...this.maybe(0.1, {
              localAs: {
                as: 65100,
                ...this.maybe(0.5, { replaceAs: true }),
                ...this.maybe(0.5, { noPrepend: true }),
              },
            }),
          }),
    })
    return {
      localAs: AS,
      routerId: BOX,
      ...this.maybe(0.3, { clusterId: '1.2.3.4' }),
      ...this.maybe(0.3, { multipath: 1 }),
      ...this.maybe(0.3, { multipathRelax: false }),
      neighborGroups: [
        { name: 'a' },
        { name: 'b' },
        { name: 'nodes', remoteAs: AS, listenRanges: ['10.1.0.0/24'], ...shared(PEOPLE[5]!) },
      ],
      neighbors: PEOPLE.slice(0, 5).map(person => ({
        address: person.address,
        remoteAs: person.as,
        passive: true,
        ...this.maybe(0.6, { group: this.pick(['a', 'b']) }),
        ...shared(person),
      })),
    }
  }

  readonly events: readonly (() => void)[] = [
    () => this.#say(),
    () => this.#say(),
    () => this.#say(),
    () => this.#unsay(),
    () => this.#unsay(),
    () => this.pick(this.world.peers).forget(),
    () => this.pick(this.world.peers).forget(),
    () => this.world.configure(this.#configuration()),
    () => this.#reconfigureOne(),
    () => this.#reconfigureOne(),
    () => this.pick(this.world.peers).die(),
    () => {
      const { remote } = this.pick(this.world.peers)
      if (remote && !remote.closed) remote.notify(6, this.pick([2, 4]))
    },
    () => this.#comeBack(),
    () => this.#comeBack(),
    () => this.world.reach(this.pick(NEXTHOPS), this.pick([undefined, 0, 7])),
    () => this.world.setOwn(this.pick([[], [NEXTHOPS[2]!]])),
    () => this.#originate(),
    () => this.#holdUp(),
    () => this.world.lab.network.connections.forEach(drain),
    () => this.world.lab.seconds(this.pick([1, 10, 70, 130])),
  ]

  live(): this {
    for (let event = 0; event < 60; event++) {
      this.pick(this.events)()
      this.world.lab.clock.advance(this.pick([0, 1, 2, 50]))
    }
    this.world.quiet()
    return this
  }

  #say(): void {
    const peer = this.pick(this.world.peers)
    const internal = peer.person.as === AS
    for (let count = 0; count < 4; count++) {
      const attributes: Partial<Attributes> = {
        ...this.pick(COMMON),
        ...(internal ? this.pick([{}, ...INTERNAL]) : {}),
        asPath: path(...(internal ? [] : [peer.person.as]), ...this.pick(PATHS)),
      }
      const prefix = this.pick(PREFIXES)
      peer.say(prefix, announcement(internal, prefix, this.pick(NEXTHOPS), attributes))
    }
  }

  #unsay(): void {
    const peer = this.pick(this.world.peers)
    for (let count = 0; count < 4; count++) peer.say(this.pick(PREFIXES), undefined)
  }

  /** Another neighbour's settings: the sessions of the others go on. */
  #reconfigureOne(): void {
    const { bgp, peers, lab } = this.world
    const other = this.#configuration()
    const at = this.pick([0, 1, 2, 3, 4])
    lab.clock.advance(10)
    const others = peers.filter((peer, index) => index !== at && peer.up)
    const neighbors = bgp.neighbors!.map((neighbor, index) =>
      index === at ? other.neighbors![index]! : neighbor,
    )
    this.world.configure({ ...bgp, neighbors })
    lab.clock.advance(10)
    expect(others.filter(({ up }) => !up)).toEqual([])
  }

  #comeBack(): void {
    for (const peer of this.world.peers) if (!peer.up) peer.connect(this.world.lab)
  }

  #originate(): void {
    const prefix = this.pick(PREFIXES)
    const { originated, box } = this.world
    if (originated.delete(prefix)) box.withdraw(prefix)
    else {
      originated.add(prefix)
      box.originate(prefix)
    }
  }

  #holdUp(): void {
    const open = this.world.lab.network.connections.filter(
      ({ localAddress, closed }) => localAddress === BOX && !closed,
    )
    if (open.length > 0) this.pick(open).room = 100
  }
}

function announcement(internal: boolean, prefix: string, via: string, more: Partial<Attributes>): Uint8Array {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes.slice()) })
  const key = encodeKey({ nexthop: parseAddress(via)!, origin: 0, asPath: [], ...more })
  writer.announce(
    encodeOutgoing(key, 0, key.length, 4, {
      type: internal ? 'iBGP' : 'eBGP',
      as4: true,
      localAs: 0,
      prepend: 0,
      localPreference: 100,
      keepMed: true,
    }),
  )
  const { bytes, length } = parsePrefix(prefix)!
  writer.add(bytes, 0, length)
  writer.flush()
  return Buffer.concat(pieces)
}

it('a speaker tells and installs what one would that has just been started', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { world } = new Life(seed).live()
    expect(world.outcome, `seed ${seed}`).toEqual(world.another().outcome)
    world.empty()
    expect(world.held, `seed ${seed}`).toEqual({ paths: 0, prefixes: 0, attributes: 2 })
  }
})
