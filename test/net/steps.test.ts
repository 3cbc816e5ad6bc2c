import { expect, it } from 'vitest'
import { finish } from '../../src/net/steps.ts'

it('work in steps is done to its end, and its result handed on', () => {
  const done: number[] = []
  const work = function* () {
    for (const step of [1, 2, 3]) {
      done.push(step)
      yield
    }
    return 'result'
  }
  expect(finish(work())).toBe('result')
  expect(done).toEqual([1, 2, 3])
})
