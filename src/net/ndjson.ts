import type { Steps } from './steps.ts'

/**
 * Newline-delimited JSON: one JSON value a line, UTF-8. The framing of the socket between engine and manager.
 */

/** Bytes that one line may have: a whole configuration or a page of routes fits many times. */
export const LINE_LIMIT = 32 * 1024 * 1024

/** One line that was read: a value, or what was wrong with it. A broken line does not disturb those after it. */
export type Line =
  | { readonly value: unknown; readonly fault?: undefined }
  | { readonly fault: string; readonly value?: undefined }

const NEWLINE = 0x0a

/** Cuts a stream of bytes into lines and reads them. Never throws. */
export class LineReader {
  readonly #limit: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #parts: Uint8Array[] = []
  #length = 0
  /** The line at hand is too long: what is left of it is thrown away. */
  #skipping = false

  constructor(limit = LINE_LIMIT) {
    this.#limit = limit
  }

  /** Takes in what arrived and gives the lines that are complete. Empty lines are passed over. */
  push(bytes: Uint8Array): readonly Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#take(bytes.subarray(start, end), lines)
      this.#finish(lines)
      start = end + 1
    }
    this.#take(bytes.subarray(start), lines)
    return lines
  }

  #take(bytes: Uint8Array, lines: Line[]): void {
    if (this.#skipping || bytes.length === 0) return
    this.#length += bytes.length
    if (this.#length > this.#limit) {
      this.#skipping = true
      this.#parts = []
      lines.push({ fault: `a line is longer than ${this.#limit} bytes` })
      return
    }
    // A copy: the caller may use its buffer again.
    this.#parts.push(Uint8Array.from(bytes))
  }

  #finish(lines: Line[]): void {
    const parts = this.#parts
    const skipped = this.#skipping
    this.#parts = []
    this.#length = 0
    this.#skipping = false
    if (skipped || parts.length === 0) return
    const line = this.#read(parts.length === 1 ? parts[0]! : Buffer.concat(parts))
    if (line) lines.push(line)
  }

  #read(bytes: Uint8Array): Line | undefined {
    try {
      const text = this.#decoder.decode(bytes)
      return text.trim() === '' ? undefined : { value: JSON.parse(text) }
    } catch {
      return { fault: 'a line is not JSON in UTF-8' }
    }
  }
}

/** A value as one line with its newline. */
export function writeLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

/** Levels of a value whose parts are written one by one: an answer, its result, the list in it. */
const LEVELS = 3

/** The same in steps, for values that may be large. */
export function* writeLineInSteps(value: unknown): Steps<string> {
  const pieces: string[] = []
  yield* write(value, LEVELS, pieces)
  return `${pieces.join('')}\n`
}

function* write(value: unknown, levels: number, pieces: string[]): Steps<void> {
  if (levels === 0 || typeof value !== 'object' || value === null) {
    pieces.push(JSON.stringify(value) ?? 'null')
    return
  }
  const list = Array.isArray(value)
  let before = list ? '[' : '{'
  for (const [key, part] of list ? value.entries() : Object.entries(value)) {
    if (part === undefined && !list) continue
    pieces.push(before)
    if (!list) pieces.push(JSON.stringify(key), ':')
    yield* write(part, levels - 1, pieces)
    before = ','
    yield
  }
  if (before !== ',') pieces.push(before)
  pieces.push(list ? ']' : '}')
}
