/** Where something stands in a configuration: keys and list indices from the top. */
export type Path = readonly (string | number)[]

/** A path as a JSON pointer (RFC 6901); the whole document is ''. */
export function toPointer(path: Path): string {
  return path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The value at a path, or undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** Keys that a person knows the item of a list by, the best first. */
const labelKeys = ['name', 'address', 'prefix'] as const

/**
 * Says paths in words: `interfaces[flannel.1].vni`. An item of a list goes by its name, address or prefix where it
 * has one that no other item of the list has, else by its index.
 */
export class PathWords {
  readonly #root: unknown
  readonly #labels = new Map<readonly unknown[], readonly string[]>()

  constructor(root: unknown) {
    this.#root = root
  }

  /** The words for a path; `the configuration` for the whole. */
  of(path: Path): string {
    if (path.length === 0) return 'the configuration'
    let words = ''
    let value = this.#root
    for (const step of path) {
      if (Array.isArray(value)) words += `[${this.#labelsOf(value)[Number(step)] ?? step}]`
      else words += words === '' ? step : `.${step}`
      value = valueAt(value, [step])
    }
    return words
  }

  #labelsOf(list: readonly unknown[]): readonly string[] {
    const known = this.#labels.get(list)
    if (known) return known
    const wanted = list.map(labelOf)
    const uses = new Map<string, number>()
    for (const label of wanted) if (label !== undefined) uses.set(label, (uses.get(label) ?? 0) + 1)
    const labels = wanted.map((label, index) =>
      label !== undefined && uses.get(label) === 1 ? label : String(index),
    )
    this.#labels.set(list, labels)
    return labels
  }
}

function labelOf(item: unknown): string | undefined {
  for (const key of labelKeys) {
    const label = valueAt(item, [key])
    if (typeof label === 'string' && label !== '' && label.length <= 64) return label
  }
  return undefined
}

/**
 * Orders paths as their places stand in the document: by the order of keys in each map and of items in each list.
 */
export class DocumentOrder {
  readonly #root: unknown
  readonly #ranks = new Map<object, ReadonlyMap<string, number>>()

  constructor(root: unknown) {
    this.#root = root
  }

  /** The place of a path as numbers, to be compared one after the other. A key that is missing comes after all others. */
  rank(path: Path): readonly number[] {
    const ranks: number[] = []
    let value = this.#root
    for (const step of path) {
      if (typeof step === 'number') ranks.push(step)
      else ranks.push(this.#ranksOf(value).get(step) ?? Number.MAX_SAFE_INTEGER)
      value = valueAt(value, [step])
    }
    return ranks
  }

  #ranksOf(value: unknown): ReadonlyMap<string, number> {
    if (typeof value !== 'object' || value === null) return new Map()
    const known = this.#ranks.get(value)
    if (known) return known
    const ranks = new Map(Object.keys(value).map((key, index) => [key, index]))
    this.#ranks.set(value, ranks)
    return ranks
  }
}

/** Compares two ranks: a place before what is inside it. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!
  }
  return a.length - b.length
}
