import type { Family } from '../../net/address.ts'
import type { PathTable } from '../rib/path-table.ts'
import type { SessionEnvironment } from '../session/session.ts'
import { Alarm } from '../session/timers.ts'
import { type GracefulRestart, unicastFamily } from '../wire/index.ts'

/** How long stale paths wait for the End-of-RIB of a neighbour that is back (RFC 4724 §4.2: an upper bound of our own). */
const STALE_LIMIT = 360_000

export interface RetentionHost {
  readonly environment: Pick<SessionEnvironment, 'clock' | 'slices'>
  readonly paths: Readonly<Record<Family, PathTable>>
  /** Paths have gone: decide and announce, if there is time in this turn. */
  settle(): void
  /** A sweep or a wait is over. */
  checkIdle(): void
}

/**
 * What is kept of a neighbour's paths that it does not stand by at the moment: while it restarts (RFC 4724 §4.2), until its
 * End-of-RIB, and during a refresh (RFC 7313 §4.2). Such paths are stale; a sweep withdraws them, in slices.
 */
export class Retention {
  readonly #host: RetentionHost
  readonly #peer: number
  /** The neighbour's TCP died, and it has until this alarm to come back (RFC 4724 §4.2). */
  readonly #restart: Alarm
  /** It is back, or refreshes, and has until this alarm to have said everything. */
  readonly #stale: Alarm
  /** How many sweeps are under way. */
  #sweeps = 0

  constructor(host: RetentionHost, peer: number) {
    this.#host = host
    this.#peer = peer
    this.#restart = new Alarm(host.environment.clock, () => this.forget([4, 6]))
    this.#stale = new Alarm(host.environment.clock, () => this.forget([4, 6]))
  }

  /** Paths are here, or the neighbour may come back for them: its number in the tables must stay. */
  get holding(): boolean {
    return this.#sweeps > 0 || this.#restart.running || this.#hasPaths
  }

  /** The session ended: every path becomes stale. Those of `kept` families stay for so many seconds, if it does not come back. */
  ended(kept: readonly Family[], seconds: number): void {
    this.#stale.cancel()
    for (const family of [4, 6] as const) this.#host.paths[family].age(this.#peer)
    this.forget(([4, 6] as const).filter(family => !kept.includes(family)))
    if (kept.length > 0) this.#restart.set(seconds * 1000)
  }

  /** It is back. RFC 4724 §4.2: what it has not kept forwarding for is not kept here either. */
  resume(families: readonly Family[], restart: GracefulRestart | undefined): void {
    this.#restart.cancel()
    const kept = families.filter(family =>
      restart?.families.some(row => unicastFamily(row.afi, row.safi) === family && row.forwarding),
    )
    this.forget(([4, 6] as const).filter(family => !kept.includes(family)))
    if (this.#hasStale) this.#stale.set(STALE_LIMIT)
  }

  endOfRib(family: Family): void {
    this.forget([family])
    if (!this.#hasStale) this.#stale.cancel()
  }

  /** BoRR: what does not come again until EoRR goes (RFC 7313 §4.2). */
  beginRefresh(family: Family): void {
    this.#host.paths[family].age(this.#peer)
    this.#stale.set(STALE_LIMIT)
  }

  endRefresh(family: Family): void {
    this.forget([family])
  }

  /** All paths of families go, in slices. */
  drop(families: readonly Family[]): void {
    for (const family of families) this.#host.paths[family].age(this.#peer)
    this.forget(families)
  }

  /** The stale paths of families go, in slices. */
  forget(families: readonly Family[]): void {
    const { environment, paths } = this.#host
    for (const family of families) {
      const table = paths[family]
      if (table.counts.stale[this.#peer] === 0) continue
      const work = table.sweep(this.#peer, () => environment.clock.now())
      this.#sweeps++
      environment.slices.add({
        run: until => {
          const more = work(until)
          if (!more) this.#sweeps--
          this.#host.settle()
          if (!more) this.#host.checkIdle()
          return more
        },
      })
    }
    this.#host.checkIdle()
  }

  get #hasPaths(): boolean {
    const { paths } = this.#host
    return paths[4].counts.received[this.#peer]! + paths[6].counts.received[this.#peer]! > 0
  }

  get #hasStale(): boolean {
    const { paths } = this.#host
    return paths[4].counts.stale[this.#peer]! + paths[6].counts.stale[this.#peer]! > 0
  }
}
