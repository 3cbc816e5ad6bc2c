import type { Policy, PolicyLists } from '../../model/config-policy.ts'
import { canonicalAddress } from '../../net/address.ts'
import { type NeighborSettings, peerType } from '../neighbor-settings.ts'
import { ACCEPT_ALL, ACCEPT_LEARNED, type CompiledPolicy, Numbers, REJECT_ALL } from '../policy.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'
import type { PeerType } from '../sink.ts'
import { isListName } from './community-text.ts'
import { compilePolicy } from './compile.ts'
import { NamedLists } from './lists.ts'
import type { PolicySide } from './set.ts'

/**
 * The policies of the configuration, and which of them a neighbour has. Without one of its own, an external neighbour
 * gives and gets nothing (RFC 8212); an internal one gives everything, and gets what external ones gave.
 *
 * Neighbours of the same policies share what they compile to, also over a change of the configuration that leaves
 * these policies and their lists as they are.
 */
export class PolicyBook {
  readonly #attributes: AttributeStore
  readonly #groups = new Numbers()
  readonly #neighbors = new Numbers()
  #policies = new Map<string, Policy>()
  #lists = new NamedLists({})
  /** Compiled policies by all that they hang on: those of this configuration, and of the one before. */
  #compiled = new Map<string, CompiledPolicy>()
  #before = new Map<string, CompiledPolicy>()
  /** The same by what asks for them in this configuration. */
  readonly #asked = new Map<string, CompiledPolicy>()
  #versions = 0

  constructor(attributes: AttributeStore) {
    this.#attributes = attributes
  }

  configure(policies: readonly Policy[], lists: PolicyLists = {}): void {
    this.#policies = new Map(policies.map(policy => [policy.name, policy]))
    this.#lists = new NamedLists(lists)
    this.#before = this.#compiled
    this.#compiled = new Map()
    this.#asked.clear()
    for (const { rules } of policies) {
      for (const { match } of rules) {
        for (const address of match?.neighbors ?? []) this.#neighbors.of(canonicalAddress(address) ?? address)
      }
    }
  }

  /** The number that policies know a neighbour group by. */
  groupNumber(group: string | undefined): number {
    return this.#groups.of(group)
  }

  /** The number that policies know a neighbour by: 0 where none names it. */
  neighborNumber(address: string): number {
    return this.#neighbors.known(address)
  }

  /** @param remoteAs of the neighbour where the settings do not say it: 0 until its OPEN has */
  importPolicy(settings: NeighborSettings, remoteAs = settings.session.remoteAs ?? 0): CompiledPolicy {
    const { localAs, address } = settings.session
    if (settings.importPolicy !== undefined) {
      return this.#compile(
        settings.importPolicy,
        { direction: 'import', localAs, peerAddress: address },
        false,
      )
    }
    return peerType(settings, remoteAs) === 'eBGP' ? REJECT_ALL : ACCEPT_ALL
  }

  exportPolicy(settings: NeighborSettings, type: PeerType): CompiledPolicy {
    if (settings.exportPolicy !== undefined) {
      const { localAs } = settings.session
      return this.#compile(settings.exportPolicy, { direction: 'export', localAs }, type === 'eBGP')
    }
    return type === 'eBGP' ? REJECT_ALL : ACCEPT_LEARNED
  }

  #compile(name: string | readonly string[], side: PolicySide, removeMed: boolean): CompiledPolicy {
    const names = typeof name === 'string' ? [name] : name
    const policies = names.map(each => this.#policies.get(each)).filter(policy => policy !== undefined)
    if (policies.length < names.length) return REJECT_ALL
    const rules = policies.flatMap(policy => policy.rules)
    const hangsOn = {
      ...side,
      peerAddress: rules.some(({ set }) => set?.nexthop === 'peer') ? side.peerAddress : undefined,
    }
    const asked = JSON.stringify([names, hangsOn, removeMed])
    let compiled = this.#asked.get(asked)
    if (compiled) return compiled
    const content = JSON.stringify([policies, hangsOn, removeMed, this.#lists.contents(listsOf(policies))])
    compiled = this.#compiled.get(content) ?? this.#before.get(content)
    compiled ??= compilePolicy(policies, `${names.join(' ')} #${++this.#versions}`, {
      ...hangsOn,
      attributes: this.#attributes,
      lists: this.#lists,
      groups: this.#groups,
      neighbors: this.#neighbors,
      removeMed,
    })
    this.#asked.set(asked, compiled)
    this.#compiled.set(content, compiled)
    return compiled
  }
}

/** Names of the lists that policies refer to. */
function listsOf(policies: readonly Policy[]) {
  const rules = policies.flatMap(policy => policy.rules)
  const communities = rules.flatMap(({ match, set }) => [
    ...Object.values(match?.communities ?? {}).flat(),
    ...Object.values(set?.communities ?? {}).flat(),
  ])
  return {
    prefixLists: rules.flatMap(({ match }) => match?.prefixLists ?? []),
    asPathLists: rules.flatMap(({ match }) => match?.asPathLists ?? []),
    communityLists: communities.filter(isListName),
  }
}
