import { Community, WELL_KNOWN } from '../wire/index.ts'
import type { AttributeStore } from './attribute-store.ts'
import type { Change } from './change.ts'

/** What `PathTable.reconsider` is told of a path that is to go. */
export const GOES = -1

/** What a path is after policy, by its slot, its attributes as received, and whether it is stale. */
export type Judge = (slot: number, received: number, stale: boolean) => number

/** Adds LLGR_STALE. */
const MARK: Change = {
  communities: [{ add: [{ kind: 'standard', bytes: octets(Community.LLGR_STALE), mask: octets(~0) }] }],
}

/**
 * What becomes of a path that is kept for a neighbour long away (RFC 9494 §4.2): LLGR_STALE is added, which makes it lose to
 * every path without; one with NO_LLGR, as received or by policy, goes.
 * @param effective the set after policy, counted for the caller, or 0; given back here
 * @returns the set that it has now, counted for the caller, 0, or `GOES`
 */
export function asLastResort(attributes: AttributeStore, received: number, effective: number): number {
  const { wellKnown } = attributes
  const forbidden = (wellKnown[received]! | wellKnown[effective]!) & WELL_KNOWN.NO_LLGR
  const stale = effective === 0 || forbidden ? 0 : attributes.derive(effective, attributes.change(MARK))
  attributes.release(effective)
  return forbidden ? GOES : stale
}

function octets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}
