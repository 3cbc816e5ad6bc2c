import { describe, expect, it } from 'vitest'
import { SendQueue } from '../../src/engine/send-queue.ts'
import { collected } from '../collected.ts'

function queueOf(...texts: string[]): SendQueue {
  const queue = new SendQueue()
  for (const text of texts) queue.push(Buffer.from(text))
  return queue
}

const text = (queue: SendQueue, octets: number) =>
  queue.front(octets).map(piece => Buffer.from(piece).toString())

describe('what is to be sent', () => {
  it('leaves in whole pieces, as many as fit, and one where none does', () => {
    const queue = queueOf('abc', 'de', 'fghi')
    expect(text(queue, 5)).toEqual(['abc', 'de'])
    expect(text(queue, 8)).toEqual(['abc', 'de'])
    expect(text(queue, 9)).toEqual(['abc', 'de', 'fghi'])
    expect(text(queue, 1)).toEqual(['abc'])
  })

  it('goes on in the middle of a piece of which a part has left, and leaves the piece of others as it is', () => {
    const piece = Buffer.from('abcdef')
    const queue = queueOf('x')
    queue.push(piece)
    queue.drop(4)
    expect([text(queue, 100), queue.octets, piece.toString()]).toEqual([['def'], 3, 'abcdef'])
    queue.drop(3)
    expect([text(queue, 100), queue.octets]).toEqual([[], 0])
  })

  it('takes more while the rest waits', () => {
    const queue = queueOf('abc', 'def')
    queue.drop(3)
    queue.push(Buffer.from('ghi'))
    expect([text(queue, 100), queue.octets]).toEqual([['def', 'ghi'], 6])
  })

  it('does not hold on to what has left where there is always more', async () => {
    const queue = queueOf('xyz')
    const gone = await collected(() => {
      const piece = new Uint8Array(3)
      queue.push(piece)
      for (let i = 0; i < 1000; i++) {
        queue.push(Buffer.from('abc'))
        queue.drop(3)
      }
      return piece
    })
    expect([queue.octets, gone]).toEqual([6, true])
  })
})
