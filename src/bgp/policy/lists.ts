import type { PolicyLists, PrefixEntry } from '../../model/config-policy.ts'
import { type AsPattern, parseAsPattern } from './as-pattern.ts'
import { type CommunityPattern, isListName, parseCommunityPattern } from './community-text.ts'
import { prefixRange } from './prefix-range.ts'
import { PrefixSet } from './prefix-set.ts'

/** The named lists, read; names that are not there stand for empty lists. Sets of prefixes are made once for all rules. */
export class NamedLists {
  readonly #prefixSets = new Map<string, PrefixSet>()
  readonly #prefixes: ReadonlyMap<string, readonly PrefixEntry[]>
  readonly #asPaths: ReadonlyMap<string, readonly string[]>
  readonly #communities: ReadonlyMap<string, readonly string[]>

  constructor(lists: PolicyLists) {
    this.#prefixes = new Map(lists.prefixLists?.map(({ name, entries }) => [name, entries]))
    this.#asPaths = new Map(lists.asPathLists?.map(({ name, entries }) => [name, entries]))
    this.#communities = new Map(lists.communityLists?.map(({ name, entries }) => [name, entries]))
  }

  /** The prefixes of lists and further ones together. */
  prefixSet(names: readonly string[], further: readonly PrefixEntry[]): PrefixSet {
    const shared = further.length === 0 ? JSON.stringify(names) : undefined
    const known = shared === undefined ? undefined : this.#prefixSets.get(shared)
    if (known) return known
    const entries = [...names.flatMap(name => this.#prefixes.get(name) ?? []), ...further]
    const made = new PrefixSet(entries.map(prefixRange).filter(range => range !== undefined))
    if (shared !== undefined) this.#prefixSets.set(shared, made)
    return made
  }

  /** The patterns of lists and further ones together. */
  asPatterns(names: readonly string[], further: readonly string[]): AsPattern[] {
    return [...names.flatMap(name => this.#asPaths.get(name) ?? []), ...further]
      .map(parseAsPattern)
      .filter(pattern => typeof pattern !== 'string')
  }

  /** What an item stands for: one pattern, or those of a list. */
  communities(item: string): CommunityPattern[] {
    const texts = isListName(item) ? (this.#communities.get(item) ?? []) : [item]
    return texts.map(parseCommunityPattern).filter(pattern => pattern !== undefined)
  }

  /** All that the rules of a policy refer to, so that a text can tell whether a policy has changed. */
  contents(names: {
    readonly prefixLists: Iterable<string>
    readonly asPathLists: Iterable<string>
    readonly communityLists: Iterable<string>
  }): unknown {
    const named = (from: ReadonlyMap<string, unknown>, wanted: Iterable<string>) =>
      [...new Set(wanted)].sort().map(name => [name, from.get(name)])
    return [
      named(this.#prefixes, names.prefixLists),
      named(this.#asPaths, names.asPathLists),
      named(this.#communities, names.communityLists),
    ]
  }
}
