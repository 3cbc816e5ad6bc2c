import type { AdvertisedPath, PathDescription, RouteRow } from '../../bgp/index.ts'
import type { AddressFamily } from '../../model/config-bgp.ts'
import type { BgpAdvertisedRoute, BgpPath, BgpRoute } from '../../model/state-bgp.ts'
import type { Family } from '../../net/address.ts'
import type { Hop } from '../../routing/index.ts'
import { attributesState } from './bgp-attributes.ts'

export const FAMILY_NAMES: Readonly<Record<Family, AddressFamily>> = { 4: 'ipv4-unicast', 6: 'ipv6-unicast' }

/** Whether the kernel forwards by the best path, and why. */
export interface Installation {
  readonly installed: boolean
  /** A sentence. */
  readonly why: string
}

/** What is asked of those who know more of a route than the speaker. */
export interface RouteSurroundings {
  /** Why a next hop cannot be reached, as a sentence without its full stop; undefined where it can. */
  fault(hop: Hop): string | undefined
  readonly installation: Installation
}

/** A prefix with its paths, each with its reason. Pure. */
export function bgpRouteState(family: Family, row: RouteRow, around: RouteSurroundings): BgpRoute {
  return {
    prefix: row.prefix,
    family: FAMILY_NAMES[family],
    installed: around.installation.installed,
    installation: around.installation.why,
    pathCount: row.pathCount,
    paths: row.paths.map(path => pathState(path, row.usable, around)),
    ...(row.last && { cursor: `${row.last.standing}.${row.last.row}` }),
  }
}

/** A prefix as a neighbour was told of it. Pure. */
export function advertisedState(
  family: Family,
  { prefix, paths }: { readonly prefix: string; readonly paths: readonly AdvertisedPath[] },
): BgpAdvertisedRoute {
  return {
    prefix,
    family: FAMILY_NAMES[family],
    paths: paths.map(({ pathId, attributes }) => ({
      ...(pathId !== undefined && { pathId }),
      attributes: attributesState(attributes),
    })),
  }
}

function pathState(path: PathDescription, usable: number, around: RouteSurroundings): BgpPath {
  const own = path.neighbor === undefined
  const received = attributesState(path.received)
  const attributes = path.accepted ? attributesState(path.accepted) : received
  const changed = JSON.stringify(attributes) !== JSON.stringify(received)
  const link = path.hop?.interface ?? path.tunnel
  return {
    ...(path.neighbor !== undefined && { neighbor: path.neighbor }),
    ...(!own && path.pathId !== 0 && { pathId: path.pathId }),
    best: path.best,
    multipath: path.multipath,
    accepted: path.accepted !== undefined,
    stale: path.stale,
    reason: reasonOf(path, usable, around),
    ...(path.lost !== undefined && { lostAt: path.lost }),
    ...(path.metric !== undefined && !own && { metric: path.metric }),
    ...(link !== undefined && { interface: link }),
    attributes,
    ...(changed && { received }),
  }
}

/** In a sentence: why a path won, to which it lost and by what, or why it takes no part. */
function reasonOf(path: PathDescription, usable: number, around: RouteSurroundings): string {
  const stale = path.stale ? ' It is stale: kept while its neighbour restarts.' : ''
  return `${verdictOf(path, usable, around)}${stale}`
}

function verdictOf(path: PathDescription, usable: number, around: RouteSurroundings): string {
  if (path.neighbor === undefined) return 'Our own route: it is announced before all that are learned.'
  if (path.accepted === undefined)
    return `Not accepted: ${path.rejected?.text ?? 'the import policy rejects it'}.`
  if (path.best) return usable === 1 ? 'Best: the only path that can be used.' : `Best of ${usable} paths.`
  if (path.lostTo) {
    const { neighbor = 'our own route', comparison } = path.lostTo
    return path.multipath
      ? `Shares load with the best path: equal up to the IGP metric. The tie goes to ${neighbor}: ${comparison}.`
      : `Lost to ${neighbor}: ${comparison}.`
  }
  const fault = path.hop && around.fault(path.hop)
  return `Not used: ${fault ?? 'its next hop cannot be reached'}.`
}
