import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../model/config.ts'
import { CausewayError, describeError, type Problem } from '../model/errors.ts'
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
  readonly #onProblem: (problem: Problem) => void
  /** Reads and writes happen one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  /**
   * @param options.wallTime milliseconds since 1970-01-01 UTC
   * @param options.onProblem is told of a damaged or unreadable file, also where the other one could be used
   */
  constructor(
    directory: string,
    options: { disk?: StoreDisk; wallTime?: () => number; onProblem?: (problem: Problem) => void } = {},
  ) {
    this.#directory = directory
    this.#disk = options.disk ?? systemDisk
    this.#wallTime = options.wallTime ?? Date.now
    this.#onProblem = options.onProblem ?? (() => undefined)
  }

  /**
   * The confirmed configuration; where it is damaged, the one before it; undefined where there is none. Never
   * rejects.
   */
  read(): Promise<StoredConfig | undefined> {
    return this.#inTurn(() => this.#newest(this.#onProblem))
  }

  /**
   * Stores a configuration that was confirmed, under the next revision; the one stored before becomes the previous
   * one.
   * @throws CausewayError `store-write-failed`; what was stored before is still there.
   */
  write(config: Config): Promise<StoredConfig> {
    return this.#inTurn(async () => {
      const before = await this.#newest(() => undefined)
      return this.#save(config, (before?.revision ?? 0) + 1)
    })
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(action)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #newest(report: (problem: Problem) => void): Promise<StoredConfig | undefined> {
    return (await this.#load(CURRENT, report)) ?? (await this.#load(PREVIOUS, report))
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
      const file = this.#path(CURRENT)
      throw new CausewayError('store-write-failed', { file, reason: reasonOf(error) }, [], { cause: error })
    }
  }

  /** A damaged file is not kept: the previous one, which is whole, is worth more. */
  async #keepPrevious(): Promise<void> {
    if (!(await this.#load(CURRENT, () => undefined))) return
    await this.#disk.remove(this.#path(LINK))
    await this.#disk.link(this.#path(CURRENT), this.#path(LINK))
    await this.#disk.rename(this.#path(LINK), this.#path(PREVIOUS))
  }

  async #load(name: string, report: (problem: Problem) => void): Promise<StoredConfig | undefined> {
    const file = this.#path(name)
    let text: string | undefined
    try {
      text = await this.#disk.read(file)
    } catch (error) {
      report(describeError('store-unreadable', { file, reason: reasonOf(error) }))
      return undefined
    }
    if (text === undefined) return undefined
    const stored = deserialise(text)
    if ('reason' in stored) {
      report(describeError('store-corrupted', { file, reason: stored.reason }))
      stored.problems.forEach(report)
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
