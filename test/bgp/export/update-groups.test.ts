import { expect, it } from 'vitest'
import { Bench } from './bench.ts'

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
  for (const expected of [3, 4]) {
    bench.turn()
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
