import { describe, expect, it } from 'vitest'
import { Flusher } from '../../src/engine/flusher.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

const endOfTurn = () => new Promise<void>(resolve => process.nextTick(resolve))
const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Connections whose writes take so many milliseconds each; `out` is filled with their numbers as they are let out. */
function connections(count: number, each: number, clock: ManualClock, out: number[]) {
  return Array.from({ length: count }, (_, number) => ({
    flush() {
      clock.advance(each)
      out.push(number)
    },
  }))
}

describe('what connections were given to write', () => {
  it('leaves at the end of the turn', async () => {
    const clock = new ManualClock()
    const flusher = new Flusher(clock)
    const out: number[] = []
    for (const connection of connections(3, 0, clock, out)) flusher.add(connection)
    expect(out).toEqual([])
    await endOfTurn()
    expect(out).toEqual([0, 1, 2])
  })

  it('leaves in order over several turns where it takes long', async () => {
    const clock = new ManualClock()
    const flusher = new Flusher(clock)
    const out: number[] = []
    for (const connection of connections(40, 1, clock, out)) flusher.add(connection)
    const turns: number[] = []
    while (out.length < 40) {
      await nextTurn()
      turns.push(out.length)
    }
    expect(turns.length).toBeGreaterThan(4)
    expect(out).toEqual(Array.from({ length: 40 }, (_, number) => number))
  })

  it('takes more while the rest waits', async () => {
    const clock = new ManualClock()
    const flusher = new Flusher(clock)
    const out: number[] = []
    const all = connections(20, 2, clock, out)
    for (const connection of all) flusher.add(connection)
    await endOfTurn()
    expect(out.length).toBeLessThan(20)
    flusher.add(all[0]!)
    while (out.length < 21) await nextTurn()
    expect(out.at(-1)).toBe(0)
  })
})
