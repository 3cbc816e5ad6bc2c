import { describe, expect, it } from 'vitest'
import { SlotQueue } from '../../src/net/slot-queue.ts'

describe('a queue of slots', () => {
  it('gives back what was put in, in order, while it grows and wraps', () => {
    const queue = new SlotQueue()
    let [put, got] = [0, 0]
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 300; i++) queue.push(put++)
      for (let i = 0; i < 250; i++) expect(queue.shift()).toBe(got++)
    }
    expect(queue.size).toBe(put - got)
    while (queue.size > 0) expect(queue.shift()).toBe(got++)
    expect(queue.shift()).toBe(-1)
  })
})
