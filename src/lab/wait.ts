import { setTimeout as pause } from 'node:timers/promises'
import { LabError } from './errors.ts'

export interface UntilOptions {
  /** Milliseconds between two looks. Default 50. */
  readonly interval?: number
  /** Milliseconds after which it is given up. Default 30,000. */
  readonly limit?: number
}

/**
 * Looks again and again until there is something to see, for what sends no event of its own.
 * @param look returns the thing, or undefined for as long as it is not there; an error counts as not there.
 * @throws {LabError} when the time is up, with what was waited for and the last error.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  options: UntilOptions = {},
): Promise<T> {
  const { interval = 50, limit = 30_000 } = options
  const end = performance.now() + limit
  let last = ''
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined) return found
      last = ''
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`
    }
    if (performance.now() >= end) throw new LabError(`${what}: not within ${limit / 1000} s${last}`)
    await pause(interval)
  }
}
