import type { Hop } from '../../routing/nexthop-set.ts'
import type { DecisionStep } from './decision.ts'

/** To which path a path lost, where, and by what. */
export interface Loss {
  readonly step: DecisionStep
  /** Number of the neighbour whose path won. */
  readonly peer: number
  /** 'LOCAL_PREF 100 < 200' */
  readonly comparison: string
}

/** A path as people see it. */
export interface PathRow {
  readonly row: number
  readonly peer: number
  readonly pathId: number
  readonly received: number
  /** 0: not accepted. */
  readonly effective: number
  readonly stale: boolean
  readonly best: boolean
  readonly multipath: boolean
  /** It took part in the decision process: it is the best of those learned, or lost at a step. */
  readonly usable: boolean
  /** Its next hop after policy; undefined for our own routes and where it is not accepted. */
  readonly hop: Hop | undefined
  /** IGP metric of the next hop, undefined where it cannot be reached. */
  readonly metric: number | undefined
  /** Why it is not the best, though it might have been. */
  readonly loss: Loss | undefined
}
