import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Timer } from '../net/clock.ts'

/** Sessions come up by the thousand when a cluster does: they are written down together. Milliseconds. */
const WRITE_DELAY = 100

/**
 * Which BGP neighbours were established, kept on disk so that an engine that starts again knows whom to wait for
 * before it takes away routes that nobody has announced to it yet (RFC 4724 §4.1). Losing the file costs nothing
 * but that wait: it is written a moment later and without fsync, and a disk that takes it not is only logged.
 */
export class NeighborMemory {
  readonly #path: string
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #established = new Set<string>()
  #timer: Timer | undefined
  #closed = false

  constructor(parts: { stateDirectory: string; clock: Clock; log: (line: string) => void }) {
    this.#path = join(parts.stateDirectory, 'established.json')
    this.#clock = parts.clock
    this.#log = parts.log
  }

  /** Neighbours that were established when an earlier engine ended. */
  recall(): string[] {
    try {
      const known: unknown = JSON.parse(readFileSync(this.#path, 'utf8'))
      return Array.isArray(known) ? known.filter(address => typeof address === 'string') : []
    } catch {
      // None before us, or a file that a cut left unreadable: then there is nobody to wait for.
      return []
    }
  }

  note(address: string, established: boolean): void {
    if (this.#closed || established === this.#established.has(address)) return
    if (established) this.#established.add(address)
    else this.#established.delete(address)
    this.#timer ??= this.#clock.after(WRITE_DELAY, () => this.#write())
  }

  /** The engine ends, and its sessions with it: that is not noted. */
  close(): void {
    this.#closed = true
    if (this.#timer) this.#write()
  }

  #write(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify([...this.#established]))
      renameSync(`${this.#path}.new`, this.#path)
    } catch (error) {
      this.#log(
        `bgp: ${this.#path} cannot be written, a restart will not know its neighbours: ${(error as Error).message}`,
      )
    }
  }
}
