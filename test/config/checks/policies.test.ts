import { describe, expect, it } from 'vitest'
import { problemsOf, type Sections } from '../sample.ts'

const cases: readonly [string, Sections, readonly string[]][] = [
  [
    'refuses two policies of one name',
    {
      policies: [
        { name: 'a', rules: [] },
        { name: 'a', rules: [] },
      ],
    },
    [
      'policies[1].name: The name a is also that of policies[0]. Give each policy a name of its own, or put their rules into one.',
    ],
  ],
  [
    'refuses host bits and lengths that do not fit',
    {
      policies: [
        {
          name: 'a',
          rules: [
            {
              action: 'accept',
              match: {
                prefixes: [
                  { prefix: '10.0.0.1/8' },
                  { prefix: '10.0.0.0/8', ge: 4 },
                  { prefix: '10.0.0.0/8', le: 33 },
                  { prefix: '10.0.0.0/8', ge: 30, le: 20 },
                  { prefix: '2001:db8::/32', ge: 48, le: 64 },
                ],
              },
            },
          ],
        },
      ],
    },
    [
      'policies[a].rules[0].match.prefixes[10.0.0.1/8].prefix: 10.0.0.1/8 has bits set behind its length. Write 10.0.0.0/8.',
      'policies[a].rules[0].match.prefixes[1].ge: ge is 4, for a prefix of length 8. Give 8 <= ge <= le <= 32.',
      'policies[a].rules[0].match.prefixes[2].le: le is 33, for a prefix of length 8. Give 8 <= ge <= le <= 32.',
      'policies[a].rules[0].match.prefixes[3].ge: ge is 30, for a prefix of length 8 and le 20. Give 8 <= ge <= le <= 32.',
    ],
  ],
  [
    'refuses a match twice in one rule',
    {
      policies: [
        {
          name: 'a',
          rules: [
            {
              action: 'accept',
              match: {
                prefixes: [
                  { prefix: '10.0.0.0/8', le: 24 },
                  { prefix: '10.0.0.0/8', le: 24 },
                ],
              },
            },
            { action: 'reject', match: { prefixes: [{ prefix: '10.0.0.0/8', le: 24 }] } },
          ],
        },
      ],
    },
    [
      'policies[a].rules[0].match.prefixes[1].prefix: The match for 10.0.0.0/8 is also policies[a].rules[0].match.prefixes[0]. Keep one of the two.',
    ],
  ],
  [
    'refuses a neighbour group that is not there',
    { policies: [{ name: 'a', rules: [{ action: 'accept', match: { neighborGroups: ['x'] } }] }] },
    [
      'policies[a].rules[0].match.neighborGroups[0]: No neighbour group x is configured. Add x to bgp.neighborGroups.',
    ],
  ],
  [
    'refuses a tunnel that is missing or none',
    {
      policies: [
        {
          name: 'a',
          rules: [
            { action: 'accept', match: { sources: ['bgp'] }, set: { tunnel: 'tunl' } },
            { action: 'accept', set: { tunnel: 'uplink' } },
          ],
        },
      ],
    },
    [
      'policies[a].rules[0].set.tunnel: No interface tunl is configured. Did you mean tunl0? If not, add tunl to interfaces.',
      'policies[a].rules[1].set.tunnel: uplink is of type ethernet. Name an interface of type vxlan or ipip.',
    ],
  ],
  [
    'warns of a rule that rejects and sets',
    { policies: [{ name: 'a', rules: [{ action: 'reject', set: { med: 1 } }] }] },
    [
      'warning: policies[a].rules[0].set: The rule rejects, so that what it sets is never used. Remove set, or give action: accept.',
    ],
  ],
]

describe('checks of policies', () => {
  it.each(cases)('%s', (_, sections, problems) => {
    expect(problemsOf(sections)).toEqual(problems)
  })
})
