import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lines that the file may have beyond those that are needed: sessions that come and go do not make it grow without end. */
const SPARE_LINES = 10_000

/**
 * Which BGP neighbours were established, kept on disk so that an engine that starts again knows whom to wait for
 * before it takes away routes that nobody has announced to it yet (RFC 4724 §4.1). Who is missing here loses his
 * routes at the next start, so a session stands in the file before its first route is in the kernel, and one that was
 * there before the start stays until all that were waited for are back.
 *
 * A line for each change, `+address` or `-address`, costs the same however many neighbours there are. There is no
 * fsync: after a cut of power the kernel has no routes either.
 */
export class NeighborMemory {
  readonly #path: string
  readonly #log: (line: string) => void
  readonly #established = new Set<string>()
  /** Established before us, and not back yet. */
  #awaited = new Set<string>()
  /** At first the file is whatever was left there: it is written anew before anything is appended. */
  #lines = Number.POSITIVE_INFINITY
  #known = false
  #broken = false
  #closed = false

  constructor(parts: { stateDirectory: string; log: (line: string) => void }) {
    this.#path = join(parts.stateDirectory, 'established')
    this.#log = parts.log
  }

  /** Neighbours that were established when an earlier engine ended. They are remembered on, until `settled`. */
  recall(): string[] {
    const awaited = readMemory(this.#path)
    this.#known = awaited !== undefined
    this.#awaited = awaited ?? new Set()
    return [...this.#awaited]
  }

  /** There was a file to recall from: where it names nobody, nobody was established. */
  get known(): boolean {
    return this.#known
  }

  note(address: string, established: boolean): void {
    if (this.#closed || established === this.#established.has(address)) return
    if (established) this.#established.add(address)
    else this.#established.delete(address)
    if (established && this.#awaited.has(address)) return
    this.#awaited.delete(address)
    this.#append(`${established ? '+' : '-'}${address}\n`)
  }

  /** All who were waited for are back, or their time is up: those who are not here now are forgotten. */
  settled(): void {
    this.#awaited.clear()
    if (!this.#closed) this.#rewrite()
  }

  /** The engine ends, and its sessions with it: that is not noted. */
  close(): void {
    this.#closed = true
  }

  #append(line: string): void {
    if (this.#broken || this.#lines > this.#established.size + SPARE_LINES) {
      this.#rewrite()
      return
    }
    this.#try(() => appendFileSync(this.#path, line))
    this.#lines++
  }

  #rewrite(): void {
    const known = new Set([...this.#awaited, ...this.#established])
    this.#try(() => {
      writeFileSync(`${this.#path}.new`, [...known].map(address => `+${address}\n`).join(''))
      renameSync(`${this.#path}.new`, this.#path)
    })
    this.#lines = known.size
  }

  /** What the file says is no longer so, and who finds none waits for all. On a full disk this goes well. */
  #remove(): void {
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // Then the next engine knows those who were there when it could still be written.
    }
  }

  #try(write: () => void): void {
    try {
      write()
      this.#broken = false
    } catch (error) {
      const { message } = error as Error
      if (!this.#broken)
        this.#log(
          `bgp: ${this.#path} cannot be written, a restart will not know its neighbours: ${message}; trying on`,
        )
      this.#broken = true
      this.#remove()
    }
  }
}

/** Undefined: there is no file that can be read. A line that was cut off does not count. */
function readMemory(path: string): Set<string> | undefined {
  const known = new Set<string>()
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('+')) known.add(line.slice(1))
    else if (line.startsWith('-')) known.delete(line.slice(1))
  }
  return known
}
