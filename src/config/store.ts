import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../model/config.ts'
import { causewayError, describeError, type Problem } from '../model/errors.ts'
import { type StoreDisk, systemDisk } from './store-disk.ts'
import { validateConfig } from './validate.ts'

/** A configuration that was confirmed, as it stands on disk. */
export interface StoredConfig {
  /** Counts up with every configuration stored, from 1. */
  readonly revision: number
  /** When it was stored, RFC 3339. */
  readonly savedAt: string
  readonly config: Config
}

/** What was found on disk. `problems` says what was damaged, also where the one before it could be used instead. */
export interface LoadResult {
  readonly stored: StoredConfig | undefined
  readonly problems: readonly Problem[]
}

const CURRENT = 'config.json'
const PREVIOUS = 'config.previous.json'
const NEXT = 'config.next.json'
const LINK = 'config.link.json'

/**
 * The confirmed configuration on disk, and the one before it. A cut at any instant leaves either the old or the new
 * configuration whole under its name: the new one is written and flushed beside it first, then takes its place by
 * rename(2). A checksum tells a file that the disk has damaged. One writer at a time.
 */
export class ConfigStore {
  readonly #directory: string
  readonly #disk: StoreDisk
  readonly #wallTime: () => number
  #last: Promise<unknown> = Promise.resolve()

  /** @param options.wallTime milliseconds since 1970-01-01 UTC */
  constructor(options: { directory: string; disk?: StoreDisk; wallTime: () => number }) {
    this.#directory = options.directory
    this.#disk = options.disk ?? systemDisk
    this.#wallTime = options.wallTime
  }

  /** Reads the confirmed configuration; where it is damaged, the one before it. Never rejects. */
  async load(): Promise<LoadResult> {
    const problems: Problem[] = []
    for (const name of [CURRENT, PREVIOUS]) {
      const stored = await this.#read(name, problems)
      if (stored) return { stored, problems }
    }
    return { stored: undefined, problems }
  }

  /**
   * Stores a configuration that was confirmed; the one stored before becomes the previous one.
   * @throws CausewayError `store-write-failed`; what was stored before is still there.
   */
  save(config: Config, revision: number): Promise<StoredConfig> {
    const done = this.#last.then(() => this.#save(config, revision))
    this.#last = done.catch(() => undefined)
    return done
  }

  async #save(config: Config, revision: number): Promise<StoredConfig> {
    const stored: StoredConfig = {
      revision,
      savedAt: new Date(this.#wallTime()).toISOString(),
      config,
    }
    try {
      await this.#disk.makeDirectory(this.#directory)
      await this.#disk.write(this.#path(NEXT), serialise(stored))
      await this.#keepPrevious()
      await this.#disk.rename(this.#path(NEXT), this.#path(CURRENT))
      await this.#disk.syncDirectory(this.#directory)
      return stored
    } catch (error) {
      throw causewayError(
        'store-write-failed',
        { file: this.#path(CURRENT), reason: reasonOf(error) },
        [],
        error,
      )
    }
  }

  /** A damaged file is not kept: the previous one, which is whole, is worth more. */
  async #keepPrevious(): Promise<void> {
    if (!(await this.#read(CURRENT, []))) return
    await this.#disk.remove(this.#path(LINK))
    await this.#disk.link(this.#path(CURRENT), this.#path(LINK))
    await this.#disk.rename(this.#path(LINK), this.#path(PREVIOUS))
  }

  async #read(name: string, problems: Problem[]): Promise<StoredConfig | undefined> {
    const file = this.#path(name)
    let text: string | undefined
    try {
      text = await this.#disk.read(file)
    } catch (error) {
      problems.push(describeError('store-unreadable', { file, reason: reasonOf(error) }))
      return undefined
    }
    if (text === undefined) return undefined
    const stored = deserialise(text)
    if ('reason' in stored) {
      problems.push(describeError('store-corrupted', { file, reason: stored.reason }), ...stored.problems)
      return undefined
    }
    return stored
  }

  #path(name: string): string {
    return join(this.#directory, name)
  }
}

function serialise(stored: StoredConfig): string {
  return `${JSON.stringify({ ...stored, sha256: checksum(stored) }, undefined, 2)}\n`
}

function deserialise(text: string): StoredConfig | { reason: string; problems: readonly Problem[] } {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    return { reason: text.trim() === '' ? 'it is empty' : 'it is not JSON', problems: [] }
  }
  if (!isFile(file)) return { reason: 'it is not a stored configuration', problems: [] }
  if (checksum(file) !== file.sha256) {
    return { reason: 'its content does not fit its checksum', problems: [] }
  }
  const result = validateConfig(file.config)
  if (!result.valid) return { reason: 'its configuration is not valid', problems: result.problems }
  return { revision: file.revision, savedAt: file.savedAt, config: result.config }
}

function isFile(
  file: unknown,
): file is { revision: number; savedAt: string; config: unknown; sha256: string } {
  if (typeof file !== 'object' || file === null) return false
  const { revision, savedAt, sha256 } = file as Record<string, unknown>
  return Number.isSafeInteger(revision) && typeof savedAt === 'string' && typeof sha256 === 'string'
}

function checksum({
  revision,
  savedAt,
  config,
}: {
  revision: number
  savedAt: string
  config: unknown
}): string {
  return createHash('sha256')
    .update(JSON.stringify([revision, savedAt, config]))
    .digest('hex')
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
