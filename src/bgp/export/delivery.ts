/** Who gets pieces: see `Member`. */
interface Recipient {
  readonly peer: number
  send(bytes: Uint8Array, updates: number): void
}

/** Pieces that lie one behind the other in one array. */
interface Run {
  readonly first: number
  readonly last: number
  /** All of it, for those who get all of it: one array for all of them. */
  readonly bytes: Uint8Array
  readonly updates: number
}

/**
 * What a group has written, on its way to the members. A piece may be kept from one member: what that one has announced itself.
 * Where a hundred neighbours announce to each other, that is a hundred pieces for each of a hundred members; pieces that
 * lie one behind the other leave as one, so that it is two for each.
 */
export class Delivery {
  readonly #pieces: Uint8Array[] = []
  readonly #updates: number[] = []
  readonly #excluded: number[] = []

  /** @param excluded number of the neighbour that must not get it, 0 for none */
  add(bytes: Uint8Array, updates: number, excluded: number): void {
    this.#pieces.push(bytes)
    this.#updates.push(updates)
    this.#excluded.push(excluded)
  }

  /** Gives the members what was added, in this order, and forgets it. */
  deliver(members: Iterable<Recipient>): void {
    for (let first = 0; first < this.#pieces.length; ) {
      const run = this.#run(first)
      this.#deliverRun(run, members)
      first = run.last + 1
    }
    this.#pieces.length = 0
    this.#updates.length = 0
    this.#excluded.length = 0
  }

  #deliverRun(run: Run, members: Iterable<Recipient>): void {
    const excluded = new Set<number>()
    for (let i = run.first; i <= run.last; i++) if (this.#excluded[i] !== 0) excluded.add(this.#excluded[i]!)
    for (const member of members) {
      if (excluded.has(member.peer)) this.#deliverRest(run, member)
      else member.send(run.bytes, run.updates)
    }
  }

  /** A run without the pieces that are kept from a member. */
  #deliverRest({ first, last }: Run, member: Recipient): void {
    for (let from = first; from <= last; from++) {
      if (this.#excluded[from] === member.peer) continue
      let to = from
      while (to < last && this.#excluded[to + 1] !== member.peer) to++
      const { bytes, updates } = this.#join(from, to)
      member.send(bytes, updates)
      from = to
    }
  }

  #run(first: number): Run {
    let last = first
    while (last + 1 < this.#pieces.length && follows(this.#pieces[last]!, this.#pieces[last + 1]!)) last++
    return this.#join(first, last)
  }

  #join(first: number, last: number): Run {
    const start = this.#pieces[first]!
    const end = this.#pieces[last]!
    let updates = 0
    for (let i = first; i <= last; i++) updates += this.#updates[i]!
    const length = end.byteOffset + end.length - start.byteOffset
    return { first, last, bytes: new Uint8Array(start.buffer, start.byteOffset, length), updates }
  }
}

function follows(before: Uint8Array, piece: Uint8Array): boolean {
  return before.buffer === piece.buffer && before.byteOffset + before.length === piece.byteOffset
}
