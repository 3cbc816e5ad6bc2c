/** Numbers that look random and are the same in every run with the same seed, so that a finding can be had again. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** From 0 up to, and without, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }

  /** Numbers that errors like: the ends of ranges more often than what lies between. */
  uint32(): number {
    return this.oneIn(2)
      ? this.pick([0, 1, 23456, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff])
      : this.below(0x1_0000_0000)
  }

  uint16(): number {
    return this.oneIn(2) ? this.pick([0, 1, 2, 3, 255, 256, 23456, 65534, 65535]) : this.below(0x10000)
  }
}
