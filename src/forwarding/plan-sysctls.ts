import type { DesiredState } from './desired.ts'
import { sysctlObject, type View } from './snapshot.ts'
import type { Step } from './step.ts'

export interface SysctlPlan {
  /** Of the whole box. */
  readonly system: Step[]
  /** Of interfaces that are there, and those that leave the configuration. */
  readonly interfaces: Step[]
  readonly forgets: string[]
}

/**
 * Sysctls that differ, and those that are no longer asked for put back as they were found. What the kernel does not
 * have is left out. `goes` are the links that the same plan removes: their settings go with them.
 */
export function planSysctls(desired: DesiredState, view: View, goes: ReadonlySet<number>): SysctlPlan {
  const { sysctls } = view.snapshot
  const { found } = view.owned
  const result: SysctlPlan = { system: [], interfaces: [], forgets: [] }
  for (const { path, value, interface: name } of desired.sysctls) {
    const current = sysctls.get(path)
    if (current === undefined || current === value || leaves(name, view, goes)) continue
    const step: Step = {
      object: sysctlObject(path),
      detail: '',
      seen: current,
      change: { op: 'setSysctl', path, value },
      ...(!found.has(path) && { finds: { key: path, value: current } }),
    }
    if (name === undefined) result.system.push(step)
    else result.interfaces.push(step)
  }
  const wanted = new Set(desired.sysctls.map(sysctl => sysctl.path))
  for (const [path, value] of found) {
    if (!path.includes('/') || wanted.has(path)) continue
    const current = sysctls.get(path)
    const gone = leaves(interfaceOf(path), view, goes)
    if (current === undefined || current === value || gone) result.forgets.push(path)
    else {
      const change = { op: 'setSysctl', path, value } as const
      result.interfaces.push({ object: sysctlObject(path), detail: '', seen: current, change })
    }
  }
  return result
}

/** The interface that a sysctl is of: `net/ipv4/conf/vx1/rp_filter`. Undefined for those of the whole box. */
function interfaceOf(path: string): string | undefined {
  return /^net\/ipv[46]\/(?:conf|neigh)\/(.+)\/[^/]+$/.exec(path)?.[1]
}

function leaves(name: string | undefined, view: View, goes: ReadonlySet<number>): boolean {
  const link = name === undefined ? undefined : view.byName.get(name)
  return link !== undefined && goes.has(link.index)
}
