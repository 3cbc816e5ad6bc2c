import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock, Timer } from '../net/clock.ts'

/** Milliseconds between two looks: a turn is measured too long by at most so much. */
const RESOLUTION = 2
/** The same of computing time, which costs more to look at. */
const WORK_RESOLUTION = 5
/** Milliseconds after which what was measured lately begins anew. */
const WINDOW = 60_000

/** Milliseconds: since the watch began, and in the last one to two minutes. */
export interface Longest {
  readonly ever: number
  readonly lately: number
}

/** Since when, and the most in this window and the one before it. */
class Peak {
  #ever = 0
  #before = 0

  longest(now: number): Longest {
    return { ever: Math.max(this.#ever, now), lately: Math.max(this.#before, now) }
  }

  endWindow(now: number): void {
    this.#before = now
    this.#ever = Math.max(this.#ever, now)
  }
}

/**
 * Watches how long turns of the event loop take. `turn` is the time of the clock, measured from outside of JavaScript: what
 * blocks the loop cannot hide from it, and what the machine gave to other programs counts. `work` is the computing time of this
 * thread alone.
 */
export class TurnWatch {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
  readonly #clock: Clock
  readonly #turn = new Peak()
  readonly #work = new Peak()
  #look: NodeJS.Timeout | undefined
  #cpu = process.threadCpuUsage()
  #mostWork = 0
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins to watch. While a process starts it keeps nobody waiting. */
  begin(): void {
    this.#cpu = process.threadCpuUsage()
    this.#histogram.enable()
    this.#look = setInterval(() => this.#lookAtWork(), WORK_RESOLUTION)
    this.#look.unref()
    this.#rotateLater()
  }

  /** The longest that one turn kept everybody else waiting: keepalives, timers, who asks for the state. */
  turn(): Longest {
    return this.#turn.longest(this.#longestTurn())
  }

  /** The longest that the engine itself computed at one go. */
  work(): Longest {
    return this.#work.longest(this.#mostWork)
  }

  close(): void {
    this.#timer?.cancel()
    clearInterval(this.#look)
    this.#histogram.disable()
  }

  #lookAtWork(): void {
    const { user, system } = process.threadCpuUsage(this.#cpu)
    this.#cpu = process.threadCpuUsage()
    this.#mostWork = Math.max(this.#mostWork, inMilliseconds((user + system) * 1000))
  }

  /** 0 where nothing was measured yet. */
  #longestTurn(): number {
    return this.#histogram.count === 0 ? 0 : inMilliseconds(this.#histogram.max)
  }

  #rotateLater(): void {
    this.#timer = this.#clock.after(WINDOW, () => {
      this.#turn.endWindow(this.#longestTurn())
      this.#work.endWindow(this.#mostWork)
      this.#histogram.reset()
      this.#mostWork = 0
      this.#rotateLater()
    })
  }
}

/** With one digit. */
function inMilliseconds(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e5) / 10
}
