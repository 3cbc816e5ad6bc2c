import type { KernelChange } from '../kernel/objects.ts'
import type { DesiredState } from './desired.ts'
import { planEntries } from './plan-entries.ts'
import { planLinks } from './plan-links.ts'
import { planSysctls } from './plan-sysctls.ts'
import { type Owned, type Snapshot, View } from './snapshot.ts'
import type { Problem, Step } from './step.ts'

export interface Plan {
  readonly steps: readonly Step[]
  readonly problems: readonly Problem[]
  /** Found values that were put back or have lost their object: keys of `Owned.found`. */
  readonly forgets: readonly string[]
}

/**
 * What is to be done next to bring the kernel from what a snapshot shows to what is desired. Only what is possible
 * now: what stands on a link that is yet to be made follows from the next snapshot, once the link has an index.
 *
 * Removals come first and from the top down (an FDB entry before its link, a VLAN before its parent), because what is
 * to be added may need the place: one VNI and port, one address, one VLAN tag. Then, from the bottom up: settings of
 * the box, links with what they stand on before them, settings of interfaces, links set up, addresses,
 * neighbours, FDB entries. Pure; only what is ours is ever changed or removed.
 */
export function plan(desired: DesiredState, snapshot: Snapshot, owned: Owned): Plan {
  const view = new View(snapshot, owned)
  const links = planLinks(desired, view)
  const entries = planEntries(desired, view, links.goes)
  const sysctls = planSysctls(desired, view, links.goes)
  return {
    steps: [
      ...entries.removals,
      ...links.removals,
      ...sysctls.system,
      ...links.settings,
      ...sysctls.interfaces,
      ...links.states,
      ...entries.additions,
    ],
    problems: [...links.problems, ...entries.problems],
    forgets: [...links.forgets, ...sysctls.forgets],
  }
}

/** The changes of `plan`, in order. */
export function diff(desired: DesiredState, snapshot: Snapshot, owned: Owned): KernelChange[] {
  return plan(desired, snapshot, owned).steps.map(step => step.change)
}
