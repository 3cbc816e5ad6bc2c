import { describe, expect, it } from 'vitest'
import { rehearse } from '../../../src/bgp/rehearsal/rehearse.ts'
import { ManualClock } from '../../../src/net/manual-clock.ts'
import { NexthopSets } from '../../../src/routing/index.ts'

/** What the sinks of the two speakers heard. */
interface Heard {
  updates: number
  withdrawals: number
}

/** Rehearses on a clock that goes on by `step` milliseconds with each act; returns how many there were. */
async function acts(clock: ManualClock, limit: number, step: number, heard?: Heard): Promise<number> {
  let count = 0
  await rehearse({
    clock,
    limit,
    pause: async () => {
      count++
      clock.advance(step)
    },
    surroundings: () => ({
      nexthops: new NexthopSets(),
      reachability: { track: () => 0, untrack() {} },
      sink: {
        update: () => void (heard && heard.updates++),
        withdraw: () => void (heard && heard.withdrawals++),
        converged() {},
      },
    }),
  })
  return count
}

describe('the rehearsal', () => {
  it('ends with the act in which its time is over', async () => {
    expect(await acts(new ManualClock(), 250, 100)).toBe(3)
  })

  it('takes routes of both families to the sink and away again', async () => {
    const heard = { updates: 0, withdrawals: 0 }
    await acts(new ManualClock(), 150, 100, heard)
    expect(heard.updates).toBe(2 * 2_700)
    expect(heard.withdrawals).toBe(2 * 2_700)
  })

  it('leaves no timer behind', async () => {
    const clock = new ManualClock()
    await acts(clock, 200, 100)
    expect(clock.pending).toBe(0)
  })
})
