import { describe, expect, it } from 'vitest'
import { pathsOf } from '../../../src/lab/gateway/paths.ts'

const ALL = pathsOf(['node-a', 'node-b', 'node-c', 'node-d'])
const shown = (family: number, from: string, to: string) => {
  const path = ALL.find(row => row.family === family && row.from.name === from && row.to.name === to)
  return path && `${path.wire}, ${path.largest}`
}

describe('the paths of the gateway lab', () => {
  it('are forty with all nodes, and twelve with A and B', () => {
    expect(ALL.length).toBe(40)
    expect(pathsOf(['node-a', 'node-b']).length).toBe(12)
  })

  it('lead in both directions between the same ends', () => {
    for (const { from, to, family } of ALL) {
      expect(ALL.filter(row => row.from === to && row.to === from && row.family === family)).toHaveLength(1)
    }
  })

  it('join each two kinds of node', () => {
    const joined = new Set(ALL.map(({ from, to }) => [from.node, to.node].sort().join(' ')))
    for (const pair of ['a b', 'a c', 'a d', 'b c', 'b d', 'c d', 'c c']) {
      expect(joined).toContain(
        pair
          .split(' ')
          .map(letter => `node-${letter}`)
          .join(' '),
      )
    }
  })

  it('say what must be on the wire and what fits through', () => {
    expect(shown(4, 'outside', 'pod-a1')).toBe('plain, 1500')
    expect(shown(4, 'pod-d1', 'pod-b1')).toBe('ipip → vxlan 1/8472, 1450')
    expect(shown(6, 'pod-b1', 'outside')).toBe('vxlan 1/8472 → plain, 1430')
    expect(shown(6, 'pod-c10', 'pod-c20')).toBe('vlan 10 → vlan 20, 1500')
    expect(shown(6, 'outside', 'pod-d1')).toBeUndefined()
  })
})
