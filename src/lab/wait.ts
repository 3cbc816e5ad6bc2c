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
 * @param look returns the thing, or undefined for as long as it is not there; an error counts as not there.
 * @throws {LabError} when the time is up, with what was waited for and the last error.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  options: UntilOptions = {},
): Promise<T> {
  const { interval = 50, limit = 30_000, wake, signal } = options
  const end = performance.now() + limit
  let last = ''
  for (;;) {
    const next = pauseOrEvent(interval, wake)
    try {
      const found = await look()
      if (found !== undefined) return found
      last = ''
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`
    } finally {
      next.release()
    }
    if (signal?.aborted) throw new LabError(`${what}: given up${last}`)
    if (performance.now() >= end) throw new LabError(`${what}: not within ${limit / 1000} s${last}`)
    await next.over
  }
}

/** Listens from before the look, so that no event falls between the look and the pause. */
function pauseOrEvent(interval: number, wake: UntilOptions['wake']) {
  let finish = () => {}
  let happened = false
  const remove = wake?.(() => {
    happened = true
    finish()
  })
  let looked = () => {}
  const over = new Promise<void>(resolve => {
    looked = () => {
      const timer = setTimeout(done, happened ? 0 : interval)
      function done() {
        clearTimeout(timer)
        remove?.()
        resolve()
      }
      finish = done
    }
  })
  return { over, release: () => looked() }
}
