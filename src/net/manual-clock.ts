import type { Clock, Timer } from './clock.ts'

interface Entry {
  readonly at: number
  readonly order: number
  readonly action: () => void
  /** Cancelled or fired. */
  done: boolean
}

/** A clock that a caller moves by hand: hours pass in milliseconds, and always in the same order. */
export class ManualClock implements Clock {
  #now = 0
  #order = 0
  #pending = 0
  /** A binary heap, the next to fire first; what was cancelled stays in it until its time. */
  readonly #heap: Entry[] = []

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return this.#now
  }

  after(delay: number, action: () => void): Timer {
    const entry: Entry = { at: this.#now + Math.max(0, delay), order: this.#order++, action, done: false }
    this.#push(entry)
    this.#pending++
    return { cancel: () => this.#finish(entry) }
  }

  /** Moves time on by so many milliseconds and fires what falls due, in order, timers set on the way too. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    while (this.#heap.length > 0 && this.#heap[0]!.at <= end) {
      const next = this.#pop()
      if (next.done) continue
      this.#finish(next)
      this.#now = next.at
      next.action()
    }
    this.#now = end
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#pending
  }

  #finish(entry: Entry): void {
    if (entry.done) return
    entry.done = true
    this.#pending--
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    for (let parent = (at - 1) >> 1; at > 0 && isBefore(entry, heap[parent]!); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  #pop(): Entry {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
