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
