import { describe, expect, it } from 'vitest'
import { rehearse } from '../../src/bgp/rehearsal.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

/** Rehearses on a clock that goes on by `step` milliseconds from round to round; returns how many there were. */
async function rounds(clock: ManualClock, limit: number, step: number): Promise<number> {
  let count = 0
  await rehearse({
    clock,
    limit,
    pause: async () => {
      count++
      clock.advance(step)
    },
  })
  return count
}

describe('the rehearsal', () => {
  it('ends with the round in which its time is over', async () => {
    expect(await rounds(new ManualClock(), 250, 100)).toBe(3)
  })

  it('ends by itself when there is nothing new to compile', async () => {
    expect(await rounds(new ManualClock(), 1e9, 0)).toBeLessThanOrEqual(200)
  })

  it('leaves no timer behind', async () => {
    const clock = new ManualClock()
    await rounds(clock, 200, 100)
    expect(clock.pending).toBe(0)
  })
})
