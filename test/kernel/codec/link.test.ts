import { describe, expect, it } from 'vitest'
import {
  readLink,
  requestLinks,
  writeAddLink,
  writeAliasByName,
  writeDeleteLink,
  writeSetLink,
} from '../../../src/kernel/codec/link.ts'
import { messageOf, written } from '../bytes.ts'

/** Digits of struct nlmsghdr and struct ifinfomsg. The padding of the last attribute in a nest is not counted to it. */
const ATTRIBUTES = 64

describe('writing links', () => {
  it('asks for all of them', () => {
    expect(written(requestLinks)).toBe(
      '20000000 1200 0103 01000000 00000000 00000000000000000000000000000000'.replaceAll(' ', ''),
    )
  })

  it('makes a VXLAN with its port in network order and no UDP checksum options', () => {
    const bytes = written(writer =>
      writeAddLink(writer, {
        name: 'vx1',
        kind: 'vxlan',
        up: true,
        parent: 3,
        vxlan: { vni: 4096, port: 4789, local: '192.0.2.1', learning: false, ttl: 64 },
      }),
    )
    // RTM_NEWLINK, REQUEST | CREATE | EXCL; ifinfomsg with flags and change of IFF_UP.
    expect(bytes.slice(8, 16)).toBe('10000106')
    expect(bytes.slice(32, ATTRIBUTES)).toBe('00000000 00000000 01000000 01000000'.replaceAll(' ', ''))
    expect(bytes.slice(ATTRIBUTES)).toBe(
      [
        '08000300 76783100', // IFLA_IFNAME
        '42001200', // IFLA_LINKINFO
        '0a000100 76786c616e000000', // IFLA_INFO_KIND
        '32000200', // IFLA_INFO_DATA
        '08000100 00100000', // IFLA_VXLAN_ID
        '08000300 03000000', // IFLA_VXLAN_LINK
        '08000400 c0000201', // IFLA_VXLAN_LOCAL
        '05000500 40000000', // IFLA_VXLAN_TTL
        '05000700 00000000', // IFLA_VXLAN_LEARNING
        '06000f00 12b5', // IFLA_VXLAN_PORT
        '0000',
      ]
        .join('')
        .replaceAll(' ', ''),
    )
  })

  it('gives an IPv6 underlay address its own attribute', () => {
    const bytes = written(writer =>
      writeAddLink(writer, {
        name: 'v',
        kind: 'vxlan',
        vxlan: { vni: 1, port: 8472, local: '2001:db8::1', learning: true, ttl: 0 },
      }),
    )
    expect(bytes).toContain('1400110020010db8000000000000000000000001')
    expect(bytes).toContain('0500070001000000')
  })

  it('makes a VLAN on its parent', () => {
    const bytes = written(writer => writeAddLink(writer, { name: 'p.7', kind: 'vlan', parent: 5, vlanId: 7 }))
    expect(bytes.slice(ATTRIBUTES)).toBe(
      '08000300702e3700 0800050005000000 1a001200 09000100766c616e00000000 0a000200 0600010007000000'.replaceAll(
        ' ',
        '',
      ),
    )
  })

  it('makes an IPIP tunnel without far end', () => {
    const bytes = written(writer =>
      writeAddLink(writer, { name: 't', kind: 'ipip', ipip: { local: '192.0.2.1', ttl: 64 } }),
    )
    expect(bytes.slice(ATTRIBUTES)).toBe(
      '06000300 74000000 21001200 09000100 6970697000000000 11000200 08000200 c0000201 05000400 40000000'.replaceAll(
        ' ',
        '',
      ),
    )
  })

  it('sends only what is given of a change', () => {
    expect(written(writer => writeSetLink(writer, 4, { mtu: 1400, master: 0, alias: 'a' })).slice(8)).toBe(
      '10000100 01000000 00000000 00000000 04000000 00000000 00000000 0800040078050000 08000a0000000000 0600140061000000'.replaceAll(
        ' ',
        '',
      ),
    )
    expect(written(writer => writeSetLink(writer, 4, { up: false })).slice(32)).toBe(
      '00000000 04000000 00000000 01000000'.replaceAll(' ', ''),
    )
  })

  it('does not send the port of a VXLAN that is there', () => {
    const bytes = written(writer =>
      writeSetLink(writer, 4, { vxlan: { vni: 1, port: 4789, learning: true, ttl: 9 } }),
    )
    expect(bytes).toContain('0500050009000000')
    expect(bytes).not.toContain('06000f00')
  })

  it('names a link by index to delete it, by name to mark it', () => {
    expect(written(writer => writeDeleteLink(writer, 9)).slice(32)).toBe('00000000090000000000000000000000')
    expect(written(writer => writeAliasByName(writer, 'ab', 'c')).slice(ATTRIBUTES)).toBe(
      '0700030061620000' + '0600140063000000',
    )
  })

  it('refuses what cannot be said', () => {
    expect(() => written(writer => writeAddLink(writer, { name: 'x', kind: 'vlan', parent: 1 }))).toThrow(
      'a link of kind vlan needs vlanId and parent: x',
    )
    expect(() =>
      written(writer =>
        writeAddLink(writer, { name: 'x', kind: 'ipip', ipip: { local: '2001:db8::1', ttl: 0 } }),
      ),
    ).toThrow('an IPIP tunnel runs over IPv4, not over 2001:db8::1')
    expect(() => written(writer => writeSetLink(writer, 1, { macAddress: '1:2' }))).toThrow(
      'is not a MAC address',
    )
  })
})

describe('reading links', () => {
  /** ifinfomsg of an Ethernet link of index 7 with IFF_UP | IFF_LOWER_UP. */
  const HEADER = '0000 0100 07000000 01000100 00000000'

  it('reads what the kernel tells of an Ethernet port', () => {
    const link = readLink(
      messageOf(
        16,
        HEADER,
        '09000300 6574683000 000000', // IFLA_IFNAME "eth0"
        '0a000100 020000000001 0000', // IFLA_ADDRESS
        '08000400 dc050000', // IFLA_MTU 1500
        '08000a00 03000000', // IFLA_MASTER
        '07001400 757000 00', // IFLA_IFALIAS "up"
      ),
    )
    expect(link).toEqual({
      index: 7,
      name: 'eth0',
      kind: '',
      loopback: false,
      macAddress: '02:00:00:00:00:01',
      mtu: 1500,
      up: true,
      carrier: true,
      parent: 0,
      master: 3,
      alias: 'up',
    })
  })

  it('reads an IPIP tunnel: no MAC, no far end where it is 0.0.0.0', () => {
    const link = readLink(
      messageOf(
        16,
        '0000 0003 08000000 00000000 00000000',
        '08000100 c0000201',
        '34001200 09000100 6970697000000000 24000200',
        '08000100 05000000 08000200 c0000201 08000300 00000000 05000400 40000000',
      ),
    )
    expect(link).toMatchObject({
      kind: 'ipip',
      macAddress: '',
      parent: 5,
      up: false,
      ipip: { local: '192.0.2.1', ttl: 64 },
    })
    expect(link?.ipip).not.toHaveProperty('remote')
  })

  it('does not take an index of another namespace for a parent', () => {
    expect(readLink(messageOf(16, HEADER, '08000500 02000000'))?.parent).toBe(2)
    expect(readLink(messageOf(16, HEADER, '08000500 02000000', '08002500 00000000'))?.parent).toBe(0)
  })

  it('reads the 64-bit counters, in the order of struct rtnl_link_stats64', () => {
    const numbers = Array.from(
      { length: 24 },
      (_, i) => `${(i + 1).toString(16).padStart(2, '0')}${'00'.repeat(7)}`,
    )
    const link = readLink(messageOf(16, HEADER, 'c4001700', ...numbers))
    expect(link?.counters).toEqual({
      rxPackets: 1,
      txPackets: 2,
      rxBytes: 3,
      txBytes: 4,
      rxErrors: 5,
      txErrors: 6,
      rxDropped: 7,
      txDropped: 8,
    })
  })

  it('passes over what speaks of a bridge port (AF_BRIDGE)', () => {
    expect(readLink(messageOf(17, '0700 0100 07000000 01000100 00000000'))).toBeUndefined()
  })

  it('never throws at a message that is cut off', () => {
    const whole = `${HEADER.replaceAll(' ', '')}0900030065746830000000000a0001000200000000010000`
    for (let length = 0; length < whole.length / 2; length++) {
      expect(() => readLink(messageOf(16, whole.slice(0, length * 2)))).not.toThrow()
    }
  })
})
