import { describe, expect, it } from 'vitest'
import { compilePolicy, GroupNumbers, REJECT, Source } from '../../src/bgp/policy.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { Fixture } from './rib/fixture.ts'

function compiled(rules: Policy['rules'], removeMed = false) {
  const { attributes } = new Fixture()
  const groups = new GroupNumbers()
  const policy = compilePolicy({ name: 'p', rules }, attributes, groups, removeMed)
  return {
    policy,
    attributes,
    judge(prefix: string, source: number = Source.BGP, group?: string) {
      const { bytes, length } = parsePrefix(prefix)!
      // As in an UPDATE: only the significant octets, somewhere in a buffer, with something else behind.
      const octets = (length + 7) >> 3
      const buffer = new Uint8Array(octets + 8).fill(0xff)
      buffer.set(bytes.subarray(0, octets), 3)
      return policy.judge(bytes.length === 4 ? 4 : 6, buffer, 3, length, source, groups.of(group))
    },
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
