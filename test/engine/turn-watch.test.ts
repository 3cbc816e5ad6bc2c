import { afterEach, describe, expect, it } from 'vitest'
import { TurnWatch } from '../../src/engine/turn-watch.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

let watch: TurnWatch
afterEach(() => watch.close())

/** Computes for so long: on a busy machine it takes longer than that. */
function block(milliseconds: number): void {
  const start = process.threadCpuUsage()
  const used = () => {
    const { user, system } = process.threadCpuUsage(start)
    return (user + system) / 1000
  }
  while (used() < milliseconds);
}

/** Two looks of the watch later. */
const looks = () => new Promise(resolve => setTimeout(resolve, 20))

describe('the watch over turns of the event loop', () => {
  it('measures what held all others up, ever and lately', async () => {
    const clock = new ManualClock()
    watch = new TurnWatch(clock)
    watch.begin()
    await looks()
    block(150)
    await looks()
    const isLately = (wanted: boolean) => {
      expect(watch.turn().lately > 140).toBe(wanted)
      expect(watch.work().lately > 140).toBe(wanted)
    }
    isLately(true)
    clock.advance(60_000)
    isLately(true)
    clock.advance(60_000)
    isLately(false)
    expect(watch.turn().ever).toBeGreaterThan(140)
    expect(watch.work().ever).toBeGreaterThan(140)
  })

  it('knows nothing of what was before it began', async () => {
    watch = new TurnWatch(new ManualClock())
    await looks()
    block(150)
    watch.begin()
    await looks()
    expect(watch.work().ever).toBeLessThan(140)
  })
})
