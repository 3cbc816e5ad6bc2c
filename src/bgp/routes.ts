import { FirstInOrder } from '../net/first-in-order.ts'
import type { Hop } from '../routing/nexthop-set.ts'
import type { Refusal } from './refusal.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import type { DecisionStep } from './rib/decision.ts'
import type { PathRow } from './rib/path-row.ts'
import type { PathTable } from './rib/path-table.ts'
import { LOCAL } from './rib/peers.ts'
import type { Attributes } from './wire/index.ts'

/** A path of a prefix, for people. */
export interface PathDescription {
  /** Address of the neighbour that announced it; undefined: a route of our own. */
  readonly neighbor: string | undefined
  readonly pathId: number
  /** As received, before the import policy. */
  readonly received: Attributes
  /** After it; undefined where it is not accepted: by policy, for a loop, or for its next hop. */
  readonly accepted: Attributes | undefined
  /** Why it is not. */
  readonly rejected: Refusal | undefined
  /** The tunnel that the import policy sends its packets through. */
  readonly tunnel: string | undefined
  /** Kept from before a restart of the neighbour. */
  readonly stale: boolean
  readonly best: boolean
  /** One of the paths whose next hops are used. */
  readonly multipath: boolean
  /** Its next hop after policy; undefined for our own routes and where it is not accepted. */
  readonly hop: Hop | undefined
  /** IGP metric of the next hop, undefined where it cannot be reached. */
  readonly metric: number | undefined
  /** The step of the decision process that took it out. */
  readonly lost: DecisionStep | undefined
  /** The neighbour whose path it lost to, and by what: 'LOCAL_PREF 100 < 200'. */
  readonly lostTo: { readonly neighbor: string | undefined; readonly comparison: string } | undefined
}

export interface RouteRow {
  readonly prefix: string
  /** Those that are wanted: our own and the best first, then what shares its load, then who lost, and last who takes no part. */
  readonly paths: readonly PathDescription[]
  /** Paths that there are, wanted or not: all, or those of the neighbour that was named. */
  readonly pathCount: number
  /** Learned paths that take part in the decision process. */
  readonly usable: number
  /** The place of the last of `paths`, where others follow. */
  readonly last: PathPlace | undefined
}

/** Where a path stands among those of its prefix; it keeps its place for as long as nothing else becomes of it. */
export interface PathPlace {
  /** 0 best or our own, 1 shares load with the best, 2 lost, 3 takes no part. */
  readonly standing: number
  readonly row: number
}

/** Which paths of a prefix are wanted; all of them where nothing is said. */
export interface WantedPaths {
  /** Only those of this neighbour. */
  readonly peer?: number | undefined
  /** Only those behind this place. */
  readonly after?: PathPlace | undefined
  /** At most so many. */
  readonly first?: number
}

/** What describing asks of whoever knows the neighbours, by their number in the tables. */
export interface KnownNeighbors {
  addressOf(peer: number): string | undefined
  refusalOf(peer: number, slot: number, received: number): Refusal | undefined
}

/** A prefix with the paths that are wanted. The decision looks at all of them, and what it says is put into words for these. */
export function describePrefix(
  table: PathTable,
  attributes: AttributeStore,
  slot: number,
  neighbors: KnownNeighbors,
  { peer, after, first = Number.POSITIVE_INFINITY }: WantedPaths = {},
): RouteRow {
  const found = new FirstInOrder<PathRow>(first, comparePaths)
  let pathCount = 0
  let usable = 0
  for (const path of table.paths(slot)) {
    if (path.usable) usable++
    if (peer !== undefined && path.peer !== peer) continue
    pathCount++
    if (!after || isBehind(path, after)) found.add(path)
  }
  const wanted = found.sorted()
  const last = found.more ? wanted.at(-1) : undefined
  return {
    prefix: table.prefixes.text(slot),
    paths: wanted.map(path => describePath(path, attributes, slot, neighbors)),
    pathCount,
    usable,
    last: last && { standing: standingOf(last), row: last.row },
  }
}

function describePath(
  path: PathRow,
  attributes: AttributeStore,
  slot: number,
  { addressOf, refusalOf }: KnownNeighbors,
): PathDescription {
  const { loss } = path
  return {
    neighbor: path.peer === LOCAL ? undefined : addressOf(path.peer),
    pathId: path.pathId,
    received: attributes.decode(path.received),
    accepted: path.effective === 0 ? undefined : attributes.decode(path.effective),
    rejected: path.effective === 0 ? refusalOf(path.peer, slot, path.received) : undefined,
    tunnel: path.effective === 0 ? undefined : attributes.tunnel(path.effective),
    stale: path.stale,
    best: path.best,
    multipath: path.multipath,
    hop: path.hop,
    metric: path.metric,
    lost: loss?.step,
    lostTo: loss && { neighbor: addressOf(loss.peer), comparison: loss.comparison },
  }
}

function standingOf(path: PathRow): number {
  if (path.best || path.peer === LOCAL) return 0
  if (path.multipath) return 1
  return path.usable ? 2 : 3
}

/** Of one standing, the later row comes first: the order of the table, where nothing has gone in between. */
function comparePaths(a: PathRow, b: PathRow): number {
  return standingOf(a) - standingOf(b) || b.row - a.row
}

function isBehind(path: PathRow, place: PathPlace): boolean {
  return (standingOf(path) - place.standing || place.row - path.row) > 0
}
