import type { Family } from '../../net/address.ts'
import type { PrefixTable } from '../../net/prefix-table.ts'

/** What becomes of attributes on their way to a peer, or to a group of peers alike. */
export interface Outgoing {
  readonly type: 'iBGP' | 'eBGP' | 'confederation'
  /** AS numbers of four octets; else AS_TRANS and AS4_PATH (RFC 6793). */
  readonly as4: boolean
  /** eBGP and confederation: the AS to put in front of AS_PATH (RFC 4271 §5.1.2), and how often. 0 times: as it is. */
  readonly localAs: number
  readonly prepend: number
  /** Announce this next hop (4, 16 or 32 octets) instead of the path's own. */
  readonly nexthop?: Uint8Array
  /** iBGP and confederation: LOCAL_PREF where the path has none. */
  readonly localPreference: number
  /** eBGP: send the MED that the path has. A MED from a neighbouring AS must not go to another (RFC 4271 §5.1.4). */
  readonly keepMed: boolean
  /** iBGP: reflect (RFC 4456 §8): ORIGINATOR_ID where there is none, and the cluster in front of CLUSTER_LIST. */
  readonly reflect?: { readonly originatorId: number; readonly clusterId: number }
  /** IPv4 routes go in MP_REACH_NLRI even with an IPv4 next hop. Default: the classic form. */
  readonly multiprotocolIpv4?: boolean
}

/** Attributes ready to go into UPDATEs of a family: shared by all peers of an update group. */
export interface EncodedAttributes {
  readonly family: Family
  /** The path attributes without MP_REACH_NLRI; with NEXT_HOP where `nexthop` is undefined. */
  readonly bytes: Uint8Array
  /** The next hop for MP_REACH_NLRI; undefined: classic IPv4. */
  readonly nexthop: Uint8Array | undefined
}

/** Encodes a key for sending, byte by byte without decoding: about the cost of a copy. */
export declare function encodeOutgoing(
  key: Uint8Array,
  start: number,
  end: number,
  family: Family,
  outgoing: Outgoing,
): EncodedAttributes

/**
 * Packs NLRI into UPDATEs and UPDATEs into large pieces, which are given away whole and never written again, so that all
 * peers of an update group can share them.
 *
 *     writer.announce(attributes); writer.add(bytes, offset, length, pathId); ...
 *     writer.withdraw(6); writer.addSlot(table, slot, pathId); ...
 *     writer.endOfRib(4)
 *     writer.flush()
 */
export declare class UpdateWriter {
  /** UPDATEs finished so far. */
  readonly messages: number
  constructor(options: {
    /** Octets of a message: 4096, or 65535 (RFC 8654). */
    readonly limit: number
    /** Families whose NLRI carry path identifiers (RFC 7911). */
    readonly addPath: readonly Family[]
    /** Takes whole messages. */
    readonly emit: (bytes: Uint8Array) => void
  })
  /** The NLRI that follow have these attributes. False: not even one NLRI fits beside them, nothing was begun, and the routes count as withdrawn for this peer (RFC 4271 §9.2). */
  announce(attributes: EncodedAttributes): boolean
  /** The NLRI that follow are withdrawn. */
  withdraw(family: Family): void
  /** One prefix, ceil(length / 8) octets from `offset` on. `pathId` is written with ADD-PATH only. */
  add(bytes: Uint8Array, offset: number, length: number, pathId?: number): void
  /** The prefix of a slot. */
  addSlot(table: PrefixTable, slot: number, pathId?: number): void
  /** End-of-RIB of a family (RFC 4724 §2). */
  endOfRib(family: Family): void
  /** Finishes the message at hand and gives away all that is written. */
  flush(): void
}
