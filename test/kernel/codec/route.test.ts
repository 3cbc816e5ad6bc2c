import { describe, expect, it } from 'vitest'
import { readRoute, requestRoutes } from '../../../src/kernel/codec/route.ts'
import { RouteColumnsReader, writeRouteRows } from '../../../src/kernel/codec/route-columns.ts'
import type { RouteBatch } from '../../../src/kernel/objects.ts'
import { messageOf, written } from '../bytes.ts'

const packed = (...groups: readonly string[]) => groups.join('').replaceAll(' ', '')

describe('asking for routes', () => {
  it('names family, protocol and table, so that the kernel filters', () => {
    expect(written(writer => requestRoutes(writer, 4, { table: 254, protocol: 201 })).slice(8)).toBe(
      packed('1a00 0103 01000000 00000000', '02000000 00c90000 00000000', '08000f00 fe000000'),
    )
    expect(written(writer => requestRoutes(writer, 6, {})).slice(32)).toBe(
      packed('0a000000 00000000 00000000'),
    )
  })
})

describe('reading routes', () => {
  it('reads a route that points at a nexthop', () => {
    expect(
      readRoute(
        messageOf(
          24,
          '02180000 fec90001 00400000', // rtmsg with RTM_F_OFFLOAD
          '08000f00 fe000000 08000100 0a010200 08000600 14000000 08001e00 07000000',
        ),
      ),
    ).toEqual({
      family: 4,
      prefix: '10.1.2.0/24',
      table: 254,
      protocol: 201,
      metric: 20,
      type: 1,
      scope: 0,
      flags: 0x4000,
      nexthopId: 7,
      paths: [],
    })
  })

  it('reads a default route, a table beyond 255 and a gateway of the other family', () => {
    const route = readRoute(
      messageOf(
        24,
        '02000000 fc040001 04000000',
        '08000f00 10270000', // RTA_TABLE 10000
        '08000400 03000000', // RTA_OIF
        '16001200 0a00 fe800000000000000000000000000001 0000', // RTA_VIA
      ),
    )
    expect(route).toMatchObject({
      prefix: '0.0.0.0/0',
      table: 10000,
      paths: [{ gateway: 'fe80::1', link: 3, weight: 1, flags: 4 }],
    })
    expect(readRoute(messageOf(24, '0a000000 fe040001 00000000'))?.prefix).toBe('::/0')
  })

  it('reads the paths of a multipath route', () => {
    const route = readRoute(
      messageOf(
        24,
        '02180000 fe040001 00000000',
        '08000100 0a010200',
        '24000900', // RTA_MULTIPATH
        '10000000 03000000 08000500 c0000201', // rtnexthop: weight 1, link 3
        '10000502 04000000 08000500 c0000202', // RTNH_F_DEAD | RTNH_F_ONLINK, weight 3, link 4
      ),
    )
    expect(route?.paths).toEqual([
      { gateway: '192.0.2.1', link: 3, weight: 1, flags: 0 },
      { gateway: '192.0.2.2', link: 4, weight: 3, flags: 5 },
    ])
  })

  it('passes over cached routes and families that are not IP', () => {
    expect(readRoute(messageOf(24, '02200000 fe000001 00020000'))).toBeUndefined()
    expect(readRoute(messageOf(24, '80200000 fe000001 00000000'))).toBeUndefined()
  })

  it('never throws or hangs on lengths that lie', () => {
    const multipath = '02180000 fe040001 00000000 14000900'
    for (const path of ['0000', '0300', '0800', 'ffff', '0900']) {
      expect(() =>
        readRoute(messageOf(24, multipath, `${path}0000 03000000 08000500 c0000201`)),
      ).not.toThrow()
    }
  })
})

describe('routes in columns', () => {
  const batch = (over: Partial<RouteBatch>): RouteBatch => ({
    family: 4,
    table: 254,
    metric: 20,
    protocol: 201,
    count: 1,
    addresses: Uint8Array.of(10, 1, 2, 0),
    lengths: Uint8Array.of(24),
    nexthopIds: Uint32Array.of(7),
    ...over,
  })

  it('are written with CREATE and REPLACE, and nothing but the nexthop’s id', () => {
    expect(written(writer => writeRouteRows(writer, batch({}), 0, 1))).toBe(
      packed(
        '34000000 1800 0105 01000000 00000000',
        '02180000 fec90001 00000000', // rtmsg: /24, table main, protocol, universe, unicast
        '08000100 0a010200', // RTA_DST
        '08001e00 07000000', // RTA_NH_ID
        '08000600 14000000', // RTA_PRIORITY
      ),
    )
  })

  it('are deleted by prefix, table, protocol and metric', () => {
    expect(written(writer => writeRouteRows(writer, batch({ nexthopIds: Uint32Array.of(0) }), 0, 1))).toBe(
      packed(
        '2c000000 1900 0100 01000000 00000000',
        '02180000 fec90000 00000000',
        '08000100 0a010200',
        '08000600 14000000',
      ),
    )
  })

  it('keep rows apart where writes and deletions alternate', () => {
    const rows = batch({
      count: 4,
      addresses: Uint8Array.of(10, 0, 0, 0, 10, 1, 0, 0, 10, 2, 0, 0, 10, 3, 0, 0),
      lengths: Uint8Array.of(16, 17, 18, 19),
      nexthopIds: Uint32Array.of(5, 0, 6, 0),
    })
    const one = (row: number) => written(writer => writeRouteRows(writer, rows, row, row + 1), row + 1)
    expect(written(writer => writeRouteRows(writer, rows, 0, 4))).toBe([0, 1, 2, 3].map(one).join(''))
  })

  it('name a table beyond 255 by an attribute, and IPv6’s metric 0 by what the kernel makes of it', () => {
    const far = written(writer => writeRouteRows(writer, batch({ table: 10000 }), 0, 1))
    expect(far).toContain('fcc90001')
    expect(far.slice(-16)).toBe('08000f0010270000')
    const v6 = batch({ family: 6, metric: 0, addresses: new Uint8Array(16), nexthopIds: Uint32Array.of(0) })
    expect(written(writer => writeRouteRows(writer, v6, 0, 1)).slice(-16)).toBe('0800060000040000')
  })

  it('are read back as they were written, with each row’s metric', () => {
    const reader = new RouteColumnsReader(4, 254, 201)
    reader.read(
      messageOf(24, '02180000 fec90001 00000000 08000100 0a010200 08000600 14000000 08001e00 07000000'),
    )
    reader.read(messageOf(24, '02000000 fec90001 00000000 08000f00 fe000000 08000600 1e000000'))
    expect(reader.columns()).toEqual({
      ...batch({
        count: 2,
        addresses: Uint8Array.of(10, 1, 2, 0, 0, 0, 0, 0),
        lengths: Uint8Array.of(24, 0),
        nexthopIds: Uint32Array.of(7, 0),
      }),
      metrics: Uint32Array.of(20, 30),
    })
  })

  it('leave out other protocols, tables and families, and what was read before a restart', () => {
    const reader = new RouteColumnsReader(4, 254, 201)
    reader.read(messageOf(24, '02180000 fec90001 00000000 08000100 0a010200'))
    reader.restart()
    reader.read(messageOf(24, '02180000 fe0c0001 00000000 08000100 0a010200'))
    reader.read(messageOf(24, '02180000 ffc90001 00000000 08000100 0a010200'))
    reader.read(messageOf(24, '0a180000 fec90001 00000000'))
    reader.read(messageOf(24, '02180000 fec90001 00020000 08000100 0a010200'))
    expect(reader.columns()).toMatchObject({ count: 0, metric: 0, addresses: new Uint8Array(0) })
  })
})
