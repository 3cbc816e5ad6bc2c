import type { DecisionStep } from './decision.ts'

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
  /** Why it is not the best. */
  readonly lost: DecisionStep | undefined
}
