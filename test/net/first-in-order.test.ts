import { expect, it } from 'vitest'
import { FirstInOrder } from '../../src/net/first-in-order.ts'

function first(count: number, numbers: readonly number[]) {
  let compared = 0
  const found = new FirstInOrder<number>(count, (a, b) => {
    compared++
    return a - b
  })
  for (const one of numbers) found.add(one)
  return { sorted: found.sorted(), more: found.more, compared }
}

it('the first in order of many are found without putting the others in order', () => {
  const numbers = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000)
  const { sorted, more, compared } = first(5, numbers)
  expect({ sorted, more }).toEqual({ sorted: [0, 1, 2, 3, 4], more: true })
  expect(compared).toBeLessThan(20_000)
})

it('few are all in order, and it is known whether there are more', () => {
  expect(first(3, [3, 1, 2])).toMatchObject({ sorted: [1, 2, 3], more: false })
  expect(first(3, [3, 1, 4, 2])).toMatchObject({ sorted: [1, 2, 3], more: true })
  expect(first(3, [])).toMatchObject({ sorted: [], more: false })
  expect(first(Number.POSITIVE_INFINITY, [2, 1])).toMatchObject({ sorted: [1, 2], more: false })
})
