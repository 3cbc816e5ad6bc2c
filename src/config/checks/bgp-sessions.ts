import type { Bgp, BgpNeighbor, BgpNeighborGroup } from '../../model/config-bgp.ts'
import type { Path } from '../path.ts'

/** Neighbours and groups: what has the settings of a session. */
export interface SessionEntry {
  readonly session: BgpNeighbor | BgpNeighborGroup
  /** The group of a neighbour. */
  readonly group: BgpNeighborGroup | undefined
  readonly path: Path
}

export function neighborsOf(
  bgp: Bgp | undefined,
): readonly (SessionEntry & { readonly session: BgpNeighbor })[] {
  return (bgp?.neighbors ?? []).map((session, index) => ({
    session,
    group: bgp?.neighborGroups?.find(({ name }) => name === session.group),
    path: ['bgp', 'neighbors', index],
  }))
}

export function groupsOf(
  bgp: Bgp | undefined,
): readonly (SessionEntry & { readonly session: BgpNeighborGroup })[] {
  return (bgp?.neighborGroups ?? []).map((session, index) => ({
    session,
    group: undefined,
    path: ['bgp', 'neighborGroups', index],
  }))
}

export function sessionsOf(bgp: Bgp | undefined): readonly SessionEntry[] {
  return [...groupsOf(bgp), ...neighborsOf(bgp)]
}

/** How a sentence begins that is about a neighbour or a group. */
export function sessionName({ session }: SessionEntry): string {
  return 'address' in session ? `The neighbour ${session.address}` : `The group ${session.name}`
}
