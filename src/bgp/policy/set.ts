import type { PolicySet } from '../../model/config-policy.ts'
import { type Family, parseAddress } from '../../net/address.ts'
import { type Change, NexthopChoice, type NumberChange } from '../rib/change.ts'
import type { CommunityPattern } from './community-text.ts'
import type { NamedLists } from './lists.ts'
import { ORIGINS } from './match-set.ts'

/** Where a policy stands, as far as what it sets hangs on that. */
export interface PolicySide {
  readonly direction: 'import' | 'export'
  /** What `asPathPrepend` puts in front without an AS of its own. */
  readonly localAs: number
  /** The address of the neighbour, for `nexthop: peer`. */
  readonly peerAddress?: string | undefined
}

/** What a rule changes on routes of a family. A next hop of the other family than theirs is left out. */
export function changeOf(set: PolicySet, family: Family, side: PolicySide, lists: NamedLists): Change {
  const { localPreference, med, origin, communities, asPathPrepend, tunnel, blackhole } = set
  const edit = communities && {
    ...(communities.set && { clear: true }),
    ...(communities.remove && { remove: communities.remove.flatMap(item => lists.communities(item)) }),
    ...((communities.set || communities.add) && {
      add: values([...(communities.set ?? []), ...(communities.add ?? [])], lists),
    }),
  }
  return {
    ...(localPreference !== undefined && { localPreference: numberChange(localPreference) }),
    ...(med !== undefined && { med: med === 'none' ? null : numberChange(med) }),
    ...(origin !== undefined && { origin: ORIGINS.indexOf(origin) }),
    ...(edit && { communities: [edit] }),
    ...(asPathPrepend && {
      prepend: new Array<number>(asPathPrepend.times).fill(asPathPrepend.as ?? side.localAs),
    }),
    ...(set.nexthop !== undefined && nexthopChange(set.nexthop, family, side)),
    ...(blackhole && side.direction === 'import' && { blackhole: true }),
    ...(tunnel !== undefined && side.direction === 'import' && { tunnel }),
  }
}

function values(items: readonly string[], lists: NamedLists): CommunityPattern[] {
  return items.flatMap(item => lists.communities(item)).filter(({ exact }) => exact)
}

function numberChange(change: number | string): NumberChange {
  return typeof change === 'number' ? change : { add: Number(change) }
}

function nexthopChange(text: string, family: Family, { direction, peerAddress }: PolicySide): Change {
  const exporting = direction === 'export'
  if (text === 'self') return exporting ? { nexthopChoice: NexthopChoice.SELF } : {}
  if (text === 'unchanged') return exporting ? { nexthopChoice: NexthopChoice.UNCHANGED } : {}
  if (text === 'peer' && (exporting || peerAddress === undefined)) return {}
  const nexthop = parseAddress(text === 'peer' ? peerAddress! : text)
  // IPv4 routes may go to an IPv6 next hop (RFC 8950), not the other way.
  if (!nexthop || (family === 6 && nexthop.length === 4)) return {}
  return { nexthop, ...(exporting && { nexthopChoice: NexthopChoice.UNCHANGED }) }
}
