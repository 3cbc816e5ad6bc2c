import { describe, expect, it } from 'vitest'
import {
  AddPathMode,
  buildOpen,
  type Capabilities,
  capabilityNames,
  checkOpen,
  type Open,
  parseOpen,
  Role,
  UNICAST,
} from '../../../src/bgp/wire/index.ts'
import { hex, message, toHex } from './hex.ts'

const PLAIN: Open = { as: 65001, holdTime: 90, routerId: 0x0a000001, capabilities: { families: [] } }

function read(bytes: Uint8Array): Open {
  const parsed = parseOpen(bytes, 0, bytes.length)
  if ('error' in parsed) throw new Error(`refused with ${parsed.error.code}/${parsed.error.subcode}`)
  return parsed.open
}

function refusal(bytes: Uint8Array) {
  const parsed = parseOpen(bytes, 0, bytes.length)
  if ('open' in parsed) throw new Error('accepted')
  return [parsed.error.code, parsed.error.subcode, toHex(parsed.error.data)]
}

/** An OPEN with fields of choice and optional parameters as they stand, their length included. */
function raw({ version = '04', as = 'fde9', hold = '005a', id = '0a000001', parameters = '00' }): Uint8Array {
  return message(1, `${version} ${as} ${hold} ${id} ${parameters}`)
}

/** An OPEN with one capabilities parameter. */
function withCapabilities(capabilities: string): Uint8Array {
  const length = hex(capabilities).length
  const octet = (value: number) => value.toString(16).padStart(2, '0')
  return raw({ parameters: `${octet(length + 2)} 02 ${octet(length)} ${capabilities}` })
}

const EVERYTHING: Capabilities = {
  families: [UNICAST[4], UNICAST[6]],
  routeRefresh: true,
  extendedNexthop: [{ ...UNICAST[4], nexthopAfi: 2 }],
  extendedMessage: true,
  role: Role.CUSTOMER,
  gracefulRestart: {
    restarting: true,
    notification: true,
    time: 120,
    families: [
      { ...UNICAST[4], forwarding: true },
      { ...UNICAST[6], forwarding: false },
    ],
  },
  as4: 4200000001,
  addPath: [{ ...UNICAST[4], mode: AddPathMode.BOTH }],
  enhancedRefresh: true,
  longLivedGracefulRestart: [{ ...UNICAST[6], forwarding: true, staleTime: 3600 }],
  hostName: { host: 'gw', domain: 'lan' },
  softwareVersion: 'x/1',
}

describe('an OPEN', () => {
  it('has its octets where RFC 4271 §4.2 and RFC 5492 §4 put them', () => {
    // Capabilities: 6 + 6 + 2 + 8 + 2 + 3 + 12 + 6 + 6 + 2 + 9 + 9 + 6 = 77 octets.
    const open = { ...PLAIN, capabilities: EVERYTHING, as: 4200000001 }
    expect(toHex(buildOpen(open))).toBe(
      toHex(
        message(
          1,
          `04 5ba0 005a 0a000001 4f 02 4d
           01 04 0001 00 01  01 04 0002 00 01
           02 00
           05 06 0001 0001 0002
           06 00
           09 01 03
           40 0a c078 0001 01 80 0002 01 00
           41 04 fa56ea01
           45 04 0001 01 03
           46 00
           47 07 0002 01 80 000e10
           49 07 02 6777 03 6c616e
           4b 04 03 782f31`,
        ),
      ),
    )
    expect(read(buildOpen(open))).toEqual(open)
  })

  it('announces every capability by name', () => {
    expect(capabilityNames(EVERYTHING)).toEqual([
      'multiprotocol',
      'route refresh',
      'extended next hop',
      'extended message',
      'role',
      'graceful restart',
      'four-octet AS',
      'ADD-PATH',
      'enhanced route refresh',
      'long-lived graceful restart',
      'host name',
      'software version',
    ])
  })

  it('without capabilities is plain BGP-4', () => {
    expect(toHex(buildOpen({ ...PLAIN, plain: true }))).toBe(toHex(raw({})))
    expect(read(raw({}))).toEqual(PLAIN)
  })

  it('writes an AS of two octets as it is, one of four as AS_TRANS', () => {
    expect(toHex(buildOpen(PLAIN)).slice(38, 44)).toBe('04fde9')
    expect(toHex(buildOpen({ ...PLAIN, as: 65536 })).slice(38, 44)).toBe('045ba0')
    expect(read(buildOpen({ ...PLAIN, as: 65536 })).as).toBe(65536)
  })

  it('uses the extended format of RFC 9072 beyond 255 octets', () => {
    const unknown = [
      { code: 200, value: new Uint8Array(200) },
      { code: 201, value: new Uint8Array(100) },
    ]
    const open = { ...PLAIN, capabilities: { families: [], as4: 65001, unknown } }
    const built = buildOpen(open)
    // Capabilities: 6 + 202 + 102 = 310 octets, the parameter with its head 313.
    expect(toHex(built.subarray(28, 35))).toBe('ffff0139020136')
    expect(built).toHaveLength(35 + 310)
    expect(read(built)).toEqual(open)
  })

  it('is read in the extended format also where it is short', () => {
    expect(read(raw({ parameters: 'ff ff 0005 02 0002 0200' })).capabilities).toEqual({
      families: [],
      routeRefresh: true,
    })
    expect(read(raw({ parameters: '01 ff 0000' })).capabilities).toEqual({ families: [] })
  })

  it('may spread its capabilities over several parameters', () => {
    const open = read(raw({ parameters: '0e 02 06 0104 00010001 02 04 0200 4600' }))
    expect(open.capabilities).toEqual({ families: [UNICAST[4]], routeRefresh: true, enhancedRefresh: true })
  })

  it.each([
    ['FQDN, paths-limit and others of FRR', '4900 4c00 4d020101', ['73', '76', '77']],
    ['a capability of no name', 'ee03 010203', ['238']],
    ['multiprotocol of a wrong length', '0103 000100', ['1']],
    ['graceful restart that is cut off', '4003 007800', ['64']],
    ['route refresh with a value', '0201 00', ['2']],
    ['an extended next hop that is cut off', '0505 0001000100', ['5']],
    ['an ADD-PATH entry that is cut off', '4503 000101', ['69']],
    ['a host name longer than itself', '4902 0561', ['73']],
    ['a version longer than itself', '4b01 05', ['75']],
    ['a long-lived entry that is cut off', '4706 000101800001', ['71']],
    ['a role of two octets', '0902 0000', ['9']],
    ['an AS of two octets', '4102 fde9', ['65']],
  ])('ignores %s', (_what, capabilities, codes) => {
    const open = read(withCapabilities(capabilities))
    expect(open.capabilities.unknown?.map(({ code }) => `${code}`)).toEqual(codes)
    expect({ ...open.capabilities, unknown: [] }).toEqual({ families: [], unknown: [] })
  })

  it('takes the last graceful restart, the last ADD-PATH mode of a family, and no mode that is not defined', () => {
    const { capabilities } = read(
      withCapabilities('4002 0078  4002 800a  4508 00010101 00020104  4504 00010103'),
    )
    expect(capabilities.gracefulRestart).toEqual({
      restarting: true,
      notification: false,
      time: 10,
      families: [],
    })
    expect(capabilities.addPath).toEqual([{ ...UNICAST[4], mode: AddPathMode.BOTH }])
  })

  it.each([
    ['version 3', { version: '03' }, 1, '0004'],
    ['AS 0', { as: '0000' }, 2, ''],
    ['AS 0 in capability 65', { parameters: '08 02 06 4104 00000000' }, 2, ''],
    ['AS 0 beside capability 65', { as: '0000', parameters: '08 02 06 4104 00000001' }, 2, ''],
    ['another AS in capability 65 than in the fixed field', { parameters: '08 02 06 4104 00000001' }, 2, ''],
    ['AS_TRANS in capability 65', { as: '5ba0', parameters: '08 02 06 4104 00005ba0' }, 2, ''],
    ['identifier 0', { id: '00000000' }, 3, ''],
    ['authentication', { parameters: '03 01 01 00' }, 4, '01'],
    ['a second extended length', { parameters: 'ff ff 0004 ff 0001 00' }, 4, 'ff'],
    ['a hold time of 1 s', { hold: '0001' }, 6, ''],
    ['a hold time of 2 s', { hold: '0002' }, 6, ''],
    ['parameters longer than the message', { parameters: '04 02 00' }, 0, ''],
    ['parameters shorter than the message', { parameters: '00 02 00' }, 0, ''],
    ['a parameter longer than all', { parameters: '03 02 02 02' }, 0, ''],
    ['half a parameter', { parameters: '01 02' }, 0, ''],
    ['a capability longer than its parameter', { parameters: '04 02 02 0201' }, 0, ''],
    ['half a capability', { parameters: '03 02 01 02' }, 0, ''],
    ['an extended length that is cut off', { parameters: 'ff ff 00' }, 0, ''],
    ['an extended parameter that is cut off', { parameters: 'ff ff 0002 02 00' }, 0, ''],
  ])('is refused with %s', (_what, fields, subcode, data) => {
    expect(refusal(raw(fields))).toEqual([2, subcode, data])
  })

  it('accepts a hold time of 0 and of 3 s', () => {
    expect(read(raw({ hold: '0000' })).holdTime).toBe(0)
    expect(read(raw({ hold: '0003' })).holdTime).toBe(3)
  })
})

describe('an OPEN against its session', () => {
  const expected = { localAs: 65000, localRouterId: 0x0a000002, remoteAs: [65001, 65002] }
  const reply = (open: Partial<Open>, more = {}) =>
    checkOpen({ ...PLAIN, ...open }, { ...expected, ...more })?.subcode

  it('has one of the AS numbers that are expected, or any', () => {
    expect(reply({})).toBeUndefined()
    expect(reply({ as: 65002 })).toBeUndefined()
    expect(reply({ as: 65003 })).toBe(2)
    expect(reply({ as: 65003 }, { remoteAs: undefined })).toBeUndefined()
  })

  it('may not have our identifier inside our AS, but may outside (RFC 6286)', () => {
    expect(reply({ routerId: 0x0a000002 })).toBeUndefined()
    expect(reply({ as: 65000, routerId: 0x0a000002 }, { remoteAs: [65000] })).toBe(3)
    expect(reply({ as: 65000, routerId: 0x0a000003 }, { remoteAs: [65000] })).toBeUndefined()
  })

  it.each([
    [Role.PROVIDER, Role.CUSTOMER],
    [Role.CUSTOMER, Role.PROVIDER],
    [Role.ROUTE_SERVER, Role.ROUTE_SERVER_CLIENT],
    [Role.ROUTE_SERVER_CLIENT, Role.ROUTE_SERVER],
    [Role.PEER, Role.PEER],
  ])('pairs our role %i with %i only (RFC 9234 §4.2)', (ours, theirs) => {
    for (const role of Object.values(Role)) {
      expect(reply({ capabilities: { families: [], role } }, { role: ours })).toBe(
        role === theirs ? undefined : 11,
      )
    }
  })

  it('may lack a role unless we are strict, and may not have two', () => {
    expect(reply({}, { role: Role.PEER })).toBeUndefined()
    expect(reply({}, { role: Role.PEER, strictRole: true })).toBe(11)
    expect(
      reply({ capabilities: read(withCapabilities('090104 090104')).capabilities }, { role: 4 }),
    ).toBeUndefined()
    expect(reply({ capabilities: read(withCapabilities('090104 090103')).capabilities }, { role: 4 })).toBe(
      11,
    )
  })
})
