import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Which BGP neighbours were established, kept on disk so that an engine that starts again knows whom to wait for
 * before it takes away routes that nobody has announced to it yet (RFC 4724 §4.1). Losing the file costs nothing
 * but that wait, so it is written without fsync.
 */
export class NeighborMemory {
  readonly #path: string
  readonly #established = new Set<string>()

  constructor(stateDirectory: string) {
    this.#path = join(stateDirectory, 'established.json')
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
    if (established === this.#established.has(address)) return
    if (established) this.#established.add(address)
    else this.#established.delete(address)
    writeFileSync(`${this.#path}.new`, JSON.stringify([...this.#established]))
    renameSync(`${this.#path}.new`, this.#path)
  }
}
