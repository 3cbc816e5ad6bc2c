import type { AttributeStore } from '../rib/attribute-store.ts'
import { LOCAL, type PeerColumns } from '../rib/peers.ts'
import { WELL_KNOWN } from '../wire/index.ts'
import type { Treatment } from './treatment.ts'

/** What communities forbid to tell external neighbours (RFC 1997). */
const NOT_EXTERNAL = WELL_KNOWN.NO_EXPORT | WELL_KNOWN.NO_EXPORT_SUBCONFED

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
  const communities = attributes.wellKnown[set]!
  if (communities & WELL_KNOWN.NO_ADVERTISE) return false
  if (treatment.nexthop === undefined && (peer === LOCAL || treatment.nexthopSelf)) return false
  if (treatment.type === 'eBGP') return (communities & NOT_EXTERNAL) === 0
  return peer === LOCAL || peers.external[peer] === 1 || reflects(treatment, peers, peer)
}

/**
 * What an internal neighbour said goes to another only by reflection (RFC 4271 §9.2, RFC 4456 §6): from a client to
 * all, from others to clients.
 */
function reflects(treatment: Treatment, peers: PeerColumns, peer: number): boolean {
  return treatment.client || peers.client[peer] === 1
}

/** Whether a path that is announced goes from one internal neighbour to another. */
export function isReflected(treatment: Treatment, peers: PeerColumns, peer: number): boolean {
  return treatment.type === 'iBGP' && peer !== LOCAL && peers.external[peer] === 0
}
