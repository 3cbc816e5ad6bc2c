import { beforeEach, describe, expect, it } from 'vitest'
import { Attempts } from '../../src/forwarding/attempts.ts'
import type { Step } from '../../src/forwarding/index.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

const MAKE: Step = {
  object: 'interface vx1',
  detail: '',
  seen: 'missing',
  change: { op: 'deleteLink', index: 1 },
  effect: 'creates',
}
const REMOVE: Step = { ...MAKE, detail: 'deletion', effect: 'removes' }

let clock: ManualClock
let attempts: Attempts

beforeEach(() => {
  clock = new ManualClock()
  attempts = new Attempts(clock)
})

/** Tries whenever it may, for so long; answers when it did, in milliseconds from the start. */
function tries(milliseconds: number, outcome: () => void): number[] {
  const times: number[] = []
  const start = clock.now()
  for (let now = 0; now <= milliseconds; now += 50) {
    if (attempts.mayTry(MAKE)) {
      times.push(clock.now() - start)
      outcome()
    }
    clock.advance(50)
  }
  return times
}

describe('attempts', () => {
  it('that are refused are made at growing intervals up to half a minute', () => {
    const times = tries(120_000, () => attempts.refused(MAKE, 'no'))
    expect(times.slice(0, 5)).toEqual([0, 250, 750, 1_750, 3_750])
    expect(times.at(-1)! - times.at(-2)!).toBe(30_000)
    expect(attempts.problems()).toEqual([{ object: 'interface vx1', error: 'no' }])
  })

  it('that were refused long ago are made soon after something changed', () => {
    tries(20_000, () => attempts.refused(MAKE, 'no'))
    expect(attempts.mayTry(MAKE)).toBe(false)
    attempts.hurry()
    expect(attempts.mayTry(MAKE)).toBe(true)
    attempts.refused(MAKE, 'no')
    attempts.hurry()
    expect(attempts.mayTry(MAKE)).toBe(false)
  })

  it('are made at once when what stood in the way is removed, or the configuration is another', () => {
    attempts.refused(MAKE, 'exists')
    attempts.taken(REMOVE)
    expect(attempts.mayTry(MAKE)).toBe(true)
    attempts.refused(MAKE, 'exists')
    attempts.clear()
    expect(attempts.mayTry(MAKE)).toBe(true)
  })

  it('are no problem any more once nobody asks for the step', () => {
    attempts.refused(MAKE, 'no')
    attempts.settle([])
    expect(attempts.problems()).toEqual([])
  })

  it('that the kernel takes again and again are a fight, with growing pauses up to a minute', () => {
    const times = tries(300_000, () => attempts.taken(MAKE))
    expect(times.slice(0, 6)).toEqual([0, 50, 100, 150, 200, 250])
    expect(times.slice(6, 9)).toEqual([2_250, 6_250, 14_250])
    expect(times.at(-1)! - times.at(-2)!).toBe(60_000)
    expect(attempts.problems()).toEqual([
      { object: 'interface vx1', error: expect.stringContaining('put right') },
    ])
  })

  it('now and then are no fight', () => {
    for (let i = 0; i < 20; i++) {
      expect(attempts.mayTry(MAKE)).toBe(true)
      attempts.taken(MAKE)
      clock.advance(4_000)
    }
    expect(attempts.problems()).toEqual([])
  })

  it('after a fight that ended are free again', () => {
    tries(5_000, () => attempts.taken(MAKE))
    expect(attempts.problems()).toHaveLength(1)
    clock.advance(60_000)
    attempts.settle([])
    expect(attempts.problems()).toEqual([])
    expect(attempts.mayTry(MAKE)).toBe(true)
  })
})
