import { describe, expect, it } from 'vitest'
import { Fib } from '../../src/forwarding/index.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import type { ResolvedNexthops } from '../../src/routing/index.ts'
import { Random } from '../fuzz/random.ts'
import { DistantKernel } from './distant-kernel.ts'
import { MemoryKernel, routeKey } from './memory-kernel.ts'

const LINKS = ['eth0', 'eth1', 'ipip0'] as const
const PREFIXES = Array.from({ length: 6 }, (_, index) => `10.${index}.0.0/16`)
/** Sets of next hops as text: gateway and link of each. */
const SETS = [
  '192.0.2.1%eth0',
  '192.0.2.2%eth0',
  '192.0.2.1%eth0 192.0.2.2%eth0',
  '198.51.100.1%eth1',
  '192.0.2.1%eth0 198.51.100.1%eth1',
  '192.0.2.4%ipip0',
  '192.0.2.4%ipip0 192.0.2.5%ipip0',
  'blackhole',
] as const

/** What the FIB is told, links, time, and what others and overruns do. */
type Move = 'set' | 'delete' | 'link' | 'time' | 'overrun' | 'route' | 'nexthop'

const USUAL: readonly Move[] = [
  'set',
  'set',
  'set',
  'delete',
  'delete',
  'link',
  'link',
  'link',
  'time',
  'time',
]
const TROUBLE: readonly Move[] = ['overrun', 'route', 'nexthop']

/** What a FIB is told, what its kernel does and what others do to it, in an order that a number stands for. */
class Story {
  readonly kernel = new MemoryKernel()
  readonly wanted = new Map<string, string>()
  readonly #random: Random
  readonly #distant: DistantKernel
  readonly #clock = new ManualClock()
  readonly #fib: Fib
  readonly #started: Promise<void>
  readonly #sets: ReadonlyMap<string, ResolvedNexthops> = new Map(
    SETS.map((text, index) => [text, nexthopsOf(text, index + 1)]),
  )

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#distant = new DistantKernel(this.kernel)
    for (const name of ['eth0', 'eth1']) this.kernel.addPort(name, { up: true, carrier: true })
    this.#fib = new Fib({ kernel: this.#distant, clock: this.#clock, log: () => {} })
    this.#started = this.#fib.start()
    this.#started.then(() => {
      this.#distant.fails = () => this.#random.oneIn(20)
    })
  }

  async tell(moves: number): Promise<void> {
    for (let left = moves; left > 0; left--) {
      this.#moves[this.#random.pick(this.#random.oneIn(5) ? TROUBLE : USUAL)]()
      for (let some = this.#random.below(8); some > 0; some--) await this.#progress()
    }
  }

  /** All links are up, all is answered, and there is time for what waits. */
  async end(): Promise<void> {
    for (const name of LINKS) this.#setLink(name, true)
    this.#distant.fails = () => false
    await this.#settle()
    await this.#started
    for (let seconds = 0; seconds < 150; seconds++) {
      this.#clock.advance(1000)
      await this.#settle()
    }
  }

  /** Where a prefix leads in the kernel, as in `SETS`. */
  leadsTo(prefix: string): string | undefined {
    const { routes, nexthops, links } = this.kernel
    const object = nexthops.get(routes.get(routeKey(prefix))?.nexthopId ?? 0)
    if (!object) return undefined
    const hops = (object.group ?? [object]).map(({ id }) => {
      const { blackhole, gateway, link = 0 } = nexthops.get(id)!
      return blackhole ? 'blackhole' : `${gateway}%${links.get(link)?.name}`
    })
    return hops.sort().join(' ')
  }

  readonly #moves: Readonly<Record<Move, () => void>> = {
    set: () => {
      const { text, bytes, length } = this.#prefix()
      const set = this.#random.pick(SETS)
      this.wanted.set(text, set)
      this.#fib.set(4, bytes, 0, length, this.#sets.get(set)!)
    },
    delete: () => {
      const { text, bytes, length } = this.#prefix()
      this.wanted.delete(text)
      this.#fib.delete(4, bytes, 0, length)
    },
    link: () => {
      const name = this.#random.pick(LINKS)
      const link = [...this.kernel.links.values()].find(one => one.name === name)
      if (link && this.#random.oneIn(5)) this.kernel.removeLink(link.index)
      else this.#setLink(name, !this.#random.oneIn(3))
    },
    time: () => this.#clock.advance(this.#random.pick([1, 100, 300, 1100, 5000])),
    overrun: () => this.#distant.overrun(),
    route: () => {
      const { routes } = this.kernel
      const [key, route] = [...routes][this.#random.below(routes.size)] ?? []
      if (key === undefined || !route) return
      routes.delete(key)
      const told = { ...route, type: 1, scope: 0, flags: 0, paths: [] }
      this.kernel.tell({ kind: 'route', gone: true, route: told })
    },
    nexthop: () => {
      const { nexthops } = this.kernel
      const nexthop = [...nexthops.values()][this.#random.below(nexthops.size)]
      if (!nexthop) return
      this.kernel.removeNexthop(nexthop.id)
      this.kernel.tell({ kind: 'nexthop', gone: true, nexthop })
    },
  }

  #prefix(): { text: string; bytes: Uint8Array; length: number } {
    const text = this.#random.pick(PREFIXES)
    return { text, ...parsePrefix(text)! }
  }

  #setLink(name: string, up: boolean): void {
    const link = [...this.kernel.links.values()].find(one => one.name === name)
    if (!link) this.kernel.addPort(name, { up, carrier: up })
    else if (link.up !== up) this.kernel.setPort(name, { up, carrier: up })
  }

  async #settle(): Promise<void> {
    this.#distant.read()
    await this.#distant.settle()
  }

  /** Something of what is under way. */
  async #progress(): Promise<void> {
    const step = this.#random.below(4)
    if (step === 0) await this.#distant.answer()
    else if (step === 1) this.#distant.read()
    else if (step === 2) await this.#distant.deliver()
    else await Promise.resolve()
  }
}

function nexthopsOf(text: string, id: number): ResolvedNexthops {
  if (text === 'blackhole') return { id, blackhole: true, hops: [] }
  const hops = text.split(' ').map(hop => {
    const [gateway = '', link = ''] = hop.split('%')
    return { gateway, link, onlink: link === 'ipip0', weight: 1 }
  })
  return { id, blackhole: false, hops }
}

describe('routes, nexthop objects and links, in whatever order they come and go', () => {
  it.each([
    [8, 300],
    [40, 500],
  ])('end as was asked for last, after %i moves', async (moves, stories) => {
    for (let seed = 0; seed < stories; seed++) {
      const story = new Story(seed)
      await story.tell(moves)
      await story.end()
      const led = PREFIXES.map(prefix => [prefix, story.leadsTo(prefix)])
      expect(led, `story ${seed}`).toEqual(PREFIXES.map(prefix => [prefix, story.wanted.get(prefix)]))
    }
  })
})

describe('a link that goes down while its routes move to another', () => {
  it('takes none of them along, though the kernel has dropped them before it is heard', async () => {
    const kernel = new MemoryKernel()
    const distant = new DistantKernel(kernel)
    for (const name of ['eth0', 'eth1']) kernel.addPort(name, { up: true, carrier: true })
    const fib = new Fib({ kernel: distant, clock: new ManualClock(), log: () => {} })
    const started = fib.start()
    await distant.settle()
    await started
    const { bytes, length } = parsePrefix('10.0.0.0/16')!
    fib.set(4, bytes, 0, length, nexthopsOf('192.0.2.1%eth0 192.0.2.2%eth0', 1))
    await distant.settle()
    kernel.setPort('eth0', { up: false, carrier: false })
    // All prefixes of the group move, and so the group is to be changed.
    fib.set(4, bytes, 0, length, nexthopsOf('198.51.100.1%eth1 198.51.100.2%eth1', 2))
    await distant.settle()
    distant.read()
    await distant.settle()
    const route = kernel.routes.get(routeKey('10.0.0.0/16'))!
    const gateways = kernel.nexthops
      .get(route.nexthopId)!
      .group!.map(({ id }) => kernel.nexthops.get(id)!.gateway)
    expect(gateways).toEqual(['198.51.100.1', '198.51.100.2'])
    expect(fib.status()).toMatchObject({ installed: 1, pending: 0, failures: [] })
  })
})

describe('a link that comes up while the FIB starts', () => {
  it('is known as it is, though the answer of before is there later than the event', async () => {
    const kernel = new MemoryKernel()
    const distant = new DistantKernel(kernel)
    kernel.addPort('eth0')
    const fib = new Fib({ kernel: distant, clock: new ManualClock(), log: () => {} })
    const started = fib.start()
    await distant.answer()
    kernel.setPort('eth0', { up: true, carrier: true })
    distant.read()
    await distant.settle()
    await started
    const { bytes, length } = parsePrefix('10.0.0.0/16')!
    fib.set(4, bytes, 0, length, nexthopsOf('192.0.2.1%eth0', 1))
    await distant.settle()
    expect(fib.status()).toMatchObject({ installed: 1, unresolved: 0 })
  })

  it('is found by the next audit, where nobody told of it', async () => {
    const kernel = new MemoryKernel()
    const clock = new ManualClock()
    const link = kernel.addPort('eth0')
    const fib = new Fib({ kernel, clock, log: () => {} })
    await fib.start()
    kernel.links.set(link.index, { ...link, up: true, carrier: true })
    const { bytes, length } = parsePrefix('10.0.0.0/16')!
    fib.set(4, bytes, 0, length, nexthopsOf('192.0.2.1%eth0', 1))
    await fib.flushed()
    expect(fib.status()).toMatchObject({ installed: 0, unresolved: 1 })
    clock.advance(30_000)
    await fib.flushed()
    expect(fib.status()).toMatchObject({ installed: 1, unresolved: 0 })
  })
})
