import type { PathTable } from '../rib/path-table.ts'
import type { SessionEnvironment } from '../session/session-events.ts'
import { Alarm } from '../session/timers.ts'

/** A path's age is a number of 8 bits that goes round: older stale paths go before it does. */
const MOST_AGES = 200

/** Hears of what a sweep takes away; `flush` follows on each slice. */
export interface SweepWitness {
  gone(slot: number, pathId: number): void
  flush(): void
}

export interface StalePathsHost {
  readonly environment: Pick<SessionEnvironment, 'clock' | 'slices'>
  readonly table: PathTable
  /** Seconds that stale paths wait for the End-of-RIB of a neighbour that is back. */
  limit(): number
  /** The long-lived period has begun: judges every path of the family again. */
  reconsider(): void
  /** Who hears of each path that a sweep takes away, if anybody does. */
  witness(): SweepWitness | undefined
  /** Paths have gone: decide and announce, if there is time in this turn. */
  settle(): void
  /** A sweep or a wait is over. */
  checkIdle(): void
}

/** For how long paths of a family stay when the session ends, in seconds. */
export interface Keeping {
  /** As they are (RFC 4724). */
  readonly restart: number
  /** After that as a last resort (RFC 9494); 0: not. */
  readonly longLived: number
}

/**
 * The paths of one family that a neighbour does not stand by at the moment: while it restarts (RFC 4724 §4.2, RFC 9494 §4.2),
 * until its End-of-RIB, and during a refresh (RFC 7313 §4.2). A sweep withdraws them, in slices.
 *
 *     session ends → waiting (restart time) → long-lived (stale time) → swept
 *                        └ back: until End-of-RIB ┘
 */
export class StalePaths {
  /** RFC 9494 §4.2: stale paths have become a last resort. */
  longLived = false
  readonly #host: StalePathsHost
  readonly #peer: number
  readonly #waiting: Alarm
  readonly #longLivedEnd: Alarm
  readonly #limit: Alarm
  #longLivedTime = 0
  /** The long-lived stale time was over before the neighbour, back again, had said everything. */
  #overdue = false
  #up = false
  #sweeps = 0
  #ages = 0
  /** On the wall clock: when stale paths go, if nothing comes. */
  #until: number | undefined

  constructor(host: StalePathsHost, peer: number) {
    this.#host = host
    this.#peer = peer
    const { clock } = host.environment
    this.#waiting = new Alarm(clock, () => this.#waitedLongEnough())
    this.#longLivedEnd = new Alarm(clock, () => this.#longLivedOver())
    this.#limit = new Alarm(clock, () => this.sweep())
  }

  /** Paths are here, or the neighbour may come back for them. */
  get holding(): boolean {
    return this.#sweeps > 0 || this.#waiting.running || this.#longLivedEnd.running || this.#received > 0
  }

  get stale(): number {
    return this.#host.table.counts.stale[this.#peer]!
  }

  /** On the wall clock, in milliseconds: when stale paths go, if the neighbour says nothing; undefined where none are. */
  get until(): number | undefined {
    return this.stale > 0 ? this.#until : undefined
  }

  /** The session has ended. Undefined: nothing stays. */
  ended(keeping: Keeping | undefined): void {
    this.#up = false
    this.#limit.cancel()
    if (keeping === undefined || this.#overdue || keeping.restart + keeping.longLived === 0) {
      this.drop()
      return
    }
    // RFC 4724 §4.2: what was stale before goes at the second restart, but not in the long-lived period (RFC 9494 §4.2).
    if (!this.longLived) this.sweep()
    this.#age()
    this.#longLivedTime = keeping.longLived
    if (keeping.restart === 0) this.#waitedLongEnough()
    else {
      this.#waiting.set(keeping.restart * 1000)
      if (!this.#longLivedEnd.running) this.#note(keeping.restart + keeping.longLived)
    }
  }

  /** The session is back. `forwards`: the neighbour has kept forwarding, by what its OPEN says of restarts, and of long-lived ones. */
  resumed(forwards: { readonly restart: boolean; readonly longLived: boolean }): void {
    this.#up = true
    this.#waiting.cancel()
    if (!(this.longLived ? forwards.longLived : forwards.restart)) this.#forget()
    else if (this.stale > 0 && !this.longLived) this.#limitStale()
  }

  /** The neighbour has said everything: End-of-RIB or EoRR. */
  complete(): void {
    this.#longLivedEnd.cancel()
    this.#overdue = false
    this.longLived = false
    this.#limit.cancel()
    this.sweep()
  }

  /** BoRR: what does not come again until EoRR goes. */
  beginRefresh(): void {
    this.#age()
    if (!this.longLived) this.#limitStale()
  }

  /** All paths go. */
  drop(): void {
    this.#age()
    this.#forget()
  }

  /** All stale paths go. */
  sweep(): void {
    const { environment, table } = this.#host
    this.#ages = 0
    if (this.stale === 0) return
    const witness = this.#host.witness()
    const gone = witness && ((slot: number, pathId: number) => witness.gone(slot, pathId))
    const work = table.sweep(this.#peer, () => environment.clock.now(), gone)
    this.#sweeps++
    environment.slices.add({
      run: until => {
        const more = work(until)
        witness?.flush()
        if (!more) this.#sweeps--
        this.#host.settle()
        if (!more) this.#host.checkIdle()
        return more
      },
    })
  }

  get #received(): number {
    return this.#host.table.counts.received[this.#peer]!
  }

  #age(): void {
    if (this.stale === this.#received) return
    if (this.#ages === MOST_AGES) this.sweep()
    this.#ages++
    this.#host.table.age(this.#peer)
  }

  #forget(): void {
    this.#waiting.cancel()
    this.#longLivedEnd.cancel()
    this.longLived = false
    this.#overdue = false
    this.sweep()
    this.#host.checkIdle()
  }

  #limitStale(): void {
    const seconds = this.#host.limit()
    this.#limit.set(seconds * 1000)
    this.#note(seconds)
  }

  #waitedLongEnough(): void {
    this.#waiting.cancel()
    if (this.#longLivedTime === 0) {
      this.#forget()
      return
    }
    this.longLived = true
    // RFC 9494 §4.2: once it runs, it is not set again before the neighbour is back and has said everything.
    if (!this.#longLivedEnd.running) {
      this.#longLivedEnd.set(this.#longLivedTime * 1000)
      this.#note(this.#longLivedTime)
    }
    this.#host.reconsider()
  }

  #longLivedOver(): void {
    const up = this.#up
    this.#forget()
    this.#overdue = up
  }

  #note(seconds: number): void {
    this.#until = this.#host.environment.clock.wallTime() + seconds * 1000
  }
}
