import type { Hop } from '../routing/nexthop-set.ts'
import type { Refusal } from './refusal.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import type { DecisionStep } from './rib/decision.ts'
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
  readonly paths: readonly PathDescription[]
}

export function describePrefix(
  table: PathTable,
  attributes: AttributeStore,
  slot: number,
  addressOf: (peer: number) => string | undefined,
  refusalOf: (peer: number, slot: number, received: number) => Refusal | undefined = () => undefined,
): RouteRow {
  const paths = table.paths(slot).map(path => ({
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
    lost: path.loss?.step,
    lostTo: path.loss && { neighbor: addressOf(path.loss.peer), comparison: path.loss.comparison },
  }))
  return { prefix: table.prefixes.text(slot), paths }
}
