import { describe, expect, it } from 'vitest'
import { shareWeights } from '../../../src/bgp/rib/weights.ts'

function weights(...bandwidths: number[]): number[] {
  const out = new Int32Array(bandwidths.length)
  shareWeights(Float64Array.from(bandwidths), bandwidths.length, out)
  return [...out]
}

describe('weights of next hops', () => {
  it('are the smallest whole numbers where one bandwidth is a multiple of the other', () => {
    expect(weights(1.25e9, 5e9, 12.5e9)).toEqual([1, 4, 10])
    expect(weights(Math.fround(1e9 / 8), Math.fround(3e9 / 8))).toEqual([1, 3])
    expect(weights(7, 7, 7)).toEqual([1, 1, 1])
  })

  it('are shares of 256, the most that the kernel takes, where none is', () => {
    expect(weights(10, 25)).toEqual([102, 256])
    expect(weights(2, 3)).toEqual([171, 256])
  })

  it('are at least 1, however small a share is', () => {
    expect(weights(1, 1e9)).toEqual([1, 256])
  })
})
