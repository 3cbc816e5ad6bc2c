import type { Path } from '../path.ts'
import type { CheckContext } from './context.ts'

/** A session's use of a policy. */
export interface PolicyUse {
  readonly name: string
  readonly direction: 'import' | 'export'
  /** Where the name stands. */
  readonly path: Path
  /** The neighbour or group that has it. */
  readonly session: Path
}

/** Who names which policies, groups first, in the order of the configuration. */
export function policyUses({ config: { bgp } }: CheckContext): readonly PolicyUse[] {
  const sessions = [
    ...(bgp?.neighborGroups ?? []).map((session, index) => ({
      session,
      path: ['bgp', 'neighborGroups', index],
    })),
    ...(bgp?.neighbors ?? []).map((session, index) => ({ session, path: ['bgp', 'neighbors', index] })),
  ]
  return sessions.flatMap(({ session, path }) =>
    (['import', 'export'] as const).flatMap(direction => {
      const key = `${direction}Policy` as const
      const value = session[key]
      if (value === undefined) return []
      if (typeof value === 'string') return [{ name: value, direction, path: [...path, key], session: path }]
      return value.map((name, index) => ({ name, direction, path: [...path, key, index], session: path }))
    }),
  )
}
