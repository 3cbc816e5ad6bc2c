import type { AddressFamily, Bgp, BgpNeighborGroup, PresetName } from '../../model/config-bgp.ts'
import type { PolicyRule } from '../../model/config-policy.ts'

/** What a preset is filled in for. */
export interface PresetSubject {
  readonly bgp: Pick<Bgp, 'localAs'>
  readonly group: BgpNeighborGroup
  /** Names of the prefix lists made of `pods` and `services`, as far as the group has them. */
  readonly lists: readonly string[]
  /** Families of these prefixes. */
  readonly families: readonly AddressFamily[]
  /** The neighbours are of our own AS. */
  readonly internal: boolean
}

/** Settings of the group where it has none of its own, and the rules of its two policies. */
export interface PresetContent {
  readonly settings: Partial<BgpNeighborGroup>
  readonly import: readonly PolicyRule[]
  readonly export: readonly PolicyRule[]
}

/** One kind of cluster network: what its nodes announce and want to hear. */
export interface Preset {
  readonly name: PresetName
  /** A sentence for people. */
  readonly summary: string
  /** What the group has to say so that the preset knows which routes are the cluster's. */
  readonly needs: 'pods' | 'services'
  content(subject: PresetSubject): PresetContent
}

/** Only what the cluster may announce: its pods and its services, whatever else a node has picked up. */
const clusterRoutes = ({ lists }: PresetSubject): PolicyRule[] => [
  { match: { prefixLists: [...lists] }, action: 'accept' },
]

/** To nodes that reach each other on their own network: each other's pods at each other, all else at the box. */
const betweenNodes = ({ group, internal }: PresetSubject): PolicyRule[] =>
  internal
    ? []
    : [{ match: { neighborGroups: [group.name] }, action: 'accept', set: { nexthop: 'unchanged' } }]

const EVERYTHING: PolicyRule = { action: 'accept' }
const DEFAULT_ROUTES: PolicyRule = {
  match: { prefixes: [{ prefix: '0.0.0.0/0' }, { prefix: '::/0' }] },
  action: 'reject',
}

/** Our side of what a node does where several nodes are of one AS that is not ours. */
const oneAsManyNodes = ({ internal }: PresetSubject): Partial<BgpNeighborGroup> =>
  internal ? { nexthopSelf: true } : { asOverride: true }

/** For speakers in the cluster that dial and do not listen. */
const dialledByNodes = ({ families }: PresetSubject): Partial<BgpNeighborGroup> => ({
  passive: true,
  families: [...families],
  gracefulRestartTime: 120,
})

/**
 * The presets. What is in each follows what the nodes do: Calico's BIRD has one family a session, ADD-PATH and graceful
 * restart always; Cilium, MetalLB and Hybridnet dial and have no use for routes of ours; kube-router takes no default
 * routes.
 */
export const PRESETS: readonly Preset[] = [
  {
    name: 'calico-tor',
    summary:
      'Top-of-rack router of Calico nodes: takes pods and services, announces everything else, and leaves the way between nodes to them.',
    needs: 'pods',
    content: subject => ({
      settings: { ...oneAsManyNodes(subject), gracefulRestartTime: 120 },
      import: clusterRoutes(subject),
      export: [...betweenNodes(subject), EVERYTHING],
    }),
  },
  {
    name: 'calico-rr',
    summary:
      'Route reflector of Calico nodes in place of their mesh: passes on every path of pods and services as it is, with ADD-PATH.',
    needs: 'pods',
    content: subject => ({
      settings: {
        remoteAs: subject.bgp.localAs,
        routeReflectorClient: true,
        addPathSend: 'all',
        addPathReceive: true,
        gracefulRestartTime: 120,
      },
      import: clusterRoutes(subject),
      export: [{ match: { sources: ['bgp'] }, action: 'accept' }],
    }),
  },
  {
    name: 'cilium',
    summary:
      'Cilium BGP control plane: waits for the nodes to dial, takes pods and services, announces nothing.',
    needs: 'pods',
    content: subject => ({ settings: dialledByNodes(subject), import: clusterRoutes(subject), export: [] }),
  },
  {
    name: 'metallb',
    summary: 'MetalLB speakers: waits for them to dial, takes addresses of services, announces nothing.',
    needs: 'services',
    content: subject => ({ settings: dialledByNodes(subject), import: clusterRoutes(subject), export: [] }),
  },
  {
    name: 'kube-router',
    summary:
      'kube-router: takes pods and services, announces everything but default routes, which it refuses from peers.',
    needs: 'pods',
    content: subject => ({
      settings: { ...oneAsManyNodes(subject), gracefulRestartTime: 120 },
      import: clusterRoutes(subject),
      export: [DEFAULT_ROUTES, ...betweenNodes(subject), EVERYTHING],
    }),
  },
  {
    name: 'hybridnet',
    summary:
      'Hybridnet in BGP mode: waits for the nodes to dial, takes subnets and single pods, announces nothing, since pods have the box as their gateway.',
    needs: 'pods',
    content: subject => ({
      settings: { ...dialledByNodes(subject), gracefulRestartTime: 300 },
      import: clusterRoutes(subject),
      export: [],
    }),
  },
]
