import { strict as assert } from 'node:assert'
import { AddPathMode, buildOpen } from '../../src/bgp/wire/index.ts'
import type { AddressFamily, BgpNeighbor } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { ALL, type Box, Lab } from '../bgp/harness.ts'
import { Remote } from '../bgp/remote.ts'
import { randomMessage, randomOpen, type Shape } from './grammar.ts'
import { mutate } from './mutate.ts'
import type { Random } from './random.ts'

const BOX = '10.0.0.1'
const HOSTILE = '10.0.0.2'
const STEADY = '10.0.0.3'
const WATCHER = '10.0.0.4'
const HOSTILE_AS = 65001
const STEADY_PREFIX = '203.0.113.0/24'

/** Longer than any restart timer that a peer can ask for, and long-lived stale paths we do not keep (seconds). */
const UNTIL_FORGOTTEN = 5000

const ACCEPT: Policy = { ...ALL, name: 'accept' }

/** Looks at much of a route, and changes much of it. */
const BUSY: Policy = {
  name: 'busy',
  rules: [
    {
      match: { communities: { any: ['no-export', '65000:*'] }, prefixes: ['198.51.0.0/16 le 24'] },
      action: 'next',
      set: { communities: { remove: ['65000:*'], add: ['65000:7', '65000:1:2', 'rt:65000:3'] } },
    },
    { match: { asPath: ['^65001 . 64512$'] }, action: 'accept', set: { med: '+10', localPreference: '-50' } },
    { match: { asPathLength: { ge: 200 } }, action: 'reject' },
    { action: 'accept', set: { asPathPrepend: { times: 2 } } },
  ],
}

const FAMILIES: AddressFamily[] = ['ipv4-unicast', 'ipv6-unicast']
const OPEN_TO_ALL = { importPolicy: 'accept', exportPolicy: 'accept', families: FAMILIES }

/** How the box stands to the hostile peer. */
function hostileSettings(random: Random): Partial<BgpNeighbor> {
  return {
    importPolicy: random.pick(['accept', 'busy']),
    ...(random.oneIn(2) && {
      role: random.pick(['provider', 'customer', 'peer', 'rs', 'rs-client'] as const),
    }),
    ...(random.oneIn(4) && { allowOwnAs: 3 }),
    ...(random.oneIn(4) && { addPathReceive: false }),
    ...(random.oneIn(4) && { extendedNexthop: true }),
  }
}

/** How it stands to the watcher, which is inside, a client of the reflector, or outside. */
function watcherSettings(random: Random): Partial<BgpNeighbor> {
  return random.pick<Partial<BgpNeighbor>>([
    { remoteAs: 65000, nexthopSelf: true },
    { remoteAs: 65000, routeReflectorClient: true, nexthopSelf: true, addPathSend: 2 },
    { remoteAs: 65004, removePrivateAs: 'replace', asOverride: true },
    { remoteAs: 65004, exportPolicy: 'busy', addPathSend: 'none' },
  ])
}

/**
 * A speaker in memory with three peers: one hostile, one that is steady, and one that watches what the speaker makes of what the
 * hostile one says. Real sessions with time on a manual clock.
 */
export class SessionTrial {
  readonly #random: Random
  readonly #lab = new Lab()
  readonly #box: Box
  readonly #steady: Box
  readonly #watcher: Box
  readonly #baseline: readonly number[]
  /** How far it came: episodes in which the hostile session was up, and the most paths it had in the table. */
  established = 0
  mostPaths = 0

  constructor(random: Random) {
    this.#random = random
    const watcher = watcherSettings(random)
    this.#box = this.#lab.box(
      BOX,
      {
        localAs: 65000,
        neighbors: [
          {
            address: HOSTILE,
            remoteAs: HOSTILE_AS,
            passive: true,
            ...OPEN_TO_ALL,
            ...hostileSettings(random),
          },
          { address: STEADY, remoteAs: 65003, passive: true, ...OPEN_TO_ALL },
          { address: WATCHER, passive: true, ...OPEN_TO_ALL, ...watcher },
        ],
      },
      [ACCEPT, BUSY],
    )
    const side = (address: string, localAs: number) =>
      this.#lab.box(address, { localAs, neighbors: [{ address: BOX, remoteAs: 65000, ...OPEN_TO_ALL }] }, [
        ACCEPT,
      ])
    this.#steady = side(STEADY, 65003)
    this.#watcher = side(WATCHER, watcher.remoteAs!)
    this.#steady.originate(STEADY_PREFIX)
    this.#lab.seconds(30)
    this.#healthy()
    this.#baseline = this.#sizes()
  }

  /** One connection of the hostile peer, from its OPEN to its end. @throws AssertionError where the box is not as it should be */
  episode(messages: number): void {
    const random = this.#random
    this.#lab.seconds(70)
    const remote = Remote.dial(this.#lab.network.host(HOSTILE), BOX)
    this.#lab.clock.advance(10)
    const open = randomOpen(random, HOSTILE_AS)
    const bytes = buildOpen(open)
    remote.send(random.oneIn(5) ? mutate(bytes, random, 4096) : bytes)
    this.#lab.clock.advance(10)
    if (!random.oneIn(10)) remote.keepalive()
    this.#lab.clock.advance(10)
    if (this.#box.neighbor(HOSTILE).state === 'Established') this.established++
    const shape: Shape = {
      as4: true,
      addPath: (open.capabilities.addPath ?? []).some(
        ({ afi, mode }) => afi === 1 && (mode & AddPathMode.SEND) !== 0,
      ),
      as: HOSTILE_AS,
      limit: open.capabilities.extendedMessage ? 65_535 : 4096,
      mild: random.pick([1, 50, 1000]),
    }
    for (let sent = 0; sent < messages && !remote.closed; sent++) {
      const message = randomMessage(random, shape)
      this.#send(remote, random.oneIn(4 * shape.mild) ? mutate(message, random, shape.limit) : message)
      if (random.oneIn(3)) {
        this.#lab.clock.advance(random.below(50))
        this.mostPaths = Math.max(this.mostPaths, this.#sizes()[0]! + this.#sizes()[1]!)
      }
    }
    this.#lab.clock.advance(100)
    this.#healthy()
    remote.connection.destroy()
    this.#lab.seconds(UNTIL_FORGOTTEN)
    this.#healthy()
    assert.deepEqual(this.#sizes(), this.#baseline, 'nothing of the hostile peer stays behind')
  }

  #send(remote: Remote, bytes: Uint8Array): void {
    const piece = this.#random.oneIn(4) ? 1 + this.#random.below(40) : bytes.length
    for (let at = 0; at < bytes.length; at += piece) remote.send(bytes.subarray(at, at + piece))
  }

  #healthy(): void {
    for (const address of [STEADY, WATCHER]) {
      assert.equal(this.#box.neighbor(address).state, 'Established', `the session with ${address} stands`)
    }
    assert.deepEqual(this.#box.sink.routes.get(STEADY_PREFIX), [STEADY])
    assert.ok(this.#watcher.sink.routes.has(STEADY_PREFIX), 'the watcher has the steady route')
    const complaint = this.#watcher.events.find(({ kind }) => kind === 'problem')
    assert.equal(complaint?.message, undefined, 'what the box passes on is well formed')
  }

  #sizes(): readonly number[] {
    const { paths, attributes } = this.#box.speaker.tables
    return [paths[4].size, paths[6].size, paths[4].prefixes.size, paths[6].prefixes.size, attributes.size]
  }
}
