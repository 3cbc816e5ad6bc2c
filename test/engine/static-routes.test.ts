import { expect, it } from 'vitest'
import { ConnectedRoutes } from '../../src/engine/connected-routes.ts'
import { StaticRoutes } from '../../src/engine/static-routes.ts'
import type { StaticRoute } from '../../src/model/config.ts'
import { formatAddress } from '../../src/net/address.ts'
import { formatPrefix, type Prefix, parsePrefix } from '../../src/net/prefix.ts'
import { type FibSink, NexthopSets, Resolver, Rib } from '../../src/routing/index.ts'

function box() {
  const sets = new NexthopSets()
  const resolver = new Resolver()
  const writes: string[] = []
  const fib: FibSink = {
    set: (_family, bytes, offset, length, nexthops) =>
      writes.push(
        `set ${formatAddress(bytes, offset, 4)}/${length} ${nexthops.hops.map(hop => hop.gateway).join(' ')}`,
      ),
    delete: (_family, bytes, offset, length) =>
      writes.push(`delete ${formatAddress(bytes, offset, 4)}/${length}`),
  }
  const rib = new Rib({
    sets,
    resolver,
    fib,
    onBest: () => {},
  })
  const statics = new StaticRoutes(rib, sets)
  const connected = new ConnectedRoutes({ rib, sets, resolver, fib })
  const configure = (...routes: StaticRoute[]) => {
    statics.prepare({ system: { hostName: 'box' }, routes })
    resolver.setTopology({
      connected: [{ network: parsePrefix('192.168.50.0/24')!, interface: 'eth1' }],
      statics: statics.paths(),
    })
    statics.install()
    return writes.splice(0)
  }
  return { rib, configure, connected, writes }
}

it('a change of the static routes writes only what it changes', () => {
  const { configure } = box()
  const first: StaticRoute = { prefix: '10.1.0.0/16', nexthops: [{ via: '192.168.50.2' }] }
  const second: StaticRoute = { prefix: '10.2.0.0/16', nexthops: [{ via: '192.168.50.3' }] }
  expect(configure(first, second)).toEqual(['set 10.1.0.0/16 192.168.50.2', 'set 10.2.0.0/16 192.168.50.3'])
  expect(configure(first, second)).toEqual([])
  expect(configure(first, { ...second, nexthops: [{ via: '192.168.50.4' }] })).toEqual([
    'set 10.2.0.0/16 192.168.50.4',
  ])
  expect(configure(first)).toEqual(['delete 10.2.0.0/16'])
})

it('a static route resolves through another that comes with the same configuration, and is never taken away on the way', () => {
  const { configure } = box()
  const through: StaticRoute = { prefix: '10.1.0.0/16', nexthops: [{ via: '10.9.0.1' }] }
  const under: StaticRoute = { prefix: '10.9.0.0/24', nexthops: [{ via: '192.168.50.9' }] }
  expect(configure(through, under)).toEqual(['set 10.1.0.0/16 192.168.50.9', 'set 10.9.0.0/24 192.168.50.9'])
})

it('networks that the box is on come and go with its addresses', () => {
  const { connected, rib } = box()
  const network = (text: string) => ({ network: parsePrefix(text)!, interface: 'eth0' })
  const held = () => {
    const found: string[] = []
    const visit = (prefix: Prefix) =>
      found.push(`${formatPrefix(prefix)} ${rib.route(4, prefix.bytes, prefix.length)!.source}`)
    for (const _ of rib.walk(4, visit));
    return found
  }
  connected.set([network('172.16.0.0/24'), network('10.0.0.0/8')])
  expect(held().sort()).toEqual(['10.0.0.0/8 connected', '172.16.0.0/24 connected'])
  connected.set([network('172.16.0.0/24')])
  expect(held()).toEqual(['172.16.0.0/24 connected'])
})

it('a route of ours stands in for one of the kernel that somebody deleted, until the kernel has it again', () => {
  const { connected, writes } = box()
  const lan = { network: parsePrefix('172.16.0.0/24')!, interface: 'eth0' }
  connected.set([lan])
  expect(writes.splice(0)).toEqual([])
  connected.set([lan], [lan])
  expect(writes.splice(0)).toEqual(['set 172.16.0.0/24 '])
  connected.set([lan])
  expect(writes.splice(0)).toEqual(['delete 172.16.0.0/24'])
  connected.set([lan], [lan])
  connected.set([])
  expect(writes).toEqual(['set 172.16.0.0/24 ', 'delete 172.16.0.0/24'])
})
