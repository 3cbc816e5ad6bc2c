import type { Clock, Timer } from './clock.ts'

interface Entry {
  readonly at: number
  readonly order: number
  readonly action: () => void
}

/** A clock that a caller moves by hand: hours pass in milliseconds, and always in the same order. */
export class ManualClock implements Clock {
  #now = 0
  #order = 0
  readonly #entries = new Set<Entry>()

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return this.#now
  }

  after(delay: number, action: () => void): Timer {
    const entry: Entry = { at: this.#now + Math.max(0, delay), order: this.#order++, action }
    this.#entries.add(entry)
    return { cancel: () => this.#entries.delete(entry) }
  }

  /** Moves time on by so many milliseconds and fires what falls due, in order, timers set on the way too. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#entries.delete(next)
      this.#now = next.at
      next.action()
    }
    this.#now = end
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#entries.size
  }

  #next(end: number): Entry | undefined {
    let first: Entry | undefined
    for (const entry of this.#entries) {
      if (entry.at > end) continue
      if (!first || entry.at < first.at || (entry.at === first.at && entry.order < first.order)) first = entry
    }
    return first
  }
}
