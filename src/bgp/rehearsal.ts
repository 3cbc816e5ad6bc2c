import type { BgpNeighbor } from '../model/config-bgp.ts'
import type { Policy } from '../model/config-policy.ts'
import type { Family } from '../net/address.ts'
import type { Clock } from '../net/clock.ts'
import type { Hop, NexthopSet } from '../routing/nexthop-set.ts'
import type { RouteSink } from './sink.ts'
import { Speaker } from './speaker.ts'
import type { BgpTransport, Connection, ConnectionHandler } from './transport.ts'
import {
  type Attributes,
  buildKeepalive,
  buildOpen,
  encodeKey,
  encodeOutgoing,
  Segment,
  UNICAST,
  UpdateWriter,
} from './wire/index.ts'

/**
 * A process of JavaScript is slow at first: what it does often is compiled while it runs. The first table after a start is
 * the one that everybody waits for, so the speaker rehearses it: a speaker of its own, with neighbours in memory that
 * announce, change and withdraw some thousand routes in all, until all that a table needs is compiled. Nothing of it leaves
 * the process, and nothing of it stays.
 */
export interface RehearsalOptions {
  readonly clock: Clock
  /** Milliseconds after which it ends at the next opportunity. */
  readonly limit: number
  /** Lets others go on for a moment. */
  pause(): Promise<void>
}

const OWN = '192.0.2.1'
const AS = 65000
const EXTERNAL_AS = 65001
/** Octets that come at a time: some messages begin in one chunk and end in the next. */
const CHUNK = 10_000
/** More rounds compile nothing new. */
const ROUNDS = 150

/** Policies as boxes have them: they look at prefixes, and accept. One is another one in odd versions. */
function policies(version: number): Policy[] {
  const refused = [
    { prefix: '192.168.0.0/16', le: 32 },
    { prefix: version % 2 === 0 ? 'fd00::/8' : 'fc00::/7', le: 128 },
  ]
  return ['internal', 'external'].map(name => ({
    name,
    rules: [
      { match: { prefixes: refused }, action: 'reject' },
      { match: { sources: ['bgp'] }, action: 'accept' },
    ],
  }))
}

/** The neighbours: three clients of a route reflector, the first of which announces, and one of another AS that does too. */
const NEIGHBORS = [
  { address: '192.0.2.2', as: AS },
  { address: '192.0.2.3', as: AS },
  { address: '192.0.2.4', as: AS },
  { address: '192.0.2.5', as: EXTERNAL_AS },
] as const

/** What is announced in a round: so many prefixes from the first on, so many of them an UPDATE, and so many a set. */
const FEEDS = [
  { family: 4, from: 0, count: 1200, perUpdate: 200, perSet: 200 },
  { family: 4, from: 1200, count: 200, perUpdate: 1, perSet: 100 },
  { family: 4, from: 1400, count: 200, perUpdate: 5, perSet: 5 },
  { family: 6, from: 0, count: 200, perUpdate: 100, perSet: 100 },
] as const

type Feed = (typeof FEEDS)[number]

/** Rehearses until nothing new is compiled or the time is over. */
export async function rehearse(options: RehearsalOptions): Promise<void> {
  const end = options.clock.now() + options.limit
  const stage = new Stage(options)
  for (let round = 0; round < ROUNDS && options.clock.now() < end; round++) {
    stage.play(round)
    await options.pause()
  }
  stage.close()
}

class Stage {
  readonly #speaker: Speaker
  readonly #actors: readonly Actor[]
  readonly #scripts = FEEDS.map(feed => ({
    first: announcements(feed, 'iBGP', 0),
    changed: announcements(feed, 'iBGP', 1),
    external: announcements(feed, 'eBGP', 0),
    withdrawn: withdrawals(feed),
  }))
  readonly #deferred: (() => void)[] = []
  #accept: (connection: Connection) => void = () => {}

  constructor({ clock }: RehearsalOptions) {
    const transport: BgpTransport = {
      connect: () => new Actor(''),
      listen: ({ onConnection }) => {
        this.#accept = onConnection
        return { setKeys() {}, close() {} }
      },
      drops: () => undefined,
      discover: () => ({ setLinks() {}, close() {} }),
    }
    this.#speaker = new Speaker({
      clock,
      random: () => 0.5,
      transport,
      sink: NOWHERE,
      nexthops: interner(),
      log() {},
      defer: action => this.#deferred.push(action),
    })
    this.#configure(0)
    this.#actors = NEIGHBORS.map(({ address, as }, index) => {
      const actor = new Actor(address)
      this.#accept(actor)
      actor.say(
        buildOpen({
          as,
          holdTime: 0,
          routerId: 0xc000_0202 + index,
          capabilities: { families: [UNICAST[4], UNICAST[6]], as4: as },
        }),
        buildKeepalive(),
      )
      return actor
    })
    this.#settle()
  }

  #configure(version: number): void {
    const neighbors = NEIGHBORS.map(({ address, as }): BgpNeighbor => {
      const policy = as === AS ? 'internal' : 'external'
      return {
        address,
        remoteAs: as,
        passive: true,
        families: ['ipv4-unicast', 'ipv6-unicast'],
        importPolicy: policy,
        exportPolicy: policy,
        ...(as === AS && { routeReflectorClient: true }),
      }
    })
    this.#speaker.configure({ localAs: AS, routerId: OWN, neighbors }, policies(version))
  }

  /**
   * All feeds come, every other time from both sources, change, and go again; beside them a route of our own, and now and
   * then other policies.
   */
  play(round: number): void {
    const [feeder, , , external] = this.#actors
    const both = round % 2 === 1
    this.#speaker.originate(4, OWN_PREFIX, 0, 24, round % 4 < 2 ? 'connected' : 'static')
    for (const actor of this.#actors) actor.say(KEEPALIVE)
    for (const { first, changed, external: others } of this.#scripts) {
      feeder!.say(first)
      if (both) external!.say(others)
      this.#settle()
      feeder!.say(changed)
      this.#settle()
    }
    if (round % 8 === 3) this.#configure(round >> 3)
    this.#settle()
    this.#speaker.withdrawOriginated(4, OWN_PREFIX, 0, 24)
    for (const { withdrawn } of this.#scripts) {
      feeder!.say(withdrawn)
      if (both) external!.say(withdrawn)
      this.#settle()
    }
  }

  close(): void {
    this.#actors[0]!.say(this.#scripts[0]!.first)
    this.#settle()
    for (const actor of this.#actors) actor.handler?.onClose()
    this.#settle()
    void this.#speaker.stop()
    this.#settle()
  }

  #settle(): void {
    for (let action = this.#deferred.shift(); action; action = this.#deferred.shift()) action()
  }
}

/** A neighbour in memory: takes what it is told and thinks nothing of it. */
class Actor implements Connection {
  readonly localAddress = OWN
  readonly localPort = 179
  readonly remoteAddress: string
  readonly remotePort = 40_000
  readonly peerIsDone = false
  handler: ConnectionHandler | undefined

  constructor(address: string) {
    this.remoteAddress = address
  }

  say(...pieces: Uint8Array[]): void {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += CHUNK) this.handler?.onData(piece.slice(at, at + CHUNK))
    }
  }

  write(): boolean {
    return true
  }

  limitHops(): boolean {
    return true
  }

  close(): void {}
  destroy(): void {}
  pause(): void {}
  resume(): void {}
}

const KEEPALIVE = buildKeepalive()
const OWN_PREFIX = Uint8Array.of(10, 255, 0)
const NOWHERE: RouteSink = { update() {}, withdraw() {}, converged() {} }

function interner() {
  const sets = new Map<string, NexthopSet>()
  return {
    intern(hops: readonly Hop[], blackhole = false): NexthopSet {
      const text = JSON.stringify([hops, blackhole])
      const set = sets.get(text) ?? { id: sets.size + 1, blackhole, hops }
      sets.set(text, set)
      return set
    },
  }
}

function announcements(feed: Feed, type: 'iBGP' | 'eBGP', version: number): Uint8Array {
  return written(writer => {
    const as = type === 'iBGP' ? AS : EXTERNAL_AS
    const outgoing = {
      type,
      as4: true,
      localAs: as,
      prepend: 0,
      localPreference: 100,
      keepMed: true,
    } as const
    for (let i = 0; i < feed.count; i++) {
      if (i % feed.perUpdate === 0) {
        writer.flush()
        const key = encodeKey(attributes(feed, type, Math.floor(i / feed.perSet), version))
        writer.announce(encodeOutgoing(key, 0, key.length, feed.family, outgoing))
      }
      addPrefix(writer, feed.family, feed.from + i)
    }
    writer.endOfRib(feed.family)
  })
}

function attributes(feed: Feed, type: 'iBGP' | 'eBGP', set: number, version: number): Attributes {
  const host = type === 'iBGP' ? 2 : 5
  const nexthop = Uint8Array.of(...(feed.family === 4 ? [192, 0, 2] : [0x20, 1, 0xd, 0xb8, ...NULLS]), host)
  const ases = [...(type === 'eBGP' ? [EXTERNAL_AS] : []), 64700 + version, 4_200_000_000 + set]
  return {
    nexthop,
    origin: 0,
    asPath: [{ type: Segment.SEQUENCE, ases }],
    ...(type === 'iBGP' && { localPreference: 100 }),
    ...(set % 3 === 0 && { med: version }),
    communities: [0xfde8_0001],
  }
}

const NULLS = new Array<number>(11).fill(0)

function withdrawals({ family, from, count }: Feed): Uint8Array {
  return written(writer => {
    writer.withdraw(family)
    for (let i = 0; i < count; i++) addPrefix(writer, family, from + i)
  })
}

const prefix = new Uint8Array(16)

/** 10.0.0.0/24 and on, 2001:db8::/48 and on. */
function addPrefix(writer: UpdateWriter, family: Family, index: number): void {
  prefix.set(family === 4 ? [10, index >> 8, index & 255] : [0x20, 1, 0xd, 0xb8, index >> 8, index & 255])
  writer.add(prefix, 0, family === 4 ? 24 : 48)
}

function written(write: (writer: UpdateWriter) => void): Uint8Array {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes) })
  write(writer)
  writer.flush()
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
