import { describe, expect, it } from 'vitest'
import { rehearseRouting } from '../../src/engine/rehearsal.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

describe('the rehearsal of routing', () => {
  it('goes through the RIB, ends when its time is over, and leaves no timer', async () => {
    const clock = new ManualClock()
    let acts = 0
    const pause = async () => {
      acts++
      clock.advance(100)
    }
    await rehearseRouting({ clock, limit: 400, pause })
    expect(acts).toBe(4)
    expect(clock.pending).toBe(0)
  })
})
