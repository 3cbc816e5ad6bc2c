import { describe, expect, it } from 'vitest'
import { LogLimit } from '../../src/bgp/log-limit.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

describe('the limit of the log', () => {
  it('lets a burst through, then a trickle that says how much was left out', () => {
    const clock = new ManualClock()
    const limit = new LogLimit(clock)
    const passed = Array.from({ length: 1000 }, () => limit.pass('10.0.0.2', 'nonsense')).filter(Boolean)
    expect(passed).toEqual(Array(20).fill('nonsense'))
    clock.advance(5000)
    expect(limit.pass('10.0.0.2', 'nonsense')).toBe('nonsense (lines about this left out before: 980)')
    expect(limit.pass('10.0.0.2', 'nonsense')).toBeUndefined()
    clock.advance(100_000)
    expect(limit.pass('10.0.0.2', 'again')).toBe('again (lines about this left out before: 1)')
    expect(limit.pass('10.0.0.2', 'again')).toBe('again')
  })

  it('does not let one subject silence another', () => {
    const limit = new LogLimit(new ManualClock())
    for (let i = 0; i < 100; i++) limit.pass('10.0.0.2', 'nonsense')
    expect(limit.pass('10.0.0.3', 'up')).toBe('up')
  })
})
