import type { PolicyMatch, PolicyRule, PolicySet } from '../../model/config-policy.ts'
import { formatPrefixMatch, prefixMatchOf } from './prefix-range.ts'

/** Items of a list that a line shows. */
const SHOWN = 4

/** A rule in one line: `10.244.0.0/16 le 26, community 65000:1 → accept, local-preference 200`. */
export function describeRule({ match, action, set }: PolicyRule): string {
  const conditions = match ? describeMatch(match) : []
  const changes = set && action !== 'reject' ? describeSet(set) : []
  return `${conditions.join(', ') || 'every route'} → ${[action, ...changes].join(', ')}`
}

function describeMatch(match: PolicyMatch): string[] {
  const { family, asPathLength, communities, localPreference, med } = match
  const prefixes = [
    ...(match.prefixes ?? []).map(entry => {
      const read = prefixMatchOf(entry)
      return read ? formatPrefixMatch(read) : String(entry)
    }),
    ...(match.prefixLists ?? []).map(name => `prefix-list ${name}`),
  ]
  const paths = [
    ...(match.asPath ?? []).map(pattern => `as-path ${pattern.trim()}`),
    ...(match.asPathLists ?? []).map(name => `as-path-list ${name}`),
  ]
  return [
    ...(family ? [family] : []),
    ...either('', prefixes),
    ...either('from ', match.sources),
    ...either('neighbor-group ', match.neighborGroups),
    ...either('neighbor ', match.neighbors),
    ...either('', paths),
    ...either('origin-as ', match.originAs),
    ...either('neighbor-as ', match.neighborAs),
    ...either('contains-as ', match.containsAs),
    ...bounded('as-path-length', asPathLength),
    ...either('community ', communities?.any),
    ...(communities?.all ? [`community ${shown(communities.all, ' and ')}`] : []),
    ...(communities?.none ? [`no community ${shown(communities.none, ' or ')}`] : []),
    ...either('next-hop ', match.nexthop),
    ...bounded('local-preference', localPreference),
    ...bounded('med', med),
    ...either('origin ', match.origin),
  ]
}

function describeSet(set: PolicySet): string[] {
  const { localPreference, med, origin, communities, asPathPrepend, nexthop, blackhole, tunnel } = set
  return [
    ...(localPreference === undefined ? [] : [`local-preference ${localPreference}`]),
    ...(med === undefined ? [] : [`med ${med}`]),
    ...(origin ? [`origin ${origin}`] : []),
    ...(communities?.set ? [`communities ${shown(communities.set, ' ') || 'none'}`] : []),
    ...(communities?.remove ? [`remove ${shown(communities.remove, ' ')}`] : []),
    ...(communities?.add ? [`add ${shown(communities.add, ' ')}`] : []),
    ...(asPathPrepend ? [`prepend ${asPathPrepend.as ?? 'own AS'} ${times(asPathPrepend.times)}`] : []),
    ...(nexthop === undefined ? [] : [`next-hop ${nexthop}`]),
    ...(blackhole ? ['blackhole'] : []),
    ...(tunnel === undefined ? [] : [`tunnel ${tunnel}`]),
  ]
}

function either(word: string, items: readonly (string | number)[] | undefined): string[] {
  return items && items.length > 0 ? [`${word}${shown(items, ' or ')}`] : []
}

function shown(items: readonly (string | number)[], between: string): string {
  const some = items.slice(0, SHOWN).join(between)
  return items.length > SHOWN ? `${some}${between}${items.length - SHOWN} more` : some
}

function bounded(word: string, wanted: PolicyMatch['med']): string[] {
  if (wanted === undefined) return []
  if (typeof wanted === 'number') return [`${word} ${wanted}`]
  const { ge, le } = wanted
  return [`${word}${ge === undefined ? '' : ` ge ${ge}`}${le === undefined ? '' : ` le ${le}`}`]
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
