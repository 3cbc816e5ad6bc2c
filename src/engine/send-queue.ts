/** What is to be sent, in order. Pieces are shared with other queues and stay as they are. */
export class SendQueue {
  #pieces: Uint8Array[] = []
  /** Pieces before it have left. */
  #next = 0
  /** Octets that wait. */
  octets = 0

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.octets += bytes.length
  }

  /** The next pieces: as many as fit into so many octets, and one in any case. */
  front(octets: number): Uint8Array[] {
    let end = this.#next
    for (let left = octets; end < this.#pieces.length; end++) {
      left -= this.#pieces[end]!.length
      if (left < 0 && end > this.#next) break
    }
    return this.#pieces.slice(this.#next, end)
  }

  /** So many octets have left. */
  drop(octets: number): void {
    this.octets -= octets
    let left = octets
    while (this.#next < this.#pieces.length) {
      const piece = this.#pieces[this.#next]!
      if (left < piece.length) {
        if (left > 0) this.#pieces[this.#next] = piece.subarray(left)
        break
      }
      left -= piece.length
      this.#next++
    }
    // Who always has something to send never gets to the end: what has left must not stay.
    if (this.#next * 2 < this.#pieces.length) return
    this.#pieces = this.#pieces.slice(this.#next)
    this.#next = 0
  }
}
