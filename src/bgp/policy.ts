import type { Policy, PolicyRule, PrefixMatch } from '../model/config-policy.ts'
import { ADDRESS_BITS, type Family } from '../net/address.ts'
import { parsePrefix } from '../net/prefix.ts'
import type { AttributeStore, Change } from './rib/attribute-store.ts'

/** Where a route comes from, as bits of the rules' conditions. */
export const Source = { CONNECTED: 1, STATIC: 2, BGP: 4 } as const

const SOURCE_BITS = { connected: Source.CONNECTED, static: Source.STATIC, bgp: Source.BGP } as const
const ANY_SOURCE = Source.CONNECTED | Source.STATIC | Source.BGP

/** What a policy says of a route where it rejects it; else the number of the change (`AttributeStore.change`). */
export const REJECT = -1

/** Numbers for the names of neighbour groups, so that rules compare numbers. 0: no group. */
export class GroupNumbers {
  readonly #numbers = new Map<string, number>()

  of(name: string | undefined): number {
    if (name === undefined) return 0
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#numbers.size + 1
      this.#numbers.set(name, number)
    }
    return number
  }
}

/** A policy made ready to be asked of many routes. */
export interface CompiledPolicy {
  /** Equal for policies that say the same of every route. */
  readonly text: string
  /** Whether what it says may hang on the prefix; else one answer holds for all routes of a source and group. */
  readonly byPrefix: boolean
  /**
   * @param bytes the ceil(length / 8) significant octets of the prefix from `offset` on
   * @param source one of `Source`
   * @param group number of the neighbour group that the route was learned from, 0 for none
   * @returns the number of the change on the route, or `REJECT`
   */
  judge(
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    source: number,
    group: number,
  ): number
}

/** Accepts every route as it is. */
export const ACCEPT_ALL: CompiledPolicy = { text: 'accept all', byPrefix: false, judge: () => 0 }

/** RFC 8212: nothing goes over eBGP without a policy. */
export const REJECT_ALL: CompiledPolicy = { text: 'reject all', byPrefix: false, judge: () => REJECT }

/** What iBGP announces without a policy: what eBGP neighbours taught us; connected and static routes only by policy. */
export const ACCEPT_LEARNED: CompiledPolicy = {
  text: 'accept bgp',
  byPrefix: false,
  judge: (_family, _bytes, _offset, _length, source) => (source === Source.BGP ? 0 : REJECT),
}

interface CompiledRule {
  readonly sources: number
  readonly groups: ReadonlySet<number> | undefined
  readonly prefixes: readonly CompiledMatch[] | undefined
  /** A change, or `REJECT`. */
  readonly verdict: number
}

interface CompiledMatch {
  readonly family: Family
  readonly bytes: Uint8Array
  readonly bits: number
  readonly shortest: number
  readonly longest: number
}

/**
 * Compiles a policy: rules in order, the first that matches decides, a route that matches none is rejected.
 * @param removeMed where a rule does not set MED, remove it: a MED must not go from one neighbouring AS to another
 *   (RFC 4271 §5.1.4)
 */
export function compilePolicy(
  policy: Policy,
  attributes: AttributeStore,
  groups: GroupNumbers,
  removeMed = false,
): CompiledPolicy {
  const rules = policy.rules.map(rule => compileRule(rule, attributes, groups, removeMed))
  return {
    text: JSON.stringify([policy.rules, removeMed]),
    byPrefix: rules.some(rule => rule.prefixes !== undefined),
    judge(family, bytes, offset, length, source, group) {
      for (const rule of rules) {
        if ((rule.sources & source) === 0) continue
        if (rule.groups && !rule.groups.has(group)) continue
        if (rule.prefixes && !matchesAny(rule.prefixes, family, bytes, offset, length)) continue
        return rule.verdict
      }
      return REJECT
    },
  }
}

function compileRule(
  { match, action, set }: PolicyRule,
  attributes: AttributeStore,
  groups: GroupNumbers,
  removeMed: boolean,
): CompiledRule {
  const change: Change = {
    ...(set?.localPreference !== undefined && { localPreference: set.localPreference }),
    ...(set?.med !== undefined ? { med: set.med } : removeMed && { med: null }),
    ...(set?.tunnel !== undefined && { tunnel: set.tunnel }),
  }
  return {
    sources: match?.sources?.reduce((bits, source) => bits | SOURCE_BITS[source], 0) ?? ANY_SOURCE,
    groups: match?.neighborGroups && new Set(match.neighborGroups.map(name => groups.of(name))),
    prefixes: match?.prefixes?.map(compileMatch),
    verdict: action === 'reject' ? REJECT : attributes.change(change),
  }
}

function compileMatch({ prefix, ge, le }: PrefixMatch): CompiledMatch {
  const { bytes, length } = parsePrefix(prefix)!
  const family = bytes.length === 4 ? 4 : 6
  const longest = le ?? (ge === undefined ? length : ADDRESS_BITS[family])
  return { family, bytes, bits: length, shortest: Math.max(length, ge ?? length), longest }
}

function matchesAny(
  matches: readonly CompiledMatch[],
  family: Family,
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean {
  for (const match of matches) {
    if (match.family !== family || length < match.shortest || length > match.longest) continue
    if (startsWith(bytes, offset, match)) return true
  }
  return false
}

function startsWith(bytes: Uint8Array, offset: number, match: CompiledMatch): boolean {
  const whole = match.bits >> 3
  for (let i = 0; i < whole; i++) if (bytes[offset + i] !== match.bytes[i]) return false
  const rest = match.bits & 7
  return rest === 0 || (bytes[offset + whole]! ^ match.bytes[whole]!) >> (8 - rest) === 0
}
