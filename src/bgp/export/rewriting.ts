import type { AttributeStore } from '../rib/attribute-store.ts'
import {
  Community,
  type EncodedAttributes,
  encodeOutgoing,
  type Outgoing,
  WELL_KNOWN,
} from '../wire/index.ts'
import { Nexthop, nexthopFor } from './nexthop.ts'
import type { Treatment } from './treatment.ts'

/** How the attributes of what is announced change on their way out, for all members of a group alike. */
export class Rewriting {
  readonly #treatment: Treatment
  /** The ways out, made when they are needed, by number: 1 with our next hop, 2 reflected, 4 stale (RFC 9494 §4.6). */
  readonly #ways: Outgoing[] = []
  /** Inside, but without knowledge of long-lived stale routes (RFC 9494 §4.6). */
  readonly #partial: boolean
  /** RFC 4456 §8, filled in for each announcement. */
  readonly #reflect: { originatorId: number; readonly clusterId: number }

  constructor(treatment: Treatment) {
    this.#treatment = treatment
    this.#partial = treatment.type !== 'eBGP' && !treatment.longLived
    this.#reflect = { originatorId: 0, clusterId: treatment.clusterId }
  }

  /**
   * The attributes of a set, ready for UPDATEs.
   * @param internal an internal neighbour said it
   * @param originatorId BGP identifier of that neighbour where its route is reflected; else -1
   */
  encode(
    attributes: AttributeStore,
    set: number,
    internal: boolean,
    originatorId: number,
    shorter = false,
  ): EncodedAttributes {
    const { family, nexthops } = this.#treatment
    const own = nexthopFor(nexthops, family, attributes, set, internal) === Nexthop.OWN ? 1 : 0
    const stale = this.#partial && (attributes.wellKnown[set]! & WELL_KNOWN.LLGR_STALE) !== 0 ? 4 : 0
    this.#reflect.originatorId = originatorId
    const way = this.#way(own | (originatorId < 0 ? 0 : 2) | stale)
    const how = shorter ? { ...way, shorter } : way
    return encodeOutgoing(attributes.keys, attributes.keyStart(set), attributes.keyEnd(set), family, how)
  }

  #way(number: number): Outgoing {
    let way = this.#ways[number]
    if (!way) {
      const { outgoing, nexthops } = this.#treatment
      way = {
        ...outgoing,
        ...(number & 1 && { nexthop: nexthops.own }),
        ...(number & 2 && { reflect: this.#reflect }),
        ...(number & 4 && {
          fixedPreference: 0,
          communities: [...(outgoing.communities ?? []), Community.NO_EXPORT],
        }),
      }
      this.#ways[number] = way
    }
    return way
  }
}
