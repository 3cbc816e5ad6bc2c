import type { PolicyMatch } from '../../model/config-policy.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'
import { findAttribute, valueEnd, valueStart } from '../wire/attribute-key.ts'
import { readUint32 } from '../wire/bytes.ts'
import { AttributeCode, DecisionFields, readDecision } from '../wire/index.ts'
import { type AsPattern, inRanges, matchesPath, readAsRange } from './as-pattern.ts'
import type { NamedLists } from './lists.ts'
import { CommunitySet } from './match-community.ts'
import type { PrefixSet } from './prefix-set.ts'

/** A condition on the attributes of a route. Asked once for each set, however many routes have it. */
export type SetTest = (attributes: AttributeStore, set: number) => boolean

type Key = keyof PolicyMatch

/** The conditions on attributes, one row each: what a value of the key asks for. */
const TESTS: {
  readonly [K in Key]?: (value: NonNullable<PolicyMatch[K]>, lists: NamedLists) => readonly SetTest[]
} = {
  originAs: ranges => {
    const bounds = boundsOf(ranges)
    const fields = new DecisionFields()
    return [
      (attributes, set) => {
        readDecision(attributes.keys, attributes.keyStart(set), attributes.keyEnd(set), fields)
        return inRanges(bounds, fields.originAs)
      },
    ]
  },
  neighborAs: ranges => {
    const bounds = boundsOf(ranges)
    return [(attributes, set) => inRanges(bounds, attributes.neighborAs[set]!)]
  },
  containsAs: ranges => {
    const bounds = boundsOf(ranges)
    return [
      (attributes, set) => onPath(attributes, set, (bytes, from, to) => contains(bounds, bytes, from, to)),
    ]
  },
  asPathLength: wanted => [(attributes, set) => fits(wanted, attributes.asPathLength[set]!)],
  communities: ({ any, all, none }, lists) => [
    ...(any ? [isIn(new CommunitySet(any.flatMap(item => lists.communities(item))))] : []),
    ...(all ?? []).map(item => isIn(new CommunitySet(lists.communities(item)))),
    ...(none ? [not(isIn(new CommunitySet(none.flatMap(item => lists.communities(item)))))] : []),
  ],
  nexthop: (prefixes, lists) => [
    nexthopIn(
      lists.prefixSet(
        [],
        prefixes.map(prefix => ({ prefix, le: prefix.includes(':') ? 128 : 32 })),
      ),
    ),
  ],
  localPreference: wanted => [(attributes, set) => fits(wanted, attributes.localPreference[set]!)],
  med: wanted => [(attributes, set) => fits(wanted, attributes.med[set]!)],
  origin: origins => {
    const numbers = origins.map(name => ORIGINS.indexOf(name))
    return [(attributes, set) => numbers.includes(attributes.origin[set]!)]
  },
}

/** Names of ORIGIN in the order of their numbers. */
export const ORIGINS = ['igp', 'egp', 'incomplete']

/** The conditions of a match that only the attributes answer; none: every set fits. */
export function setTests(match: PolicyMatch, lists: NamedLists): SetTest[] {
  const tests = (Object.keys(TESTS) as Key[]).flatMap(key => {
    const value = match[key]
    const make = TESTS[key] as ((value: unknown, lists: NamedLists) => readonly SetTest[]) | undefined
    return value === undefined || !make ? [] : make(value, lists)
  })
  if (!match.asPath && !match.asPathLists) return tests
  return [...tests, pathTest(lists.asPatterns(match.asPathLists ?? [], match.asPath ?? []))]
}

function pathTest(patterns: readonly AsPattern[]): SetTest {
  return (attributes, set) =>
    onPath(attributes, set, (bytes, from, to) => {
      for (const pattern of patterns) if (matchesPath(pattern, bytes, from, to)) return true
      return false
    })
}

/** Asks something of the segments of the AS_PATH. */
function onPath(
  attributes: AttributeStore,
  set: number,
  ask: (bytes: Uint8Array, from: number, to: number) => boolean,
): boolean {
  const { keys } = attributes
  const at = findAttribute(keys, attributes.keyStart(set), attributes.keyEnd(set), AttributeCode.AS_PATH)
  return at < 0 ? ask(keys, 0, 0) : ask(keys, valueStart(keys, at), valueEnd(keys, at))
}

function contains(bounds: readonly number[], bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    const behind = at + 2 + bytes[at + 1]! * 4
    for (let i = at + 2; i < behind; i += 4) if (inRanges(bounds, readUint32(bytes, i))) return true
    at = behind
  }
  return false
}

const isIn =
  (communities: CommunitySet): SetTest =>
  (attributes, set) =>
    communities.isIn(attributes, set)

const not =
  (test: SetTest): SetTest =>
  (attributes, set) =>
    !test(attributes, set)

/** Of an IPv6 next hop with a link-local one behind it, the first counts. */
function nexthopIn(prefixes: PrefixSet): SetTest {
  return (attributes, set) => {
    const start = attributes.keyStart(set)
    const four = attributes.keys[start] === 4
    return prefixes.matches(four ? 4 : 6, attributes.keys, start + 1, four ? 32 : 128)
  }
}

function fits(wanted: number | { readonly ge?: number; readonly le?: number }, value: number): boolean {
  if (typeof wanted === 'number') return value === wanted
  return value >= (wanted.ge ?? 0) && value <= (wanted.le ?? Number.POSITIVE_INFINITY)
}

function boundsOf(ranges: readonly (number | string)[]): number[] {
  return ranges.flatMap(range => (typeof range === 'number' ? [range, range] : (readAsRange(range) ?? [])))
}
