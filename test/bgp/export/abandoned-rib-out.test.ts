import { expect, it } from 'vitest'
import { Bench } from './bench.ts'

it.each([false, true])('is let go of a little at a time, with ADD-PATH: %s', addPath => {
  const bench = new Bench()
  const { fixture, groups } = bench
  const source = fixture.peer('10.0.0.2', true, 2)
  const prefixes = Array.from({ length: 1000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`)
  const member = bench.member({ addPath })
  for (const prefix of prefixes) fixture.announceOnce(source, prefix, { med: 1 })
  bench.run()
  groups.leave(member)
  expect([groups.size, groups.busy]).toEqual([0, true])
  for (const prefix of prefixes) fixture.withdraw(source, prefix)
  // Nobody may take the place of a prefix while somebody was told of it.
  fixture.settle()
  expect(fixture.table.prefixes.size).toBe(1000)
  bench.turn()
  const left = fixture.table.prefixes.size
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(1000)
  bench.finish()
  expect([fixture.table.prefixes.size, fixture.attributes.size, groups.busy]).toEqual([0, 0, false])
})

it('leaves what others hold', () => {
  const bench = new Bench()
  const { fixture, groups } = bench
  const source = fixture.peer('10.0.0.2', true, 2)
  const [gone, stays] = [bench.member(), bench.member({ type: 'eBGP' })]
  fixture.announceOnce(source, '10.1.0.0/24', { med: 1 })
  bench.run()
  groups.leave(gone)
  fixture.withdraw(source, '10.1.0.0/24')
  fixture.settle()
  stays.waiting = 1 << 20
  bench.finish()
  expect(fixture.table.prefixes.size).toBe(1)
  stays.waiting = 0
  bench.finish()
  expect([stays.log, fixture.table.prefixes.size]).toEqual([['+10.1.0.0/24', '-10.1.0.0/24'], 0])
})
