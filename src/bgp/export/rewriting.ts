import type { AttributeStore } from '../rib/attribute-store.ts'
import { NexthopChoice } from '../rib/change.ts'
import { type EncodedAttributes, encodeOutgoing, type Outgoing } from '../wire/index.ts'
import type { Treatment } from './treatment.ts'

/** How the attributes of what is announced change on their way out, for all members of a group alike. */
export class Rewriting {
  readonly #treatment: Treatment
  /** With the next hop that they have, unless it is ours that neighbours are to use; and with ours. */
  readonly #keep: Outgoing
  readonly #self: Outgoing
  readonly #unchanged: Outgoing
  readonly #reflected: Outgoing
  /** RFC 4456 §8, filled in for each announcement. */
  readonly #reflect: { originatorId: number; readonly clusterId: number }

  constructor(treatment: Treatment) {
    const { type, as4, localAs, nexthop, nexthopSelf, clusterId } = treatment
    const plain: Outgoing = {
      type,
      as4,
      localAs,
      prepend: type === 'eBGP' ? 1 : 0,
      localPreference: 100,
      // The export policy has removed MEDs that must not go out (`compilePolicy`).
      keepMed: true,
    }
    this.#treatment = treatment
    this.#unchanged = plain
    this.#self = nexthop ? { ...plain, nexthop } : plain
    this.#keep = nexthopSelf ? this.#self : plain
    this.#reflect = { originatorId: 0, clusterId }
    this.#reflected = { ...this.#keep, reflect: this.#reflect }
  }

  /**
   * The attributes of a set, ready for UPDATEs.
   * @param originatorId BGP identifier of the internal neighbour whose route is reflected; -1: it is not reflected
   */
  encode(attributes: AttributeStore, set: number, originatorId: number): EncodedAttributes {
    const { keys } = attributes
    const start = attributes.keyStart(set)
    let how = this.#withNexthop(attributes, set)
    if (originatorId >= 0) {
      this.#reflect.originatorId = originatorId
      how = how === this.#keep ? this.#reflected : { ...how, reflect: this.#reflect }
    }
    // A link-local next hop is for neighbours on the link that it came from (RFC 2545 §3).
    if (!how.nexthop && keys[start] === 32) how = { ...how, nexthop: keys.slice(start + 1, start + 17) }
    return encodeOutgoing(keys, start, attributes.keyEnd(set), this.#treatment.family, how)
  }

  /** What the policy says of the next hop goes before what the neighbour's settings say. */
  #withNexthop({ hop, nexthopChoice }: AttributeStore, set: number): Outgoing {
    if (hop[set] === 0 || nexthopChoice[set] === NexthopChoice.SELF) return this.#self
    return nexthopChoice[set] === NexthopChoice.UNCHANGED ? this.#unchanged : this.#keep
  }
}
