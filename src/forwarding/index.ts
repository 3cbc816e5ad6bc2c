export {
  type DesiredAddress,
  type DesiredFdbEntry,
  type DesiredLink,
  type DesiredNeighbor,
  type DesiredState,
  desiredState,
  type MtuRule,
} from './desired.ts'
export { Fib, type FibStatus } from './fib.ts'
export { CAUSEWAY_PROTOCOL } from './marks.ts'
export { diff, type Plan, plan } from './plan.ts'
export { type ReconcileReport, Reconciler } from './reconciler.ts'
export { NOTHING_OWNED, type Owned, readSnapshot, type Snapshot } from './snapshot.ts'
export type { Problem, Step } from './step.ts'
export type { DesiredSysctl } from './sysctls.ts'
