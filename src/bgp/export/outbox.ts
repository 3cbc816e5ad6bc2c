/** A piece of the stream of UPDATEs: whole messages, shared by all who get it. */
interface Piece {
  readonly bytes: Uint8Array
  readonly updates: number
}

/** What a neighbour's outbox writes into. */
export interface Outlet {
  /** False: no more until `flush` is called again. */
  write(bytes: Uint8Array, updates: number): boolean
}

/** UPDATEs on their way to one neighbour: holds shared pieces while its TCP is full. */
export class Outbox {
  readonly #outlet: Outlet
  #pieces: Piece[] = []
  #next = 0
  /** Octets that wait. */
  waiting = 0
  #blocked = false

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  send(bytes: Uint8Array, updates: number): void {
    if (!this.#blocked && this.waiting === 0) {
      this.#blocked = !this.#outlet.write(bytes, updates)
      return
    }
    this.#pieces.push({ bytes, updates })
    this.waiting += bytes.length
  }

  /** The neighbour's TCP takes bytes again. */
  flush(): void {
    this.#blocked = false
    while (this.#next < this.#pieces.length && !this.#blocked) {
      const piece = this.#pieces[this.#next++]!
      this.waiting -= piece.bytes.length
      this.#blocked = !this.#outlet.write(piece.bytes, piece.updates)
    }
    // Who never gets to the end must not keep what has left.
    if (this.#next * 2 < this.#pieces.length) return
    this.#pieces = this.#pieces.slice(this.#next)
    this.#next = 0
  }

  get blocked(): boolean {
    return this.#blocked
  }

  /** Forgets all: the session has ended. */
  clear(): void {
    this.#pieces = []
    this.#next = 0
    this.waiting = 0
    this.#blocked = false
  }
}
