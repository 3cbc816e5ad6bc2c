import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the store asks of a file system. Each step is whole when its promise resolves. */
export interface StoreDisk {
  makeDirectory(path: string): Promise<void>
  /** The text of a file; undefined where there is none. */
  read(path: string): Promise<string | undefined>
  /** Writes a file anew and flushes it to the medium (fsync). */
  write(path: string, text: string): Promise<void>
  /** A second name for a file (link(2)). */
  link(existing: string, path: string): Promise<void>
  /** Takes the place of what has the new name, at once (rename(2)). */
  rename(from: string, to: string): Promise<void>
  /** Removes a file; nothing where there is none. */
  remove(path: string): Promise<void>
  /** Flushes the names of a directory to the medium. */
  syncDirectory(path: string): Promise<void>
}

/** The file system of the box. Files are for their owner only. */
export const systemDisk: StoreDisk = {
  async makeDirectory(path) {
    const made = await mkdir(path, { recursive: true, mode: 0o700 })
    if (made !== undefined) await syncDirectory(dirname(made))
  },
  async read(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  },
  async write(path, text) {
    const file = await open(path, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  link,
  rename,
  async remove(path) {
    await rm(path, { force: true })
  },
  syncDirectory,
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
