import { describe, expect, it } from 'vitest'
import {
  buildKeepalive,
  buildNotification,
  buildOpen,
  buildRouteRefresh,
  dumpMessage,
  ERROR,
  notification,
  shutdownCommunication,
  UNICAST,
} from '../../../src/bgp/wire/index.ts'
import { hex, message, update } from './hex.ts'
import { MANDATORY, OTHER_PREFIX, PREFIX, REACH6, UNREACH6 } from './sessions.ts'

const dump = (bytes: Uint8Array, session = {}) => dumpMessage(bytes, 0, bytes.length, session)

describe('the text of a message', () => {
  it('tells an OPEN', () => {
    const capabilities = { families: [UNICAST[4], UNICAST[6]], routeRefresh: true }
    expect(dump(buildOpen({ as: 4200000000, holdTime: 90, routerId: 0xc0000201, capabilities }))).toBe(
      `OPEN, 51 octets
  AS 4200000000, hold time 90 s, identifier 192.0.2.1
  capabilities: multiprotocol, route refresh, four-octet AS
  families: ipv4-unicast, ipv6-unicast`,
    )
  })

  it('tells a KEEPALIVE, a ROUTE-REFRESH and a NOTIFICATION', () => {
    expect(dump(buildKeepalive())).toBe('KEEPALIVE, 19 octets')
    expect(dump(buildRouteRefresh(2, 1, 1))).toBe('ROUTE-REFRESH, 23 octets\n  ipv6-unicast begin')
    const cease = notification(ERROR.cease.administrativeReset, shutdownCommunication('new card'))
    expect(dump(buildNotification(cease))).toContain('Message: "new card".')
  })

  it('tells an UPDATE', () => {
    const attributes = `${MANDATORY} 80 04 04 0000000a 40 05 04 00000064 40 06 00 c0 07 08 0000fde9 0a000001
      e0 08 08 fde80001 ffffff01 80 09 04 0a000002 80 0a 08 0a000003 0a000004 c0 10 08 0002fde800000064
      c0 20 0c 00000001 00000002 00000003 c0 23 04 0000fde9 e0 63 02 abcd 40 01 02 0000 ${REACH6} ${UNREACH6}`
    expect(dump(update({ withdrawn: OTHER_PREFIX, attributes, nlri: PREFIX }))).toBe(
      `UPDATE, 195 octets
  withdrawn: 203.0.113.0/24
  ORIGIN [well-known transitive]: IGP
  AS_PATH [well-known transitive]: 65001
  NEXT_HOP [well-known transitive]: 192.0.2.1
  MULTI_EXIT_DISC [optional]: 10
  LOCAL_PREF [well-known transitive]: 100
  ATOMIC_AGGREGATE [well-known transitive]: yes
  AGGREGATOR [optional transitive]: 65001 10.0.0.1
  COMMUNITIES [optional transitive partial]: 65000:1 NO_EXPORT
  ORIGINATOR_ID [optional]: 10.0.0.2
  CLUSTER_LIST [optional]: 10.0.0.3 10.0.0.4
  EXTENDED_COMMUNITIES [optional transitive]: rt 65000:100
  LARGE_COMMUNITY [optional transitive]: 1:2:3
  ONLY_TO_CUSTOMER [optional transitive]: 65001
  attribute 99 [optional transitive partial]: ab cd
  ORIGIN [well-known transitive]: its length is not 1: 00 00
  MP_REACH_NLRI [optional]: ipv6-unicast next hop 2001:db8::1: 2001:db8:1::/48
  MP_UNREACH_NLRI [optional]: ipv6-unicast: 2001:db8:1::/48
  announced: 198.51.100.0/24`,
    )
  })

  it('reads an UPDATE as its session has it', () => {
    const attributes =
      '40 02 04 02 01 fde9 c0 07 06 fde9 0a000001 c0 11 06 02 01 00011170 c0 12 08 00011170 0a000001'
    const text = dump(update({ attributes, nlri: `00000007 ${PREFIX}` }), { as4: false, addPath4: true })
    expect(text).toContain('AS_PATH [well-known transitive]: 65001\n')
    expect(text).toContain('AGGREGATOR [optional transitive]: 65001 10.0.0.1\n')
    expect(text).toContain('AS4_PATH [optional transitive]: 70000\n')
    expect(text).toContain('AS4_AGGREGATOR [optional transitive]: 70000 10.0.0.1\n')
    expect(text).toContain('announced: 198.51.100.0/24 (path 7)')
  })

  it('shows the first fifty prefixes of many', () => {
    const text = dump(update({ withdrawn: PREFIX.repeat(60) }))
    expect(text.match(/198\.51/g)).toHaveLength(50)
    expect(text).toContain('and 10 more')
  })

  it('shows in hexadecimal what cannot be read', () => {
    expect(dump(hex('ff00'))).toBe('cut off: ff 00')
    expect(dump(message(9, '0102'))).toContain('type 9, 21 octets')
    expect(dump(message(1, '03'))).toContain('Message Header Error')
    expect(dump(message(2, '0009 00'))).toContain('lengths do not fit: 00 09 00')
    expect(dump(update({ nlri: '18 c6' }))).toContain('announced: malformed: 18 c6')
    expect(dump(update({ attributes: '40 01 05 00' }))).toContain('runs over the end: 40 01 05 00')
    expect(dump(update({ attributes: '80 0e 04 0002 01 10' }))).toContain('cut off')
    expect(dump(update({ attributes: '80 0e 07 0019 46 00 00 0102' }))).toContain('l2vpn-evpn')
    expect(dump(message(5, '0001 09 01'))).toContain('unknown subtype 9')
  })
})
