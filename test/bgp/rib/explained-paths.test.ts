import { expect, it, vi } from 'vitest'
import * as comparison from '../../../src/bgp/rib/comparison.ts'
import { path } from '../export/bench.ts'
import { Fixture } from './fixture.ts'

vi.mock('../../../src/bgp/rib/comparison.ts', { spy: true })

it('a prefix with very many paths is explained by looking at each of them a few times', () => {
  const fixture = new Fixture()
  const peer = fixture.peer('10.0.0.2', true, 2)
  const count = 500
  for (let med = 1; med <= count; med++) {
    const set = fixture.set({ med, asPath: path(65001 + (med & 1)) })
    fixture.announce(peer, '192.0.2.0/24', set, med)
  }
  fixture.settle()
  const next = vi.spyOn(fixture.table, 'nextRow')
  const describeLoss = vi.mocked(comparison.describeLoss)
  describeLoss.mockClear()
  const paths = fixture.paths('192.0.2.0/24')
  expect(paths.find(({ best }) => best)).toMatchObject({ pathId: 1, usable: true, loss: undefined })
  expect(next.mock.calls.length).toBeLessThanOrEqual(count)
  expect(describeLoss).not.toHaveBeenCalled()
  const losses = new Map(paths.map(({ pathId, loss }) => [pathId, loss?.comparison]))
  expect(next.mock.calls.length).toBeLessThanOrEqual(count)
  expect(losses.get(3)).toBe('MULTI_EXIT_DISC from one neighbouring AS 3 > 1')
  expect(losses.get(count)).toBe(`MULTI_EXIT_DISC from one neighbouring AS ${count} > 2`)
})
