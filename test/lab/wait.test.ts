import { describe, expect, it } from 'vitest'
import { until } from '../../src/lab/wait.ts'

describe('waiting until', () => {
  it('returns what is seen, also at the first look', async () => {
    expect(await until('a number', () => 7)).toBe(7)
  })

  it('looks again where there is nothing, and where it is not so', async () => {
    const looks = [undefined, false, 0]
    expect(await until('a number', () => looks.shift(), { interval: 1 })).toBe(0)
    const answers = [false, true]
    expect(await until('it', async () => answers.shift()!, { interval: 1 })).toBe(true)
  })

  it('looks again at an event, without waiting for the interval', async () => {
    const listeners = new Set<() => void>()
    const wake = (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
    let there: string | undefined
    const seen = until('it', () => there, { interval: 60_000, wake })
    await new Promise(setImmediate)
    there = 'here'
    for (const listener of listeners) listener()
    expect(await seen).toBe('here')
    expect(listeners.size).toBe(0)
  })

  it('does not miss an event that comes during a look', async () => {
    let happen = () => {}
    let looks = 0
    const seen = await until(
      'it',
      async () => {
        looks++
        if (looks === 1) happen()
        return looks === 2 ? 'second look' : undefined
      },
      {
        interval: 60_000,
        wake: listener => {
          happen = listener
          return () => {}
        },
      },
    )
    expect(seen).toBe('second look')
  })

  it('gives up with what was waited for and the last error', async () => {
    const look = () => {
      throw new Error('nobody answers')
    }
    await expect(until('the engine', look, { interval: 1, limit: 5 })).rejects.toThrow(
      'the engine: not within 0.005 s: nobody answers',
    )
  })

  it('gives up when it is told to', async () => {
    const over = new AbortController()
    const waiting = until('it', () => undefined, { interval: 1, signal: over.signal })
    over.abort()
    await expect(waiting).rejects.toThrow('it: given up')
  })
})
