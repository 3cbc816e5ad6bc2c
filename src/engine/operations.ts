import type { Speaker } from '../bgp/index.ts'
import type { Bgp } from '../model/config-bgp.ts'
import type { EngineMethods } from '../model/engine-protocol.ts'
import { CausewayError } from '../model/errors.ts'
import type { MigrationState } from '../model/state.ts'
import { canonicalZoned } from '../net/zone.ts'
import type { Pauses } from './pauses.ts'

/** What an operator does to sessions, and asks before doing it; refused with a `CausewayError`. */
export class Operations {
  readonly #speaker: Speaker
  readonly #pauses: Pauses
  readonly #bgp: () => Bgp | undefined

  constructor(speaker: Speaker, pauses: Pauses, bgp: () => Bgp | undefined) {
    this.#speaker = speaker
    this.#pauses = pauses
    this.#bgp = bgp
  }

  migration(group: string, nodes: number | undefined): Promise<MigrationState> {
    const known = (this.#bgp()?.neighborGroups ?? []).some(({ name }) => name === group)
    if (!known) throw new CausewayError('neighbor-group-not-found', { name: group })
    return this.#pauses.finish(this.#speaker.migration(group, nodes))
  }

  refresh({
    address,
    direction,
    family,
  }: EngineMethods['refreshNeighbor']['params']): EngineMethods['refreshNeighbor']['result'] {
    const families =
      family === undefined ? undefined : [family === 'ipv4-unicast' ? (4 as const) : (6 as const)]
    const outcome = this.#speaker.refresh(canonicalZoned(address) ?? address, direction, families)
    if (outcome === 'unknown') throw new CausewayError('neighbor-not-found', { address })
    if (outcome === 'down') {
      const what = family === undefined ? 'no session' : `no session for ${family}`
      throw new CausewayError('neighbor-down', { address, what })
    }
    return { outcome }
  }

  reset({
    address,
    message,
  }: EngineMethods['resetNeighbor']['params']): EngineMethods['resetNeighbor']['result'] {
    const outcome = this.#speaker.reset(canonicalZoned(address) ?? address, message)
    if (outcome === 'unknown') throw new CausewayError('neighbor-not-found', { address })
    if (outcome === 'disabled') throw new CausewayError('neighbor-disabled', { address })
    return { outcome }
  }
}
