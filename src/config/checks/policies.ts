import type { PrefixMatch } from '../../model/config-policy.ts'
import { ADDRESS_BITS } from '../../net/address.ts'
import { formatPrefix, networkOf, parsePrefix, prefixFamily } from '../../net/prefix.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { suggest } from '../words.ts'
import { type Check, type CheckContext, duplicates } from './context.ts'
import { hostBitsFinding } from './routes.ts'

export const policyChecks: readonly Check[] = [
  { name: 'each policy has a name of its own', run: duplicatePolicies },
  { name: 'the prefix of a match has no host bits', run: matchHostBits },
  { name: 'the lengths of a match fit its prefix', run: matchRanges },
  { name: 'a match stands once in its rule', run: duplicateMatches },
  { name: 'the neighbour groups of a match are there', run: matchGroups },
  { name: 'the tunnel of a rule is there and is a tunnel', run: tunnelInterfaces },
  { name: 'a rule that rejects sets nothing', run: setOnReject },
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
  readonly path: Path
  /** The rule that it is of. */
  readonly rule: number
}

function matchesOf(context: CheckContext): readonly MatchEntry[] {
  return rulesOf(context).flatMap(({ rule, path }, number) =>
    (rule.match?.prefixes ?? []).map((match, index) => ({
      match,
      path: [...path, 'match', 'prefixes', index],
      rule: number,
    })),
  )
}

function matchHostBits(context: CheckContext): readonly Finding[] {
  return matchesOf(context).flatMap(({ match, path }) => hostBitsFinding([...path, 'prefix'], match.prefix))
}

function matchRanges(context: CheckContext): readonly Finding[] {
  return matchesOf(context).flatMap(({ match, path }) => {
    const prefix = parsePrefix(match.prefix)
    if (!prefix) return []
    const { length } = prefix
    const bits = ADDRESS_BITS[prefixFamily(prefix)]
    const fault = (key: 'ge' | 'le', bounds = ''): Finding =>
      finding([...path, key], 'prefix-match-range', { key, value: match[key]!, length, bits, bounds })
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
    ({ match, rule }) => {
      const prefix = parsePrefix(match.prefix)
      return prefix && `${rule} ${formatPrefix(networkOf(prefix))} ${match.ge ?? ''} ${match.le ?? ''}`
    },
    ({ match, path }, first) =>
      finding([...path, 'prefix'], 'duplicate-prefix-match', {
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
