import { describe, expect, it } from 'vitest'
import { NexthopChoice } from '../../../src/bgp/rib/change.ts'
import { Community, formatAsPath } from '../../../src/bgp/wire/index.ts'
import type { PolicySet } from '../../../src/model/config-policy.ts'
import { formatAddress } from '../../../src/net/address.ts'
import { Asked, type AskedRoute } from './compiled.ts'

const ANY = '198.51.100.0/24'
const community = (high: number, low: number) => high * 65_536 + low

function applied(
  set: PolicySet,
  route: AskedRoute = {},
  options: ConstructorParameters<typeof Asked>[1] = {},
  prefix = ANY,
) {
  return new Asked([{ action: 'accept', set }], options).result(prefix, route)!
}

describe('what a rule sets', () => {
  it('LOCAL_PREF: a number, or more or less of it, within what there is room for', () => {
    expect(applied({ localPreference: 200 }).localPreference).toBe(200)
    expect(applied({ localPreference: '+50' }).localPreference).toBe(150)
    expect(applied({ localPreference: '-50' }, { localPreference: 70 }).localPreference).toBe(20)
    expect(applied({ localPreference: '-500' }).localPreference).toBe(0)
    expect(applied({ localPreference: '+10' }, { localPreference: 4294967295 }).localPreference).toBe(
      4294967295,
    )
  })

  it('MED, counted from 0 where there is none', () => {
    expect(applied({ med: '+5' }).med).toBe(5)
    expect(applied({ med: '-5' }, { med: 20 }).med).toBe(15)
    expect(applied({ med: 'none' }, { med: 20 })).not.toHaveProperty('med')
  })

  it('ORIGIN', () => {
    expect(applied({ origin: 'incomplete' }, { origin: 0 }).origin).toBe(2)
  })

  it('communities: takes away what matches, then adds what is not there', () => {
    const result = applied(
      {
        communities: {
          remove: ['65000:*', '65001:1:*', 'rt:65000:*'],
          add: ['65002:1', 'no-export', '65001:7:7'],
        },
      },
      {
        communities: [community(65000, 1), community(65002, 1), community(65003, 3)],
        largeCommunities: [
          { admin: 65001, data1: 1, data2: 5 },
          { admin: 65001, data1: 2, data2: 5 },
        ],
        extendedCommunities: [Uint8Array.of(0, 2, 0xfd, 0xe8, 0, 0, 0, 9)],
      },
    )
    expect(result.communities).toEqual([community(65002, 1), community(65003, 3), Community.NO_EXPORT])
    expect(result.largeCommunities).toEqual([
      { admin: 65001, data1: 2, data2: 5 },
      { admin: 65001, data1: 7, data2: 7 },
    ])
    expect(result.extendedCommunities).toBeUndefined()
  })

  it('communities: exactly those of a list, or none at all', () => {
    const named = { communityLists: [{ name: 'ours', entries: ['65000:1', '65000:2:3'] }] }
    const route = { communities: [1, 2, 3], extendedCommunities: [new Uint8Array(8)] }
    const result = applied({ communities: { set: ['ours'] } }, route, { named })
    expect(result.communities).toEqual([community(65000, 1)])
    expect(result.largeCommunities).toEqual([{ admin: 65000, data1: 2, data2: 3 }])
    expect(result.extendedCommunities).toBeUndefined()
    expect(applied({ communities: { set: [] } }, route).communities).toBeUndefined()
  })

  it('the AS path longer: by our own AS, or another, in the segment that is there', () => {
    const asPath = [{ type: 2, ases: [65001, 65002] }]
    expect(formatAsPath(applied({ asPathPrepend: { times: 2 } }, { asPath }).asPath)).toBe(
      '65000 65000 65001 65002',
    )
    expect(formatAsPath(applied({ asPathPrepend: { as: 7, times: 1 } }).asPath)).toBe('7')
    const set = applied({ asPathPrepend: { as: 7, times: 1 } }, { asPath: [{ type: 1, ases: [1, 2] }] })
    expect(formatAsPath(set.asPath)).toBe('7 {1 2}')
    const confederation = [{ type: 3, ases: [65100] }, ...asPath]
    expect(
      formatAsPath(applied({ asPathPrepend: { as: 7, times: 1 } }, { asPath: confederation }).asPath),
    ).toBe('(65100) 7 65001 65002')
  })

  it('leaves a path as it is that would be longer than an attribute can be', () => {
    const asPath = Array.from({ length: 64 }, () => ({ type: 2, ases: new Array<number>(255).fill(1) }))
    expect(applied({ asPathPrepend: { times: 32 } }, { asPath }).asPath).toEqual(asPath)
  })

  it('the next hop: an address of the same family, and IPv6 for IPv4', () => {
    const nexthop = (set: string, prefix = ANY, via = '10.0.0.9') =>
      formatAddress(applied({ nexthop: set }, { via }, { peerAddress: '10.0.0.5' }, prefix).nexthop)
    expect(nexthop('192.0.2.7')).toBe('192.0.2.7')
    expect(nexthop('2001:db8::7')).toBe('2001:db8::7')
    expect(nexthop('192.0.2.7', '2001:db8::/48', '2001:db8::1')).toBe('2001:db8::1')
    expect(nexthop('peer')).toBe('10.0.0.5')
  })

  it('marks a route whose next hop is decided on export', () => {
    const choice = (nexthop: string) => {
      const asked = new Asked([{ action: 'accept', set: { nexthop } }], { direction: 'export' })
      return asked.attributes.changeOf(asked.verdict(ANY)).nexthopChoice
    }
    expect([choice('self'), choice('unchanged'), choice('192.0.2.1')]).toEqual([
      NexthopChoice.SELF,
      NexthopChoice.UNCHANGED,
      NexthopChoice.UNCHANGED,
    ])
  })

  it('makes each change of a set once', () => {
    const asked = new Asked([{ action: 'accept', set: { communities: { add: ['65000:1'] } } }])
    expect(asked.verdict(ANY)).toBe(asked.verdict(ANY, { med: 4 }))
    const set = asked.fixture.set({})
    const verdict = asked.verdict(ANY)
    expect(asked.attributes.derive(set, verdict)).toBe(asked.attributes.derive(set, verdict))
  })
})
