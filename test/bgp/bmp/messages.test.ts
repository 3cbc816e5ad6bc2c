import { describe, expect, it } from 'vitest'
import {
  buildInitiation,
  buildPeerDown,
  buildPeerUp,
  buildRouteMonitoring,
  buildStatistics,
  buildTermination,
  PeerDownReason,
  perPeerHeader,
  Statistic,
} from '../../../src/bgp/bmp/messages.ts'
import { toHex } from '../wire/hex.ts'

const PEER = { address: '10.0.0.2', as: 4_200_000_000, routerId: 0x0a000002, as2: false }
const AT = 1_700_000_000_250
const HEADER = perPeerHeader(PEER, AT)
const HEADER_HEX = `0000${'00'.repeat(8)}${'00'.repeat(12)}0a000002fa56ea000a0000026553f1000003d090`

describe('BMP messages', () => {
  it('name a peer by address, AS, identifier and time (RFC 7854 §4.2)', () => {
    expect(toHex(HEADER)).toBe(HEADER_HEX)
    expect(HEADER).toHaveLength(42)
  })

  it('mark an IPv6 peer and AS numbers of two octets by flags V and A', () => {
    const header = perPeerHeader({ ...PEER, address: '2001:db8::2', as2: true }, 0)
    expect(toHex(header.subarray(0, 26))).toBe(`00a0${'00'.repeat(8)}20010db8000000000000000000000002`)
  })

  it('begin with who we are, and end with the reason', () => {
    expect(toHex(buildInitiation('box', 'Causeway 1'))).toBe(
      `030000001b040001000a${toHex(new TextEncoder().encode('Causeway 1'))}00020003626f78`,
    )
    expect(toHex(buildTermination(2))).toBe('030000000c05000100020002')
  })

  it('say of a session that is up both ends and both OPENs', () => {
    const message = buildPeerUp(HEADER, {
      localAddress: '10.0.0.1',
      localPort: 179,
      remotePort: 40_000,
      sentOpen: Uint8Array.of(1, 2),
      receivedOpen: Uint8Array.of(3),
    })
    expect(toHex(message)).toBe(`030000004703${HEADER_HEX}${'00'.repeat(12)}0a00000100b39c40010203`)
  })

  it('say of a session that ended who ended it, with the NOTIFICATION or the event', () => {
    expect(toHex(buildPeerDown(HEADER, PeerDownReason.LOCAL_EVENT, Uint8Array.of(0, 18)))).toBe(
      `030000003302${HEADER_HEX}020012`,
    )
    expect(toHex(buildPeerDown(HEADER, PeerDownReason.REMOTE_SILENT, new Uint8Array(0)))).toBe(
      `030000003102${HEADER_HEX}04`,
    )
  })

  it('carry an UPDATE as it is', () => {
    expect(toHex(buildRouteMonitoring(HEADER, Uint8Array.of(9, 9)))).toBe(`030000003200${HEADER_HEX}0909`)
  })

  it('count: gauges of 64 bits, with a family before them where one is meant, and counters of 32', () => {
    const message = buildStatistics(HEADER, [
      { type: Statistic.ADJ_RIB_IN, value: 0x1_0000_0002 },
      { type: Statistic.ADJ_RIB_IN_FAMILY, value: 5, family: { afi: 2, safi: 1 } },
      { type: Statistic.TREATED_AS_WITHDRAW, value: 7 },
    ])
    expect(toHex(message.subarray(48))).toBe(
      `${'00000003'}${'000700080000000100000002'}${'0009000b0002010000000000000005'}${'000b000400000007'}`,
    )
  })
})
