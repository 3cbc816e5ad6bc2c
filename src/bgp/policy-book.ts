import type { Policy } from '../model/config-policy.ts'
import type { NeighborSettings } from './neighbor-settings.ts'
import {
  ACCEPT_ALL,
  ACCEPT_LEARNED,
  type CompiledPolicy,
  compilePolicy,
  GroupNumbers,
  REJECT_ALL,
} from './policy.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import type { PeerType } from './sink.ts'

/**
 * The policies of the configuration, and which of them a neighbour has. Without one of its own, an external neighbour
 * gives and gets nothing (RFC 8212); an internal one gives everything, and gets what external ones gave.
 */
export class PolicyBook {
  readonly #attributes: AttributeStore
  readonly #groups = new GroupNumbers()
  #policies = new Map<string, Policy>()

  constructor(attributes: AttributeStore) {
    this.#attributes = attributes
  }

  configure(policies: readonly Policy[]): void {
    this.#policies = new Map(policies.map(policy => [policy.name, policy]))
  }

  /** The number that policies know a neighbour group by. */
  groupNumber(group: string | undefined): number {
    return this.#groups.of(group)
  }

  importPolicy(settings: NeighborSettings): CompiledPolicy {
    if (settings.importPolicy !== undefined) return this.#compiled(settings.importPolicy, false)
    return settings.session.remoteAs === settings.session.localAs ? ACCEPT_ALL : REJECT_ALL
  }

  exportPolicy(settings: NeighborSettings, type: PeerType): CompiledPolicy {
    if (settings.exportPolicy !== undefined) return this.#compiled(settings.exportPolicy, type === 'eBGP')
    return type === 'iBGP' ? ACCEPT_LEARNED : REJECT_ALL
  }

  #compiled(name: string, removeMed: boolean): CompiledPolicy {
    const policy = this.#policies.get(name)
    return policy ? compilePolicy(policy, this.#attributes, this.#groups, removeMed) : REJECT_ALL
  }
}
