import { describe, expect, it } from 'vitest'
import { decode } from '../../src/lab/decode.ts'

/** Bytes from hexadecimal text, blanks ignored. */
const hex = (...parts: string[]) => Uint8Array.from(Buffer.from(parts.join('').replaceAll(/\s/g, ''), 'hex'))

const ETHERNET_IPV4 = '0e00c0a83201 1a00c0a8320c 0800'
/** 192.168.50.12 → 192.168.50.1, protocol 17, TTL 64, 20 + 8 + 8 + 14 + 28 = 78 bytes. */
const OUTER_IPV4 = '4500004e 1a2b4000 4011 0000 c0a8320c c0a83201'
const VXLAN_UDP = 'c350 2118 003a 0000'
const VXLAN = '08000000 00000100'
/** 10.244.2.2 → 172.16.0.10, ICMP echo request, identifier 0x4301, sequence 7, without payload. */
const INNER_IPV4 = '4500001c 00004000 3f01 0000 0af40202 ac10000a'
const ECHO = '0800 0000 4301 0007'

describe('the packet decoder', () => {
  it('takes VXLAN apart down to the echo request inside', () => {
    const packet = hex(
      ETHERNET_IPV4,
      OUTER_IPV4,
      VXLAN_UDP,
      VXLAN,
      '0e00c0a83201 1a00c0a8320c 0800',
      INNER_IPV4,
      ECHO,
    )
    expect(decode(packet)).toEqual([
      { type: 'ethernet', destination: '0e:00:c0:a8:32:01', source: '1a:00:c0:a8:32:0c', etherType: 0x0800 },
      {
        type: 'ipv4',
        source: '192.168.50.12',
        destination: '192.168.50.1',
        protocol: 17,
        ttl: 64,
        identification: 0x1a2b,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        totalLength: 78,
      },
      { type: 'udp', sourcePort: 50000, destinationPort: 8472, length: 58 },
      { type: 'vxlan', flags: 8, vni: 1 },
      { type: 'ethernet', destination: '0e:00:c0:a8:32:01', source: '1a:00:c0:a8:32:0c', etherType: 0x0800 },
      {
        type: 'ipv4',
        source: '10.244.2.2',
        destination: '172.16.0.10',
        protocol: 1,
        ttl: 63,
        identification: 0,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        totalLength: 28,
      },
      { type: 'icmp', icmpType: 8, code: 0, identifier: 0x4301, sequence: 7 },
    ])
  })

  it('reads the VLAN and its priority from an 802.1Q tag', () => {
    const packet = hex('ffffffffffff 0200c0a8320d 8100 600a 0806', ARP)
    expect(decode(packet).slice(1)).toEqual([
      { type: 'vlan', id: 10, priority: 3, etherType: 0x0806 },
      {
        type: 'arp',
        operation: 1,
        senderMac: '02:00:c0:a8:32:0d',
        senderAddress: '10.10.0.10',
        targetMac: '00:00:00:00:00:00',
        targetAddress: '10.10.0.1',
      },
    ])
  })

  it('leaves the padding of a short frame out', () => {
    const packet = hex('ffffffffffff 0200c0a8320d 0806', ARP, '00'.repeat(18))
    expect(decode(packet).map(layer => layer.type)).toEqual(['ethernet', 'arp'])
  })

  it('follows IPv4 in IPv4', () => {
    const outer = '45000030 00004000 4004 0000 c0a8320e c0a83201'
    const layers = decode(hex(ETHERNET_IPV4, outer, INNER_IPV4, ECHO))
    expect(layers.map(layer => layer.type)).toEqual(['ethernet', 'ipv4', 'ipv4', 'icmp'])
    expect(layers[1]).toMatchObject({ protocol: 4, source: '192.168.50.14' })
    expect(layers[2]).toMatchObject({ source: '10.244.2.2' })
  })

  it('reads the MTU that IPv6 packets are too big for, and that of ICMP', () => {
    const ipv6 = '60000000 0008 3a 40 fd000050000000000000000000000001 fd000016000000000000000000000010'
    expect(decode(hex(ipv6, '0200 0000 00000596'), 101)).toMatchObject([
      { type: 'ipv6', source: 'fd00:50::1', destination: 'fd00:16::10', nextHeader: 58, hopLimit: 64 },
      { type: 'icmpv6', icmpType: 2, code: 0, mtu: 1430 },
    ])
    const ipv4 = '4500001c 00000000 4001 0000 ac100001 ac10000a'
    expect(decode(hex(ipv4, '0304 0000 0000 05aa'), 101)[1]).toEqual({
      type: 'icmp',
      icmpType: 3,
      code: 4,
      mtu: 1450,
    })
  })

  it('does not read a header where the packet is a later fragment', () => {
    const fragment = '4500001c 00002010 4011 0000 0af40202 ac10000a'
    expect(decode(hex(fragment, 'c350211800120000'), 101)).toMatchObject([
      { type: 'ipv4', fragmentOffset: 128, moreFragments: true },
      { type: 'payload' },
    ])
  })

  it('reads the header of the first IPv6 fragment', () => {
    const ipv6 = '60000000 0010 2c 40 fd000050000000000000000000000001 fd000016000000000000000000000010'
    expect(decode(hex(ipv6, '11 00 0001 deadbeef', 'c350 2118 0400 0000'), 101)).toMatchObject([
      { type: 'ipv6', nextHeader: 44 },
      {
        type: 'ipv6-fragment',
        nextHeader: 17,
        fragmentOffset: 0,
        moreFragments: true,
        identification: 0xdeadbeef,
      },
      { type: 'udp', destinationPort: 8472 },
      { type: 'malformed' },
    ])
  })

  it('says where the bytes end too early', () => {
    const whole = hex(ETHERNET_IPV4, OUTER_IPV4, VXLAN_UDP, VXLAN)
    expect(decode(whole.subarray(0, whole.length - 1)).at(-1)).toEqual({
      type: 'malformed',
      reason: 'VXLAN: 7 bytes where it needs 8',
    })
  })

  it('refuses a VXLAN header whose VNI is not marked as valid', () => {
    const layers = decode(hex(ETHERNET_IPV4, OUTER_IPV4, VXLAN_UDP, '00000000 00000100'))
    expect(layers.at(-1)).toMatchObject({ type: 'malformed', reason: expect.stringContaining('VNI') })
  })

  it('hands out as payload what it has no row for', () => {
    expect(decode(hex('0200c0a83201 0200c0a8320c 88cc', '0102'))[1]).toEqual({
      type: 'payload',
      bytes: hex('0102'),
    })
    expect(decode(hex('010203'), 147)).toEqual([{ type: 'payload', bytes: hex('010203') }])
  })

  it('never throws, whatever the bytes are, and always comes to an end', () => {
    const seed = hex(ETHERNET_IPV4, OUTER_IPV4, VXLAN_UDP, VXLAN, ETHERNET_IPV4, INNER_IPV4, ECHO)
    let state = 1
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    for (let round = 0; round < 20_000; round++) {
      const bytes = seed.slice(0, Math.ceil(random() * seed.length))
      for (let i = 0; i < 4; i++) bytes[Math.floor(random() * bytes.length)] = random() * 256
      const layers = decode(bytes, [1, 101, 276][round % 3])
      expect(layers.length).toBeLessThanOrEqual(33)
    }
  })

  it('stops at a tunnel in a tunnel without end', () => {
    const layers = decode(hex('4500ffff 00000000 4004 0000 01010101 02020202'.repeat(100)), 101)
    expect(layers.length).toBe(33)
  })
})

const ARP = '0001 0800 06 04 0001 0200c0a8320d 0a0a000a 000000000000 0a0a0001'
