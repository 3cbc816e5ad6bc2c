import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections } from '../sample.ts'

const rules = (...items: unknown[]): Sections => ({ policies: [{ name: 'a', rules: items }] })

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses two lists of one name, of one kind',
    {
      prefixLists: [
        { name: 'x', entries: [] },
        { name: 'x', entries: [] },
      ],
      asPathLists: [{ name: 'x', entries: [] }],
    },
    [
      'prefixLists[1].name: The name x is also that of prefixLists[0]. Give each list a name of its own, or put their entries into one.',
    ],
  ],
  [
    'refuses a list of communities that has the name of one',
    { communityLists: [{ name: 'no-export', entries: ['65000:1'] }] },
    [
      'communityLists[no-export].name: no-export is a well-known community, so that no rule can refer to a list of this name. Give the list another name.',
    ],
  ],
  [
    'refuses lists that are not there, wherever they are named',
    {
      prefixLists: [{ name: 'pods', entries: ['10.244.0.0/16 le 26'] }],
      communityLists: [{ name: 'customers', entries: ['65000:*'] }],
      ...rules({
        match: {
          prefixLists: ['pod'],
          asPathLists: ['racks'],
          communities: { any: ['65000:1', 'customer'] },
        },
        action: 'accept',
        set: { communities: { remove: ['customers', 'others'] } },
      }),
    },
    [
      'policies[a].rules[0].match.prefixLists[0]: No list pod is configured in prefixLists. Did you mean pods? If not, add pod to prefixLists.',
      'policies[a].rules[0].match.asPathLists[0]: No list racks is configured in asPathLists. Add racks to asPathLists.',
      'policies[a].rules[0].match.communities.any[1]: No list customer is configured in communityLists. Did you mean customers? If not, add customer to communityLists.',
      'policies[a].rules[0].set.communities.remove[1]: No list others is configured in communityLists. Name one of customers, or add others to communityLists.',
    ],
  ],
  [
    'refuses to give a route a list with patterns',
    {
      communityLists: [{ name: 'customers', entries: ['65000:1', '65001:*'] }],
      ...rules({ action: 'accept', set: { communities: { add: ['customers'] } } }),
    },
    [
      'policies[a].rules[0].set.communities.add[0]: The list customers has 65001:*, which is no single community that could be set. Write the communities to set, or a list without *.',
    ],
  ],
  [
    'checks prefixes in short, in rules and lists',
    {
      prefixLists: [
        { name: 'x', entries: ['10.0.0.1/8', '10.0.0.0/8 ge 4', { prefix: '10.1.0.0/16', le: 8 }] },
      ],
      ...rules({
        match: { prefixes: ['10.0.0.0/8 le 24', { prefix: '10.0.0.0/8', le: 24 }] },
        action: 'accept',
      }),
    },
    [
      'prefixLists[x].entries[0]: 10.0.0.1/8 has bits set behind its length. Write 10.0.0.0/8.',
      'prefixLists[x].entries[1]: ge is 4, for a prefix of length 8. Give 8 <= ge <= le <= 32.',
      'prefixLists[x].entries[10.1.0.0/16].le: le is 8, for a prefix of length 16. Give 16 <= ge <= le <= 32.',
      'policies[a].rules[0].match.prefixes[10.0.0.0/8].prefix: The match for 10.0.0.0/8 is also policies[a].rules[0].match.prefixes[0]. Keep one of the two.',
    ],
  ],
  [
    'refuses what is no pattern, community, range or next hop, and says what would be',
    rules({
      match: {
        prefixes: ['10.0.0.0/8 lt 24'],
        asPath: ['_65001_'],
        communities: { any: ['no_export', '70000:1'] },
        originAs: ['9-3'],
      },
      action: 'accept',
      set: { nexthop: 'selv', communities: { add: ['65000:*'] } },
    }),
    [
      'policies[a].rules[0].match.prefixes[0]: "10.0.0.0/8 lt 24" is not an address with a prefix length: it is not a prefix with ge and le behind it. Write it as in 10.244.0.0/16, or 10.244.0.0/16 ge 24 le 26.',
      'policies[a].rules[0].match.asPath[0]: "_65001_" is not a pattern over AS paths: what begins at "_65001_" is no part of a pattern. Write AS numbers, [64512-65534], . and * with blanks between them, as in ^ 65001 * $.',
      'policies[a].rules[0].match.communities.any[0]: "no_export" is not a community: it has none of the forms of a community. Did you mean no-export? Write it as in 65000:100, 65000:1:100, rt:65000:100 or no-export, or give the name of a list.',
      'policies[a].rules[0].match.communities.any[1]: "70000:1" is not a community: 70000 is larger than 65535, the most that a standard one has room for. Write it as in 65000:100, 65000:1:100, rt:65000:100 or no-export, or give the name of a list.',
      'policies[a].rules[0].match.originAs[0]: "9-3" is not a range of AS numbers: its bounds do not fit. Write a number, or a range as in 64512-65534.',
      'policies[a].rules[0].set.nexthop: "selv" is not a next hop: it is neither an address nor one of the words for one. Did you mean self? Give an address such as 192.0.2.1, or self, peer or unchanged.',
      'policies[a].rules[0].set.communities.add[0]: "65000:*" is not a community: it has a * where one community is to be given. Write a number for each *.',
    ],
  ],
  [
    'refuses bounds that leave no number, and communities that are set and changed',
    rules({
      match: { med: { ge: 5, le: 2 } },
      action: 'accept',
      set: { communities: { set: ['65000:1'], add: ['65000:2'] } },
    }),
    [
      'policies[a].rules[0].match.med.ge: No number fits: ge 5 is larger than le 2. Give ge <= le.',
      'policies[a].rules[0].set.communities.set: The key set replaces all communities, so that remove and add beside it say nothing of their own. Keep set alone, or remove and add.',
    ],
  ],
  [
    'warns of rules that nothing gets to, but not behind next',
    rules(
      { action: 'next', set: { med: 1 } },
      { action: 'accept' },
      { action: 'reject' },
      { action: 'reject' },
    ),
    [
      'warning: policies[a].rules[2]: No route gets to this rule: policies[a].rules[1] decides about all of them. Move it before that rule, or remove it.',
    ],
  ],
  [
    'warns of a next hop that means nothing where the policy is used',
    {
      policies: [
        { name: 'in', rules: [{ action: 'accept', set: { nexthop: 'self' } }] },
        { name: 'out', rules: [{ action: 'accept', set: { nexthop: 'peer' } }] },
      ],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [{ address: '198.51.100.2', remoteAs: 65001, importPolicy: ['in'], exportPolicy: 'out' }],
      },
    },
    [
      'warning: policies[in].rules[0].set.nexthop: The next hop self has a meaning in policies for export only, and this one is used for import by bgp.neighbors[198.51.100.2]. Give an address or peer, or leave nexthop out.',
      'warning: policies[out].rules[0].set.nexthop: The next hop peer has a meaning in policies for import only, and this one is used for export by bgp.neighbors[198.51.100.2]. Give an address, self or unchanged, or leave nexthop out.',
    ],
  ],
  [
    'finds each policy of a row',
    {
      policies: [{ name: 'a', rules: [] }],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [{ address: '198.51.100.2', remoteAs: 64512, importPolicy: ['a', 'b'] }],
      },
    },
    [
      'bgp.neighbors[198.51.100.2].importPolicy[1]: No policy b is configured. Did you mean a? If not, add b to policies.',
    ],
  ],
]

describe('checks of the lists and rules of policies', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
