import type { BgpNeighbor } from '../../model/config-bgp.ts'
import type { Policy } from '../../model/config-policy.ts'
import type { Clock } from '../../net/clock.ts'
import type { NexthopInterner, NexthopReachability, RouteSink } from '../sink.ts'
import { Speaker } from '../speaker.ts'
import type { BgpTransport, Connection } from '../transport.ts'
import { buildKeepalive, buildOpen, UNICAST } from '../wire/index.ts'
import { Actor } from './actor.ts'
import { AS, EXTERNAL_AS, type Script } from './feeds.ts'

/** What a speaker stands on, of which it needs one of its own. */
export interface Surroundings {
  readonly nexthops: NexthopInterner
  readonly reachability: NexthopReachability
  readonly sink: RouteSink
}

const OWN = '192.0.2.1'
const OWN_PREFIX = Uint8Array.of(10, 255, 0)
const KEEPALIVE = buildKeepalive()

/** The neighbours: three clients of a route reflector, the first of which announces, and one of another AS that does too. */
const NEIGHBORS = [
  { address: '192.0.2.2', as: AS },
  { address: '192.0.2.3', as: AS },
  { address: '192.0.2.4', as: AS },
  { address: '192.0.2.5', as: EXTERNAL_AS },
] as const

/** Policies as boxes have them: they look at prefixes, and accept. Another version is another policy. */
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

/** A speaker and its neighbours, all in memory. Between the acts it has nothing to do, and no timer. */
export class Stage {
  readonly #speaker: Speaker
  readonly #actors: Actor[]
  readonly #deferred: (() => void)[] = []
  #accept: (connection: Connection) => void = () => {}
  #version = 0

  constructor(clock: Clock, surroundings: Surroundings) {
    const transport: BgpTransport = {
      connect: () => new Actor(OWN, ''),
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
      ...surroundings,
      log() {},
      defer: action => this.#deferred.push(action),
    })
    this.#configure()
    this.#settle()
    this.#actors = NEIGHBORS.map((_, index) => this.#enter(index))
    this.#settle()
  }

  /** The scripts are played: what is announced comes, from one neighbour or from two, changes, and goes again. */
  play(scripts: readonly Script[], both: boolean): void {
    const [feeder, , , external] = this.#actors
    this.#speaker.originate(4, OWN_PREFIX, 0, 24, both ? 'connected' : 'static')
    for (const actor of this.#actors) actor.say(KEEPALIVE)
    for (const { first, changed, external: others } of scripts) {
      feeder!.say(first)
      if (both) external!.say(others)
      this.#settle()
      feeder!.say(changed)
      this.#settle()
    }
    this.#speaker.withdrawOriginated(4, OWN_PREFIX, 0, 24)
    for (const { withdrawn } of scripts) {
      feeder!.say(withdrawn)
      if (both) external!.say(withdrawn)
      this.#settle()
    }
  }

  /** The neighbours that announce do so, and are killed, one after the other. */
  kill(scripts: readonly Script[]): void {
    const [feeder, , , external] = this.#actors
    for (const { first, external: others } of scripts) {
      feeder!.say(first)
      external!.say(others)
    }
    this.#settle()
    for (const actor of [feeder!, external!]) {
      actor.die()
      this.#settle()
    }
  }

  /** Those that were killed are back; the time that a neighbour has to wait for that has passed. */
  revive(): void {
    for (const index of [0, 3]) this.#actors[index] = this.#enter(index)
    this.#settle()
  }

  /** Other policies, and other settings of the tables. */
  reconfigure(): void {
    this.#version++
    this.#configure()
    this.#settle()
  }

  #enter(index: number): Actor {
    const { address, as } = NEIGHBORS[index]!
    const actor = new Actor(OWN, address)
    this.#accept(actor)
    actor.say(
      buildOpen({
        as,
        holdTime: 0,
        routerId: 0xc000_0202 + index,
        capabilities: { families: [UNICAST[4], UNICAST[6]], as4: as },
      }),
      KEEPALIVE,
    )
    return actor
  }

  #configure(): void {
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
    const odd = this.#version % 2 === 1
    const tables = odd ? { installRoutes: false, multipath: 8, multipathRelax: false } : {}
    void this.#speaker.configure(
      { localAs: AS, routerId: OWN, neighbors, ...tables },
      policies(this.#version),
    )
  }

  #settle(): void {
    for (let action = this.#deferred.shift(); action; action = this.#deferred.shift()) action()
  }
}
