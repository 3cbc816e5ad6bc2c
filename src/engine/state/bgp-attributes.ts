import {
  type Attributes,
  formatAsPath,
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
} from '../../bgp/index.ts'
import type { BgpAttributes } from '../../model/state-bgp.ts'
import { formatAddress, isUnspecified } from '../../net/address.ts'

const ORIGINS = ['IGP', 'EGP', 'INCOMPLETE']

/** Path attributes as people read and write them. Pure. */
export function attributesState(attributes: Attributes): BgpAttributes {
  const { localPreference, med, originatorId, clusterList, aggregator, onlyToCustomer, unknown } = attributes
  const nexthop = nexthopText(attributes.nexthop)
  return {
    ...(nexthop !== undefined && { nexthop }),
    origin: ORIGINS[attributes.origin] ?? String(attributes.origin),
    asPath: formatAsPath(attributes.asPath),
    ...(localPreference !== undefined && { localPreference }),
    ...(med !== undefined && { med }),
    ...list('communities', attributes.communities, formatCommunity),
    ...list('extendedCommunities', attributes.extendedCommunities, formatExtendedCommunity),
    ...list('largeCommunities', attributes.largeCommunities, formatLargeCommunity),
    ...(originatorId !== undefined && { originatorId: dotted(originatorId) }),
    ...list('clusterList', clusterList, dotted),
    ...(aggregator && { aggregator: `${aggregator.as} ${dotted(aggregator.routerId)}` }),
    ...(attributes.atomicAggregate && { atomicAggregate: true }),
    ...(onlyToCustomer !== undefined && { onlyToCustomer }),
    ...(unknown && { unknown: unknown.map(({ code }) => code) }),
  }
}

function nexthopText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 32) {
    return [bytes.subarray(0, 16), bytes.subarray(16)]
      .filter(part => !isUnspecified(part))
      .map(part => formatAddress(part))
      .join(' ')
  }
  // Of our own routes: our address is put there as they leave.
  return isUnspecified(bytes) ? undefined : formatAddress(bytes)
}

function list<K extends string, T>(
  key: K,
  values: readonly T[] | undefined,
  format: (value: T) => string,
): Partial<Record<K, string[]>> {
  return values === undefined ? {} : ({ [key]: values.map(format) } as Record<K, string[]>)
}

function dotted(id: number): string {
  return `${id >>> 24}.${(id >>> 16) & 0xff}.${(id >>> 8) & 0xff}.${id & 0xff}`
}
