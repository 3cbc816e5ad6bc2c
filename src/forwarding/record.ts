import { mkdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Owned } from './snapshot.ts'

const FILE = 'kernel-objects.json'
const VERSION = 1

interface Saved {
  readonly version: number
  /** The boot and the network namespace that it speaks of. */
  readonly kernel: string
  readonly created: readonly string[]
  readonly found: readonly (readonly [string, string])[]
}

/**
 * What we made in the kernel and what we found there, kept in a file so that it outlives us: the kernel's own marks
 * (alias, protocol number) do not reach all objects. It is written before objects are made and after they are gone:
 * killed at any instant, we know at least all that is ours. It holds for one boot and one network namespace.
 */
export class OwnershipRecord implements Owned {
  readonly created = new Set<string>()
  readonly found = new Map<string, string>()
  readonly #directory: string | undefined
  readonly #kernel: string
  #saved = ''

  /** @param directory where the file lies; without one nothing is kept. */
  constructor(directory: string | undefined, kernel = directory === undefined ? '' : thisKernel()) {
    this.#directory = directory
    this.#kernel = kernel
  }

  /** Takes up what an earlier process left; answers why not, where the file cannot be used. */
  load(): string | undefined {
    if (this.#directory === undefined) return undefined
    let text: string
    try {
      text = readFileSync(join(this.#directory, FILE), 'utf8')
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : (error as Error).message
    }
    const saved = parse(text)
    if (!saved) return `${join(this.#directory, FILE)} is not a record of kernel objects; starting without`
    if (saved.kernel !== this.#kernel) return undefined
    for (const object of saved.created) this.created.add(object)
    for (const [key, value] of saved.found) this.found.set(key, value)
    this.#saved = text
    return undefined
  }

  /** Writes the file where something changed. */
  save(): void {
    if (this.#directory === undefined) return
    const saved: Saved = {
      version: VERSION,
      kernel: this.#kernel,
      created: [...this.created],
      found: [...this.found],
    }
    const text = `${JSON.stringify(saved)}\n`
    if (text === this.#saved) return
    mkdirSync(this.#directory, { recursive: true })
    const path = join(this.#directory, FILE)
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
    this.#saved = text
  }
}

function parse(text: string): Saved | undefined {
  try {
    const saved = JSON.parse(text) as Partial<Saved> | null
    const { created, found } = saved ?? {}
    const whole =
      saved?.version === VERSION &&
      Array.isArray(created) &&
      created.every(object => typeof object === 'string') &&
      Array.isArray(found) &&
      found.every(row => Array.isArray(row) && typeof row[0] === 'string' && typeof row[1] === 'string')
    return whole ? (saved as Saved) : undefined
  } catch {
    return undefined
  }
}

/** Names this boot and this network namespace. */
function thisKernel(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot} ${readlinkSync('/proc/self/ns/net')}`
}
