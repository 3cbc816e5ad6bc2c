import { LabError } from './errors.ts'

export interface UntilOptions {
  /** Milliseconds between two looks. Default 50. */
  readonly interval?: number
  /** Milliseconds after which it is given up. Default 30,000. */
  readonly limit?: number
  /** Events that make it look at once: takes a listener, returns what takes it away again. */
  readonly wake?: (listener: () => void) => () => void
  /** Gives up at once, for the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Looks again and again until there is something to see.
 * @param look returns the thing, or undefined or false for as long as it is not there; an error counts as not there.
 * @throws {LabError} when the time is up, with what was waited for and the last error.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | undefined> | T | false | undefined,
  options: UntilOptions = {},
): Promise<T> {
  const { interval = 50, limit = 30_000, wake, signal } = options
  const end = performance.now() + limit
  // It listens from before the first look, so that no event falls between a look and the pause behind it.
  const events = new Wakeful()
  const remove = wake?.(() => events.happened())
  try {
    for (;;) {
      let last = ''
      try {
        const found = await look()
        if (found !== undefined && found !== false) return found
      } catch (error) {
        last = `: ${error instanceof Error ? error.message : String(error)}`
      }
      if (signal?.aborted) throw new LabError(`${what}: given up${last}`)
      if (performance.now() >= end) throw new LabError(`${what}: not within ${limit / 1000} s${last}`)
      await events.pause(interval)
    }
  } finally {
    remove?.()
  }
}

/** A pause that an event ends, also one from before it began. */
class Wakeful {
  #pending = false
  #wakeUp: (() => void) | undefined

  happened(): void {
    this.#pending = true
    this.#wakeUp?.()
  }

  async pause(milliseconds: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, milliseconds)
        this.#wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#pending = false
    this.#wakeUp = undefined
  }
}
