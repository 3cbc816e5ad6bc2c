import type { UpdateResult, UpdateSection } from './update-result.ts'
import type { UpdateSession } from './update-session.ts'

const NOTHING = new Uint8Array(0)

/**
 * The attributes of the UPDATE that was read last, where nothing about them was remarkable. Who announces a table prefix by
 * prefix sends the same attributes again and again: to compare some sixty octets costs less than to read them. The
 * octets are compared where they came, since arrays that messages were found in are not written again.
 */
export class LastAttributes {
  #buffer: Uint8Array = NOTHING
  #start = 0
  #length = 0
  #session: UpdateSession | undefined
  #out: UpdateResult | undefined
  #keyStart = 0
  #keyEnd = 0
  #hash = 0

  /** Whether these are the same attributes, of the same session, with the key still in `out`. */
  are(buffer: Uint8Array, start: number, end: number, session: UpdateSession, out: UpdateResult): boolean {
    if (end - start !== this.#length || session !== this.#session || out !== this.#out) return false
    const before = this.#buffer
    const distance = this.#start - start
    for (let at = start; at < end; at++) if (buffer[at] !== before[at + distance]) return false
    return true
  }

  /** The key in `section`, and in the keys of `out`, is that of the attributes. */
  remember(
    buffer: Uint8Array,
    start: number,
    end: number,
    session: UpdateSession,
    out: UpdateResult,
    section: UpdateSection,
  ): void {
    this.#buffer = buffer
    this.#start = start
    this.#length = end - start
    this.#session = session
    this.#out = out
    this.#keyStart = section.keyStart
    this.#keyEnd = section.keyEnd
    this.#hash = section.hash
  }

  /** Gives a section the key. */
  seal(section: UpdateSection): void {
    section.keyStart = this.#keyStart
    section.keyEnd = this.#keyEnd
    section.hash = this.#hash
    section.repeated = true
  }

  /** The keys are written over. */
  forget(): void {
    this.#session = undefined
    this.#out = undefined
    this.#buffer = NOTHING
  }
}
