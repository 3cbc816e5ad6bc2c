import { describe, expect, it } from 'vitest'
import { Gathering } from '../../../src/bgp/export/gathering.ts'
import { ManualClock } from '../../../src/net/manual-clock.ts'

function setUp() {
  const clock = new ManualClock()
  const finished: number[] = []
  const gathering = new Gathering(clock, () => finished.push(clock.now()))
  const start = clock.now()
  return { clock, gathering, finished: () => finished.map(time => time - start) }
}

describe('neighbours that come at the same time', () => {
  it('do not wait where nobody else is coming', () => {
    const { gathering, finished } = setUp()
    const only = {}
    gathering.opening(only, true)
    gathering.opening(only, false)
    gathering.joined()
    expect(gathering.active).toBe(false)
    expect(finished()).toEqual([])
  })

  it('wait until all sessions that are being set up are up', () => {
    const { gathering, clock, finished } = setUp()
    const [first, second, third] = [{}, {}, {}]
    gathering.opening(first, true)
    gathering.opening(second, true)
    gathering.opening(first, false)
    gathering.joined()
    gathering.opening(third, true)
    clock.advance(100)
    gathering.opening(second, false)
    gathering.joined()
    expect(gathering.active).toBe(true)
    gathering.opening(third, false)
    expect(gathering.active).toBe(false)
    expect(finished()).toEqual([100])
  })

  it('wait a quarter of a second at most for one that never comes', () => {
    const { gathering, clock, finished } = setUp()
    gathering.opening({}, true)
    gathering.joined()
    clock.advance(200)
    gathering.joined()
    expect(gathering.active).toBe(true)
    clock.advance(50)
    expect(gathering.active).toBe(false)
    expect(finished()).toEqual([250])
    clock.advance(1000)
    expect(finished()).toEqual([250])
  })
})
