import type { Family } from '../../net/address.ts'
import { widened } from '../../net/columns.ts'
import type { PrefixRange } from './prefix-range.ts'

/** Bits that a step down the trie takes. */
const STRIDE = 4
/** Entries of a node: a prefix of 0 to 4 bits of its own each, at (1 << bits) + those bits. */
const VALUES = 32
const CHILDREN = 16
/** So many ranges are worth a table of the first 16 bits: a quarter of a megabyte for four steps less. */
const MANY = 64
/** Words of 32 lengths: 0 to 128. */
const WORDS = 5

/**
 * Ranges of prefixes, thousands of them, asked of one prefix in a few steps whatever their number.
 *
 * A trie of four bits a step. Each place in it knows which lengths are wanted there, its own ranges and those around it taken
 * together: a look-up walks down as far as the prefix or the trie goes and looks at one bit.
 */
export class PrefixSet {
  readonly #tries: Readonly<Record<Family, Trie>> = { 4: new Trie(), 6: new Trie() }

  constructor(ranges: readonly PrefixRange[]) {
    // Short ones first: what is inside takes over what is around it.
    for (const range of [...ranges].sort((a, b) => a.bits - b.bits)) this.#tries[range.family].add(range)
    if (ranges.length >= MANY) for (const trie of [this.#tries[4], this.#tries[6]]) trie.shorten()
  }

  /** Whether there is any range of the family. */
  has(family: Family): boolean {
    return this.#tries[family].filled
  }

  /** @param bytes holds the ceil(length / 8) significant octets of the prefix from `offset` on */
  matches(family: Family, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#tries[family].matches(bytes, offset, length)
  }
}

class Trie {
  filled = false
  #values = new Uint32Array(VALUES)
  #children = new Int32Array(CHILDREN)
  #nodes = 1
  /** Wanted lengths, `WORDS` words each; number 0 is none. */
  #lengths = new Uint32Array(WORDS * 8)
  /** Where the first 16 bits lead: a node, or below 0 a value that nothing inside differs from. */
  #table: Int32Array | undefined
  readonly #numbers = new Map<string, number>([[String(new Uint32Array(WORDS)), 0]])

  add({ bytes, bits, shortest, longest }: PrefixRange): void {
    if (shortest > longest) return
    this.filled = true
    let node = 0
    let depth = 0
    for (; bits - depth > STRIDE; depth += STRIDE) node = this.#child(node, nibble(bytes, 0, depth))
    const own = bits - depth
    const place = (1 << own) + (nibble(bytes, 0, depth) >> (STRIDE - own))
    // All places below this one inside the node.
    for (let below = place, count = 1; below < VALUES; below <<= 1, count <<= 1) {
      for (let i = 0; i < count; i++) {
        const at = node * VALUES + below + i
        this.#values[at] = this.#with(this.#values[at]!, shortest, longest)
      }
    }
  }

  /** Makes the table of the first 16 bits, when all is in. */
  shorten(): void {
    if (!this.filled) return
    const table = new Int32Array(0x10000)
    for (let bits = 0; bits < table.length; bits++) {
      let node = 0
      for (let shift = 12; shift >= 0 && node >= 0; shift -= STRIDE) {
        const part = (bits >> shift) & 15
        const child = this.#children[node * CHILDREN + part]!
        node = child === 0 ? -1 - this.#values[node * VALUES + CHILDREN + part]! : child
      }
      table[bits] = node
    }
    this.#table = table
  }

  matches(bytes: Uint8Array, offset: number, length: number): boolean {
    const children = this.#children
    let node = 0
    let left = length
    let at = offset
    let high = true
    if (this.#table && length > 16) {
      node = this.#table[(bytes[at]! << 8) | bytes[at + 1]!]!
      if (node < 0) return this.#wants(-1 - node, length)
      at += 2
      left -= 16
    }
    while (left > STRIDE) {
      const part = high ? bytes[at]! >> 4 : bytes[at++]! & 15
      high = !high
      const child = children[node * CHILDREN + part]!
      if (child === 0) return this.#wants(this.#values[node * VALUES + CHILDREN + part]!, length)
      node = child
      left -= STRIDE
    }
    const part = left === 0 ? 0 : high ? bytes[at]! >> 4 : bytes[at]! & 15
    return this.#wants(this.#values[node * VALUES + (1 << left) + (part >> (STRIDE - left))]!, length)
  }

  #wants(number: number, length: number): boolean {
    return number !== 0 && ((this.#lengths[number * WORDS + (length >> 5)]! >>> (length & 31)) & 1) === 1
  }

  #child(node: number, part: number): number {
    const known = this.#children[node * CHILDREN + part]!
    if (known !== 0) return known
    const child = this.#nodes++
    this.#values = widened(this.#values, this.#nodes * VALUES)
    this.#children = widened(this.#children, this.#nodes * CHILDREN)
    this.#children[node * CHILDREN + part] = child
    this.#values.fill(this.#values[node * VALUES + CHILDREN + part]!, child * VALUES, (child + 1) * VALUES)
    return child
  }

  /** The number of the lengths of another one and those of a range. */
  #with(number: number, shortest: number, longest: number): number {
    const words = this.#lengths.slice(number * WORDS, (number + 1) * WORDS)
    for (let length = shortest; length <= longest; length++) words[length >> 5]! |= 1 << (length & 31)
    const text = String(words)
    let merged = this.#numbers.get(text)
    if (merged === undefined) {
      merged = this.#numbers.size
      this.#numbers.set(text, merged)
      this.#lengths = widened(this.#lengths, (merged + 1) * WORDS)
      this.#lengths.set(words, merged * WORDS)
    }
    return merged
  }
}

/** The four bits of an address from a bit on. */
function nibble(bytes: Uint8Array, offset: number, bit: number): number {
  const octet = bytes[offset + (bit >> 3)] ?? 0
  return (bit & 4) === 0 ? octet >> 4 : octet & 15
}
