import type { AttributeStore } from '../rib/attribute-store.ts'
import { LOCAL, type PeerColumns } from '../rib/peers.ts'
import { AttributeCode, findAttribute, WELL_KNOWN } from '../wire/index.ts'
import type { Treatment } from './treatment.ts'

/** Communities that keep a route from neighbours of a kind (RFC 1997). */
const FORBIDDEN = {
  iBGP: WELL_KNOWN.NO_ADVERTISE,
  confederation: WELL_KNOWN.NO_ADVERTISE | WELL_KNOWN.NO_EXPORT_SUBCONFED,
  eBGP: WELL_KNOWN.NO_ADVERTISE | WELL_KNOWN.NO_EXPORT_SUBCONFED | WELL_KNOWN.NO_EXPORT,
} as const

/**
 * Whether the protocol itself lets a path be announced, before any policy is asked.
 * @param peer number of the neighbour that it was learned from, `LOCAL` for our own
 * @param set its attributes
 */
export function mayAnnounce(
  treatment: Treatment,
  peers: PeerColumns,
  attributes: AttributeStore,
  peer: number,
  set: number,
): boolean {
  const { type } = treatment
  const communities = attributes.wellKnown[set]!
  if ((communities & FORBIDDEN[type]) !== 0) return false
  if (type === 'iBGP') return !isInternal(peers, peer) || reflects(treatment, peers, peer)
  if (type === 'confederation') return true
  // Internal neighbours get it by the rules of partial deployment (RFC 9494 §4.6): see `Rewriting`.
  if ((communities & WELL_KNOWN.LLGR_STALE) !== 0 && !treatment.longLived) return false
  return !treatment.customersOnly || !isForCustomers(attributes, set)
}

/**
 * What an internal neighbour said goes to another only by reflection (RFC 4271 §9.2, RFC 4456 §6): from a client to
 * all, from others to clients.
 */
function reflects(treatment: Treatment, peers: PeerColumns, peer: number): boolean {
  return treatment.client || peers.client[peer] === 1
}

/** Whether a path was learned from a neighbour of our own AS. */
export function isInternal(peers: PeerColumns, peer: number): boolean {
  return peer !== LOCAL && peers.external[peer] === 0 && peers.confederation[peer] === 0
}

/** RFC 9234 §5: whether it has ONLY_TO_CUSTOMER. */
function isForCustomers(attributes: AttributeStore, set: number): boolean {
  const { keys } = attributes
  return (
    findAttribute(keys, attributes.keyStart(set), attributes.keyEnd(set), AttributeCode.ONLY_TO_CUSTOMER) >= 0
  )
}
