import type { Config } from '../model/config.ts'
import type { ErrorCode } from '../model/errors.ts'
import type { Finding } from './finding.ts'
import { type Path, valueAt } from './path.ts'

/**
 * What can still be checked of a configuration that does not follow the schema, so that a person sees all that is
 * wrong at once: parts of the wrong shape are taken out, values of the right shape stay (a VNI out of range is still
 * a number). What is missing then may only seem so; `known` says of what the configuration is complete.
 */
export interface Salvage {
  /** Of the schema's shape, though not of its ranges and forms. */
  readonly config: Config
  /** The path in the original for a path in `config`. */
  original(path: Path): Path
  readonly known: Known
}

/** Whether all of a kind is in the configuration, so that what is not found really is not there. */
export interface Known {
  readonly interfaces: boolean
  /** Names of interfaces that were taken out. */
  readonly removedInterfaces: ReadonlySet<string>
  readonly addresses: boolean
  readonly policies: boolean
  readonly lists: boolean
  readonly groups: boolean
}

const LISTS = ['prefixLists', 'asPathLists', 'communityLists']

const shapeFaults: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['wrong-type', 'missing-key', 'not-a-choice'])

/** Takes a configuration as it is: it follows the schema. */
export function wholeConfig(config: Config): Salvage {
  return {
    config,
    original: path => path,
    known: {
      interfaces: true,
      removedInterfaces: new Set(),
      addresses: true,
      policies: true,
      lists: true,
      groups: true,
    },
  }
}

export function salvage(value: unknown, findings: readonly Finding[]): Salvage | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const root: Record<string, unknown> = structuredClone(value as Record<string, unknown>)
  const indices = new Map<unknown, readonly number[]>()
  const removals = new Map<string, Path>()
  for (const { code, path } of findings) {
    if (!shapeFaults.has(code)) continue
    const removal = removalFor(path)
    removals.set(JSON.stringify(removal), removal)
  }
  // From the back, so that the indices of what is still to be taken out stay right.
  const ordered = [...removals.values()].sort(backToFront)
  for (const path of ordered) remove(root, path, indices)
  return {
    config: root as unknown as Config,
    original: path => originalPath(root, indices, path),
    known: knownOf(value, findings, ordered),
  }
}

function knownOf(value: object, findings: readonly Finding[], removals: readonly Path[]): Known {
  const removed = removals.filter(path => path[0] === 'interfaces' && path.length <= 2)
  const names = removed.map(path => (path.length === 2 ? valueAt(value, [...path, 'name']) : undefined))
  const legible = names.filter(name => typeof name === 'string')
  const faulty = (...section: Path) =>
    findings.some(({ code, path }) => code !== 'unknown-key' && isAt(path, section))
  const takenOut = (...section: Path) => removals.some(path => isAt(path, section))
  return {
    interfaces: legible.length === names.length && !faulty('interfaces', '*', 'name'),
    removedInterfaces: new Set(legible),
    addresses: removed.length === 0 && !faulty('interfaces', '*', 'addresses', '*'),
    policies: !takenOut('policies', '*') && !faulty('policies', '*', 'name'),
    lists: LISTS.every(section => !takenOut(section, '*') && !faulty(section, '*', 'name')),
    groups: !takenOut('bgp', 'neighborGroups', '*') && !faulty('bgp', 'neighborGroups', '*', 'name'),
  }
}

/** The part to take out for a fault: the innermost item of a list around it, or the section. */
function removalFor(path: Path): Path {
  const item = path.findLastIndex(step => typeof step === 'number')
  return path.slice(0, item < 0 ? 1 : item + 1)
}

function backToFront(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!]
    if (x === y) continue
    return typeof x === 'number' && typeof y === 'number' ? y - x : String(x) < String(y) ? 1 : -1
  }
  // What is inside goes before what is around it.
  return b.length - a.length
}

function remove(root: Record<string, unknown>, path: Path, indices: Map<unknown, readonly number[]>): void {
  const parent = valueAt(root, path.slice(0, -1))
  const last = path.at(-1)
  if (Array.isArray(parent) && typeof last === 'number') {
    const before = indices.get(parent) ?? parent.map((_, index) => index)
    indices.set(
      parent,
      before.filter((_, index) => index !== last),
    )
    parent.splice(last, 1)
  } else if (typeof parent === 'object' && parent !== null && last !== undefined) {
    delete (parent as Record<string, unknown>)[last]
  }
}

function originalPath(root: unknown, indices: Map<unknown, readonly number[]>, path: Path): Path {
  let value = root
  return path.map(step => {
    const before = value
    value = valueAt(value, [step])
    return typeof step === 'number' ? (indices.get(before)?.[step] ?? step) : step
  })
}

/** True where a path is a place of the pattern or around it; `*` is any item of a list. */
function isAt(path: Path, pattern: Path): boolean {
  return (
    path.length <= pattern.length &&
    path.every(
      (step, index) => pattern[index] === step || (pattern[index] === '*' && typeof step === 'number'),
    )
  )
}
