import { prefixMatchOf } from '../../bgp/policy/prefix-range.ts'
import type { PolicyRule, PrefixEntry, PrefixMatch } from '../../model/config-policy.ts'
import { ADDRESS_BITS } from '../../net/address.ts'
import { formatPrefix, networkOf, parsePrefix, prefixFamily } from '../../net/prefix.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { suggest } from '../words.ts'
import { type Check, type CheckContext, duplicates } from './context.ts'
import { policyUses } from './policy-uses.ts'
import { hostBitsFinding } from './routes.ts'

export const policyChecks: readonly Check[] = [
  { name: 'each policy has a name of its own', run: duplicatePolicies },
  { name: 'the prefix of a match has no host bits', run: matchHostBits },
  { name: 'the lengths of a match fit its prefix', run: matchRanges },
  { name: 'a match stands once in its rule', run: duplicateMatches },
  { name: 'the neighbour groups of a match are there', run: matchGroups },
  { name: 'the tunnel of a rule is there and is a tunnel', run: tunnelInterfaces },
  { name: 'a rule that rejects sets nothing', run: setOnReject },
  { name: 'each rule can be reached', run: unreachedRules },
  { name: 'the bounds of a number leave some', run: emptyBounds },
  { name: 'communities are set, or changed', run: setAndChange },
  { name: 'a next hop has a meaning in the direction of its policy', run: nexthopDirections },
]

function duplicatePolicies(context: CheckContext): readonly Finding[] {
  return duplicates(
    (context.config.policies ?? []).map(({ name }, index) => ({ name, path: ['policies', index] })),
    ({ name }) => name,
    ({ name, path }, first) =>
      finding([...path, 'name'], 'duplicate-policy', { name, other: context.place(first.path) }),
  )
}

function rulesOf({ config }: CheckContext) {
  return (config.policies ?? []).flatMap((policy, index) =>
    policy.rules.map((rule, position) => ({ rule, path: ['policies', index, 'rules', position] })),
  )
}

interface MatchEntry {
  readonly match: PrefixMatch
  /** Where it stands, and where a part of it does: in the short form all parts are one. */
  readonly path: Path
  part(key: keyof PrefixMatch): Path
  /** The rule or list that it is of, as text. */
  readonly owner: string
}

function matchesOf(context: CheckContext): readonly MatchEntry[] {
  const inRules = rulesOf(context).flatMap(({ rule, path }) =>
    entriesOf(rule.match?.prefixes ?? [], [...path, 'match', 'prefixes']),
  )
  const inLists = (context.config.prefixLists ?? []).flatMap(({ entries }, index) =>
    entriesOf(entries, ['prefixLists', index, 'entries']),
  )
  return [...inLists, ...inRules]
}

function entriesOf(entries: readonly PrefixEntry[], list: Path): readonly MatchEntry[] {
  return entries.flatMap((entry, index) => {
    const match = prefixMatchOf(entry)
    const path = [...list, index]
    const part = (key: keyof PrefixMatch) => (typeof entry === 'string' ? path : [...path, key])
    return match ? [{ match, path, part, owner: list.join(' ') }] : []
  })
}

function matchHostBits(context: CheckContext): readonly Finding[] {
  const nexthops = rulesOf(context).flatMap(({ rule, path }) =>
    (rule.match?.nexthop ?? []).flatMap((prefix, index) =>
      hostBitsFinding([...path, 'match', 'nexthop', index], prefix),
    ),
  )
  return [
    ...matchesOf(context).flatMap(({ match, part }) => hostBitsFinding(part('prefix'), match.prefix)),
    ...nexthops,
  ]
}

function matchRanges(context: CheckContext): readonly Finding[] {
  return matchesOf(context).flatMap(({ match, part }) => {
    const prefix = parsePrefix(match.prefix)
    if (!prefix) return []
    const { length } = prefix
    const bits = ADDRESS_BITS[prefixFamily(prefix)]
    const fault = (key: 'ge' | 'le', bounds = ''): Finding =>
      finding(part(key), 'prefix-match-range', { key, value: match[key]!, length, bits, bounds })
    const findings: Finding[] = []
    const outside = (value: number | undefined) => value !== undefined && (value < length || value > bits)
    if (outside(match.ge)) findings.push(fault('ge'))
    if (outside(match.le)) findings.push(fault('le'))
    if (findings.length === 0 && match.ge !== undefined && match.le !== undefined && match.ge > match.le)
      findings.push(fault('ge', ` and le ${match.le}`))
    return findings
  })
}

function duplicateMatches(context: CheckContext): readonly Finding[] {
  return duplicates(
    matchesOf(context),
    ({ match, owner }) => {
      const prefix = parsePrefix(match.prefix)
      return prefix && `${owner} ${formatPrefix(networkOf(prefix))} ${match.ge ?? ''} ${match.le ?? ''}`
    },
    ({ match, part }, first) =>
      finding(part('prefix'), 'duplicate-prefix-match', {
        prefix: match.prefix,
        other: context.place(first.path),
      }),
  )
}

function matchGroups(context: CheckContext): readonly Finding[] {
  if (!context.known.groups) return []
  const groups = (context.config.bgp?.neighborGroups ?? []).map(({ name }) => name)
  return rulesOf(context).flatMap(({ rule, path }) =>
    (rule.match?.neighborGroups ?? []).flatMap((name, index) =>
      groups.includes(name)
        ? []
        : [
            finding([...path, 'match', 'neighborGroups', index], 'unknown-group', {
              name,
              advice: suggest(name, groups, 'bgp.neighborGroups'),
            }),
          ],
    ),
  )
}

function tunnelInterfaces(context: CheckContext): readonly Finding[] {
  return rulesOf(context).flatMap(({ rule, path }) => {
    const name = rule.set?.tunnel
    if (name === undefined) return []
    const at = [...path, 'set', 'tunnel']
    const target = context.find(name)
    if (!target) return context.unknownInterface(at, name)
    const { type } = target.interface
    return type === 'vxlan' || type === 'ipip' ? [] : [finding(at, 'policy-tunnel-type', { name, type })]
  })
}

function setOnReject(context: CheckContext): readonly Finding[] {
  return rulesOf(context).flatMap(({ rule, path }) =>
    rule.action === 'reject' && rule.set !== undefined
      ? [finding([...path, 'set'], 'policy-set-on-reject', {})]
      : [],
  )
}

/** Behind a rule that decides about every route nothing else is asked. */
function unreachedRules(context: CheckContext): readonly Finding[] {
  return (context.config.policies ?? []).flatMap(({ rules }, policy) => {
    const last = rules.findIndex(decidesAll)
    const at = (rule: number) => ['policies', policy, 'rules', rule]
    return last < 0 || last === rules.length - 1
      ? []
      : [finding(at(last + 1), 'policy-rule-unreached', { other: context.place(at(last)) })]
  })
}

function decidesAll({ match, action }: PolicyRule): boolean {
  return action !== 'next' && Object.keys(match ?? {}).length === 0
}

function emptyBounds(context: CheckContext): readonly Finding[] {
  return rulesOf(context).flatMap(({ rule, path }) =>
    (['asPathLength', 'localPreference', 'med'] as const).flatMap(key => {
      const wanted = rule.match?.[key]
      if (wanted === undefined || typeof wanted === 'number') return []
      const { ge, le } = wanted
      if (ge === undefined || le === undefined || ge <= le) return []
      return [finding([...path, 'match', key, 'ge'], 'policy-empty-bounds', { ge, le })]
    }),
  )
}

function setAndChange(context: CheckContext): readonly Finding[] {
  return rulesOf(context).flatMap(({ rule, path }) => {
    const edit = rule.set?.communities
    if (!edit?.set || (!edit.add && !edit.remove)) return []
    return [finding([...path, 'set', 'communities', 'set'], 'policy-set-and-change', {})]
  })
}

/** Where each word for a next hop has a meaning. */
const DIRECTION = { self: 'export', unchanged: 'export', peer: 'import' } as const

const NEXTHOP_ADVICE = {
  import: 'Give an address or peer, or leave nexthop out',
  export: 'Give an address, self or unchanged, or leave nexthop out',
} as const

function nexthopDirections(context: CheckContext): readonly Finding[] {
  const uses = policyUses(context)
  const policies = context.config.policies ?? []
  return rulesOf(context).flatMap(({ rule, path }) => {
    const value = rule.set?.nexthop
    const direction = value === undefined ? undefined : DIRECTION[value as keyof typeof DIRECTION]
    if (value === undefined || direction === undefined) return []
    const name = policies[path[1] as number]?.name
    const wrong = uses.find(use => use.name === name && use.direction !== direction)
    if (!wrong) return []
    return [
      finding([...path, 'set', 'nexthop'], 'policy-nexthop-direction', {
        value,
        direction,
        used: wrong.direction,
        session: context.place(wrong.session),
        advice: NEXTHOP_ADVICE[wrong.direction],
      }),
    ]
  })
}
