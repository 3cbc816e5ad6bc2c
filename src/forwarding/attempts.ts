import type { Clock } from '../net/clock.ts'
import type { Problem, Step } from './step.ts'

/** First wait after a refusal, and the longest; it doubles in between. Milliseconds. */
const REFUSED_WAIT = 250
const REFUSED_WAIT_MAX = 30_000
/** After an event that may have cured it, a refused step is tried again no sooner than this behind the last attempt. */
const REFUSED_WAIT_AFTER_EVENT = 400

/** So many repairs of one thing inside the window are a fight with another program. */
const FIGHT_REPAIRS = 5
const FIGHT_WINDOW = 10_000
/** First pause in a fight, and the longest; it doubles in between. */
const FIGHT_WAIT = 2_000
const FIGHT_WAIT_MAX = 60_000

interface Refusal {
  readonly object: string
  error: string
  count: number
  lastAt: number
  retryAt: number
}

interface Repairs {
  readonly object: string
  /** Times of the last repairs inside the window. */
  times: number[]
  total: number
  seen: string
  wait: number
  heldUntil: number
}

/**
 * Remembers how steps fared: which the kernel refused, and which had to be done again and again, and when each may be
 * tried next. Pure but for the clock.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #refusals = new Map<string, Refusal>()
  readonly #repairs = new Map<string, Repairs>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether it is time to try (again). */
  mayTry(step: Step): boolean {
    const now = this.#clock.now()
    const key = keyOf(step)
    return (this.#refusals.get(key)?.retryAt ?? 0) <= now && (this.#repairs.get(key)?.heldUntil ?? 0) <= now
  }

  /** The kernel refused the step. */
  refused(step: Step, error: string): void {
    const now = this.#clock.now()
    const count = (this.#refusals.get(keyOf(step))?.count ?? 0) + 1
    const retryAt = now + Math.min(REFUSED_WAIT * 2 ** (count - 1), REFUSED_WAIT_MAX)
    this.#refusals.set(keyOf(step), { object: step.object, error, count, lastAt: now, retryAt })
  }

  /** The kernel took the step. Where that happens too often, the step has to wait. */
  taken(step: Step): void {
    const now = this.#clock.now()
    const key = keyOf(step)
    this.#refusals.delete(key)
    // What stood in the way of making an object was its namesake, and that is gone.
    if (step.effect === 'removes') this.#forgive(step.object)
    const repairs = this.#repairs.get(key) ?? {
      object: step.object,
      times: [],
      total: 0,
      seen: '',
      wait: FIGHT_WAIT,
      heldUntil: 0,
    }
    const calm = now - (repairs.times.at(-1) ?? now) > Math.max(FIGHT_WINDOW, 2 * repairs.wait)
    if (calm) Object.assign(repairs, { times: [], total: 0, wait: FIGHT_WAIT })
    repairs.times = [...repairs.times.slice(-FIGHT_REPAIRS), now]
    repairs.total++
    repairs.seen = step.seen
    const recent = repairs.times.filter(time => now - time <= FIGHT_WINDOW).length
    if (recent > FIGHT_REPAIRS || repairs.wait > FIGHT_WAIT) {
      repairs.heldUntil = now + repairs.wait
      repairs.wait = Math.min(repairs.wait * 2, FIGHT_WAIT_MAX)
    }
    this.#repairs.set(key, repairs)
  }

  /** Forgets refusals of what is no longer asked for, and fights that are over. */
  settle(steps: readonly Step[]): void {
    const asked = new Set(steps.map(keyOf))
    for (const key of this.#refusals.keys()) if (!asked.has(key)) this.#refusals.delete(key)
    const now = this.#clock.now()
    for (const [key, { times, wait }] of this.#repairs) {
      if (now - (times.at(-1) ?? 0) > Math.max(FIGHT_WINDOW, 2 * wait)) this.#repairs.delete(key)
    }
  }

  /** Something changed that may have cured refusals: they may be tried again soon. */
  hurry(): void {
    for (const refusal of this.#refusals.values()) {
      refusal.retryAt = Math.min(refusal.retryAt, refusal.lastAt + REFUSED_WAIT_AFTER_EVENT)
    }
  }

  /** A new configuration: everything may be tried at once. */
  clear(): void {
    this.#refusals.clear()
    this.#repairs.clear()
  }

  /** When the next of these steps may be tried, on the clock's scale; undefined where none waits. */
  nextTry(steps: readonly Step[]): number | undefined {
    let next: number | undefined
    for (const step of steps) {
      const key = keyOf(step)
      const at = Math.max(this.#refusals.get(key)?.retryAt ?? 0, this.#repairs.get(key)?.heldUntil ?? 0)
      if (next === undefined || at < next) next = at
    }
    return next
  }

  /** What was refused, and what another program keeps undoing. */
  problems(): Problem[] {
    const refused = [...this.#refusals.values()].map(({ object, error }) => ({ object, error }))
    const fights = [...this.#repairs.values()].filter(({ wait }) => wait > FIGHT_WAIT)
    return [...refused, ...fights.map(repairs => ({ object: repairs.object, error: this.#fight(repairs) }))]
  }

  #forgive(object: string): void {
    for (const [key, refusal] of this.#refusals) if (refusal.object === object) this.#refusals.delete(key)
  }

  #fight({ times, total, seen, heldUntil }: Repairs): string {
    const now = this.#clock.now()
    const last = Math.round(now - (times.at(-1) ?? now))
    const next = heldUntil > now ? `, held back for ${Math.ceil((heldUntil - now) / 1000)} s` : ''
    return `another program keeps changing it: put right ${total} times, found ${seen} at last ${last} ms ago${next}; end the other program or take the object out of one of the two configurations`
  }
}

function keyOf(step: Step): string {
  return `${step.object} ${step.detail}`
}
