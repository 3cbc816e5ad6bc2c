import { expect, it, vi } from 'vitest'
import { path } from '../export/bench.ts'
import { Fixture } from './fixture.ts'

it('a prefix with very many paths is explained by looking at each of them a few times', () => {
  const fixture = new Fixture()
  const peer = fixture.peer('10.0.0.2', true, 2)
  const count = 500
  for (let med = 1; med <= count; med++) {
    const set = fixture.set({ med, asPath: path(65001 + (med & 1)) })
    fixture.announce(peer, '192.0.2.0/24', set, med)
  }
  fixture.settle()
  const usable = vi.spyOn(fixture.table, 'usable')
  const paths = fixture.paths('192.0.2.0/24')
  expect(usable.mock.calls.length).toBeLessThan(3 * count)
  const losses = new Map(paths.map(({ pathId, loss }) => [pathId, loss?.comparison]))
  expect(losses.get(3)).toBe('MULTI_EXIT_DISC from one neighbouring AS 3 > 1')
  expect(losses.get(count)).toBe(`MULTI_EXIT_DISC from one neighbouring AS ${count} > 2`)
})
