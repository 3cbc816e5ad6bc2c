import type { Family } from '../net/address.ts'
import type { Clock } from '../net/clock.ts'
import { Alarm } from './session/timers.ts'
import type { GracefulRestart } from './wire/index.ts'

/**
 * Our own restart (RFC 4724 §4.1): nothing is decided, installed or announced before the neighbours that were there
 * before have said all that they have (End-of-RIB), or until the restart time is over. So the routes that the kernel
 * kept are never replaced by half of what they were.
 */
export class RestartDeferral {
  readonly #waiting: Map<string, Set<Family> | undefined>
  readonly #finished: () => void
  readonly #alarm: Alarm
  #active = true
  /** Who else is to come is not known: the time has to pass. */
  #others = false

  /** @param expected addresses of the neighbours that were established before the restart */
  constructor(clock: Clock, expected: readonly string[], finished: () => void) {
    this.#waiting = new Map(expected.map(address => [address, undefined]))
    this.#finished = finished
    this.#alarm = new Alarm(clock, () => this.#end())
  }

  get active(): boolean {
    return this.#active
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
    if (!this.#active) return
    for (const address of unsure?.addresses ?? []) this.#waiting.set(address, undefined)
    this.#others ||= unsure?.others ?? false
    for (const address of this.#waiting.keys()) if (!comes(address)) this.#waiting.delete(address)
    if (!this.#alarm.running) this.#alarm.set(seconds * 1000)
    this.#check()
  }

  /** A session is up. Who does not send End-of-RIB, or waits for ours, is not waited for. */
  established(address: string, families: readonly Family[], restart: GracefulRestart | undefined): void {
    if (!this.#waiting.has(address)) return
    if (!restart || restart.restarting || restart.families.length === 0) this.#waiting.delete(address)
    else this.#waiting.set(address, new Set(families))
    this.#check()
  }

  endOfRib(address: string, family: Family): void {
    const families = this.#waiting.get(address)
    families?.delete(family)
    if (families?.size === 0) this.#waiting.delete(address)
    this.#check()
  }

  /** The neighbour is not to come any more. */
  gone(address: string): void {
    this.#waiting.delete(address)
    this.#check()
  }

  cancel(): void {
    this.#active = false
    this.#alarm.cancel()
  }

  #check(): void {
    if (this.#active && this.#waiting.size === 0 && !this.#others) this.#end()
  }

  #end(): void {
    this.#active = false
    this.#alarm.cancel()
    this.#finished()
  }
}
