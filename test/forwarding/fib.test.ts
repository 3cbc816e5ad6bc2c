import { beforeEach, describe, expect, it } from 'vitest'
import { Fib } from '../../src/forwarding/index.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import type { ResolvedHop, ResolvedNexthops } from '../../src/routing/index.ts'
import { MemoryKernel, routeKey } from './memory-kernel.ts'

let kernel: MemoryKernel
let clock: ManualClock
let nextSet: number

beforeEach(() => {
  kernel = new MemoryKernel()
  clock = new ManualClock()
  nextSet = 1
  for (const name of ['eth0', 'eth1']) kernel.addPort(name, { up: true, carrier: true })
})

function via(...hops: (string | Partial<ResolvedHop>)[]): ResolvedNexthops {
  const whole = hops.map(hop => ({
    link: 'eth0',
    onlink: false,
    weight: 1,
    ...(typeof hop === 'string' ? { gateway: hop } : hop),
  }))
  return { id: nextSet++, blackhole: false, hops: whole }
}

const blackhole = (): ResolvedNexthops => ({ id: nextSet++, blackhole: true, hops: [] })

function newFib() {
  return new Fib({ kernel, clock, log: () => {} })
}

async function startedFib() {
  const fib = newFib()
  await fib.start()
  return fib
}

function set(fib: Fib, text: string, nexthops: ResolvedNexthops) {
  const { bytes, length } = parsePrefix(text)!
  fib.set(bytes.length === 4 ? 4 : 6, bytes, 0, length, nexthops)
}

function remove(fib: Fib, text: string) {
  const { bytes, length } = parsePrefix(text)!
  fib.delete(bytes.length === 4 ? 4 : 6, bytes, 0, length)
}

/** The group or object that a prefix points at, gateways in place of ids. */
function pathsOf(prefix: string): string[] | undefined {
  const route = kernel.routes.get(routeKey(prefix))
  const object = route && kernel.nexthops.get(route.nexthopId)
  if (!object) return undefined
  const members = object.group ?? [{ id: object.id, weight: 1 }]
  return members.map(({ id, weight }) => {
    const member = kernel.nexthops.get(id)!
    return `${member.blackhole ? 'blackhole' : (member.gateway ?? 'link')}*${weight}`
  })
}

/** Lets everything run that waits for no clock. */
const quiet = () => new Promise(resolve => setImmediate(resolve))

async function pass(milliseconds: number) {
  for (let left = milliseconds; left > 0; left -= 50) {
    clock.advance(Math.min(50, left))
    await quiet()
  }
}

describe('routes on their way to the kernel', () => {
  it('point at one object for each distinct hop and one group for each distinct set', async () => {
    const fib = await startedFib()
    const [a, ab] = [via('10.0.0.1'), via('10.0.0.1', '10.0.0.2')]
    for (let i = 0; i < 50; i++) set(fib, `10.1.${i}.0/24`, i % 2 ? a : ab)
    await fib.flushed()
    expect(kernel.routes.size).toBe(50)
    expect([...kernel.nexthops.values()].map(one => one.group?.length ?? one.gateway)).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      2,
    ])
    expect(pathsOf('10.1.1.0/24')).toEqual(['10.0.0.1*1'])
    expect(pathsOf('10.1.2.0/24')).toEqual(['10.0.0.1*1', '10.0.0.2*1'])
    expect(fib.status()).toEqual({ installed: 50, pending: 0, unresolved: 0, stale: 0, failures: [] })
  })

  it('carry our table, metric and protocol', async () => {
    const fib = await startedFib()
    set(fib, '2001:db8::/32', via('fe80::1'))
    await fib.flushed()
    expect([...kernel.routes.values()]).toEqual([
      expect.objectContaining({ family: 6, table: 254, metric: 20, protocol: 201 }),
    ])
  })

  it('are deleted, and their objects a while later', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1', '10.0.0.2'))
    await fib.flushed()
    remove(fib, '10.1.0.0/16')
    remove(fib, '10.2.0.0/16')
    await fib.flushed()
    expect(kernel.routes.size).toBe(0)
    await pass(1_100)
    expect(kernel.nexthops.size).toBe(0)
    expect(fib.status()).toMatchObject({ installed: 0, pending: 0 })
  })

  it('are written once, however often the same is asked for', async () => {
    const fib = await startedFib()
    const a = via('10.0.0.1')
    for (let i = 0; i < 3; i++) {
      set(fib, '10.1.0.0/16', a)
      await fib.flushed()
    }
    expect(kernel.written).toHaveLength(1)
  })

  it('end as last asked for, whatever was asked for in between', async () => {
    const fib = await startedFib()
    const sets = [via('10.0.0.1'), via('10.0.0.2'), blackhole()]
    let seed = 7
    const last = new Map<string, ResolvedNexthops | undefined>()
    for (let i = 0; i < 3000; i++) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31
      const prefix = `10.${seed % 40}.0.0/16`
      const nexthops = sets[(seed >> 8) % 4]
      last.set(prefix, nexthops)
      if (nexthops) set(fib, prefix, nexthops)
      else remove(fib, prefix)
      if (i % 97 === 0) await quiet()
    }
    await fib.flushed()
    const expected = [...last].flatMap(([prefix, nexthops]) => (nexthops ? [prefix] : [])).sort()
    expect([...kernel.routes.values()].map(route => route.prefix).sort()).toEqual(expected)
    for (const [prefix, nexthops] of last) {
      const paths = nexthops && [nexthops.blackhole ? 'blackhole*1' : `${nexthops.hops[0]!.gateway}*1`]
      expect(pathsOf(prefix)).toEqual(paths)
    }
  })

  it('to a blackhole point at one blackhole object a family', async () => {
    const fib = await startedFib()
    const drop = blackhole()
    for (const prefix of ['10.1.0.0/16', '10.2.0.0/16', '2001:db8::/32']) set(fib, prefix, drop)
    await fib.flushed()
    expect([...kernel.nexthops.values()].map(one => [one.family, one.blackhole])).toEqual([
      [4, true],
      [6, true],
    ])
  })

  it('of IPv4 may have an IPv6 gateway, of IPv6 no IPv4 one', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('fe80::1'))
    set(fib, '2001:db8::/32', via('10.0.0.1'))
    await fib.flushed()
    expect(kernel.routeTexts).toEqual([expect.stringContaining('10.1.0.0/16')])
    expect(fib.status()).toMatchObject({ installed: 1, unresolved: 1, pending: 1 })
  })

  it('name a gateway once in a group, with the weights together', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1', { gateway: '10.0.0.1', weight: 2 }, '10.0.0.2'))
    await fib.flushed()
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*3', '10.0.0.2*1'])
  })

  it('leave nexthop ids of others alone', async () => {
    const foreign = { id: 201_000_000, family: 4, gateway: '10.9.9.9', link: 2, protocol: 4 } as const
    kernel.nexthops.set(foreign.id, foreign)
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1'))
    await fib.flushed()
    expect(kernel.nexthops.get(foreign.id)).toEqual(foreign)
    expect(kernel.routeTexts).toEqual(['10.1.0.0/16 201000001'])
  })
})

describe('links under next hops', () => {
  const both = () => via('10.0.0.1', { gateway: '10.0.1.1', link: 'eth1' })

  it('that go down take their hop out of the group, and bring it back, without a route being written', async () => {
    const fib = await startedFib()
    const ab = both()
    for (let i = 0; i < 20; i++) set(fib, `10.1.${i}.0/24`, ab)
    await fib.flushed()
    const written = kernel.written.length
    kernel.setPort('eth1', { carrier: false })
    await fib.flushed()
    expect(pathsOf('10.1.7.0/24')).toEqual(['10.0.0.1*1'])
    kernel.setPort('eth1', { carrier: true })
    await fib.flushed()
    expect(pathsOf('10.1.7.0/24')).toEqual(['10.0.0.1*1', '10.0.1.1*1'])
    expect(kernel.written).toHaveLength(written)
  })

  it('leave no route where no hop is left, and it comes back with the link', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1'))
    await fib.flushed()
    kernel.setPort('eth0', { up: false, carrier: false })
    await fib.flushed()
    expect(kernel.routes.size).toBe(0)
    expect(fib.status()).toMatchObject({ installed: 0, pending: 1, unresolved: 1, failures: [] })
    kernel.setPort('eth0', { up: true, carrier: true })
    await fib.flushed()
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1'])
  })

  it('that do not exist yet are waited for', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via({ link: 'vx1', gateway: '10.0.0.1', onlink: true }))
    await fib.flushed()
    expect(fib.status()).toMatchObject({ unresolved: 1 })
    kernel.addPort('vx1', { up: true, carrier: true })
    await fib.flushed()
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1'])
  })

  it('that were made anew get new objects', async () => {
    const fib = await startedFib()
    kernel.addPort('vx1', { up: true, carrier: true })
    set(fib, '10.1.0.0/16', via({ link: 'vx1', gateway: '10.0.0.1', onlink: true }))
    await fib.flushed()
    kernel.removeLink(kernel.named('vx1').index)
    const { index } = kernel.addPort('vx1', { up: true, carrier: true })
    await fib.flushed()
    const id = kernel.routes.get(routeKey('10.1.0.0/16'))!.nexthopId
    expect(kernel.nexthops.get(id)).toMatchObject({ link: index, gateway: '10.0.0.1', onlink: true })
  })

  it('let a set inherit the group of the one that all its prefixes come from', async () => {
    const fib = await startedFib()
    const [ab, a] = [both(), via('10.0.0.1')]
    for (let i = 0; i < 20; i++) set(fib, `10.1.${i}.0/24`, ab)
    await fib.flushed()
    const written = kernel.written.length
    for (const now of [a, ab, via('10.0.0.1', '10.0.0.3')]) {
      for (let i = 0; i < 20; i++) set(fib, `10.1.${i}.0/24`, now)
      await fib.flushed()
      expect(pathsOf('10.1.3.0/24')).toEqual(now.hops.map(hop => `${hop.gateway}*1`))
    }
    expect(kernel.written).toHaveLength(written)
    await pass(1_100)
    expect([...kernel.nexthops.values()].filter(one => one.group)).toHaveLength(1)
  })

  it('do not let a set inherit a group that other prefixes still need', async () => {
    const fib = await startedFib()
    const [ab, a] = [both(), via('10.0.0.1')]
    for (let i = 0; i < 20; i++) set(fib, `10.1.${i}.0/24`, ab)
    await fib.flushed()
    for (let i = 0; i < 10; i++) set(fib, `10.1.${i}.0/24`, a)
    await fib.flushed()
    expect(pathsOf('10.1.3.0/24')).toEqual(['10.0.0.1*1'])
    expect(pathsOf('10.1.13.0/24')).toEqual(['10.0.0.1*1', '10.0.1.1*1'])
  })
})

describe('what an earlier run left', () => {
  async function leftBehind(): Promise<string[]> {
    const before = await startedFib()
    const [a, ab] = [via('10.0.0.1'), via('10.0.0.1', '10.0.0.2')]
    for (let i = 0; i < 10; i++) set(before, `10.1.${i}.0/24`, i % 2 ? a : ab)
    set(before, '10.2.0.0/16', blackhole())
    await before.flushed()
    await before.close()
    kernel.written.length = 0
    kernel.asked.length = 0
    return kernel.routeTexts
  }

  it('is not written when it is asked for again', async () => {
    const routes = await leftBehind()
    const fib = await startedFib()
    expect(fib.status()).toMatchObject({ installed: 11, stale: 11 })
    const [ab, a] = [via('10.0.0.1', '10.0.0.2'), via('10.0.0.1')]
    for (let i = 0; i < 10; i++) set(fib, `10.1.${i}.0/24`, i % 2 ? a : ab)
    set(fib, '10.2.0.0/16', blackhole())
    await fib.flushed()
    fib.sweep()
    await fib.flushed()
    await pass(1_100)
    expect(kernel.written).toEqual([])
    expect(kernel.asked).toEqual([])
    expect(kernel.routeTexts).toEqual(routes)
    expect(fib.status()).toMatchObject({ installed: 11, stale: 0, pending: 0 })
  })

  it('stays until the sweep, then goes with its objects where nobody asked for it', async () => {
    const routes = await leftBehind()
    const fib = await startedFib()
    set(fib, '10.1.1.0/24', via('10.0.0.1'))
    await fib.flushed()
    await pass(5_000)
    expect(kernel.routeTexts).toEqual(routes)
    fib.sweep()
    await fib.flushed()
    expect([...kernel.routes.values()].map(route => route.prefix)).toEqual(['10.1.1.0/24'])
    await pass(1_100)
    expect([...kernel.nexthops.values()].map(one => one.gateway)).toEqual(['10.0.0.1'])
  })

  it('goes at once where it is withdrawn', async () => {
    await leftBehind()
    const fib = await startedFib()
    remove(fib, '10.1.0.0/24')
    await fib.flushed()
    expect(kernel.routes.has(routeKey('10.1.0.0/24'))).toBe(false)
    expect(kernel.routes.has(routeKey('10.1.1.0/24'))).toBe(true)
  })

  it('is rewritten where it points elsewhere than asked', async () => {
    await leftBehind()
    const fib = await startedFib()
    set(fib, '10.1.1.0/24', via('10.0.0.9'))
    await fib.flushed()
    expect(pathsOf('10.1.1.0/24')).toEqual(['10.0.0.9*1'])
    expect(kernel.written).toHaveLength(1)
  })

  it('with another metric or protocol is left alone', async () => {
    kernel.nexthops.set(5, { id: 5, family: 4, gateway: '10.0.0.1', link: 2, protocol: 4 })
    for (const [metric, protocol] of [
      [30, 201],
      [20, 4],
    ] as const) {
      const prefix = '10.7.0.0/16'
      const route = { family: 4, prefix, table: 254, metric, protocol, nexthopId: 5 } as const
      kernel.routes.set(`${routeKey(prefix, 254, metric)} ${protocol}`, route)
    }
    const fib = await startedFib()
    fib.sweep()
    await fib.flushed()
    await pass(2_000)
    expect(kernel.routes.size).toBe(2)
    expect(kernel.nexthops.has(5)).toBe(true)
  })

  it('waits for start: nothing is written before', async () => {
    await leftBehind()
    const fib = newFib()
    set(fib, '10.1.1.0/24', via('10.0.0.1'))
    await pass(1_000)
    expect(kernel.written).toEqual([])
    await fib.start()
    await fib.flushed()
    expect(kernel.written).toEqual([])
    expect(fib.status()).toMatchObject({ installed: 11, stale: 10 })
  })
})

describe('what others do to routes', () => {
  function deleted(prefix: string) {
    const route = kernel.routes.get(routeKey(prefix))!
    kernel.routes.delete(routeKey(prefix))
    kernel.tell({ kind: 'route', gone: true, route: { ...route, type: 1, scope: 0, flags: 0, paths: [] } })
  }

  it('a deleted route comes back', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1'))
    await fib.flushed()
    deleted('10.1.0.0/16')
    await fib.flushed()
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1'])
  })

  it('a route put in the place of ours is replaced, beside it is left', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1'))
    await fib.flushed()
    const foreign = {
      family: 4,
      prefix: '10.1.0.0/16',
      table: 254,
      type: 1,
      scope: 0,
      flags: 0,
      paths: [],
    } as const
    kernel.tell({ kind: 'route', gone: false, route: { ...foreign, protocol: 4, metric: 0 } })
    await fib.flushed()
    expect(kernel.written).toHaveLength(1)
    kernel.tell({ kind: 'route', gone: false, route: { ...foreign, protocol: 4, metric: 20 } })
    await fib.flushed()
    expect(kernel.written).toHaveLength(2)
  })

  it('a deleted nexthop object comes back with all routes that went with it', async () => {
    const fib = await startedFib()
    const [a, ab] = [via('10.0.0.1'), via('10.0.0.1', '10.0.0.2')]
    for (let i = 0; i < 10; i++) set(fib, `10.1.${i}.0/24`, i % 2 ? a : ab)
    await fib.flushed()
    const nexthop = [...kernel.nexthops.values()].find(one => one.gateway === '10.0.0.1')!
    kernel.removeNexthop(nexthop.id)
    kernel.tell({ kind: 'nexthop', gone: true, nexthop })
    await fib.flushed()
    expect(kernel.routes.size).toBe(10)
    expect(pathsOf('10.1.1.0/24')).toEqual(['10.0.0.1*1'])
    expect(pathsOf('10.1.2.0/24')).toEqual(['10.0.0.1*1', '10.0.0.2*1'])
  })

  it('after lost events everything is read and put right', async () => {
    const fib = await startedFib()
    const a = via('10.0.0.1')
    for (let i = 0; i < 10; i++) set(fib, `10.1.${i}.0/24`, a)
    await fib.flushed()
    kernel.routes.delete(routeKey('10.1.3.0/24'))
    kernel.routes.delete(routeKey('10.1.4.0/24'))
    kernel.tell({ kind: 'lost' })
    await fib.flushed()
    expect(kernel.routes.size).toBe(10)
    expect(kernel.written).toHaveLength(12)
  })

  it('a fight is fought with growing pauses, and reported', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via('10.0.0.1'))
    await fib.flushed()
    kernel.written.length = 0
    for (let i = 0; i < 600; i++) {
      if (kernel.routes.has(routeKey('10.1.0.0/16'))) deleted('10.1.0.0/16')
      await pass(100)
    }
    expect(kernel.written.length).toBeGreaterThan(5)
    expect(kernel.written.length).toBeLessThan(50)
    expect(fib.status().failures).toEqual([
      { object: 'route 10.1.0.0/16', error: expect.stringContaining('another program keeps deleting it') },
    ])
    await pass(120_000)
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1'])
    expect(fib.status().failures).toEqual([])
  })
})

describe('what the kernel refuses', () => {
  it('is reported once for all routes of one reason, and tried again', async () => {
    const fib = await startedFib()
    kernel.refuseRoute = prefix =>
      prefix.startsWith('10.1.') ? { code: 'ENOMEM', message: 'out of trie' } : undefined
    const a = via('10.0.0.1')
    for (let i = 0; i < 10; i++) set(fib, `10.${1 + (i % 2)}.${i}.0/24`, a)
    await fib.flushed()
    expect(kernel.routes.size).toBe(5)
    expect(fib.status()).toMatchObject({
      installed: 5,
      pending: 5,
      failures: [
        {
          object: expect.stringMatching(/^route 10\.1\.\d\.0\/24 and 4 more$/),
          error: 'out of trie (ENOMEM)',
        },
      ],
    })
    kernel.refuseRoute = () => undefined
    await pass(1_000)
    expect(kernel.routes.size).toBe(10)
    expect(fib.status()).toMatchObject({ installed: 10, pending: 0, failures: [] })
  })

  it('of a gateway leaves the other gateways of the group, until it is taken', async () => {
    const fib = await startedFib()
    kernel.refuse = change =>
      change.op === 'setNexthop' && change.nexthop.gateway === '10.9.0.1'
        ? { code: 'ENETUNREACH', message: 'Nexthop has invalid gateway' }
        : undefined
    set(fib, '10.1.0.0/16', via('10.0.0.1', '10.9.0.1'))
    set(fib, '10.2.0.0/16', via('10.9.0.1'))
    await fib.flushed()
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1'])
    expect(fib.status()).toMatchObject({
      unresolved: 1,
      failures: [
        {
          object: 'nexthop via 10.9.0.1 on eth0 (id 201000001)',
          error: 'Nexthop has invalid gateway (ENETUNREACH)',
        },
      ],
    })
    kernel.refuse = () => undefined
    const address = { link: 2, prefix: '10.9.0.9/24', scope: 0, flags: 0, protocol: 201 }
    kernel.tell({ kind: 'address', gone: false, address })
    await fib.flushed()
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1', '10.9.0.1*1'])
    expect(pathsOf('10.2.0.0/16')).toEqual(['10.9.0.1*1'])
    expect(fib.status()).toMatchObject({ unresolved: 0, failures: [] })
  })

  it('because its link just went down is not worth a word once the link says so', async () => {
    const fib = await startedFib()
    const eth1 = kernel.named('eth1')
    kernel.links.set(eth1.index, { ...eth1, carrier: false })
    for (const n of [1, 2, 3]) set(fib, `10.${n}.0.0/16`, via({ gateway: `10.0.1.${n}`, link: 'eth1' }))
    await fib.flushed()
    expect(fib.status().failures).toEqual([
      {
        object: 'nexthop via 10.0.1.1 on eth1 (id 201000000) and 2 more',
        error: 'Carrier for nexthop device is down (ENETDOWN)',
      },
    ])
    kernel.setPort('eth1', { carrier: false })
    await fib.flushed()
    expect(fib.status()).toMatchObject({ unresolved: 3, failures: [] })
  })

  it('altogether (no kernel to speak to) is tried again with everything', async () => {
    const fib = await startedFib()
    const { writeRoutes } = kernel
    kernel.writeRoutes = () => Promise.reject(new Error('the kernel worker has ended'))
    set(fib, '10.1.0.0/16', via('10.0.0.1'))
    await quiet()
    expect(fib.status().failures).toEqual([
      { object: 'route 10.1.0.0/16', error: expect.stringContaining('the kernel worker has ended') },
    ])
    kernel.writeRoutes = writeRoutes
    await pass(2_000)
    expect(pathsOf('10.1.0.0/16')).toEqual(['10.0.0.1*1'])
  })
})
