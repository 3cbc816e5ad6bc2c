/** Of things that come by in any order, the first so many: it holds few more than these, and orders no others. */
export class FirstInOrder<T> {
  readonly #count: number
  readonly #compare: (a: T, b: T) => number
  #kept: T[] = []
  /** The last of those that would be first by now: what lies behind it is not kept. */
  #last: T | undefined
  #more = false

  /** @param compare below 0 where `a` comes first; of two different things never 0 */
  constructor(count: number, compare: (a: T, b: T) => number) {
    this.#count = count
    this.#compare = compare
  }

  add(thing: T): void {
    if (this.#last !== undefined && this.#compare(thing, this.#last) > 0) {
      this.#more = true
      return
    }
    this.#kept.push(thing)
    if (this.#kept.length >= this.#count * 2 + 64) this.#cut()
  }

  /** What was kept, in order. */
  sorted(): readonly T[] {
    this.#cut()
    return this.#kept
  }

  /** Whether there is something behind it. To be asked after `sorted`. */
  get more(): boolean {
    return this.#more
  }

  #cut(): void {
    this.#kept.sort(this.#compare)
    if (this.#kept.length <= this.#count) return
    this.#kept.length = this.#count
    this.#last = this.#kept.at(-1)
    this.#more = true
  }
}
