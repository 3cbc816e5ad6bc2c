import { describe, expect, it } from 'vitest'
import { REJECT, Source } from '../../../src/bgp/policy.ts'
import type { Policy, PolicyMatch } from '../../../src/model/config-policy.ts'
import { Asked, type AskedRoute } from './compiled.ts'

function compiled(rules: Policy['rules'], removeMed = false) {
  const asked = new Asked(rules, { removeMed })
  return {
    policy: asked.policy,
    attributes: asked.attributes,
    judge: (prefix: string, source: number = Source.BGP, group?: string) =>
      asked.verdict(prefix, { source, ...(group !== undefined && { group }) }),
  }
}

describe('a policy', () => {
  it('rejects what no rule matches', () => {
    expect(compiled([]).judge('10.0.0.0/8')).toBe(REJECT)
  })

  it('lets the first rule that matches decide', () => {
    const { judge } = compiled([
      { match: { prefixes: [{ prefix: '10.1.0.0/16', le: 32 }] }, action: 'reject' },
      { match: { prefixes: [{ prefix: '10.0.0.0/8', le: 32 }] }, action: 'accept' },
    ])
    expect(judge('10.1.2.0/24')).toBe(REJECT)
    expect(judge('10.2.0.0/16')).toBe(0)
  })

  const matches: readonly [string, { prefix: string; ge?: number; le?: number }, string[], string[]][] = [
    [
      'a prefix alone, exactly',
      { prefix: '10.0.0.0/8' },
      ['10.0.0.0/8'],
      ['10.0.0.0/9', '10.0.0.0/7', '11.0.0.0/8'],
    ],
    [
      'le: up to that length',
      { prefix: '10.0.0.0/8', le: 16 },
      ['10.0.0.0/8', '10.5.0.0/16'],
      ['10.5.0.0/17'],
    ],
    [
      'ge: from that length on',
      { prefix: '10.0.0.0/8', ge: 24 },
      ['10.0.0.0/24', '10.9.9.9/32'],
      ['10.0.0.0/23'],
    ],
    [
      'ge and le: between them',
      { prefix: '10.64.0.0/10', ge: 26, le: 26 },
      ['10.64.0.64/26'],
      ['10.64.0.0/25', '10.128.0.0/26'],
    ],
    [
      'everything of a family',
      { prefix: '0.0.0.0/0', le: 32 },
      ['0.0.0.0/0', '1.2.3.4/32'],
      ['::/0', '::/8'],
    ],
    [
      'IPv6',
      { prefix: 'fd00:10::/28', le: 122 },
      ['fd00:10::/28', 'fd00:1f::40/122'],
      ['fd00:20::/28', '10.0.0.0/8'],
    ],
  ]
  for (const [what, match, yes, no] of matches) {
    it(`matches ${what}`, () => {
      const { judge } = compiled([{ match: { prefixes: [match] }, action: 'accept' }])
      expect(yes.map(prefix => judge(prefix))).toEqual(yes.map(() => 0))
      expect(no.map(prefix => judge(prefix))).toEqual(no.map(() => REJECT))
    })
  }

  it('asks for all conditions of a rule: source, group and prefix', () => {
    const { judge } = compiled([
      {
        match: { sources: ['bgp'], neighborGroups: ['racks'], prefixes: [{ prefix: '10.0.0.0/8', le: 32 }] },
        action: 'accept',
      },
      { match: { sources: ['connected', 'static'] }, action: 'accept' },
    ])
    expect(judge('10.0.0.0/24', Source.BGP, 'racks')).toBe(0)
    expect(judge('10.0.0.0/24', Source.BGP, 'others')).toBe(REJECT)
    expect(judge('10.0.0.0/24', Source.BGP)).toBe(REJECT)
    expect(judge('11.0.0.0/24', Source.BGP, 'racks')).toBe(REJECT)
    expect(judge('11.0.0.0/24', Source.CONNECTED)).toBe(0)
    expect(judge('11.0.0.0/24', Source.STATIC)).toBe(0)
  })

  it('knows whether the prefix matters to it', () => {
    expect(compiled([{ match: { sources: ['bgp'] }, action: 'accept' }]).policy.byPrefix).toBe(false)
    expect(compiled([{ match: { prefixes: [{ prefix: '::/0' }] }, action: 'accept' }]).policy.byPrefix).toBe(
      true,
    )
  })

  it('sets what the rule says, and on the way out to eBGP removes a MED that it does not set', () => {
    const { judge, attributes } = compiled(
      [
        {
          match: { prefixes: [{ prefix: '10.0.0.0/8' }] },
          action: 'accept',
          set: { med: 7, localPreference: 4294967295 },
        },
        { action: 'accept' },
      ],
      true,
    )
    expect(judge('10.0.0.0/8')).toBe(attributes.change({ localPreference: 4294967295, med: 7 }))
    expect(judge('11.0.0.0/8')).toBe(attributes.change({ med: null }))
  })
})

const sequence = (...ases: number[]) => [{ type: 2, ases }]
const community = (high: number, low: number) => high * 65_536 + low
const ANY = '198.51.100.0/24'

describe('a match on attributes', () => {
  const rows: readonly [string, PolicyMatch, AskedRoute[], AskedRoute[]][] = [
    [
      'asPath',
      { asPath: ['^ 65001+ $', '65009'] },
      [{ asPath: sequence(65001, 65001) }, { asPath: sequence(1, 65009) }],
      [{ asPath: sequence(65001, 2) }, {}],
    ],
    [
      'originAs',
      { originAs: [65001, '65010-65019'] },
      [{ asPath: sequence(1, 65015) }, { asPath: sequence(65001) }],
      [{ asPath: sequence(65015, 1) }, {}],
    ],
    [
      'neighborAs',
      { neighborAs: [65001] },
      [{ asPath: sequence(65001, 1) }],
      [{ asPath: sequence(1, 65001) }, {}],
    ],
    [
      'containsAs',
      { containsAs: ['64512-65534'] },
      [{ asPath: sequence(1, 64512, 2) }, { asPath: [{ type: 1, ases: [1, 65000] }] }],
      [{ asPath: sequence(1, 2) }, {}],
    ],
    [
      'asPathLength',
      { asPathLength: { ge: 2, le: 3 } },
      [{ asPath: sequence(1, 2) }, { asPath: [...sequence(1), { type: 1, ases: [2, 3, 4] }] }],
      [{ asPath: sequence(1) }, { asPath: sequence(1, 2, 3, 4) }],
    ],
    ['asPathLength of a path that is empty', { asPathLength: 0 }, [{}], [{ asPath: sequence(1) }]],
    [
      'communities: any',
      { communities: { any: ['65000:1', '65001:*', 'no-export'] } },
      [
        { communities: [1, community(65000, 1)] },
        { communities: [community(65001, 77)] },
        { communities: [0xffffff01] },
      ],
      [{ communities: [community(65000, 2)] }, {}],
    ],
    [
      'communities: all',
      { communities: { all: ['65000:1', 'rt:65000:9', '65000:*:3'] } },
      [
        {
          communities: [community(65000, 1)],
          extendedCommunities: [Uint8Array.of(0, 2, 0xfd, 0xe8, 0, 0, 0, 9)],
          largeCommunities: [{ admin: 65000, data1: 12, data2: 3 }],
        },
      ],
      [
        { communities: [community(65000, 1)] },
        {
          communities: [community(65000, 1)],
          extendedCommunities: [Uint8Array.of(0, 2, 0xfd, 0xe8, 0, 0, 0, 9)],
        },
      ],
    ],
    [
      'communities: none',
      { communities: { none: ['65000:1', 'blackhole'] } },
      [{}, { communities: [community(65000, 2)] }],
      [{ communities: [community(65000, 1)] }, { communities: [5, 0xffff029a] }],
    ],
    [
      'a link bandwidth, transitive or not',
      { communities: { any: ['bandwidth:65000:*'] } },
      [
        { extendedCommunities: [Uint8Array.of(0x40, 4, 0xfd, 0xe8, 1, 2, 3, 4)] },
        { extendedCommunities: [Uint8Array.of(0, 4, 0xfd, 0xe8, 1, 2, 3, 4)] },
      ],
      [{ extendedCommunities: [Uint8Array.of(0x40, 5, 0xfd, 0xe8, 1, 2, 3, 4)] }, {}],
    ],
    [
      'nexthop',
      { nexthop: ['10.0.0.0/24', '2001:db8::/32'] },
      [{ via: '10.0.0.7' }, { via: '2001:db8::7' }],
      [{ via: '10.0.1.7' }, { via: 'fd00::1' }],
    ],
    [
      'localPreference, 100 where there is none',
      { localPreference: { le: 100 } },
      [{}, { localPreference: 50 }],
      [{ localPreference: 101 }],
    ],
    ['med, 0 where there is none', { med: 0 }, [{}, { med: 0 }], [{ med: 1 }]],
    ['origin', { origin: ['igp', 'incomplete'] }, [{ origin: 0 }, { origin: 2 }], [{ origin: 1 }]],
    [
      'neighbors',
      { neighbors: ['10.0.0.5', '2001:DB8:0::1'] },
      [{ neighbor: '10.0.0.5' }, { neighbor: '2001:db8::1' }],
      [{ neighbor: '10.0.0.6' }, {}],
    ],
  ]
  it.each(rows)('%s', (_, match, yes, no) => {
    const asked = new Asked([{ match, action: 'accept' }])
    expect(yes.map(route => asked.accepts(ANY, route))).toEqual(yes.map(() => true))
    expect(no.map(route => asked.accepts(ANY, route))).toEqual(no.map(() => false))
  })

  it('family: the rule is for routes of that family', () => {
    const asked = new Asked([{ match: { family: 'ipv6-unicast' }, action: 'accept' }])
    expect([asked.accepts('2001:db8::/32'), asked.accepts(ANY)]).toEqual([true, false])
  })

  it('takes prefixes in short, and those of named lists beside its own', () => {
    const named = {
      prefixLists: [
        { name: 'pods', entries: ['10.244.0.0/16 ge 26 le 26', { prefix: 'fd00::/16', le: 64 }] },
      ],
    }
    const asked = new Asked(
      [{ match: { prefixLists: ['pods'], prefixes: ['192.0.2.0/24'] }, action: 'accept' }],
      { named },
    )
    const prefixes = ['10.244.1.64/26', 'fd00:1::/64', '192.0.2.0/24', '10.244.0.0/16', '192.0.2.0/25']
    expect(prefixes.map(prefix => asked.accepts(prefix))).toEqual([true, true, true, false, false])
  })

  it('takes named lists of AS paths and communities, among communities as items', () => {
    const named = {
      asPathLists: [{ name: 'racks', entries: ['^ [65100-65199]+ $'] }],
      communityLists: [{ name: 'customers', entries: ['65000:100', '65000:1:*'] }],
    }
    const asked = new Asked(
      [
        { match: { asPathLists: ['racks'] }, action: 'accept' },
        { match: { communities: { all: ['customers', 'no-export'] } }, action: 'accept' },
      ],
      { named },
    )
    expect(asked.accepts(ANY, { asPath: sequence(65100, 65100) })).toBe(true)
    expect(asked.accepts(ANY, { communities: [community(65000, 100), 0xffffff01] })).toBe(true)
    expect(
      asked.accepts(ANY, {
        communities: [0xffffff01],
        largeCommunities: [{ admin: 65000, data1: 1, data2: 9 }],
      }),
    ).toBe(true)
    expect(asked.accepts(ANY, { communities: [0xffffff01] })).toBe(false)
  })

  it('answers anew for a number of a set that another set has got since', () => {
    const asked = new Asked([{ match: { med: 7 }, action: 'accept' }])
    expect(asked.accepts(ANY, { med: 7 })).toBe(true)
    expect(asked.accepts(ANY, { med: 8 })).toBe(false)
    expect(asked.accepts(ANY, { med: 7 })).toBe(true)
  })
})

describe('a rule with action next', () => {
  it('changes the route and goes on: what comes behind sees the change', () => {
    const asked = new Asked([
      { action: 'next', set: { communities: { add: ['65000:1'] } } },
      { match: { communities: { any: ['65000:1'] } }, action: 'accept', set: { localPreference: 300 } },
    ])
    expect(asked.result(ANY)).toMatchObject({ communities: [community(65000, 1)], localPreference: 300 })
  })

  it('does so for the prefixes that it names, and no others', () => {
    const asked = new Asked([
      {
        match: { prefixes: ['198.51.100.0/24'] },
        action: 'next',
        set: { med: 5, communities: { add: ['65000:1'] } },
      },
      { match: { prefixes: ['198.51.0.0/16 le 24'] }, action: 'next', set: { med: '+10' } },
      { match: { communities: { any: ['65000:1'] } }, action: 'accept', set: { localPreference: 300 } },
      { match: { prefixes: ['198.51.7.0/24'] }, action: 'reject' },
      { action: 'accept' },
    ])
    expect(asked.result('198.51.100.0/24')).toMatchObject({ med: 15, localPreference: 300 })
    const other = asked.result('198.51.1.0/24')
    expect([other?.med, other?.localPreference, other?.communities]).toEqual([10, undefined, undefined])
    expect(asked.result('198.51.7.0/24')).toBeUndefined()
    expect(asked.result('192.0.2.0/24')?.med).toBeUndefined()
  })

  it('takes away what one before it has set', () => {
    const asked = new Asked([
      { action: 'next', set: { med: 5 } },
      { action: 'accept', set: { med: 'none' } },
    ])
    expect(asked.result(ANY, { med: 3 })?.med).toBeUndefined()
  })

  it('ends in a rejection where nothing accepts behind it', () => {
    expect(new Asked([{ action: 'next', set: { med: 1 } }]).accepts(ANY)).toBe(false)
  })

  it('keeps a MED that it sets on the way to eBGP, and a rule that sets none takes it away', () => {
    const asked = new Asked(
      [{ match: { prefixes: [ANY] }, action: 'next', set: { med: 9 } }, { action: 'accept' }],
      { removeMed: true, direction: 'export' },
    )
    expect(asked.result(ANY, { med: 4 })?.med).toBe(9)
    expect(asked.result('192.0.2.0/24', { med: 4 })?.med).toBeUndefined()
  })
})

describe('policies in a row', () => {
  const tag: Policy = { name: 'tag', rules: [{ action: 'next', set: { communities: { add: ['65000:1'] } } }] }
  const bogons: Policy = {
    name: 'bogons',
    rules: [{ match: { prefixes: ['10.0.0.0/8 le 32'] }, action: 'reject' }],
  }
  const all: Policy = { name: 'all', rules: [{ action: 'accept' }] }

  it('are one: the second is asked where the first has not decided', () => {
    const asked = new Asked([bogons, tag, all])
    expect(asked.accepts('10.1.0.0/16')).toBe(false)
    expect(asked.result(ANY)?.communities).toEqual([community(65000, 1)])
    expect(new Asked([bogons, tag]).accepts(ANY)).toBe(false)
  })

  it('tell which rule of which policy decides', () => {
    const asked = new Asked([bogons, tag, all])
    expect(asked.decider('10.1.0.0/16')).toEqual({
      policy: 'bogons',
      rule: 1,
      text: '10.0.0.0/8 le 32 → reject',
    })
    expect(asked.decider(ANY)).toEqual({ policy: 'all', rule: 1, text: 'every route → accept' })
    expect(new Asked([bogons]).decider(ANY)).toBeUndefined()
  })
})
