import { describe, expect, it } from 'vitest'
import { Fixture, seeded } from './fixture.ts'

describe('the attribute store', () => {
  it('holds equal sets once, and lets go of them with the last path', () => {
    const fixture = new Fixture()
    const { attributes } = fixture
    const a = fixture.set({ med: 5 })
    expect(fixture.set({ med: 5 })).toBe(a)
    expect(fixture.set({ med: 6 })).not.toBe(a)
    expect(attributes.size).toBe(2)
    attributes.release(a)
    expect(attributes.decode(a).med).toBe(5)
    attributes.release(a)
    expect(attributes.size).toBe(1)
  })

  it('finds every set again through thousands of comings and goings', () => {
    const fixture = new Fixture()
    const random = seeded(7)
    const held = new Map<number, number[]>()
    for (let round = 0; round < 20_000; round++) {
      const med = Math.floor(random() * 2000)
      const ids = held.get(med) ?? []
      if (ids.length > 0 && random() < 0.5) fixture.attributes.release(ids.pop()!)
      else ids.push(fixture.set({ med, communities: Array.from({ length: med % 7 }, (_, i) => i) }))
      held.set(med, ids)
      expect(new Set(ids).size).toBeLessThan(2)
    }
    expect(fixture.attributes.size).toBe([...held.values()].filter(ids => ids.length > 0).length)
    for (const [med, [id]] of held) if (id !== undefined) expect(fixture.attributes.decode(id).med).toBe(med)
  })

  it('makes changed sets once for as long as they are held, and tells tunnels apart', () => {
    const fixture = new Fixture()
    const { attributes, hops } = fixture
    const set = fixture.set({ via: '10.0.0.7', med: 5, communities: [0x00010002] })
    const change = attributes.change({ localPreference: 4294967295, tunnel: 'tunl0' })
    expect(attributes.change({ tunnel: 'tunl0', localPreference: 4294967295 })).toBe(change)
    const changed = attributes.derive(set, change)
    expect(attributes.derive(set, change)).toBe(changed)
    expect(attributes.decode(changed)).toMatchObject({
      localPreference: 4294967295,
      med: 5,
      communities: [0x00010002],
    })
    expect(attributes.tunnel(changed)).toBe('tunl0')
    expect(hops.single(attributes.hop[changed]!).hops).toEqual([
      { via: '10.0.0.7', interface: 'tunl0', onlink: true, weight: 1 },
    ])
    expect(hops.single(attributes.hop[set]!).hops).toEqual([{ via: '10.0.0.7', weight: 1 }])
    attributes.release(changed)
    attributes.release(changed)
    attributes.release(set)
    expect(attributes.size).toBe(0)
  })

  it('removes a MED, and leaves a set without one as it is', () => {
    const fixture = new Fixture()
    const { attributes } = fixture
    const change = attributes.change({ med: null })
    const plain = fixture.set({})
    const graded = fixture.set({ med: 9 })
    expect(attributes.derive(plain, change)).toBe(plain)
    expect(attributes.derive(graded, change)).toBe(plain)
  })
})
