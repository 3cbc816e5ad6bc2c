import { describe, expect, it } from 'vitest'
import { RouteStates } from '../../../src/engine/state/routes.ts'
import type { Nexthop, Route } from '../../../src/kernel/objects.ts'
import { parsePrefix } from '../../../src/net/prefix.ts'
import { NexthopSets, Resolver, type RibRoute, type SourceName } from '../../../src/routing/index.ts'

const links = [
  { index: 3, name: 'eth1' },
  { index: 7, name: 'tunl0' },
].map(link => ({
  kind: '',
  loopback: false,
  macAddress: '',
  mtu: 1500,
  up: true,
  carrier: true,
  parent: 0,
  master: 0,
  alias: '',
  ...link,
}))

const nexthops: Nexthop[] = [
  { id: 10, family: 4, gateway: '192.168.50.11', link: 3, protocol: 201 },
  { id: 11, family: 4, gateway: '192.168.50.12', link: 3, protocol: 201 },
  { id: 12, family: 4, blackhole: true, protocol: 201 },
  {
    id: 20,
    group: [
      { id: 10, weight: 1 },
      { id: 11, weight: 1 },
    ],
    protocol: 201,
  },
]

const sets = new NexthopSets()
const resolver = new Resolver()
resolver.setTopology({
  connected: [{ network: parsePrefix('192.168.50.0/24')!, interface: 'eth1' }],
  statics: [],
})

function wanted(prefix: string, source: SourceName, ...gateways: string[]): RibRoute {
  const set = sets.intern(gateways.map(via => ({ via, weight: 1 })))
  return { prefix, source, distance: 20, nexthops: set, resolved: resolver.resolve(set) }
}

function held(prefix: string, route: Partial<Route>): Route {
  return {
    family: 4,
    prefix,
    table: 254,
    protocol: 201,
    metric: 20,
    type: 1,
    scope: 0,
    flags: 0,
    paths: [],
    ...route,
  }
}

const states = new RouteStates({ nexthops, links })

/** The row of a prefix that one side has or both have. */
const rowOf = (rib: RibRoute | undefined, routes: Route[]) =>
  states.of(rib?.prefix ?? routes[0]!.prefix, rib, routes)

describe('a route of RIB and kernel', () => {
  it('agrees where the nexthop object leads where the RIB wants', () => {
    expect(
      rowOf(wanted('10.1.0.0/16', 'eBGP', '192.168.50.11'), [held('10.1.0.0/16', { nexthopId: 10 })]),
    ).toEqual({
      prefix: '10.1.0.0/16',
      rib: { source: 'bgp', distance: 20, nexthops: [{ via: '192.168.50.11', interface: 'eth1' }] },
      kernel: {
        protocol: 'causeway',
        metric: 20,
        type: 'unicast',
        nexthopId: 10,
        nexthops: [{ via: '192.168.50.11', interface: 'eth1' }],
        offload: false,
      },
      agree: true,
    })
  })

  it('agrees over a group in whatever order, and not over one with a member too many', () => {
    const both = wanted('10.1.0.0/16', 'eBGP', '192.168.50.12', '192.168.50.11')
    expect(rowOf(both, [held('10.1.0.0/16', { nexthopId: 20 })]).agree).toBe(true)
    const one = wanted('10.1.0.0/16', 'eBGP', '192.168.50.12')
    expect(rowOf(one, [held('10.1.0.0/16', { nexthopId: 20 })]).agree).toBe(false)
  })

  it('disagrees where the kernel lacks it, or has it from another program', () => {
    const route = wanted('10.1.0.0/16', 'eBGP', '192.168.50.11')
    expect(rowOf(route, [])).toMatchObject({ agree: false })
    const foreign = held('10.1.0.0/16', {
      protocol: 12,
      paths: [{ gateway: '192.168.50.11', link: 3, weight: 1, flags: 0 }],
    })
    expect(rowOf(route, [foreign])).toMatchObject({ agree: false, kernel: { protocol: 'bird' } })
  })

  it('disagrees where the kernel has one of ours that the RIB does not want, and leaves those of others in peace', () => {
    expect(rowOf(undefined, [held('10.1.0.0/16', { nexthopId: 10 })]).agree).toBe(false)
    expect(rowOf(undefined, [held('10.1.0.0/16', { protocol: 4 })])).toMatchObject({
      agree: true,
      kernel: { protocol: 'static' },
    })
  })

  it('to a network of ours agrees where the kernel has it, or where it is a host address of the local table', () => {
    const connected = (prefix: string): RibRoute => {
      const set = sets.intern([{ interface: 'eth1', weight: 1 }])
      return { prefix, source: 'connected', distance: 0, nexthops: set, resolved: resolver.resolve(set) }
    }
    expect(rowOf(connected('192.168.50.0/24'), []).agree).toBe(false)
    expect(rowOf(connected('192.168.50.0/24'), [held('192.168.50.0/24', { protocol: 2 })]).agree).toBe(true)
    expect(rowOf(connected('10.244.0.0/32'), []).agree).toBe(true)
  })

  it('whose next hop does not resolve agrees while it is out of the kernel', () => {
    const route = wanted('10.1.0.0/16', 'eBGP', '203.0.113.1')
    expect(rowOf(route, [])).toMatchObject({ agree: true, rib: { nexthops: [] } })
    expect(rowOf(route, [held('10.1.0.0/16', { nexthopId: 10 })]).agree).toBe(false)
  })

  it('through a blackhole nexthop is shown as blackhole, though the kernel says unicast', () => {
    const drop = sets.intern([], true)
    const route: RibRoute = {
      prefix: '10.9.0.0/16',
      source: 'static',
      distance: 1,
      nexthops: drop,
      resolved: resolver.resolve(drop),
    }
    expect(rowOf(route, [held('10.9.0.0/16', { nexthopId: 12 })])).toMatchObject({
      agree: true,
      rib: { blackhole: true },
      kernel: { type: 'blackhole', nexthops: [] },
    })
  })
})
