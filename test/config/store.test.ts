import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ConfigStore, type StoreDisk } from '../../src/config/index.ts'
import type { Config } from '../../src/model/config.ts'
import type { Problem } from '../../src/model/errors.ts'

const directories: string[] = []

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'store-'))
  directories.push(directory)
  return directory
}

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true })
})

const config = (hostName: string): Config => ({ system: { hostName } })

/** A disk that forgets at a cut what was not flushed: contents without fsync, names without a flush of the directory. */
class CuttableDisk implements StoreDisk {
  /** Steps until the power goes. */
  #left: number
  readonly #flushNames: boolean
  #names = new Map<string, { text: string }>()
  #durable = new Map<string, { text: string }>()

  /** @param flushNames whether names reach the medium at once, or only when the directory is flushed. */
  constructor(steps: number, flushNames: boolean) {
    this.#left = steps
    this.#flushNames = flushNames
  }

  /** The disk after power came back. */
  restart(steps = Number.POSITIVE_INFINITY): void {
    this.#left = steps
    this.#names = new Map(this.#durable)
  }

  #step(): void {
    if (this.#left-- <= 0) throw new Error('power cut')
  }

  #changed(): void {
    if (this.#flushNames) this.#durable = new Map(this.#names)
  }

  async makeDirectory(): Promise<void> {
    this.#step()
  }

  async read(path: string): Promise<string | undefined> {
    return this.#names.get(path)?.text
  }

  async write(path: string, text: string): Promise<void> {
    const file = this.#names.get(path) ?? { text: '' }
    this.#names.set(path, file)
    this.#changed()
    for (const part of ['', text.slice(0, text.length / 2), text]) {
      file.text = part
      this.#step()
    }
  }

  async link(existing: string, path: string): Promise<void> {
    this.#step()
    this.#names.set(path, this.#names.get(existing)!)
    this.#changed()
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step()
    this.#names.set(to, this.#names.get(from)!)
    this.#names.delete(from)
    this.#changed()
  }

  async remove(path: string): Promise<void> {
    this.#step()
    this.#names.delete(path)
    this.#changed()
  }

  async syncDirectory(): Promise<void> {
    this.#step()
    this.#durable = new Map(this.#names)
  }
}

describe('the stored configuration', () => {
  it('is not there on a new box', async () => {
    expect(await new ConfigStore(await newDirectory()).read()).toBeUndefined()
    expect(await new ConfigStore('/nonexistent/causeway').read()).toBeUndefined()
  })

  it('is read back by another process, with its revision', async () => {
    const directory = join(await newDirectory(), 'deep', 'state')
    const store = new ConfigStore(directory, { wallTime: () => 0 })
    expect(await store.write(config('a'))).toEqual({
      revision: 1,
      savedAt: '1970-01-01T00:00:00.000Z',
      config: config('a'),
    })
    expect((await new ConfigStore(directory).write(config('b'))).revision).toBe(2)
    expect(await new ConfigStore(directory).read()).toMatchObject({ revision: 2, config: config('b') })
  })

  it('keeps the one before it, and no other files', async () => {
    const directory = await newDirectory()
    const store = new ConfigStore(directory)
    await Promise.all(['a', 'b', 'c'].map(name => store.write(config(name))))
    expect((await readdir(directory)).sort()).toEqual(['config.json', 'config.previous.json'])
    const previous = JSON.parse(await readFile(join(directory, 'config.previous.json'), 'utf8'))
    expect(previous).toMatchObject({ revision: 2, config: config('b') })
    expect((await stat(join(directory, 'config.json'))).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, 40), 'it is not JSON'],
    ['emptied', () => '', 'it is empty'],
    [
      'changed by one bit',
      (text: string) => text.replace('box-2', 'box-3'),
      'its content does not fit its checksum',
    ],
    ['replaced by something else', () => '[1]', 'it is not a stored configuration'],
  ])('falls back to the one before where the file was %s', async (_, damage, reason) => {
    const directory = await newDirectory()
    const file = join(directory, 'config.json')
    const store = new ConfigStore(directory)
    await store.write(config('box-1'))
    await store.write(config('box-2'))
    await writeFile(file, damage(await readFile(file, 'utf8')))
    const problems: Problem[] = []
    const found = await new ConfigStore(directory, { onProblem: problem => problems.push(problem) }).read()
    expect(found).toMatchObject({ revision: 1, config: config('box-1') })
    expect(problems.map(({ detail }) => detail)).toEqual([`${file} is damaged: ${reason}.`])
  })

  it('does not let a damaged file take the place of the one before', async () => {
    const directory = await newDirectory()
    const store = new ConfigStore(directory)
    await store.write(config('a'))
    await store.write(config('b'))
    await writeFile(join(directory, 'config.json'), 'damage')
    await store.write(config('c'))
    await writeFile(join(directory, 'config.json'), 'damage')
    expect(await store.read()).toMatchObject({ config: config('a') })
  })

  it('says that it cannot write, and keeps what was stored', async () => {
    const disk = new CuttableDisk(Number.POSITIVE_INFINITY, true)
    const store = new ConfigStore('/state', { disk })
    await store.write(config('a'))
    disk.restart(2)
    await expect(store.write(config('b'))).rejects.toThrow(
      '/state/config.json cannot be written: power cut. Make room on the disk',
    )
    disk.restart()
    expect(await store.read()).toMatchObject({ revision: 1, config: config('a') })
    expect((await store.write(config('b'))).revision).toBe(2)
  })

  it.each([true, false])('is whole after a cut at any step (names flushed at once: %s)', async flushNames => {
    let cuts = 0
    for (let steps = 0; ; steps++) {
      const disk = new CuttableDisk(Number.POSITIVE_INFINITY, flushNames)
      const store = new ConfigStore('/state', { disk })
      await store.write(config('a'))
      await store.write(config('b'))
      disk.restart(steps)
      const done = await store.write(config('c')).then(
        () => true,
        () => false,
      )
      disk.restart()
      const problems: Problem[] = []
      const onProblem = (problem: Problem) => problems.push(problem)
      const found = await new ConfigStore('/state', { disk, onProblem }).read()
      expect(problems).toEqual([])
      if (done) {
        expect(found).toMatchObject({ revision: 3, config: config('c') })
        break
      }
      expect(['b', 'c']).toContain(found?.config.system.hostName)
      cuts++
    }
    expect(cuts).toBeGreaterThan(6)
  })
})
