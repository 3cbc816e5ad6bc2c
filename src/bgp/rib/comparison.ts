import { formatAddress } from '../../net/address.ts'
import type { AttributeStore } from './attribute-store.ts'
import type { DecisionStep, PathColumns } from './decision.ts'
import { type Hops, UNREACHABLE } from './hops.ts'
import type { PeerColumns } from './peers.ts'

/** What the values of paths are read from. */
export interface Values {
  readonly paths: PathColumns
  readonly attributes: AttributeStore
  readonly hops: Hops
  readonly peers: PeerColumns
}

/** How a step reads: the name of what it compares, and the value of a path. A step without values says its sentence. */
interface Reading {
  readonly label: string
  /** Whether the greater value wins. */
  readonly greaterWins?: boolean
  value(values: Values, row: number): string
  /** Where two values say nothing: what the loser is, and the winner is not. */
  readonly sentence?: string
}

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE']

const READINGS: Readonly<Record<DecisionStep, Reading>> = {
  stale: {
    label: 'LLGR_STALE',
    value: () => '',
    sentence: 'it is stale for long (LLGR_STALE, RFC 9494), and the other is not',
  },
  localPreference: {
    label: 'LOCAL_PREF',
    greaterWins: true,
    value: ({ attributes, paths }, row) => String(attributes.localPreference[paths.effective[row]!]),
  },
  asPathLength: {
    label: 'AS_PATH length',
    value: ({ attributes, paths }, row) => String(attributes.asPathLength[paths.effective[row]!]),
  },
  origin: {
    label: 'ORIGIN',
    value: ({ attributes, paths }, row) => ORIGINS[attributes.origin[paths.effective[row]!]!] ?? '?',
  },
  med: {
    label: 'MULTI_EXIT_DISC from one neighbouring AS',
    value: ({ attributes, paths }, row) => String(attributes.med[paths.effective[row]!]),
  },
  eBgpOverIBgp: { label: '', value: () => '', sentence: 'it came by iBGP, and the other by eBGP' },
  igpMetric: {
    label: 'IGP metric of the next hop',
    value: ({ attributes, hops, paths }, row) => String(hops.metric[attributes.hop[paths.effective[row]!]!]),
  },
  routerId: { label: 'BGP identifier', value: identifier },
  clusterListLength: {
    label: 'CLUSTER_LIST length',
    value: ({ attributes, paths }, row) => String(attributes.clusterListLength[paths.effective[row]!]),
  },
  neighborAddress: {
    label: 'neighbour address',
    value: ({ peers, paths }, row) => formatAddress(peers.address(paths.peer[row]!)),
  },
  pathId: { label: 'path identifier', value: ({ paths }, row) => String(paths.pathId[row]) },
}

/** By what a path lost to another at a step, as 'LOCAL_PREF 100 < 200'. */
export function describeLoss(values: Values, step: DecisionStep, loser: number, winner: number): string {
  const { label, greaterWins, value, sentence } = READINGS[step]
  return sentence ?? `${label} ${value(values, loser)} ${greaterWins ? '<' : '>'} ${value(values, winner)}`
}

/** The IGP metric of a path's next hop; undefined where it cannot be reached, or the path is not accepted. */
export function metricOf({ paths, attributes, hops }: Values, row: number): number | undefined {
  const set = paths.effective[row]!
  const metric = set === 0 ? UNREACHABLE : hops.metric[attributes.hop[set]!]!
  return metric === UNREACHABLE ? undefined : metric
}

function identifier({ attributes, peers, paths }: Values, row: number): string {
  const set = paths.effective[row]!
  const id =
    attributes.hasOriginatorId[set] === 1 ? attributes.originatorId[set]! : peers.routerId[paths.peer[row]!]!
  return `${id >>> 24}.${(id >>> 16) & 0xff}.${(id >>> 8) & 0xff}.${id & 0xff}`
}
