import { expect, it } from 'vitest'
import { UpdateGroups } from '../../../src/bgp/export/update-groups.ts'
import type { CompiledPolicy } from '../../../src/bgp/policy.ts'
import { LOCAL } from '../../../src/bgp/rib/peers.ts'
import { Community } from '../../../src/bgp/wire/index.ts'
import { compiled } from '../policy/compiled.ts'
import { seeded } from '../rib/fixture.ts'
import { Bench, Listener, path, type TreatmentChange } from './bench.ts'

/**
 * Update groups tell each member what it should have, whatever has happened before: random members and sources, and random
 * events in random order, with a scheduler that may stop at any point. Once all is quiet, each member must have
 * what a group of its own, made at that moment, tells it.
 */

const PREFIXES = Array.from({ length: 160 }, (_, index) => `10.${index >> 4}.${(index & 15) * 16}.0/24`)
const FULL = 300 * 1024
const SLOW = 5 * 1024 * 1024

interface Known {
  readonly listener: Listener
  change: TreatmentChange
}

class Model extends Bench {
  readonly random: () => number
  readonly members: Known[] = []
  readonly sources: number[] = []
  readonly sets: readonly number[]
  readonly policies: readonly (CompiledPolicy | undefined)[]
  #addresses = 0
  #now = 0

  constructor(seed: number) {
    super()
    const random = seeded(seed)
    for (let i = 0; i < 8; i++) random()
    this.random = random
    const { fixture } = this
    this.sets = [
      { via: '10.0.0.21' },
      { via: '10.0.0.22', asPath: path(65001) },
      { via: '10.0.0.22', asPath: path(65002, 64600) },
      { via: '10.0.0.23', localPreference: 4_294_967_295, med: 4_294_967_295 },
      { asPath: path(4_200_000_001, 65001), communities: [0x00010001] },
      { communities: [Community.NO_EXPORT] },
      { communities: [Community.LLGR_STALE] },
      { originatorId: 0x01010101, clusterList: [1, 2] },
    ].map(attributes => fixture.set(attributes))
    const { attributes } = fixture
    const policy = (text: string, ...rules: Parameters<typeof compiled>[0]): CompiledPolicy => ({
      ...compiled(rules, { attributes }),
      text,
    })
    this.policies = [
      undefined,
      policy('some', { match: { prefixes: [{ prefix: '10.0.0.0/14', le: 32 }] }, action: 'accept' }),
      policy(
        'changed',
        { match: { communities: { any: ['1:1'] } }, action: 'reject' },
        { action: 'accept', set: { med: 7 } },
      ),
    ]
    for (let i = 0; i < 4; i++) this.sources.push(this.#source())
    for (let i = 0; i < 5; i++) this.join()
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  #source(): number {
    const { fixture } = this
    const at = this.#addresses++
    const peer = fixture.peer(`10.0.1.${at + 1}`, this.random() < 0.5, 10 + this.below(5))
    fixture.peers.client[peer] = this.below(2)
    return peer
  }

  #change(before: TreatmentChange | undefined): TreatmentChange {
    const type = before?.type ?? this.pick(['iBGP', 'eBGP', 'iBGP', 'confederation'] as const)
    const addPath = before?.addPath ?? this.random() < 0.4
    const policy = this.pick(this.policies)
    const paths = this.pick([Number.POSITIVE_INFINITY, 1, 2, 3])
    return {
      type,
      addPath,
      ...(addPath && { paths }),
      client: type === 'iBGP' && this.random() < 0.5,
      longLived: before?.longLived ?? this.random() < 0.7,
      nexthopRule: this.pick(['never', 'always', 'external'] as const),
      outgoing: this.pick([{}, { path: { privateAs: 'remove', override: false, peerAs: 65002 } }] as const),
      ...(policy && { policy }),
    }
  }

  join(): void {
    if (this.members.length >= 8) return
    const { fixture } = this
    const like = this.random() < 0.5 ? this.members[0] : undefined
    const change = like?.change ?? this.#change(undefined)
    const at = this.#addresses++
    const peer = fixture.peer(`10.0.2.${(at % 250) + 1}`, change.type === 'eBGP', 20 + this.below(5))
    fixture.peers.confederation[peer] = change.type === 'confederation' ? 1 : 0
    fixture.peers.client[peer] = change.client ? 1 : 0
    const listener = new Listener(peer, change.addPath ?? false, change.type !== 'eBGP')
    this.members.push({ listener, change })
    this.sources.push(peer)
    this.groups.reidentified(peer)
    this.groups.join(listener, this.treatment(change))
  }

  /** The session ends, and what the member said goes; its number may be another's next. */
  leave(): void {
    if (this.members.length < 3) return
    const [{ listener }] = this.members.splice(this.below(this.members.length), 1) as [Known]
    this.groups.leave(listener)
    this.sources.splice(this.sources.indexOf(listener.peer), 1)
    const { fixture } = this
    for (const prefix of PREFIXES)
      for (const id of [0, 4_294_967_295]) fixture.withdraw(listener.peer, prefix, id)
    fixture.peers.release(listener.peer)
  }

  announce(): void {
    const source = this.random() < 0.05 ? LOCAL : this.pick(this.sources)
    for (let count = this.below(30); count >= 0; count--) {
      const id = source === LOCAL ? 1 : this.pick([0, 4_294_967_295])
      this.fixture.announce(source, this.pick(PREFIXES), this.pick(this.sets), id)
    }
  }

  withdraw(): void {
    const source = this.random() < 0.05 ? LOCAL : this.pick(this.sources)
    for (let count = this.below(60); count >= 0; count--)
      this.fixture.withdraw(source, this.pick(PREFIXES), source === LOCAL ? 1 : this.pick([0, 4_294_967_295]))
  }

  /** The member has lost what it heard, and asks for all again. */
  again(): void {
    const { listener } = this.pick(this.members)
    listener.routes.clear()
    this.groups.again(listener)
  }

  /** Another configuration: some members are treated otherwise, or all of a kind; a client may be none any more. */
  configure(): void {
    const { peers } = this.fixture
    const together = this.random() < 0.5
    const kinds = new Map<string, TreatmentChange>()
    for (const known of this.members) {
      const { text } = this.treatment(known.change)
      const same = together ? kinds.get(text) : undefined
      if (!same && this.random() < 0.5) kinds.set(text, known.change)
      else known.change = same ?? (this.random() < 0.3 ? this.#alike(known) : this.#change(known.change))
      kinds.set(text, known.change)
      peers.client[known.listener.peer] = known.change.client ? 1 : 0
    }
    this.groups.retarget(peer =>
      this.treatment(this.members.find(({ listener }) => listener.peer === peer)!.change),
    )
    this.groups.review()
  }

  /** As another member of its kind. */
  #alike({ change }: Known): TreatmentChange {
    const kind = ({ change: other }: Known) =>
      other.type === change.type && other.addPath === change.addPath && other.longLived === change.longLived
    return this.pick(this.members.filter(kind)).change
  }

  reach(): void {
    this.fixture.setMetric(this.pick(['10.0.0.21', '10.0.0.22']), this.pick([undefined, 0, 5]))
  }

  congest(): void {
    this.pick(this.members).listener.waiting = this.pick([0, 0, FULL, SLOW])
  }

  /** Some of what there is to do, or all of it. */
  work(turns = this.below(6)): void {
    const now = () => this.#now++
    for (let turn = 0; turn < turns; turn++) {
      // As the speaker does: nothing is told while something is undecided.
      if (!this.fixture.table.settle(now, this.#now + this.below(3)))
        this.groups.run(now, this.#now + this.below(12))
    }
  }

  settled(): void {
    for (const { listener } of this.members) listener.waiting = 0
    const endless = () => 0
    while (this.fixture.table.settle(endless, 1) || this.groups.busy) this.groups.run(endless, 1)
    this.groups.run(endless, 1)
  }

  /** What a member would hear if it came now. */
  expected({ listener, change }: Known): Listener {
    const { table, attributes, peers } = this.fixture
    const groups = new UpdateGroups(4, { table, attributes, peers })
    const fresh = new Listener(listener.peer, change.addPath ?? false, change.type !== 'eBGP')
    groups.join(fresh, this.treatment(change))
    groups.run(() => 0, 1)
    groups.leave(fresh)
    groups.run(() => 0, 1)
    return fresh
  }

  get treatments(): number {
    return new Set(this.members.map(({ change }) => this.treatment(change).text)).size
  }
}

const EVENTS = [
  'announce',
  'announce',
  'withdraw',
  'withdraw',
  'join',
  'leave',
  'again',
  'configure',
  'reach',
  'congest',
  'congest',
] as const

/** One life of a model, and what differs from what should be after each of its quiet moments. */
function live(seed: number): void {
  const model = new Model(seed)
  for (let quiet = 0; quiet < 4; quiet++) {
    for (let event = 0; event < 25; event++) {
      model[model.pick(EVENTS)]()
      model.work()
    }
    model.settled()
    for (const known of model.members) {
      const expected = model.expected(known)
      const { listener } = known
      const what = `seed ${seed}, quiet ${quiet}, member ${listener.peer} ${model.treatment(known.change).text}`
      expect(sorted(listener), what).toEqual(sorted(expected))
      expect(model.groups.of(listener.peer)!.advertised(listener.peer), what).toBe(listener.routes.size)
    }
    expect(model.groups.size, `seed ${seed}: groups`).toBe(model.treatments)
  }
}

function sorted({ routes }: Listener) {
  return [...routes].sort(([a], [b]) => (a < b ? -1 : 1))
}

it('tells each member what a group made now would tell it, whatever happened before', () => {
  for (let seed = 1; seed <= 20; seed++) live(seed)
})
