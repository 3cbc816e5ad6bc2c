import { describe, expect, it } from 'vitest'
import { Slices, TURN } from '../../src/bgp/slices.ts'
import type { Clock } from '../../src/net/clock.ts'

/** A clock that moves only when work is done, and an event loop that a test turns. */
class Loop {
  time = 0
  readonly turns: (() => void)[] = []
  readonly clock: Clock = { now: () => this.time, wallTime: () => this.time, after: () => ({ cancel() {} }) }
  readonly slices = new Slices(this.clock, action => this.turns.push(action))

  turn(): number {
    const from = this.time
    for (const action of this.turns.splice(0)) action()
    return this.time - from
  }

  /** A task of so many milliseconds that looks at the clock every half of one. */
  task(milliseconds: number, name = '', log: string[] = []) {
    let left = milliseconds
    return {
      run: (until: number) => {
        log.push(name)
        while (left > 0 && this.time < until) {
          this.time += 0.5
          left -= 0.5
        }
        return left > 0
      },
    }
  }
}

describe('the scheduler', () => {
  it('spends no more than its time in a turn, and finishes in as many turns as it takes', () => {
    const loop = new Loop()
    loop.slices.add(loop.task(4 * TURN + 2))
    const turns: number[] = []
    while (loop.turns.length > 0) turns.push(loop.turn())
    expect(turns).toEqual([TURN, TURN, TURN, TURN, 2])
  })

  it('gives each task its turn', () => {
    const loop = new Loop()
    const log: string[] = []
    loop.slices.add(loop.task(2 * TURN, 'a', log))
    loop.slices.add(loop.task(2 * TURN, 'b', log))
    while (loop.turns.length > 0) loop.turn()
    expect(log).toEqual(['a', 'b', 'a', 'b'])
  })

  it('holds a task once, and lets go of one that is removed', () => {
    const loop = new Loop()
    const log: string[] = []
    const task = loop.task(1, 'a', log)
    loop.slices.add(task)
    loop.slices.add(task)
    loop.slices.add(loop.task(1, 'b', log))
    expect(loop.slices.size).toBe(2)
    loop.slices.remove(task)
    loop.turn()
    expect(log).toEqual(['b'])
    expect(loop.turns).toEqual([])
  })

  it('gives all sockets of one turn the same deadline, and a new one in the next', () => {
    const loop = new Loop()
    expect(loop.slices.deadline()).toBe(TURN)
    loop.time = 4
    expect(loop.slices.deadline()).toBe(TURN)
    loop.turn()
    expect(loop.slices.deadline()).toBe(4 + TURN)
  })
})
