import { describe, expect, it } from 'vitest'
import { CrowdedPrefixes } from '../../../src/bgp/rib/crowded-prefixes.ts'
import { Fixture, seeded } from './fixture.ts'

describe('a prefix with very many paths', () => {
  it('has them all, and only those that are there, in whatever order they come and go', () => {
    const fixture = new Fixture()
    const random = seeded(5)
    const below = (limit: number) => Math.floor(random() * limit)
    const peers = [2, 3, 4].map(host => fixture.peer(`10.0.0.${host}`, true, host))
    const set = fixture.set({})
    const there = new Set<string>()
    for (const size of [400, 20, 200, 0]) {
      for (let change = 0; change < 3000; change++) {
        const peer = peers[below(3)]!
        // The path identifiers are the highest ones and 0.
        const id = below(200) === 0 ? 0 : 4_294_967_295 - below(200)
        if (there.size <= size) {
          fixture.announce(peer, '192.0.2.0/24', set, id)
          there.add(`${peer} ${id}`)
        } else {
          fixture.withdraw(peer, '192.0.2.0/24', id)
          there.delete(`${peer} ${id}`)
        }
        if (below(50) === 0) fixture.settle()
      }
      fixture.settle()
      const paths = fixture.paths('192.0.2.0/24').map(({ peer, pathId }) => `${peer} ${pathId}`)
      expect(paths.sort()).toEqual([...there].sort())
      expect(peers.reduce((sum, peer) => sum + fixture.table.counts.received[peer]!, 0)).toBe(there.size)
    }
  })

  it('is looked through once, however many paths are looked for', () => {
    const count = 10_000
    let steps = 0
    const paths = new CrowdedPrefixes({
      peer: new Uint16Array(2 * count).fill(7),
      pathId: Uint32Array.from({ length: 2 * count }, (_, row) => row),
      firstRow: () => 0,
      nextRow: row => {
        steps++
        return row + 1 < count ? row + 1 : -1
      },
    })
    for (let row = count; row < 2 * count; row++) {
      expect(paths.find(0, 7, row)).toBe(-1)
      paths.add(0, row)
    }
    expect(paths.find(0, 7, count - 1)).toBe(count - 1)
    expect(paths.find(0, 7, 2 * count - 1)).toBe(2 * count - 1)
    expect(paths.find(0, 8, 1)).toBe(-1)
    expect(steps).toBe(count)
  })
})
