import { isListName, parseCommunity, WELL_KNOWN_NAMES } from '../../bgp/policy/community-text.ts'
import type { PolicyRule } from '../../model/config-policy.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { suggest } from '../words.ts'
import { type Check, type CheckContext, duplicates } from './context.ts'

export const policyListChecks: readonly Check[] = [
  { name: 'each list has a name of its own', run: duplicateLists },
  { name: 'the name of a list of communities is no community', run: takenNames },
  { name: 'the lists of a rule are there', run: unknownLists },
  { name: 'a list that is set has whole communities', run: patternsSet },
]

const SECTIONS = ['prefixLists', 'asPathLists', 'communityLists'] as const
type Section = (typeof SECTIONS)[number]

function namesOf({ config }: CheckContext, section: Section): readonly string[] {
  return (config[section] ?? []).map(({ name }) => name)
}

function duplicateLists(context: CheckContext): readonly Finding[] {
  return SECTIONS.flatMap(section =>
    duplicates(
      namesOf(context, section).map((name, index) => ({ name, path: [section, index] })),
      ({ name }) => name,
      ({ name, path }, first) =>
        finding([...path, 'name'], 'duplicate-list', { name, other: context.place(first.path) }),
    ),
  )
}

function takenNames(context: CheckContext): readonly Finding[] {
  return namesOf(context, 'communityLists').flatMap((name, index) =>
    WELL_KNOWN_NAMES.includes(name)
      ? [finding(['communityLists', index, 'name'], 'list-name-taken', { name })]
      : [],
  )
}

interface Reference {
  readonly section: Section
  readonly name: string
  readonly path: Path
  /** The communities of the list are given to routes. */
  readonly given: boolean
}

function references({ config }: CheckContext): readonly Reference[] {
  return (config.policies ?? []).flatMap((policy, index) =>
    policy.rules.flatMap((rule, position) => ofRule(rule, ['policies', index, 'rules', position])),
  )
}

function ofRule({ match, set }: PolicyRule, rule: Path): readonly Reference[] {
  const named = (['prefixLists', 'asPathLists'] as const).flatMap(section =>
    (match?.[section] ?? []).map((name, index) => ({
      section,
      name,
      path: [...rule, 'match', section, index],
      given: false,
    })),
  )
  const items = [
    ...Object.entries(match?.communities ?? {}).map(([key, list]) => ({ side: 'match', key, list })),
    ...Object.entries(set?.communities ?? {}).map(([key, list]) => ({ side: 'set', key, list })),
  ]
  const communities = items.flatMap(({ side, key, list }) =>
    list.flatMap((name, index) => {
      const path = [...rule, side, 'communities', key, index]
      const given = side === 'set' && key !== 'remove'
      return isListName(name) ? [{ section: 'communityLists' as const, name, path, given }] : []
    }),
  )
  return [...named, ...communities]
}

function unknownLists(context: CheckContext): readonly Finding[] {
  return references(context).flatMap(({ section, name, path }) => {
    const names = namesOf(context, section)
    if (names.includes(name) || !context.known.lists) return []
    return [finding(path, 'unknown-list', { name, where: section, advice: suggest(name, names, section) })]
  })
}

function patternsSet(context: CheckContext): readonly Finding[] {
  return references(context).flatMap(({ section, name, path, given }) => {
    if (!given || section !== 'communityLists') return []
    const list = context.config.communityLists?.find(each => each.name === name)
    const entry = list?.entries.find(text => !parseCommunity(text))
    return entry === undefined ? [] : [finding(path, 'list-with-pattern', { name, entry })]
  })
}
