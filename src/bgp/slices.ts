import type { Clock } from '../net/clock.ts'

/** Work that may be long and can stop at any point. */
export interface Task {
  /** Works until it is done or `clock.now()` reaches `until`. True: there is more. */
  run(until: number): boolean
}

/** Milliseconds that one turn of the event loop spends on slices: timers and sockets wait no longer. */
export const TURN = 2

/**
 * A cooperative scheduler: tasks take turns, each turn of the event loop gives them `TURN` milliseconds together, so that
 * keepalives are on time while half a million routes are being worked on.
 */
export class Slices {
  readonly #clock: Clock
  readonly #defer: (action: () => void) => void
  readonly #queue: Task[] = []
  readonly #queued = new Set<Task>()
  #scheduled = false
  /** A deadline was given in this turn. */
  #open = false
  #until = 0

  /** @param defer calls an action in a later turn of the event loop, after sockets were read: `setImmediate`. */
  constructor(clock: Clock, defer: (action: () => void) => void) {
    this.#clock = clock
    this.#defer = defer
  }

  /** Queues a task; does nothing where it is queued already. */
  add(task: Task): void {
    if (this.#queued.has(task)) return
    this.#queued.add(task)
    this.#queue.push(task)
    this.#schedule()
  }

  /** Takes a task out of the queue. */
  remove(task: Task): void {
    if (!this.#queued.delete(task)) return
    this.#queue.splice(this.#queue.indexOf(task), 1)
  }

  /**
   * When the work that sockets and timers cause in this turn of the event loop has to end: they all share one deadline, since
   * a hundred sockets may be readable in one turn.
   */
  deadline(): number {
    if (!this.#open) {
      this.#open = true
      this.#until = this.#clock.now() + TURN
      this.#schedule()
    }
    return this.#until
  }

  /** Tasks that wait. */
  get size(): number {
    return this.#queue.length
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#defer(() => this.#turn())
  }

  #turn(): void {
    this.#scheduled = false
    this.#open = false
    const until = this.#clock.now() + TURN
    do {
      const task = this.#queue.shift()
      if (!task) return
      this.#queued.delete(task)
      if (task.run(until)) this.add(task)
    } while (this.#clock.now() < until)
    if (this.#queue.length > 0) this.#schedule()
  }
}
