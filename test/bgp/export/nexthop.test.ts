import { describe, expect, it } from 'vitest'
import { type LocalNexthop, Nexthop, nexthopFor, nexthopsOf } from '../../../src/bgp/export/nexthop.ts'
import { configuredNeighbors } from '../../../src/bgp/neighbor-settings.ts'
import type { Negotiated } from '../../../src/bgp/wire/index.ts'
import type { BgpNeighbor } from '../../../src/model/config-bgp.ts'
import { type Family, formatAddress } from '../../../src/net/address.ts'
import { Fixture } from '../rib/fixture.ts'

const LINK: Readonly<Record<Family, LocalNexthop>> = {
  4: { address: '192.0.2.1', networks: ['192.0.2.0/24', '198.51.100.0/25'] },
  6: { address: '2001:db8::1', linkLocal: 'fe80::1', networks: ['2001:db8::/64'] },
}

interface Case extends Partial<BgpNeighbor> {
  readonly local?: string
  readonly extended?: boolean
  readonly link?: Partial<Record<Family, LocalNexthop>>
}

/** Our next hops towards a neighbour, 192.0.2.2 of another AS where nothing else is said. */
function nexthops(
  family: Family,
  { local = '192.0.2.1', extended = false, link = LINK, ...neighbor }: Case = {},
) {
  const full = { address: '192.0.2.2', remoteAs: 65001, ...neighbor }
  const [settings] = configuredNeighbors({ localAs: 65000, routerId: '192.0.2.1', neighbors: [full] })
  const negotiated = { extendedNexthop: extended } as Negotiated
  const type = full.remoteAs === 65000 ? 'iBGP' : 'eBGP'
  const place = { settings, type, negotiated, localAddress: local } as const
  // A link is named where the session runs on link-local addresses, and only there.
  return nexthopsOf(place, family, (wanted, _address, name) =>
    name === local.split('%')[1] ? link[wanted] : undefined,
  )
}

const own = (family: Family, what: Case = {}) => {
  const bytes = nexthops(family, what).own
  if (!bytes) return undefined
  return bytes.length === 32
    ? [formatAddress(bytes, 0, 16), formatAddress(bytes, 16, 16)]
    : formatAddress(bytes)
}

describe('our own next hop', () => {
  it.each<[string, Family, Case, string | string[] | undefined]>([
    ['is our end of the session', 4, {}, '192.0.2.1'],
    ['is our end of a dual-stack session', 4, { local: '::ffff:192.0.2.1' }, '192.0.2.1'],
    [
      'is the address beside it for the other family, with the link-local one',
      6,
      {},
      ['2001:db8::1', 'fe80::1'],
    ],
    [
      'has no link-local one for who is further away',
      6,
      { multihop: true, address: '10.0.0.1' },
      '2001:db8::1',
    ],
    [
      'has it inside the AS too, where the neighbour is on the link',
      6,
      { remoteAs: 65000 },
      ['2001:db8::1', 'fe80::1'],
    ],
    [
      'has it where packets come from one hop away at most (GTSM)',
      6,
      { ttlSecurity: 1 },
      ['2001:db8::1', 'fe80::1'],
    ],
    [
      'has none for who may be two hops away (GTSM)',
      6,
      { ttlSecurity: 2, address: '10.0.0.1' },
      '2001:db8::1',
    ],
    ['is none where there is no address of the family', 6, { link: { 4: LINK[4] } }, undefined],
    [
      'is the global one over a session of IPv6',
      6,
      { address: '2001:db8::2', local: '2001:db8::1' },
      ['2001:db8::1', 'fe80::1'],
    ],
    [
      'is the address of IPv4 beside a session of IPv6',
      4,
      { address: '2001:db8::2', local: '2001:db8::1' },
      '192.0.2.1',
    ],
    [
      'is of IPv6 there where both sides know it (RFC 8950)',
      4,
      { address: '2001:db8::2', local: '2001:db8::1', extended: true },
      ['2001:db8::1', 'fe80::1'],
    ],
    ['stays of IPv4 over a session of IPv4', 4, { extended: true }, '192.0.2.1'],
    [
      'is the link-local one alone where the link has no other',
      4,
      { address: 'fe80::2', local: 'fe80::1%eth0', extended: true, link: {} },
      'fe80::1',
    ],
    [
      'is the global one and the end of a link-local session',
      6,
      { address: 'fe80::2', local: 'fe80::1%eth0' },
      ['2001:db8::1', 'fe80::1'],
    ],
  ])('%s', (_, family, what, expected) => {
    expect(own(family, what)).toEqual(expected)
  })
})

describe('the next hop of a route', () => {
  const fixture = new Fixture()
  const NAMES = Object.fromEntries(Object.entries(Nexthop).map(([name, value]) => [value, name]))

  /** What becomes of a next hop that an external neighbour taught us, and of one that an internal one did. */
  function told(via: string, what: Case, family: Family = 4): readonly string[] {
    const set = fixture.set({ via })
    const rules = nexthops(family, what)
    return [false, true].map(internal => NAMES[nexthopFor(rules, family, fixture.attributes, set, internal)]!)
  }

  it.each<[string, string, Case, string, string]>([
    ['eBGP', '10.9.9.9', {}, 'OWN', 'OWN'],
    ['iBGP', '10.9.9.9', { remoteAs: 65000 }, 'KEPT', 'KEPT'],
    ['iBGP, nexthopSelf', '10.9.9.9', { remoteAs: 65000, nexthopSelf: true }, 'OWN', 'OWN'],
    ['iBGP, nexthopSelf: external', '10.9.9.9', { remoteAs: 65000, nexthopSelf: 'external' }, 'OWN', 'KEPT'],
    ['iBGP, nexthopSelf: false', '10.9.9.9', { remoteAs: 65000, nexthopSelf: false }, 'KEPT', 'KEPT'],
    ['eBGP, nexthopSelf: external', '10.9.9.9', { nexthopSelf: 'external' }, 'OWN', 'OWN'],
    ['eBGP, nexthopUnchanged', '10.9.9.9', { nexthopUnchanged: true }, 'KEPT', 'KEPT'],
    ['eBGP, nexthopSelf: false, elsewhere', '10.9.9.9', { nexthopSelf: false }, 'OWN', 'OWN'],
    [
      'eBGP, nexthopSelf: false, on the network that we share',
      '192.0.2.9',
      { nexthopSelf: false },
      'KEPT',
      'KEPT',
    ],
    [
      'eBGP, nexthopSelf: false, on another network of the link',
      '198.51.100.9',
      { nexthopSelf: false },
      'KEPT',
      'KEPT',
    ],
    ['eBGP, nexthopSelf: false, just outside', '198.51.100.129', { nexthopSelf: false }, 'OWN', 'OWN'],
    [
      'eBGP, nexthopSelf: false, far away',
      '192.0.2.9',
      { nexthopSelf: false, multihop: true, address: '10.0.0.1' },
      'OWN',
      'OWN',
    ],
    ['iBGP, an IPv6 next hop', '2001:db8::9', { remoteAs: 65000 }, 'NONE', 'NONE'],
    ['iBGP, an IPv6 next hop (RFC 8950)', '2001:db8::9', { remoteAs: 65000, extended: true }, 'KEPT', 'KEPT'],
    ['iBGP, a link-local next hop', 'fe80::9', { remoteAs: 65000, extended: true }, 'OWN', 'OWN'],
    ['eBGP, an IPv6 next hop', '2001:db8::9', {}, 'OWN', 'OWN'],
    ['eBGP, nexthopUnchanged, an IPv6 next hop', '2001:db8::9', { nexthopUnchanged: true }, 'NONE', 'NONE'],
  ])('%s (%s)', (_, via, what, external, internal) => {
    expect(told(via, what)).toEqual([external, internal])
  })

  it('of IPv6 stays, with nexthopUnchanged and on the network that we share', () => {
    expect(told('2001:db8::9', { nexthopUnchanged: true }, 6)).toEqual(['KEPT', 'KEPT'])
    expect(told('2001:db8::9', { nexthopSelf: false }, 6)).toEqual(['KEPT', 'KEPT'])
    expect(told('2001:db8:0:1::9', { nexthopSelf: false }, 6)).toEqual(['OWN', 'OWN'])
  })

  it('is ours for our own routes; without one they are not announced', () => {
    const set = fixture.set({ via: '0.0.0.0' })
    const inside = { remoteAs: 65000 }
    expect(nexthopFor(nexthops(4, inside), 4, fixture.attributes, set, false)).toBe(Nexthop.OWN)
    const none = nexthops(4, { ...inside, address: '2001:db8::2', local: '2001:db8::1', link: {} })
    expect(nexthopFor(none, 4, fixture.attributes, set, false)).toBe(Nexthop.NONE)
  })
})
