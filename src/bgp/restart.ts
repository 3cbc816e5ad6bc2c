import type { Bgp } from '../model/config-bgp.ts'
import type { Family } from '../net/address.ts'
import type { Clock } from '../net/clock.ts'
import type { NeighborSettings } from './neighbor-settings.ts'
import { Alarm } from './session/timers.ts'
import type { GracefulRestart } from './wire/index.ts'

/** Seconds that are waited after a restart of ours: as configured, or the longest restart time that we announce. */
export function restartTime(bgp: Bgp | undefined, wanted: ReadonlyMap<string, NeighborSettings>): number {
  if (bgp?.selectionDeferralTime !== undefined) return bgp.selectionDeferralTime
  const times = [
    ...[...wanted.values()].map(settings => settings.session.gracefulRestartTime),
    ...(bgp?.neighborGroups ?? []).map(group => group.gracefulRestartTime ?? 120),
  ]
  return Math.max(0, ...times)
}

/**
 * Our own restart (RFC 4724 §4.1): nothing is decided, installed or announced before the neighbours that were there
 * before have said all that they have (End-of-RIB), or until the restart time is over. So the routes that the kernel
 * kept are never replaced by half of what they were.
 *
 * It ends twice. Decisions do not wait for those who restart as well, who wait for us, nor for those who promise no
 * End-of-RIB. What the kernel has and nobody announces goes only when they too have said everything.
 */
export class RestartDeferral {
  readonly #waiting: Map<string, Set<Family> | undefined>
  /** Whose table is not here as a whole yet, by what is missing; undefined: who is not back. */
  readonly #unheard: Map<string, Set<Family> | undefined>
  /** Those of them that promise no End-of-RIB: the first KEEPALIVE after their table stands for it. */
  readonly #implicit = new Set<string>()
  readonly #progress: () => void
  readonly #alarm: Alarm
  #active = true
  /** Who else is to come is not known: the time has to pass. */
  #others = false

  /**
   * @param expected addresses of the neighbours that were established before the restart
   * @param progress called when decisions need not wait any more, and when `complete` has become true
   */
  constructor(clock: Clock, expected: readonly string[], progress: () => void) {
    this.#waiting = new Map(expected.map(address => [address, undefined]))
    this.#unheard = new Map(this.#waiting)
    this.#progress = progress
    this.#alarm = new Alarm(clock, () => this.#overdue())
  }

  /** Decisions wait. */
  get active(): boolean {
    return this.#active
  }

  /** All have said everything, or their time is over: what nobody has announced by now, nobody will. */
  get complete(): boolean {
    return !this.#active && this.#unheard.size === 0
  }

  /**
   * The configuration is known: these addresses may come back, within so many seconds.
   * @param unsure nobody knows who was established: all of these may come, and others where `others`
   */
  begin(
    comes: (address: string) => boolean,
    seconds: number,
    unsure?: { readonly addresses: Iterable<string>; readonly others: boolean },
  ): void {
    if (this.complete) return
    if (this.#active) {
      for (const address of unsure?.addresses ?? []) {
        this.#waiting.set(address, undefined)
        this.#unheard.set(address, undefined)
      }
      this.#others ||= unsure?.others ?? false
      if (!this.#alarm.running) this.#alarm.set(seconds * 1000)
    }
    for (const table of [this.#waiting, this.#unheard]) {
      for (const address of table.keys()) if (!comes(address)) table.delete(address)
    }
    this.#check()
  }

  /** A session is up. Who waits for our End-of-RIB (R), or has no graceful restart, holds up no decision. */
  established(address: string, families: readonly Family[], restart: GracefulRestart | undefined): void {
    if (!this.#unheard.has(address)) return
    this.#unheard.set(address, new Set(families))
    if (restart) this.#implicit.delete(address)
    else this.#implicit.add(address)
    // A capability without families still says that End-of-RIB comes (RFC 4724 §3).
    if (!restart || restart.restarting) this.#waiting.delete(address)
    else if (this.#waiting.has(address)) this.#waiting.set(address, new Set(families))
    this.#check()
  }

  endOfRib(address: string, family: Family): void {
    for (const table of [this.#waiting, this.#unheard]) {
      const families = table.get(address)
      families?.delete(family)
      if (families?.size === 0) table.delete(address)
    }
    this.#check()
  }

  /** A KEEPALIVE of an established session. */
  keepalive(address: string): void {
    if (!this.#implicit.delete(address)) return
    this.#unheard.delete(address)
    this.#check()
  }

  cancel(): void {
    this.#active = false
    this.#alarm.cancel()
  }

  #check(): void {
    const decides = this.#active && this.#waiting.size === 0 && !this.#others
    if (decides) this.#active = false
    const complete = this.complete && (decides || this.#alarm.running)
    if (complete) this.#alarm.cancel()
    if (decides || complete) this.#progress()
  }

  #overdue(): void {
    this.#active = false
    this.#waiting.clear()
    this.#unheard.clear()
    this.#progress()
  }
}
