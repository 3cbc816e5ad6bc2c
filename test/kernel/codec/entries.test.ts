import { describe, expect, it } from 'vitest'
import {
  readInterfaceAddress,
  writeAddAddress,
  writeDeleteAddress,
} from '../../../src/kernel/codec/address.ts'
import { readEvent } from '../../../src/kernel/codec/events.ts'
import {
  readFdbEntry,
  readNeighbor,
  writeDeleteNeighbor,
  writeSetFdb,
  writeSetNeighbor,
} from '../../../src/kernel/codec/neighbor.ts'
import { messageOf, written } from '../bytes.ts'

const packed = (...groups: readonly string[]) => groups.join('').replaceAll(' ', '')

describe('interface addresses', () => {
  const address = { link: 3, prefix: '192.0.2.1/24', scope: 0, flags: 0x200, protocol: 201 }

  it('are added with local and prefix address, flags and protocol', () => {
    expect(written(writer => writeAddAddress(writer, address)).slice(8)).toBe(
      packed(
        '1400 0106 01000000 00000000',
        '02180000 03000000', // ifaddrmsg
        '08000200 c0000201', // IFA_LOCAL
        '08000100 c0000201', // IFA_ADDRESS
        '08000800 00020000', // IFA_FLAGS
        '05000b00 c9000000', // IFA_PROTO
      ),
    )
  })

  it('are deleted by address and prefix length, not by flags', () => {
    expect(written(writer => writeDeleteAddress(writer, address)).slice(32)).toBe(
      packed('02180000 03000000 08000200 c0000201 08000100 c0000201'),
    )
  })

  it('are read with the local address of a point-to-point link, and IFA_FLAGS before ifa_flags', () => {
    const read = readInterfaceAddress(
      messageOf(20, '02208000 03000000 08000100 c0000202 08000200 c0000201 08000800 80020000'),
    )
    expect(read).toEqual({ link: 3, prefix: '192.0.2.1/32', scope: 0, flags: 0x280, protocol: 0 })
  })

  it('of IPv6 carry no local address', () => {
    const read = readInterfaceAddress(
      messageOf(20, '0a4080fd 02000000 14000100 fe80000000000000 0000000000000001 05000b00 03000000'),
    )
    expect(read).toEqual({ link: 2, prefix: 'fe80::1/64', scope: 253, flags: 0x80, protocol: 3 })
  })

  it('must be a prefix', () => {
    expect(() => written(writer => writeAddAddress(writer, { ...address, prefix: '192.0.2.1' }))).toThrow(
      '"192.0.2.1" is not an address with a prefix length',
    )
  })
})

describe('neighbours', () => {
  const neighbor = {
    link: 4,
    address: '192.0.2.9',
    macAddress: '02:00:00:00:00:09',
    state: 0x80,
    flags: 0x80,
    protocol: 201,
  }

  it('are set whatever was there, with their protocol', () => {
    expect(written(writer => writeSetNeighbor(writer, neighbor)).slice(8)).toBe(
      packed(
        '1c00 0105 01000000 00000000',
        '02000000 04000000 8000 80 00', // ndmsg: NUD_PERMANENT, NTF_ROUTER
        '08000100 c0000209', // NDA_DST
        '0a000200 020000000009 0000', // NDA_LLADDR
        '05000c00 c9000000', // NDA_PROTOCOL
      ),
    )
  })

  it('are deleted by address', () => {
    expect(written(writer => writeDeleteNeighbor(writer, neighbor)).slice(32)).toBe(
      packed('02000000 04000000 00000000 08000100 c0000209'),
    )
  })

  it('are read, resolved or not', () => {
    expect(readNeighbor(messageOf(28, '02000000 04000000 2000 00 01 08000100 c0000209'))).toEqual({
      link: 4,
      address: '192.0.2.9',
      macAddress: '',
      state: 0x20,
      flags: 0,
      protocol: 0,
    })
  })
})

describe('FDB entries', () => {
  const entry = { link: 5, macAddress: '02:00:00:00:00:05', destination: '192.0.2.5', state: 0x80, flags: 0 }

  it('of one MAC replace each other and are the device’s own unless said otherwise', () => {
    expect(written(writer => writeSetFdb(writer, entry)).slice(8)).toBe(
      packed(
        '1c00 0105 01000000 00000000', // CREATE | REPLACE
        '07000000 05000000 8000 02 00', // AF_BRIDGE, NUD_PERMANENT, NTF_SELF
        '0a000200 020000000005 0000',
        '08000100 c0000205',
      ),
    )
    expect(written(writer => writeSetFdb(writer, { ...entry, flags: 0x4 })).slice(48, 56)).toBe('80000400')
  })

  it('for flooding are added to each other', () => {
    for (const macAddress of ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:f1', '01:00:5e:00:00:01']) {
      // CREATE | APPEND
      expect(written(writer => writeSetFdb(writer, { ...entry, macAddress })).slice(12, 16)).toBe('010c')
    }
  })

  it('are read with destination or bridge', () => {
    expect(
      readFdbEntry(
        messageOf(28, '07000000 05000000 8000 02 00 0a000200 020000000005 0000 08000100 c0000205'),
      ),
    ).toEqual({ ...entry, flags: 2 })
    expect(
      readFdbEntry(
        messageOf(28, '07000000 05000000 8000 00 00 0a000200 020000000005 0000 08000900 06000000'),
      ),
    ).toEqual({ link: 5, macAddress: '02:00:00:00:00:05', master: 6, state: 0x80, flags: 0 })
  })

  it('and neighbours are told apart in events', () => {
    const fdb = messageOf(29, '07000000 05000000 8000 02 00 0a000200 020000000005 0000')
    const neighbor = messageOf(28, '02000000 04000000 0200 00 01 08000100 c0000209')
    expect(readEvent(fdb)).toMatchObject({ kind: 'fdb', gone: true })
    expect(readEvent(neighbor)).toMatchObject({ kind: 'neighbor', gone: false })
    expect(readEvent(messageOf(99, ''))).toBeUndefined()
  })
})
