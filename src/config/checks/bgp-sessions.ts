import type { Bgp, BgpNeighbor, BgpNeighborGroup } from '../../model/config-bgp.ts'
import { parseZoned } from '../../net/zone.ts'
import type { Path } from '../path.ts'

/** Neighbours and groups: what has the settings of a session. */
export interface SessionEntry {
  readonly session: BgpNeighbor | BgpNeighborGroup
  /** The group of a neighbour. */
  readonly group: BgpNeighborGroup | undefined
  readonly path: Path
}

export interface NeighborEntry extends SessionEntry {
  readonly session: BgpNeighbor
  /** What it is known by: its address, or `%eth0`. */
  readonly address: string
  /** Its address in bytes, without zone; undefined where it has none. */
  readonly bytes: Uint8Array | undefined
}

export function neighborsOf(bgp: Bgp | undefined): readonly NeighborEntry[] {
  return (bgp?.neighbors ?? []).map((session, index) => ({
    session,
    address: nameOf(session),
    bytes: session.address === undefined ? undefined : parseZoned(session.address)?.bytes,
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

/** Whether a neighbour of an AS is an external one: not of our own AS, nor of another of our confederation (RFC 5065). */
export function isExternalAs({ localAs, confederation }: Bgp, as: number): boolean {
  return as !== localAs && !(confederation?.members.includes(as) ?? false)
}

/** How a sentence begins that is about a neighbour or a group. */
export function sessionName({ session }: SessionEntry): string {
  if ('name' in session) return `The group ${session.name}`
  return `The neighbour ${nameOf(session)}`
}

function nameOf({ address, interface: link }: BgpNeighbor): string {
  return address ?? (link === undefined ? 'without address' : `%${link}`)
}
