import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RT_TABLE, RTN, RTPROT } from '../../src/kernel/constants.ts'
import { type Kernel, openKernel, type RouteBatch } from '../../src/kernel/index.ts'
import type { RouteFilter } from '../../src/kernel/objects.ts'
import type { Family } from '../../src/net/address.ts'
import { type Prefix, parsePrefix } from '../../src/net/prefix.ts'
import { change, cleanUp, indexOf, ip, batch as ipBatch } from './iproute.ts'

const PROTOCOL = 201

let kernel: Kernel
let link: number

beforeEach(async () => {
  kernel = await openKernel()
  change('link set lo up')
  change('link add br0 type bridge')
  change('link set br0 up')
  change('address add 192.0.2.1/24 dev br0')
  change('address add 2001:db8::1/64 dev br0 nodad')
  link = indexOf('br0')
  const results = await kernel.apply([
    { op: 'setNexthop', nexthop: { id: 1, gateway: '192.0.2.2', link, protocol: PROTOCOL } },
    { op: 'setNexthop', nexthop: { id: 2, gateway: '198.51.100.2', link, onlink: true, protocol: PROTOCOL } },
    {
      op: 'setNexthop',
      nexthop: {
        id: 3,
        group: [
          { id: 1, weight: 1 },
          { id: 2, weight: 3 },
        ],
        protocol: PROTOCOL,
      },
    },
    { op: 'setNexthop', nexthop: { id: 4, gateway: '2001:db8::2', link, protocol: PROTOCOL } },
    { op: 'setNexthop', nexthop: { id: 5, family: 4, blackhole: true, protocol: PROTOCOL } },
    { op: 'setNexthop', nexthop: { id: 6, family: 6, blackhole: true, protocol: PROTOCOL } },
  ])
  expect(results.filter(Boolean)).toEqual([])
})

afterEach(async () => {
  await kernel.close()
  cleanUp()
})

/** Rows 20.0.0.0/32 and up, or 2001:db8:1:0::/64 and up, at places `from` to `from + count`. */
function rows(family: Family, count: number, nexthopId: number, over: Partial<RouteBatch> = {}): RouteBatch {
  const size = family === 4 ? 4 : 16
  const addresses = new Uint8Array(count * size)
  for (let i = 0; i < count; i++) {
    const number = family === 4 ? [20, i >> 16, i >> 8, i] : [0x20, 1, 0xd, 0xb8, 1, i >> 16, i >> 8, i]
    addresses.set(number, i * size)
  }
  return {
    family,
    table: RT_TABLE.MAIN,
    metric: 20,
    protocol: PROTOCOL,
    count,
    addresses,
    lengths: new Uint8Array(count).fill(family === 4 ? 32 : 64),
    nexthopIds: new Uint32Array(count).fill(nexthopId),
    ...over,
  }
}

describe('nexthops in the kernel', () => {
  it('are shown by iproute2 as they were meant', async () => {
    // The kernel spells out the paths of a nexthop object only in this mode, its default.
    expect(
      await kernel.apply([{ op: 'setSysctl', path: 'net/ipv4/nexthop_compat_mode', value: '1' }]),
    ).toEqual([undefined])
    expect(ip('nexthop', 'show', 'proto', String(PROTOCOL))).toMatchObject([
      { id: 1, gateway: '192.0.2.2', dev: 'br0' },
      { id: 2, gateway: '198.51.100.2', dev: 'br0', flags: ['onlink'] },
      { id: 3, group: [{ id: 1 }, { id: 2, weight: 3 }] },
      { id: 4, gateway: '2001:db8::2', dev: 'br0' },
      { id: 5, blackhole: null },
      { id: 6, blackhole: null },
    ])
    expect(await kernel.dump('nexthops')).toEqual([
      { id: 1, family: 4, gateway: '192.0.2.2', link, protocol: PROTOCOL },
      { id: 2, family: 4, gateway: '198.51.100.2', link, onlink: true, protocol: PROTOCOL },
      {
        id: 3,
        group: [
          { id: 1, weight: 1 },
          { id: 2, weight: 3 },
        ],
        protocol: PROTOCOL,
      },
      { id: 4, family: 6, gateway: '2001:db8::2', link, protocol: PROTOCOL },
      { id: 5, family: 4, blackhole: true, protocol: PROTOCOL },
      { id: 6, family: 6, blackhole: true, protocol: PROTOCOL },
    ])
  })

  it('are replaced under the routes that point at them, and refused with reasons', async () => {
    await kernel.writeRoutes(rows(4, 1, 1))
    const results = await kernel.apply([
      { op: 'setNexthop', nexthop: { id: 1, gateway: '192.0.2.7', link, protocol: PROTOCOL } },
      { op: 'setNexthop', nexthop: { id: 9, gateway: '203.0.113.1', link, protocol: PROTOCOL } },
      { op: 'setNexthop', nexthop: { id: 9, group: [{ id: 77, weight: 1 }], protocol: PROTOCOL } },
      { op: 'deleteNexthop', id: 99 },
    ])
    expect(results).toEqual([
      undefined,
      { code: 'ENETUNREACH', message: 'Nexthop has invalid gateway' },
      { code: 'EINVAL', message: 'Invalid nexthop id' },
      { code: 'ENOENT', message: expect.any(String) },
    ])
    expect(ip('route', 'get', '20.0.0.0')[0]).toMatchObject({ gateway: '192.0.2.7' })
  })

  it('are replaced where they are, and not made where they are not', async () => {
    const nexthop = (id: number) => ({ id, gateway: '192.0.2.7', link, protocol: PROTOCOL })
    const results = await kernel.apply([
      { op: 'replaceNexthop', nexthop: nexthop(1) },
      { op: 'replaceNexthop', nexthop: nexthop(9) },
      { op: 'replaceNexthop', nexthop: { id: 8, group: [{ id: 1, weight: 1 }], protocol: PROTOCOL } },
    ])
    const missing = { code: 'ENOENT', message: expect.any(String) }
    expect(results).toEqual([undefined, missing, missing])
    const there = await kernel.dump('nexthops')
    expect(there.find(({ id }) => id === 1)).toMatchObject({ gateway: '192.0.2.7' })
    expect(there.filter(({ id }) => id > 7)).toEqual([])
  })

  it('take their routes with them', async () => {
    await kernel.writeRoutes(rows(4, 10, 2))
    expect(await kernel.apply([{ op: 'deleteNexthop', id: 2 }])).toEqual([undefined])
    expect((await kernel.readRoutes(4, RT_TABLE.MAIN, PROTOCOL)).count).toBe(0)
  })
})

describe('routes in the kernel', () => {
  it('are written, moved to another nexthop and deleted in both families', async () => {
    for (const [family, before, after] of [[4, 1, 3] as const, [6, 4, 6] as const]) {
      expect(await kernel.writeRoutes(rows(family, 3, before))).toEqual([])
      expect(await kernel.writeRoutes(rows(family, 2, after))).toEqual([])
      expect(await kernel.readRoutes(family, RT_TABLE.MAIN, PROTOCOL)).toEqual({
        ...rows(family, 3, before),
        nexthopIds: Uint32Array.of(after, after, before),
        metrics: Uint32Array.of(20, 20, 20),
      })
      expect(await kernel.writeRoutes(rows(family, 3, 0))).toEqual([])
      expect((await kernel.readRoutes(family, RT_TABLE.MAIN, PROTOCOL)).count).toBe(0)
    }
  })

  it('are shown by iproute2 as they were meant', async () => {
    const addresses = Uint8Array.of(0, 0, 0, 0, 10, 128, 0, 0, 20, 0, 0, 1)
    const lengths = Uint8Array.of(0, 9, 32)
    const nexthopIds = Uint32Array.of(1, 3, 5)
    expect(await kernel.writeRoutes(rows(4, 3, 1, { addresses, lengths, nexthopIds }))).toEqual([])
    expect(ip('route', 'show', 'proto', String(PROTOCOL))).toMatchObject([
      { dst: 'default', nhid: 1, gateway: '192.0.2.2', dev: 'br0', metric: 20 },
      { dst: '10.128.0.0/9', nhid: 3, metric: 20, nexthops: [{ weight: 1 }, { weight: 3 }] },
      { dst: '20.0.0.1', nhid: 5, type: 'blackhole', metric: 20 },
    ])
    const routes = await kernel.dump('routes', { family: 4, table: RT_TABLE.MAIN, protocol: PROTOCOL })
    expect(routes.map(({ prefix, nexthopId, type }) => [prefix, nexthopId, type])).toEqual([
      ['0.0.0.0/0', 1, RTN.UNICAST],
      ['10.128.0.0/9', 3, RTN.UNICAST],
      ['20.0.0.1/32', 5, expect.any(Number)],
    ])
    expect(routes[1]?.paths).toMatchObject([
      { gateway: '192.0.2.2', link, weight: 1 },
      { gateway: '198.51.100.2', link, weight: 3 },
    ])
  })

  it('are read without those of one protocol, and only those inside a prefix', async () => {
    change('route add 10.1.0.0/16 via 192.0.2.9 proto static')
    change('route add 10.1.2.0/24 via 192.0.2.9 proto 201')
    change('route add 10.2.0.0/16 via 192.0.2.9 proto static')
    const prefixes = async (filter: { exceptProtocol?: number; inside?: Prefix }) =>
      (await kernel.dump('routes', { family: 4, table: RT_TABLE.MAIN, ...filter })).map(
        ({ prefix }) => prefix,
      )
    const inside = parsePrefix('10.1.0.0/16')!
    expect(await prefixes({ exceptProtocol: PROTOCOL })).toEqual([
      '10.1.0.0/16',
      '10.2.0.0/16',
      '192.0.2.0/24',
    ])
    expect(await prefixes({ inside })).toEqual(['10.1.0.0/16', '10.1.2.0/24'])
    expect(await prefixes({ inside, exceptProtocol: PROTOCOL })).toEqual(['10.1.0.0/16'])
  })

  it('are read in pages, in order, with all routes of a prefix', async () => {
    for (const family of [4, 6] as const) await kernel.writeRoutes(rows(family, 300, family === 4 ? 1 : 4))
    await kernel.writeRoutes(rows(4, 2, 2, { metric: 30 }))
    const page = async (filter: RouteFilter) =>
      (await kernel.dump('routes', { table: RT_TABLE.MAIN, protocol: PROTOCOL, ...filter })).map(
        ({ prefix, metric }) => `${prefix} ${metric}`,
      )
    expect(await page({ family: 4, first: 3 })).toEqual([
      '20.0.0.0/32 20',
      '20.0.0.0/32 30',
      '20.0.0.1/32 20',
      '20.0.0.1/32 30',
      '20.0.0.2/32 20',
    ])
    const after = parsePrefix('20.0.1.42/32')!
    expect(await page({ family: 4, first: 5, after })).toEqual(['20.0.1.43/32 20'])
    const last = parsePrefix('2001:db8:100:fe::/64')!
    expect(await page({ family: 6, first: 2, after: last })).toEqual([
      '2001:db8:100:ff::/64 20',
      '2001:db8:100:100::/64 20',
    ])
  })

  it('go to the table that is named, also beyond 255', async () => {
    expect(await kernel.readRoutes(4, 70000, PROTOCOL)).toMatchObject({ count: 0 })
    expect(await kernel.dump('routes', { table: 70000 })).toEqual([])
    expect(await kernel.writeRoutes(rows(4, 2, 1, { table: 70000 }))).toEqual([])
    expect(await kernel.readRoutes(4, 70000, PROTOCOL)).toMatchObject({ count: 2, table: 70000, metric: 20 })
    expect((await kernel.readRoutes(4, RT_TABLE.MAIN, PROTOCOL)).count).toBe(0)
    expect(ip('route', 'show', 'table', '70000').length).toBe(2)
    expect(await kernel.writeRoutes(rows(4, 2, 0, { table: 70000 }))).toEqual([])
    expect(await kernel.dump('routes', { table: 70000 })).toEqual([])
  })

  it('of others stay: with another metric, and with the same of another protocol when ours are deleted', async () => {
    ipBatch([
      'route add 20.0.0.0/32 via 192.0.2.9 metric 30 proto static',
      'route add 20.0.0.1/32 via 192.0.2.9 metric 20 proto static',
      'route add 2001:db8:100::/64 via 2001:db8::9 metric 30 proto static',
      'route add 2001:db8:100:1::/64 via 2001:db8::9 metric 20 proto static',
    ])
    for (const family of [4, 6] as const) {
      await kernel.writeRoutes(rows(family, 1, family === 4 ? 1 : 4))
      expect(await kernel.writeRoutes(rows(family, 2, 0))).toEqual([])
      const others = await kernel.dump('routes', { family, protocol: RTPROT.STATIC })
      expect(others.map(({ metric }) => metric)).toEqual([30, 20])
    }
  })

  it('that fail are told by row and do not hold up the others', async () => {
    const batch = rows(4, 1200, 1)
    batch.nexthopIds[600] = 77
    batch.lengths[601] = 24
    batch.nexthopIds[602] = 0
    batch.addresses.set([20, 0, 255, 255], 601 * 4)
    expect(await kernel.writeRoutes(batch)).toEqual([
      { row: 600, failure: { code: 'EINVAL', message: 'Nexthop id does not exist' } },
      { row: 601, failure: { code: 'EINVAL', message: 'Invalid prefix for given prefix length' } },
    ])
    expect((await kernel.readRoutes(4, RT_TABLE.MAIN, PROTOCOL)).count).toBe(1197)
  })

  it('leave the caller’s columns to the caller', async () => {
    const batch = rows(4, 2, 1)
    await kernel.writeRoutes(batch)
    expect(batch.addresses.length).toBe(8)
    expect(batch.nexthopIds).toEqual(Uint32Array.of(1, 1))
  })

  it('with paths of their own are read: multipath, and a gateway of the other family', async () => {
    change('route add 30.0.0.0/24 nexthop via 192.0.2.3 dev br0 weight 2 nexthop via 192.0.2.4 dev br0')
    change('route add 30.0.1.0/24 via inet6 2001:db8::3 dev br0')
    const routes = await kernel.dump('routes', { family: 4, protocol: RTPROT.BOOT })
    expect(routes).toMatchObject([
      {
        prefix: '30.0.0.0/24',
        paths: [
          { gateway: '192.0.2.3', link, weight: 2 },
          { gateway: '192.0.2.4', link, weight: 1 },
        ],
      },
      { prefix: '30.0.1.0/24', paths: [{ gateway: '2001:db8::3', link, weight: 1 }] },
    ])
  })

  it('are written and read back by the hundred thousand', async () => {
    for (const [family, nexthop] of [[4, 3] as const, [6, 4] as const]) {
      const batch = rows(family, 100_000, nexthop)
      expect(await kernel.writeRoutes(batch)).toEqual([])
      const read = await kernel.readRoutes(family, RT_TABLE.MAIN, PROTOCOL)
      expect(read.count).toBe(100_000)
      expect(Buffer.compare(read.addresses, batch.addresses)).toBe(0)
      expect(Buffer.compare(read.lengths, batch.lengths)).toBe(0)
      expect(read.nexthopIds.every(id => id === nexthop)).toBe(true)
      expect(await kernel.writeRoutes({ ...batch, nexthopIds: new Uint32Array(100_000) })).toEqual([])
      expect((await kernel.readRoutes(family, RT_TABLE.MAIN, PROTOCOL)).count).toBe(0)
    }
  })
})

describe('a dump while the table changes', () => {
  it('is whole: what did not change is in it exactly once', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => [
      `address add 10.9.${i >> 8}.${i & 255}/32 dev br0`,
      `address del 10.9.${i >> 8}.${i & 255}/32 dev br0`,
    ])
    ipBatch(Array.from({ length: 400 }, (_, i) => `address add 10.8.${i >> 8}.${i & 255}/32 dev br0`))
    const churn = spawn('ip', ['-batch', '-'], { stdio: ['pipe', 'ignore', 'ignore'] })
    churn.stdin.end(lines.flat().join('\n'))
    let running = true
    const ended = once(churn, 'exit').then(() => {
      running = false
    })
    let dumps = 0
    while (running) {
      const steady = (await kernel.dump('addresses')).filter(({ prefix }) => prefix.startsWith('10.8.'))
      expect(new Set(steady.map(({ prefix }) => prefix)).size).toBe(400)
      expect(steady.length).toBe(400)
      dumps++
    }
    await ended
    expect(dumps).toBeGreaterThan(0)
  })
})
