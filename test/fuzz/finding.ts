import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An input that made something go wrong, as it is kept: `found.test.ts` tries each of them from then on. */
export interface Finding {
  readonly target: 'codec' | 'session' | 'decision'
  /** What went wrong when it was found. */
  readonly says: string
  /** With which seed the run would come upon it again. */
  readonly seed: number
  /** codec: number of the session in `SESSIONS`, and the message. */
  readonly session?: number
  readonly hex?: string
}

const FOUND = join(import.meta.dirname, 'found')

/** Writes a finding beside the others; returns its path. The name is made of its input: found twice, it is kept once. */
export function keep(finding: Finding): string {
  mkdirSync(FOUND, { recursive: true })
  const { target, seed, session, hex } = finding
  const name = createHash('sha256')
    .update(JSON.stringify([target, session, hex ?? seed]))
    .digest('hex')
    .slice(0, 12)
  const path = join(FOUND, `${target}-${name}.json`)
  writeFileSync(path, `${JSON.stringify(finding, undefined, 2)}\n`)
  return path
}

export function findings(): readonly Finding[] {
  if (!existsSync(FOUND)) return []
  return readdirSync(FOUND)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => JSON.parse(readFileSync(join(FOUND, name), 'utf8')) as Finding)
}
