import { describe, expect, it } from 'vitest'
import { describeRule } from '../../../src/bgp/policy/describe.ts'
import type { PolicyRule } from '../../../src/model/config-policy.ts'

const rows: readonly [PolicyRule, string][] = [
  [{ action: 'accept' }, 'every route → accept'],
  [
    {
      match: { prefixes: [{ prefix: '10.244.0.0/16', le: 26 }], communities: { any: ['65000:1'] } },
      action: 'accept',
      set: { localPreference: 200 },
    },
    '10.244.0.0/16 le 26, community 65000:1 → accept, local-preference 200',
  ],
  [
    {
      match: {
        family: 'ipv4-unicast',
        prefixes: ['10.0.0.0/8', '192.0.2.0/24 ge 25'],
        prefixLists: ['pods'],
        sources: ['bgp', 'static'],
        neighborGroups: ['racks'],
        neighbors: ['10.0.0.1'],
        asPath: ['^ 65001 *'],
        asPathLists: ['customers'],
      },
      action: 'reject',
    },
    'ipv4-unicast, 10.0.0.0/8 or 192.0.2.0/24 ge 25 or prefix-list pods, from bgp or static, neighbor-group racks, neighbor 10.0.0.1, as-path ^ 65001 * or as-path-list customers → reject',
  ],
  [
    {
      match: {
        originAs: [65001, '65010-65019'],
        neighborAs: [1],
        containsAs: [2],
        asPathLength: { ge: 2 },
        communities: { all: ['65000:1', 'rt:1:1'], none: ['blackhole', 'no-export'] },
        nexthop: ['10.0.0.0/8'],
        localPreference: 100,
        med: { ge: 1, le: 9 },
        origin: ['igp'],
      },
      action: 'next',
      set: {
        med: '+10',
        origin: 'egp',
        communities: { remove: ['65000:*'], add: ['65000:1', '65000:2'] },
        asPathPrepend: { times: 2 },
        nexthop: 'self',
        tunnel: 'tunl0',
      },
    },
    'origin-as 65001 or 65010-65019, neighbor-as 1, contains-as 2, as-path-length ge 2, community 65000:1 and rt:1:1, no community blackhole or no-export, next-hop 10.0.0.0/8, local-preference 100, med ge 1 le 9, origin igp → next, med +10, origin egp, remove 65000:*, add 65000:1 65000:2, prepend own AS 2 times, next-hop self, tunnel tunl0',
  ],
  [
    { match: { containsAs: [1, 2, 3, 4, 5, 6] }, action: 'accept', set: { communities: { set: [] } } },
    'contains-as 1 or 2 or 3 or 4 or 2 more → accept, communities none',
  ],
  [
    { action: 'accept', set: { asPathPrepend: { as: 65009, times: 1 }, communities: { set: ['65000:1'] } } },
    'every route → accept, communities 65000:1, prepend 65009 once',
  ],
]

describe('a rule in one line', () => {
  it.each(rows)('%j', (rule, line) => {
    expect(describeRule(rule)).toBe(line)
  })
})
