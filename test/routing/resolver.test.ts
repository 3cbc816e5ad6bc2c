import { describe, expect, it } from 'vitest'
import { LongestMatch } from '../../src/net/longest-match.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { type ForeignRoute, NexthopSets, Resolver } from '../../src/routing/index.ts'

const sets = new NexthopSets()
const via = (address: string) => sets.intern([{ via: address, weight: 1 }])
const network = (text: string, name: string) => ({ network: parsePrefix(text)!, interface: name })
const route = (text: string, nexthops: ReturnType<typeof via>) => ({ network: parsePrefix(text)!, nexthops })

describe('a next hop', () => {
  it('on a connected network resolves to the interface of the most specific one', () => {
    const resolver = new Resolver()
    resolver.setTopology({
      connected: [network('10.0.0.0/8', 'wide'), network('10.1.0.0/16', 'narrow')],
      statics: [],
    })
    expect(resolver.resolve(via('10.1.2.3'))?.hops).toEqual([
      { gateway: '10.1.2.3', link: 'narrow', onlink: false, weight: 1 },
    ])
  })

  it('resolves through a static route, and that through another', () => {
    const resolver = new Resolver()
    resolver.setTopology({
      connected: [network('192.168.50.0/24', 'eth1')],
      statics: [route('10.9.0.0/16', via('10.8.0.1')), route('10.8.0.0/16', via('192.168.50.7'))],
    })
    expect(resolver.resolve(via('10.9.1.1'))?.hops).toEqual([
      { gateway: '192.168.50.7', link: 'eth1', onlink: false, weight: 1 },
    ])
  })

  it('is taken from a more specific static route rather than from a connected network', () => {
    const resolver = new Resolver()
    const tunnel = sets.intern([{ interface: 'ipip0', weight: 1 }])
    resolver.setTopology({
      connected: [network('192.168.50.0/24', 'eth1')],
      statics: [route('192.168.50.9/32', tunnel)],
    })
    expect(resolver.resolve(via('192.168.50.9'))?.hops).toEqual([
      { gateway: '192.168.50.9', link: 'ipip0', onlink: true, weight: 1 },
    ])
  })

  it('that only a circle of static routes covers does not resolve', () => {
    const resolver = new Resolver()
    resolver.setTopology({
      connected: [],
      statics: [route('10.1.0.0/16', via('10.2.0.1')), route('10.2.0.0/16', via('10.1.0.1'))],
    })
    expect(resolver.resolve(via('10.1.5.5'))).toBeUndefined()
  })

  it('behind a blackhole drops, unless another way of the set does not', () => {
    const resolver = new Resolver()
    const drop = sets.intern([], true)
    resolver.setTopology({
      connected: [network('192.168.50.0/24', 'eth1')],
      statics: [route('10.0.0.0/8', drop)],
    })
    expect(resolver.resolve(via('10.1.1.1'))).toMatchObject({ blackhole: true, hops: [] })
    const both = sets.intern([
      { via: '10.1.1.1', weight: 1 },
      { via: '192.168.50.2', weight: 1 },
    ])
    expect(resolver.resolve(both)).toMatchObject({ blackhole: false, hops: [{ gateway: '192.168.50.2' }] })
  })

  it('that is link-local needs the interface said', () => {
    const resolver = new Resolver()
    resolver.setTopology({ connected: [network('fe80::/64', 'eth1')], statics: [] })
    expect(resolver.resolve(via('fe80::1'))).toBeUndefined()
    const said = sets.intern([{ via: 'fe80::1', interface: 'eth1', weight: 1 }])
    expect(resolver.resolve(said)?.hops).toEqual([
      { gateway: 'fe80::1', link: 'eth1', onlink: false, weight: 1 },
    ])
  })
})

describe('a change of topology', () => {
  it('is told only where an answer became another one, and equal answers are the same object', () => {
    const resolver = new Resolver()
    const set = via('192.168.50.2')
    expect(resolver.resolve(set)).toBeUndefined()
    expect(resolver.setTopology({ connected: [network('192.168.50.0/24', 'eth1')], statics: [] })).toEqual(
      new Set([set.id]),
    )
    const first = resolver.resolve(set)
    expect(first).toBeDefined()
    expect(
      resolver.setTopology({
        connected: [network('192.168.50.0/24', 'eth1'), network('10.0.0.0/8', 'eth0')],
        statics: [],
      }),
    ).toEqual(new Set())
    expect(resolver.setTopology({ connected: [], statics: [] })).toEqual(new Set([set.id]))
    expect(resolver.setTopology({ connected: [network('192.168.50.0/24', 'eth1')], statics: [] })).toEqual(
      new Set([set.id]),
    )
    expect(resolver.resolve(set)).toBe(first)
  })
})

describe('whether a next hop can be reached', () => {
  const foreign = new LongestMatch<ForeignRoute>()
  const add = (text: string, metric: number, ...ways: ForeignRoute['ways']) => {
    const prefix = parsePrefix(text)!
    foreign.set(prefix, { network: prefix, metric, protocol: 'static', ways })
  }
  add('10.0.0.0/8', 50, { gateway: '192.168.50.9', link: 'eth1', onlink: false })
  add('10.6.0.0/16', 10)
  foreign.set(parsePrefix('192.168.51.0/24')!, {
    network: parsePrefix('192.168.51.0/24')!,
    metric: 0,
    protocol: 'kernel',
    ways: [{ link: 'eth2', onlink: false }],
  })
  add('10.5.0.0/16', 7, { link: 'eth2', onlink: false })

  const resolver = new Resolver()
  resolver.setTopology({
    connected: [network('192.168.50.0/24', 'eth1')],
    statics: [route('10.7.0.0/16', via('192.168.50.7')), route('10.8.0.0/16', via('10.3.0.1'))],
    lost: [{ network: parsePrefix('192.168.51.0/24')!, interface: 'eth2', why: 'eth2 has no carrier' }],
    foreign,
    linkFault: name => (name === 'eth2' ? 'eth2 has no carrier' : undefined),
  })
  const reach = (address: string, link?: string) =>
    resolver.reach({ via: address, weight: 1, ...(link && { interface: link }) })

  it('follows the longest match, with the metric of the route', () => {
    expect(reach('192.168.50.2')).toEqual({ metric: 0, fault: undefined })
    expect(reach('10.7.0.1')).toEqual({ metric: 0, fault: undefined })
    expect(reach('10.9.0.1')).toEqual({ metric: 50, fault: undefined })
    expect(resolver.resolve(via('10.9.0.1'))?.hops).toEqual([
      { gateway: '192.168.50.9', link: 'eth1', onlink: false, weight: 1 },
    ])
  })

  it('follows a static route into a route of another program', () => {
    expect(reach('10.8.0.1')).toEqual({ metric: 50, fault: undefined })
  })

  it('says why it cannot be reached', () => {
    const fault = (address: string, link?: string) => reach(address, link).fault
    expect(fault('172.16.0.1')).toBe(
      'no connected network and no route other than those of BGP leads to 172.16.0.1',
    )
    expect(fault('192.168.51.2')).toBe('192.168.51.2 is in 192.168.51.0/24 on eth2, and eth2 has no carrier')
    expect(fault('10.6.0.1')).toBe(
      "the kernel's route 10.6.0.0/16 (proto static), which covers 10.6.0.1, leads nowhere",
    )
    expect(fault('10.5.0.1')).toBe('10.5.0.1 cannot be reached: eth2 has no carrier')
    expect(fault('192.168.50.255')).toBe('192.168.50.255 is the broadcast address of 192.168.50.0/24 on eth1')
    expect(fault('fe80::1')).toMatch(/link-local/)
    expect(fault('fe80::1', 'eth2')).toBe('fe80::1 cannot be reached: eth2 has no carrier')
    expect(fault('fe80::1', 'eth1')).toBeUndefined()
  })

  it('gives the parts of a set shares that the kernel takes, in their proportion', () => {
    const set = sets.intern([
      { via: '192.168.50.2', weight: 200 },
      { via: '192.168.50.3', weight: 400 },
    ])
    expect(resolver.resolve(set)?.hops.map(({ weight }) => weight)).toEqual([128, 256])
  })
})
