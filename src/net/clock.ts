/** A timer that was set; `cancel` may be called at any time, also after it fired. */
export interface Timer {
  cancel(): void
}

/** Time as it is passed in: state machines never ask the system for it. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward; its zero means nothing. */
  now(): number
  /** Milliseconds since 1970-01-01 UTC, for what a person reads. */
  wallTime(): number
  /** Calls `action` once, `delay` milliseconds from now. */
  after(delay: number, action: () => void): Timer
}

/** The system's time. Its timers do not hold the process open. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(delay, action) {
    const handle = setTimeout(action, delay)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}
