import { describe, expect, it } from 'vitest'
import { Outbox } from '../../../src/bgp/export/outbox.ts'
import { collected } from '../../collected.ts'

/** An outlet that takes so many pieces and then no more. */
function outlet() {
  const out = { room: 0, taken: [] as string[] }
  const outbox = new Outbox({
    write: bytes => {
      out.taken.push(Buffer.from(bytes).toString())
      return --out.room > 0
    },
  })
  return { out, outbox }
}

describe('an outbox', () => {
  it('keeps in order what the neighbour’s TCP cannot take yet, and knows how much that is', () => {
    const { out, outbox } = outlet()
    for (const text of ['one', 'two', 'three']) outbox.send(Buffer.from(text), 1)
    expect([out.taken, outbox.waiting, outbox.blocked]).toEqual([['one'], 8, true])
    out.room = 2
    outbox.flush()
    expect([out.taken, outbox.waiting, outbox.blocked]).toEqual([['one', 'two', 'three'], 0, true])
    out.room = 2
    outbox.flush()
    outbox.send(Buffer.from('four'), 1)
    expect([out.taken.at(-1), outbox.blocked]).toEqual(['four', false])
  })

  it('does not hold on to what has left where there is always more', async () => {
    const { out, outbox } = outlet()
    outbox.send(Buffer.from('first'), 1)
    const gone = await collected(() => {
      const piece = new Uint8Array(100)
      outbox.send(piece, 1)
      for (let i = 0; i < 1000; i++) {
        outbox.send(Buffer.from('more'), 1)
        outbox.send(Buffer.from('more'), 1)
        out.room = 2
        outbox.flush()
      }
      return piece
    })
    expect(outbox.waiting).toBeGreaterThan(0)
    expect(gone).toBe(true)
  })
})
