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
  /** The step of the decision process that took it out. */
  readonly lost: DecisionStep | undefined
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
    lost: path.lost,
  }))
  return { prefix: table.prefixes.text(slot), paths }
}
