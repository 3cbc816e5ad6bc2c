import { networkOf, type Prefix } from './prefix.ts'

/** Networks of one length and family, by their bytes as a string. */
type Level<T> = Map<string, T>

/**
 * Longest prefix match over a few thousand networks of both families, each with one value: one lookup for each length that
 * there is.
 */
export class LongestMatch<T> {
  /** By octets of an address (4 or 16), then by prefix length. */
  readonly #levels: Readonly<Record<number, (Level<T> | undefined)[]>> = { 4: [], 16: [] }

  set(network: Prefix, value: T): void {
    const levels = this.#levels[network.bytes.length]!
    levels[network.length] ??= new Map()
    levels[network.length]!.set(keyOf(network.bytes, network.length), value)
  }

  /** The value of exactly this network. */
  get(network: Prefix): T | undefined {
    const level = this.#levels[network.bytes.length]![network.length]
    return level?.get(keyOf(network.bytes, network.length))
  }

  delete(network: Prefix): void {
    this.#levels[network.bytes.length]![network.length]?.delete(keyOf(network.bytes, network.length))
  }

  /** The most specific network that has the address, undefined where none has. */
  find(address: Uint8Array): { readonly length: number; readonly value: T } | undefined {
    const levels = this.#levels[address.length]!
    for (let length = levels.length - 1; length >= 0; length--) {
      const level = levels[length]
      if (!level || level.size === 0) continue
      const value = level.get(keyOf(address, length))
      if (value !== undefined) return { length, value }
    }
    return undefined
  }

  *values(): Generator<T> {
    for (const levels of [this.#levels[4]!, this.#levels[16]!]) {
      for (const level of levels) if (level) yield* level.values()
    }
  }

  clear(): void {
    this.#levels[4]!.length = 0
    this.#levels[16]!.length = 0
  }
}

function keyOf(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...networkOf({ bytes, length }).bytes.subarray(0, (length + 7) >> 3))
}
