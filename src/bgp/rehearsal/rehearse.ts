import type { Clock } from '../../net/clock.ts'
import { scripts } from './feeds.ts'
import { HurriedClock } from './hurried-clock.ts'
import { Stage, type Surroundings } from './stage.ts'

export interface RehearsalOptions {
  readonly clock: Clock
  /** Milliseconds after which it ends at the next opportunity. */
  readonly limit: number
  /** Lets others go on for a moment. */
  pause(): Promise<void>
  /** What a speaker stands on, new each time. */
  surroundings(): Surroundings
}

/** More rounds compile nothing new. */
const ROUNDS = 30
/** Milliseconds that pass between the end of a neighbour and its return. */
const ABSENCE = 60_000

/** Compiled code lives only as long as something of the kind it was compiled for: these stay, and do nothing. */
const kept: Stage[] = []

/**
 * A process of JavaScript is slow at first: what it does often is compiled while it runs. The first table after a start is
 * the one that everybody waits for, so the speaker rehearses it: two speakers of its own, with neighbours in memory that
 * announce, change, withdraw, die and come back, until all that a table needs is compiled. Nothing of it leaves
 * the process.
 *
 * Compiled code holds for what was seen: where it meets a branch that was never taken, or another object than the one it
 * has always had, it is thrown away and made again, just when it is needed. So one speaker's time is always short and
 * the other's is the real one, and what a table can bring comes early.
 */
export async function rehearse({ clock, limit, pause, surroundings }: RehearsalOptions): Promise<void> {
  const end = clock.now() + limit
  const hurried = new HurriedClock()
  const short = new Stage(hurried, surroundings())
  const calm = new Stage(clock, surroundings())
  kept.length = 0
  kept.push(short, calm)
  for (const _ of acts(short, calm, hurried)) {
    await pause()
    if (clock.now() >= end) return
  }
}

/** One act after the other; a round is one for each stage. */
function* acts(short: Stage, calm: Stage, time: HurriedClock): Generator<void> {
  const said = scripts()
  for (let round = 0; round < ROUNDS; round++) {
    const together = round % 2 === 1
    for (const stage of [short, calm]) {
      stage.play(said, together)
      yield
      if (round % 4 === 0) stage.reconfigure()
    }
    if (round % 2 === 1) continue
    short.kill(said)
    time.advance(ABSENCE)
    short.revive()
    yield
  }
}
