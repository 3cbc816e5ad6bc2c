import type { Config, Interface } from '../../model/config.ts'
import type { Feature } from '../features.ts'

/** Types of interface that need something of the kernel. */
const NEEDS: Readonly<Partial<Record<Interface['type'], Feature>>> = {
  vlan: 'vlan',
  ipip: 'ipip',
  vxlan: 'vxlan',
}

/**
 * The configuration of a box whose kernel lacks something: without the interfaces that it cannot make, and
 * without all that refers to one of them. Policy rules that send routes into such a tunnel go, with them
 * policies that have no rule left, and neighbours whose import was such a policy.
 */
export function withoutFeatures(config: Config, missing: ReadonlySet<Feature>): Config {
  const gone = new Set(
    (config.interfaces ?? [])
      .filter(({ type }) => NEEDS[type] !== undefined && missing.has(NEEDS[type]))
      .map(({ name }) => name),
  )
  const stays = (name: string | undefined) => name === undefined || !gone.has(name)
  const policies = (config.policies ?? []).map(policy => ({
    ...policy,
    rules: policy.rules.filter(rule => stays(rule.set?.tunnel)),
  }))
  const empty = new Set(policies.filter(({ rules }) => rules.length === 0).map(({ name }) => name))
  const usable = (policy: string | readonly string[] | undefined) =>
    policy === undefined || ![policy].flat().some(name => empty.has(name))
  const { bgp } = config
  return {
    ...config,
    ...(config.interfaces && { interfaces: config.interfaces.filter(({ name }) => stays(name)) }),
    ...(config.neighbors && { neighbors: config.neighbors.filter(entry => stays(entry.interface)) }),
    ...(config.fdb && { fdb: config.fdb.filter(entry => stays(entry.interface)) }),
    ...(config.routes && {
      routes: config.routes.filter(route => (route.nexthops ?? []).every(hop => stays(hop.interface))),
    }),
    ...(config.policies && { policies: policies.filter(({ name }) => !empty.has(name)) }),
    ...(bgp && {
      bgp: {
        ...bgp,
        ...(bgp.neighborGroups && {
          neighborGroups: bgp.neighborGroups.filter(({ importPolicy }) => usable(importPolicy)),
        }),
        ...(bgp.neighbors && {
          neighbors: bgp.neighbors.filter(({ importPolicy }) => usable(importPolicy)),
        }),
      },
    }),
  }
}
