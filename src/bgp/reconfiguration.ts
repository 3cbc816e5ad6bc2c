import type { Bgp } from '../model/config-bgp.ts'
import type { Policy, PolicyLists } from '../model/config-policy.ts'
import type { Clock } from '../net/clock.ts'
import type { Steps } from '../net/steps.ts'
import { importText } from './import-context.ts'
import type { Neighbor } from './neighbor/neighbor.ts'
import { configuredNeighbors, type NeighborSettings } from './neighbor-settings.ts'
import type { CompiledPolicy } from './policy.ts'
import type { Slices, Task } from './slices.ts'
import { ERROR } from './wire/index.ts'

/** What the speaker is to be by a validated configuration. */
export interface SpeakerConfig {
  /** Undefined: BGP is off. */
  readonly bgp: Bgp | undefined
  readonly policies: readonly Policy[]
  readonly lists: PolicyLists
}

export interface ReconfigurationHost {
  readonly clock: Clock
  readonly slices: Slices
  readonly neighbors: ReadonlyMap<string, Neighbor>
  /**
   * Who comes from now on, and what is compiled, is as this configuration has it.
   * @param wanted all neighbours that it names, by what they are known by
   */
  begin(config: SpeakerConfig, wanted: ReadonlyMap<string, NeighborSettings>): void
  /** What the configuration says of a neighbour from a listen range; undefined where it has none for the address. */
  dynamic(address: string): NeighborSettings | undefined
  importPolicy(settings: NeighborSettings, remoteAs: number): CompiledPolicy
  /** @returns whether what others are told of the neighbour may be another thing now */
  regroup(neighbor: Neighbor): boolean
  /** What groups may hear of is another thing. */
  review(): void
  add(settings: NeighborSettings): void
  /** All neighbours are as this configuration has them. */
  complete(config: SpeakerConfig): void
}

interface Underway {
  readonly steps: Steps<void>
  readonly wanted: Map<string, NeighborSettings>
  /** Neighbours that are as the configuration has them. */
  readonly reached: Set<Neighbor>
  /** The configuration before is not in force any more. */
  begun: boolean
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * A configuration takes effect neighbour by neighbour, in slices: to give hundreds of them other settings, and to end the
 * sessions of those that go, takes longer than a turn may. While it is `active`, some neighbours are by the configuration
 * before and some by this one: nothing is decided or told until all are.
 *
 * Each neighbour is compared with its own settings, so another configuration may come at any point: it takes the place of
 * the one that is under way.
 */
export class Reconfiguration implements Task {
  readonly #host: ReconfigurationHost
  #underway: Underway | undefined
  #active = false

  constructor(host: ReconfigurationHost) {
    this.#host = host
  }

  /** Begins at once, and goes on in later turns. Resolves when it is in force for all, or another has taken its place. */
  take(config: SpeakerConfig): Promise<void> {
    this.cancel()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const wanted = new Map<string, NeighborSettings>()
    const steps = this.#steps(config, wanted)
    this.#underway = { steps, wanted, reached: new Set(), begun: false, done: resolve, failed: reject }
    const { slices } = this.#host
    if (this.run(slices.deadline())) slices.add(this)
    return promise
  }

  /** Some neighbours are by another configuration than others. */
  get active(): boolean {
    return this.#active
  }

  /** The neighbour with this address, as the configuration has it that is taking effect. */
  reach(address: string): Neighbor | undefined {
    const underway = this.#underway
    if (underway?.begun) this.#reach(underway, address)
    return this.#host.neighbors.get(address)
  }

  /** What a neighbour's settings are, or will be in a moment. */
  settingsOf(neighbor: Neighbor): NeighborSettings {
    const coming = this.#underway?.begun ? this.#wanted(this.#underway, neighbor) : undefined
    return coming ?? neighbor.settings
  }

  /** What is not done stays undone. */
  cancel(): void {
    this.#underway?.done()
    this.#underway = undefined
  }

  run(until: number): boolean {
    const underway = this.#underway
    if (!underway) return false
    try {
      do {
        if (!underway.steps.next().done) continue
        this.#end(underway)
        underway.done()
        return false
      } while (this.#host.clock.now() < until)
      return true
    } catch (error) {
      this.#end(underway)
      underway.failed(error)
      return false
    }
  }

  #end(underway: Underway): void {
    if (this.#underway !== underway) return
    this.#underway = undefined
    this.#active = false
  }

  *#steps(config: SpeakerConfig, wanted: Map<string, NeighborSettings>): Steps<void> {
    const host = this.#host
    for (const settings of config.bgp ? configuredNeighbors(config.bgp) : []) {
      wanted.set(settings.session.address, settings)
      yield
    }
    const underway = this.#underway!
    underway.begun = true
    this.#active = true
    host.begin(config, wanted)
    for (const address of host.neighbors.keys()) {
      yield
      this.#reach(underway, address)
    }
    for (const address of wanted.keys()) {
      yield
      this.#reach(underway, address)
    }
    this.#end(underway)
    host.complete(config)
  }

  #reach(underway: Underway, address: string): void {
    const neighbor = this.#host.neighbors.get(address)
    if (neighbor && !neighbor.removed) this.#bring(underway, neighbor)
    else {
      const settings = underway.wanted.get(address)
      if (settings) this.#host.add(settings)
    }
  }

  #bring(underway: Underway, neighbor: Neighbor): void {
    if (underway.reached.has(neighbor)) return
    underway.reached.add(neighbor)
    const settings = this.#wanted(underway, neighbor)
    if (settings) this.#reconfigure(neighbor, settings)
    else neighbor.remove(ERROR.cease.peerDeconfigured)
  }

  #wanted({ wanted }: Underway, { address, settings }: Neighbor): NeighborSettings | undefined {
    return wanted.get(address) ?? (settings.dynamic ? this.#host.dynamic(address) : undefined)
  }

  #reconfigure(neighbor: Neighbor, settings: NeighborSettings): void {
    const host = this.#host
    const before = neighbor.settings
    const policy = host.importPolicy(settings, settings.session.remoteAs ?? neighbor.remoteAs)
    const changed = importText(settings, policy) !== importText(before, neighbor.importPolicy)
    neighbor.settings = settings
    neighbor.importPolicy = policy
    const regrouped = host.regroup(neighbor)
    if (!settings.enabled && before.enabled) disable(neighbor)
    else {
      neighbor.session.configure(settings.session)
      if (settings.enabled && !before.enabled) neighbor.session.start()
      neighbor.limitsChanged(before.maxPrefixes)
    }
    if (changed) neighbor.reconsider()
    if (regrouped) host.review()
  }
}

function disable(neighbor: Neighbor): void {
  neighbor.session.stop(ERROR.cease.administrativeShutdown, neighbor.settings.shutdownMessage)
  neighbor.session.configure(neighbor.settings.session)
  neighbor.disabled()
}
