import type { Clock } from '../net/clock.ts'
import type { Steps } from '../net/steps.ts'

/** Milliseconds that one answer may work in one turn of the event loop. */
const TURN = 3

/** One long answer, that lets others have their turns. */
export interface Pause {
  /** So much time has gone by in this turn that it is another's. */
  readonly due: boolean
  /** Resolves in a later turn of the event loop. */
  take(): Promise<void>
}

/** Keeps long answers from holding up keepalives: who works through a table takes a pause whenever one is due. */
export class Pauses {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(): Pause {
    const clock = this.#clock
    let until = clock.now() + TURN
    return {
      get due() {
        return clock.now() >= until
      },
      async take() {
        await new Promise<void>(resolve => setImmediate(resolve))
        until = clock.now() + TURN
      },
    }
  }

  /** Does work to its end, with a pause whenever one is due. */
  async finish<Result>(steps: Steps<Result>): Promise<Result> {
    const pause = this.begin()
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
      if (pause.due) await pause.take()
    }
  }
}
