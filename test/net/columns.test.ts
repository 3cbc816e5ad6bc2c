import { describe, expect, it } from 'vitest'
import { widened, withRoom } from '../../src/net/columns.ts'

describe('a column', () => {
  it('keeps what it holds when it gets more room, and is 0 behind that', () => {
    const column = widened(Uint32Array.of(1, 2, 3), 4)
    expect([...column.subarray(0, 5)]).toEqual([1, 2, 3, 0, 0])
  })

  it('is the same array where there is room', () => {
    const column = new Uint8Array(16)
    expect(widened(column, 16)).toBe(column)
    expect(withRoom(column, 8)).toBe(column)
  })

  it('keeps its kind', () => {
    expect(widened(new Float64Array(2), 3)).toBeInstanceOf(Float64Array)
  })

  it('gets to two million entries in twelve steps', () => {
    let column = new Uint8Array(1)
    let steps = 0
    for (; column.length < 2_000_000; steps++) column = widened(column, column.length + 1)
    expect(steps).toBe(12)
  })

  it('has exactly the room that another has', () => {
    expect(withRoom(new Uint16Array(4), 7)).toHaveLength(7)
  })
})
