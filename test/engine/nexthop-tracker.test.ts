import { describe, expect, it } from 'vitest'
import { NexthopTracker } from '../../src/engine/nexthop-tracker.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { Resolver } from '../../src/routing/index.ts'

const near = { connected: [{ network: parsePrefix('10.0.0.0/24')!, interface: 'eth0' }], statics: [] }
const hop = { via: '10.0.0.2', weight: 1 }

describe('the tracker of next hops', () => {
  it('says at once how far a next hop is, and unreachable of one that nothing leads to', () => {
    const resolver = new Resolver()
    const tracker = new NexthopTracker(resolver)
    expect(tracker.track({ ...hop })).toBeUndefined()
    resolver.setTopology(near)
    expect(tracker.track({ ...hop })).toBe(0)
  })

  it('tells of a change once, and of no next hop that no path has any more', () => {
    const resolver = new Resolver()
    const tracker = new NexthopTracker(resolver)
    const other = { via: '10.0.0.3', weight: 1 }
    tracker.track(hop)
    tracker.track(other)
    resolver.setTopology(near)
    expect(tracker.changes()).toEqual([
      { hop, metric: 0 },
      { hop: other, metric: 0 },
    ])
    expect(tracker.changes()).toEqual([])
    tracker.untrack(other)
    resolver.setTopology({ connected: [], statics: [] })
    expect(tracker.changes()).toEqual([{ hop, metric: undefined }])
    expect(tracker.size).toBe(1)
  })
})
