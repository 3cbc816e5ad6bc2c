import { describe, expect, it } from 'vitest'
import { Delivery } from '../../../src/bgp/export/delivery.ts'

class Recipient {
  readonly peer: number
  readonly got: [string, number][] = []
  readonly pieces: Uint8Array[] = []

  constructor(peer: number) {
    this.peer = peer
  }

  send(bytes: Uint8Array, updates: number): void {
    this.got.push([Buffer.from(bytes).toString(), updates])
    this.pieces.push(bytes)
  }
}

/** Pieces of one array: `['ab', 1]` is the piece `ab`, which neighbour 1 must not get. */
function slab(...parts: readonly (readonly [string, number])[]): [Uint8Array, number][] {
  const all = new TextEncoder().encode(parts.map(([text]) => text).join(''))
  let at = 0
  return parts.map(([text, excluded]) => {
    at += text.length
    return [all.subarray(at - text.length, at), excluded]
  })
}

function deliver(pieces: readonly (readonly [Uint8Array, number])[], ...peers: number[]): Recipient[] {
  const delivery = new Delivery()
  const members = peers.map(peer => new Recipient(peer))
  for (const [bytes, excluded] of pieces) delivery.add(bytes, 1, excluded)
  delivery.deliver(members)
  delivery.deliver(members)
  return members
}

describe('what a group has written', () => {
  it('leaves as one piece where it lies together, the same array for all', () => {
    const [one, two] = deliver(slab(['ab', 0], ['cd', 0], ['ef', 0]), 1, 2)
    expect(one!.got).toEqual([['abcdef', 3]])
    expect(two!.got).toEqual([['abcdef', 3]])
    expect(two!.pieces[0]).toBe(one!.pieces[0])
  })

  it('goes to each member without what is kept from it, in order', () => {
    const pieces = slab(['ab', 0], ['cd', 1], ['ef', 2], ['gh', 1], ['ij', 0])
    const [one, two, three] = deliver(pieces, 1, 2, 3)
    expect(one!.got).toEqual([
      ['ab', 1],
      ['ef', 1],
      ['ij', 1],
    ])
    expect(two!.got).toEqual([
      ['abcd', 2],
      ['ghij', 2],
    ])
    expect(three!.got).toEqual([['abcdefghij', 5]])
  })

  it('is not joined over the end of an array', () => {
    const pieces = [...slab(['ab', 0], ['cd', 1]), ...slab(['ef', 1], ['gh', 0])]
    const [one, two] = deliver(pieces, 1, 2)
    expect(one!.got).toEqual([
      ['ab', 1],
      ['gh', 1],
    ])
    expect(two!.got).toEqual([
      ['abcd', 2],
      ['efgh', 2],
    ])
  })

  it('is nothing where all is kept from the only member', () => {
    expect(deliver(slab(['ab', 1], ['cd', 1]), 1)[0]!.got).toEqual([])
  })
})
