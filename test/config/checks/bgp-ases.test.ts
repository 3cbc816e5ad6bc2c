import { describe, expect, it } from 'vitest'
import type { Bgp } from '../../../src/model/config-bgp.ts'
import { problemsOf } from '../sample.ts'

const policies = { importPolicy: 'all', exportPolicy: 'all' }
const group = { name: 'racks', listenRanges: ['10.9.0.0/16'], ...policies }

function problems(bgp: Partial<Bgp>): readonly string[] {
  return problemsOf({
    policies: [{ name: 'all', rules: [{ action: 'accept' }] }],
    bgp: { localAs: 64512, routerId: '192.0.2.1', ...bgp },
  })
}

describe('the AS numbers of sessions', () => {
  it.each<[string, Partial<Bgp>, readonly string[]]>([
    [
      'may be numbers and ranges',
      { neighborGroups: [{ ...group, remoteAsSet: [64600, '64700-64709'] }] },
      [],
    ],
    [
      'run upwards in a range, from 1 to 4294967295',
      { neighborGroups: [{ ...group, remoteAsSet: ['64709-64700', '0-5', '1-4294967296'] }] },
      ['64709-64700', '0-5', '1-4294967296'].map(
        (value, index) =>
          `bgp.neighborGroups[racks].remoteAsSet[${index}]: ${value} is neither an AS number nor a range of them. Write a number from 1 to 4294967295, or two with a hyphen, the lower one first, as in "64512-64999".`,
      ),
    ],
    [
      'are one or a set',
      { neighborGroups: [{ ...group, remoteAs: 64600, remoteAsSet: [64601] }] },
      [
        'bgp.neighborGroups[racks].remoteAsSet: The group racks has both remoteAs: 64600 and remoteAsSet. Put 64600 into remoteAsSet and take remoteAs away, or the other way round.',
      ],
    ],
    [
      'come from the set of the group where a neighbour has none',
      {
        neighborGroups: [{ name: 'racks', remoteAsSet: [64600], ...policies }],
        neighbors: [{ address: '172.16.0.11', group: 'racks' }],
      },
      [],
    ],
    [
      'are not our own where localAs names another',
      { neighborGroups: [{ ...group, remoteAs: 64600, localAs: { as: 64512 } }] },
      [
        'warning: bgp.neighborGroups[racks].localAs.as: The session has localAs.as: 64512, which bgp.localAs is already: it changes nothing. Take localAs away, or give the AS that the neighbour expects.',
      ],
    ],
  ])('%s', (_name, bgp, expected) => {
    expect(problems(bgp)).toEqual(expected)
  })
})

describe('an AS number that nobody can have', () => {
  const ours = 'Give an AS number of your own, or a private one: 64512 to 65534, or 4200000000 to 4294967294.'
  const theirs = 'Give the AS number that the neighbour is configured with.'
  const trans =
    'Nobody can be AS 23456: AS_TRANS, which stands in for four-octet AS numbers where they do not fit (RFC 6793).'
  const two = 'Nobody can be AS 65535: the last of the two-octet AS numbers is reserved (RFC 7300).'
  const four = 'Nobody can be AS 4294967295: the last of the four-octet AS numbers is reserved (RFC 7300).'
  const neighbor = { address: '172.16.0.11', ...policies }

  it.each<[string, Partial<Bgp>, readonly string[]]>([
    ['is not ours', { localAs: 23456 }, [`bgp.localAs: ${trans} ${ours}`]],
    [
      'is none of a confederation',
      { confederation: { identifier: 65535, members: [64512, 4294967295] } },
      [`bgp.confederation.identifier: ${two} ${ours}`, `bgp.confederation.members[1]: ${four} ${ours}`],
    ],
    [
      "is not a neighbour's, nor ours for it",
      { neighbors: [{ ...neighbor, remoteAs: 23456, localAs: { as: 65535 } }] },
      [
        `bgp.neighbors[172.16.0.11].remoteAs: ${trans} ${theirs}`,
        `bgp.neighbors[172.16.0.11].localAs.as: ${two} ${ours}`,
      ],
    ],
    [
      'is not that of a group, nor alone in its set',
      {
        neighborGroups: [
          { ...group, remoteAs: 4294967295 },
          {
            ...group,
            name: 'set',
            listenRanges: ['10.8.0.0/16'],
            remoteAsSet: [64600, 23456, '65535-65535'],
          },
        ],
      },
      [
        `bgp.neighborGroups[racks].remoteAs: ${four} ${theirs}`,
        `bgp.neighborGroups[set].remoteAsSet[1]: ${trans} ${theirs}`,
        `bgp.neighborGroups[set].remoteAsSet[2]: ${two} ${theirs}`,
      ],
    ],
    [
      'may lie in a range, which goes over it',
      { neighborGroups: [{ ...group, remoteAsSet: ['1-4294967295', '64512-65535'] }] },
      [],
    ],
    [
      '0 is out of range for each of them',
      { neighbors: [{ ...neighbor, remoteAs: 0 }] },
      ['bgp.neighbors[172.16.0.11].remoteAs: 0 is out of range. Give a whole number from 1 to 4294967295.'],
    ],
    [
      'is none of those beside them',
      { localAs: 65534, neighbors: [{ ...neighbor, remoteAs: 4294967294 }] },
      [],
    ],
  ])('%s', (_name, bgp, expected) => {
    expect([...problems(bgp)].sort()).toEqual([...expected].sort())
  })

  it.each([0, '0-0'])('%s is neither an AS number of a set nor a range of them', value => {
    const found = problems({ neighborGroups: [{ ...group, remoteAsSet: [value] }] })
    expect(found).toContainEqual(
      expect.stringContaining(`remoteAsSet[0]: ${value} is neither an AS number nor a range`),
    )
  })
})
