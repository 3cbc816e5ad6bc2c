import { AttributeFlag } from './attribute-codes.ts'
import { readUint16 } from './bytes.ts'

/**
 * Where each path attribute of one UPDATE lies. Attributes come in any order and may come twice, while keys want them in
 * order and once: so they are found first and read afterwards. Made once and filled anew for each UPDATE without clearing:
 * an entry counts where its stamp is that of the present UPDATE.
 */
export class AttributeIndex {
  /** How many different attributes there are. */
  count = 0
  /** Their codes, in ascending order; the first `count` count. */
  readonly codes = new Uint8Array(256)
  /** Codes that came again; the first stands, the others are left out (RFC 7606 §3 g). Undefined: none. */
  duplicates: number[] | undefined
  /** The code of an attribute that ran over the end, -1 where even its code was cut off; undefined: all fitted. */
  overrun: number | undefined

  readonly #stamps = new Uint32Array(256)
  #stamp = 0
  readonly #starts = new Int32Array(256)
  readonly #values = new Int32Array(256)
  readonly #ends = new Int32Array(256)

  /** Finds the attributes between two offsets. */
  fill(buffer: Uint8Array, start: number, end: number): void {
    this.count = 0
    this.duplicates = undefined
    this.overrun = undefined
    this.#nextStamp()
    let ascending = true
    let previous = -1
    for (let at = start; at < end; ) {
      const behind = this.#add(buffer, at, end)
      if (behind < 0) break
      const code = buffer[at + 1]!
      if (code < previous) ascending = false
      previous = code
      at = behind
    }
    if (!ascending) this.codes.subarray(0, this.count).sort()
  }

  has(code: number): boolean {
    return this.#stamps[code] === this.#stamp
  }

  /** Where the flags octet of an attribute stands. */
  start(code: number): number {
    return this.#starts[code]!
  }

  /** Where its value starts. */
  value(code: number): number {
    return this.#values[code]!
  }

  /** Behind its value. */
  end(code: number): number {
    return this.#ends[code]!
  }

  /** Takes the attribute at an offset; the offset behind it, or -1 where it runs over the end. */
  #add(buffer: Uint8Array, at: number, end: number): number {
    const extended = (buffer[at]! & AttributeFlag.EXTENDED_LENGTH) !== 0
    const value = at + (extended ? 4 : 3)
    const code = at + 1 < end ? buffer[at + 1]! : -1
    if (value > end) {
      this.overrun = code
      return -1
    }
    const behind = value + (extended ? readUint16(buffer, at + 2) : buffer[at + 2]!)
    if (behind > end) {
      this.overrun = code
      return -1
    }
    if (this.#stamps[code] === this.#stamp) {
      this.duplicates ??= []
      if (!this.duplicates.includes(code)) this.duplicates.push(code)
      return behind
    }
    this.#stamps[code] = this.#stamp
    this.#starts[code] = at
    this.#values[code] = value
    this.#ends[code] = behind
    this.codes[this.count++] = code
    return behind
  }

  #nextStamp(): void {
    this.#stamp = (this.#stamp + 1) >>> 0
    if (this.#stamp === 0) {
      this.#stamps.fill(0)
      this.#stamp = 1
    }
  }
}
