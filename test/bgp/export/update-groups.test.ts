import { describe, expect, it } from 'vitest'
import { Bench, type Listener } from './bench.ts'

it('split groups one after the other when members are to be treated otherwise, before anything is said', () => {
  const bench = new Bench()
  const { fixture, groups } = bench
  const source = fixture.peer('10.0.0.2', true, 2)
  const members = Array.from({ length: 8 }, () => bench.member())
  fixture.announceOnce(source, '10.1.0.0/24', { med: 1 })
  bench.run()
  const first = members[0]!.peer
  groups.retarget(peer => bench.treatment({ outgoing: { localPreference: 200 + ((peer - first) >> 1) } }))
  fixture.announceOnce(source, '10.2.0.0/24', { med: 1 })
  for (const expected of [2, 3, 4]) {
    while (groups.size < expected) bench.turn()
    expect(groups.size).toBe(expected)
    const all = members.map(member => groups.of(member.peer)!.hasToldAll(member))
    expect(all).toEqual(Array(8).fill(false))
    expect(members.every(({ log }) => log.length === 1)).toBe(true)
  }
  bench.finish()
  expect(groups.size).toBe(4)
  expect(members.map(({ routes }) => routes.get('10.2.0.0/24')!.localPreference)).toEqual([
    200, 200, 201, 201, 202, 202, 203, 203,
  ])
  expect(members.every(({ routes }) => routes.size === 2)).toBe(true)
})

it('leave members as they are whose session has ended before they were asked for', () => {
  const bench = new Bench()
  const [ending, stays] = [bench.member(), bench.member()]
  bench.run()
  const { text } = bench.treatment()
  const other = bench.treatment({ outgoing: { localPreference: 200 } })
  bench.groups.retarget(peer => (peer === ending.peer ? undefined : other))
  bench.finish()
  const treatments = [ending, stays].map(({ peer }) => bench.groups.of(peer)!.treatment.text)
  expect(treatments).toEqual([text, other.text])
  bench.groups.leave(ending)
  bench.finish()
  expect([bench.groups.size, bench.groups.busy]).toEqual([1, false])
})

describe('a group whose members part from it while it has told many prefixes', () => {
  const PREFIXES = Array.from({ length: 5000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`)

  /** Four members that were told all, and of which the first two are wanted otherwise; a copy of what was told is half made. */
  function parting() {
    const bench = new Bench()
    const { fixture, groups } = bench
    const source = fixture.peer('10.0.0.2', true, 2)
    const members = Array.from({ length: 4 }, () => bench.member())
    for (const prefix of PREFIXES) fixture.announceOnce(source, prefix, { med: 1 })
    bench.finish()
    const [first, second] = members
    const otherwise = bench.treatment({ outgoing: { localPreference: 200 } })
    const as = bench.treatment()
    groups.retarget(peer => (peer === first!.peer || peer === second!.peer ? otherwise : as))
    for (const { log } of members) log.length = 0
    bench.turn()
    bench.turn()
    expect(groups.size).toBe(1)
    const end = () => {
      for (const prefix of PREFIXES) fixture.withdraw(source, prefix)
      for (const member of members) groups.leave(member)
      bench.finish()
      expect([groups.size, groups.busy, fixture.table.prefixes.size, fixture.attributes.size]).toEqual([
        0,
        false,
        0,
        0,
      ])
    }
    return { bench, groups, fixture, source, members, as, end }
  }

  const preferences = ({ routes }: Listener) =>
    new Set([...routes.values()].map(({ localPreference }) => localPreference))

  it('has it copied a little at a time, and says nothing before they have parted', () => {
    const { bench, groups, fixture, source, members, end } = parting()
    fixture.announceOnce(source, '11.0.0.0/24', { med: 1 })
    while (groups.size === 1) {
      expect(members.every(({ log }) => log.length === 0)).toBe(true)
      bench.turn()
    }
    bench.finish()
    expect(members.map(preferences)).toEqual([[200], [200], [100], [100]].map(one => new Set(one)))
    expect(members.map(({ routes }) => routes.size)).toEqual(Array(4).fill(PREFIXES.length + 1))
    expect(members.map(({ log }) => log.length)).toEqual([PREFIXES.length + 1, PREFIXES.length + 1, 1, 1])
    fixture.withdraw(source, '11.0.0.0/24')
    end()
  })

  it('keeps those that go meanwhile out of it, and stays whole where all of them do', () => {
    const { bench, groups, members, end } = parting()
    for (const gone of members.slice(0, 2)) groups.leave(gone)
    bench.finish()
    expect(groups.size).toBe(1)
    expect(members.map(({ log }) => log.length)).toEqual([0, 0, 0, 0])
    end()
  })

  it('stays whole where it is to be as it was after all', () => {
    const { bench, groups, members, as, end } = parting()
    groups.retarget(() => as)
    bench.finish()
    expect(groups.size).toBe(1)
    expect(members.map(({ log }) => log.length)).toEqual([0, 0, 0, 0])
    end()
  })

  it('goes as a whole where it is left by all', () => {
    const { end } = parting()
    end()
  })

  it('lets a member that does not read go its own way', () => {
    const { bench, fixture, source, members, end } = parting()
    bench.finish()
    const [, , reads, slow] = members
    for (let round = 0; round < 2; round++) {
      slow!.waiting = round * (5 << 20)
      fixture.announceOnce(source, '11.0.0.0/24', { med: round })
      bench.finish()
    }
    expect([reads!, slow!].map(({ routes }) => routes.get('11.0.0.0/24')?.med)).toEqual([1, 0])
    slow!.waiting = 0
    bench.finish()
    expect(slow!.routes.get('11.0.0.0/24')?.med).toBe(1)
    fixture.withdraw(source, '11.0.0.0/24')
    end()
  })
})
