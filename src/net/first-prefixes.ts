import { comparePrefixes, contains, type Prefix } from './prefix.ts'

/** Which prefixes are wanted: the first so many behind one and inside one. */
export interface PrefixRange {
  /** Prefixes behind this one in their order (`comparePrefixes`). */
  readonly after?: Prefix | undefined
  /** This prefix and those inside it. */
  readonly inside?: Prefix | undefined
  /** At most so many prefixes. */
  readonly first: number
}

/**
 * Of things that come by in any order, those of the first prefixes of a range: a page of a table that has no order. What it
 * holds is bounded by the page, not by the table. Several things may have one prefix; they are kept or dropped together.
 */
export class FirstPrefixes<T> {
  readonly #range: PrefixRange
  #kept: { readonly prefix: Prefix; readonly thing: T }[] = []
  /** The last prefix of the range as far as is known: what lies behind it is not wanted. */
  #last: Prefix | undefined
  #room: number

  constructor(range: PrefixRange) {
    this.#range = range
    this.#room = this.#spacious()
  }

  /** Whether a prefix is still one of the first: to be asked before anything is made of it. */
  wants(prefix: Prefix): boolean {
    const { after, inside } = this.#range
    return (
      (this.#last === undefined || comparePrefixes(prefix, this.#last) <= 0) &&
      (after === undefined || comparePrefixes(prefix, after) > 0) &&
      (inside === undefined || contains(inside, prefix))
    )
  }

  /** Takes what is wanted. The prefix is kept as it is. */
  add(prefix: Prefix, thing: T): void {
    this.#kept.push({ prefix, thing })
    if (this.#kept.length < this.#room) return
    this.#cut()
    this.#room = this.#kept.length + this.#spacious()
  }

  /** What was kept, in order. */
  sorted(): readonly { readonly prefix: Prefix; readonly thing: T }[] {
    this.#cut()
    return this.#kept
  }

  /** Where as many prefixes as were wanted have come, the last of them: there may be more behind it. To be asked after `sorted`. */
  get last(): Prefix | undefined {
    return this.#last
  }

  #spacious(): number {
    return this.#range.first + 64
  }

  /** Puts what is kept in order, and drops what lies behind the last wanted prefix. */
  #cut(): void {
    this.#kept.sort((a, b) => comparePrefixes(a.prefix, b.prefix))
    let prefixes = 0
    let before: Prefix | undefined
    for (const [at, { prefix }] of this.#kept.entries()) {
      if (before !== undefined && comparePrefixes(before, prefix) === 0) continue
      if (prefixes === this.#range.first) {
        this.#kept.length = at
        break
      }
      prefixes++
      before = prefix
    }
    if (prefixes === this.#range.first) this.#last = before
  }
}
