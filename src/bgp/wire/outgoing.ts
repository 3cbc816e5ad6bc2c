import type { Family } from '../../net/address.ts'
import { isConfederation, readSegments, writeSegments } from './as-path.ts'
import { AS_TRANS } from './as-trans.ts'
import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import { attributesStart, valueEnd, valueStart, writeAttributeHeader } from './attribute-key.ts'
import { readUint32, writeUint16, writeUint32 } from './bytes.ts'
import { EXTENDED_LENGTH, IPV6_EXTENDED_LENGTH, NON_TRANSITIVE } from './communities.ts'
import { type PathEdit, PathWriter, pathGrowth } from './outgoing-path.ts'

/** What becomes of attributes on their way to a peer, or to a group of peers alike. */
export interface Outgoing {
  readonly type: 'iBGP' | 'eBGP' | 'confederation'
  /** AS numbers of four octets; else AS_TRANS and AS4_PATH (RFC 6793). */
  readonly as4: boolean
  /** eBGP and confederation: the AS to put in front of AS_PATH (RFC 4271 §5.1.2, RFC 5065 §4.1), and how often. 0 times: as it is. */
  readonly localAs: number
  readonly prepend: number
  /** An AS of ours behind `localAs`, once: where the neighbour knows us by another AS than others do. */
  readonly innerAs?: number | undefined
  readonly path?: PathEdit | undefined
  /** Announce this next hop (4, 16 or 32 octets) instead of the path's own. */
  readonly nexthop?: Uint8Array | undefined
  /** iBGP and confederation: LOCAL_PREF where the path has none. */
  readonly localPreference: number
  /** iBGP and confederation: LOCAL_PREF, whatever the path has. */
  readonly fixedPreference?: number | undefined
  /** eBGP: send the MED that the path has. A MED from a neighbouring AS must not go to another (RFC 4271 §5.1.4). */
  readonly keepMed: boolean
  /** iBGP: reflect (RFC 4456 §8): ORIGINATOR_ID where there is none, and the cluster in front of CLUSTER_LIST. */
  readonly reflect?: { readonly originatorId: number; readonly clusterId: number } | undefined
  /** Communities that the path gets where it does not have them (RFC 1997). */
  readonly communities?: readonly number[] | undefined
  /** eBGP: ONLY_TO_CUSTOMER where the path has none (RFC 9234 §5). */
  readonly onlyToCustomer?: number | undefined
  /** Without ATOMIC_AGGREGATE and AGGREGATOR, which a path can do without (RFC 7606 §7.6, §7.7; RFC 8654 §4). */
  readonly shorter?: boolean | undefined
  /** IPv4 routes go in MP_REACH_NLRI even with an IPv4 next hop. Default: the classic form. */
  readonly multiprotocolIpv4?: boolean | undefined
}

/** Attributes ready to go into UPDATEs of a family: shared by all peers of an update group. */
export interface EncodedAttributes {
  readonly family: Family
  /** The path attributes without MP_REACH_NLRI; with NEXT_HOP where `nexthop` is undefined. */
  readonly bytes: Uint8Array
  /** The next hop for MP_REACH_NLRI; undefined: classic IPv4. */
  readonly nexthop: Uint8Array | undefined
}

/** Octets of a piece that encoded attributes are cut from. */
const PIECE_LENGTH = 16384

const OPTIONAL_TRANSITIVE = Flag.OPTIONAL | Flag.TRANSITIVE

/**
 * Writes the attributes of a key for sending. It walks the key once; most attributes are copied as they are, those that
 * change on the way, or that may have to be put in, have a step in `STEPS`.
 */
class OutgoingEncoder {
  #bytes = new Uint8Array(1024)
  #at = 0
  #piece: Uint8Array = new Uint8Array(0)
  #pieceAt = 0
  #key: Uint8Array = new Uint8Array(0)
  #outgoing: Outgoing | undefined
  /** What the next hop for NEXT_HOP lies in, and where; undefined where it goes into MP_REACH_NLRI. */
  #classic: Uint8Array | undefined
  #classicAt = 0
  /** With AS numbers of two octets: the path and the aggregator of four, where they do not fit. */
  #widePath: Uint8Array | undefined
  #wideAggregator = -1
  readonly #paths = new PathWriter()

  encode(key: Uint8Array, start: number, end: number, family: Family, outgoing: Outgoing): EncodedAttributes {
    const given = outgoing.nexthop
    const classic = family === 4 && !outgoing.multiprotocolIpv4 && (given ? given.length : key[start]) === 4
    this.#begin(key, end - start, outgoing)
    this.#classic = classic ? (given ?? key) : undefined
    this.#classicAt = given ? 0 : start + 1
    const { communities, onlyToCustomer, shorter } = outgoing
    const steps = communities || shorter || onlyToCustomer !== undefined ? STEPS : USUAL_STEPS
    let step = 0
    for (let at = attributesStart(key, start); at < end; at = valueEnd(key, at)) {
      const code = key[at + 1]!
      while (step < steps.length && steps[step]!.code < code) steps[step++]!.run(this, -1, -1, 0)
      if (step < steps.length && steps[step]!.code === code) {
        steps[step++]!.run(this, valueStart(key, at), valueEnd(key, at), key[at]!)
      } else {
        this.#copy(at, valueEnd(key, at))
      }
    }
    while (step < steps.length) steps[step++]!.run(this, -1, -1, 0)
    const nexthop = classic ? undefined : nexthopFor(family, given ?? ownNexthop(key, start))
    return { family, bytes: this.#taken(), nexthop }
  }

  #begin(key: Uint8Array, length: number, outgoing: Outgoing): void {
    // A path can come twice (AS4_PATH), each with what is put in front of it.
    const needed = 2 * length + 2 * pathGrowth(outgoing) + 4 * (outgoing.communities?.length ?? 0) + 128
    if (this.#bytes.length < needed) this.#bytes = new Uint8Array(needed)
    this.#at = 0
    this.#key = key
    this.#outgoing = outgoing
    this.#widePath = undefined
    this.#wideAggregator = -1
  }

  /** What was written, as bytes of their own: cut from a piece, since small arrays of bytes are dear to make one by one. */
  #taken(): Uint8Array {
    const length = this.#at
    if (length > PIECE_LENGTH / 8) return this.#bytes.slice(0, length)
    if (this.#pieceAt + length > this.#piece.length) {
      this.#piece = new Uint8Array(PIECE_LENGTH)
      this.#pieceAt = 0
    }
    const piece = this.#piece
    const from = this.#pieceAt
    for (let i = 0; i < length; i++) piece[from + i] = this.#bytes[i]!
    this.#pieceAt += length
    return piece.subarray(from, from + length)
  }

  #copy(from: number, to: number): void {
    for (let at = from; at < to; at++) this.#bytes[this.#at++] = this.#key[at]!
  }

  /** An attribute whose value is that of the key. */
  #put(flags: number, code: number, from: number, to: number): void {
    this.#at = writeAttributeHeader(this.#bytes, this.#at, flags, code, to - from)
    this.#copy(from, to)
  }

  /** An attribute of one number of four octets. */
  #putNumber(flags: number, code: number, value: number): void {
    this.#at = writeUint32(this.#bytes, writeAttributeHeader(this.#bytes, this.#at, flags, code, 4), value)
  }

  /** Puts a header before a value that was written four octets behind the present place. */
  #close(flags: number, code: number, valueEnd: number): void {
    const from = this.#at + 4
    const to = writeAttributeHeader(this.#bytes, this.#at, flags, code, valueEnd - from)
    this.#at = to + valueEnd - from
    if (to !== from) for (let i = from; i < valueEnd; i++) this.#bytes[i - 1] = this.#bytes[i]!
  }

  path(from: number, to: number): void {
    const end = this.#paths.write(this.#bytes, this.#at + 4, this.#key, from, to, this.#outgoing!)
    if (this.#outgoing!.as4) {
      this.#close(Flag.TRANSITIVE, Code.AS_PATH, end)
      return
    }
    const segments = readSegments(this.#bytes, this.#at + 4, end, 4)
    if (segments.some(({ type, ases }) => !isConfederation(type) && ases.some(as => as > 0xffff))) {
      const wide = new Uint8Array(end - this.#at)
      const length = writeSegments(
        segments.filter(({ type }) => !isConfederation(type)),
        4,
        wide,
        0,
      )
      this.#widePath = wide.subarray(0, length)
    }
    this.#close(Flag.TRANSITIVE, Code.AS_PATH, writeSegments(segments, 2, this.#bytes, this.#at + 4))
  }

  nexthop(): void {
    if (!this.#classic) return
    this.#at = writeAttributeHeader(this.#bytes, this.#at, Flag.TRANSITIVE, Code.NEXT_HOP, 4)
    for (let i = 0; i < 4; i++) this.#bytes[this.#at++] = this.#classic[this.#classicAt + i]!
  }

  med(from: number, to: number, flags: number): void {
    const { type, keepMed } = this.#outgoing!
    if (from >= 0 && (type !== 'eBGP' || keepMed)) this.#put(flags, Code.MULTI_EXIT_DISC, from, to)
  }

  localPreference(from: number, to: number, flags: number): void {
    const { type, localPreference, fixedPreference } = this.#outgoing!
    if (type === 'eBGP') return
    if (fixedPreference !== undefined) this.#putNumber(Flag.TRANSITIVE, Code.LOCAL_PREF, fixedPreference)
    else if (from >= 0) this.#put(flags, Code.LOCAL_PREF, from, to)
    else this.#putNumber(Flag.TRANSITIVE, Code.LOCAL_PREF, localPreference)
  }

  atomicAggregate(from: number, to: number, flags: number): void {
    if (from >= 0 && !this.#outgoing!.shorter) this.#put(flags, Code.ATOMIC_AGGREGATE, from, to)
  }

  aggregator(from: number, to: number, flags: number): void {
    if (from < 0 || this.#outgoing!.shorter) return
    if (this.#outgoing!.as4) {
      this.#put(flags, Code.AGGREGATOR, from, to)
      return
    }
    const as = readUint32(this.#key, from)
    if (as > 0xffff) this.#wideAggregator = from
    this.#at = writeAttributeHeader(this.#bytes, this.#at, flags, Code.AGGREGATOR, 6)
    this.#at = writeUint16(this.#bytes, this.#at, as > 0xffff ? AS_TRANS : as)
    this.#copy(from + 4, to)
  }

  communities(from: number, to: number, flags: number): void {
    const more = this.#outgoing!.communities
    if (!more) {
      if (from >= 0) this.#put(flags, Code.COMMUNITIES, from, to)
      return
    }
    let end = this.#at + 4
    if (from >= 0) for (let i = from; i < to; i++) this.#bytes[end++] = this.#key[i]!
    for (const community of more)
      if (!this.#hasCommunity(from, to, community)) end = writeUint32(this.#bytes, end, community)
    this.#close(from >= 0 ? flags & ~Flag.EXTENDED_LENGTH : OPTIONAL_TRANSITIVE, Code.COMMUNITIES, end)
  }

  #hasCommunity(from: number, to: number, community: number): boolean {
    for (let at = from; at >= 0 && at < to; at += 4) if (readUint32(this.#key, at) === community) return true
    return false
  }

  onlyToCustomer(from: number, to: number, flags: number): void {
    const { type, onlyToCustomer } = this.#outgoing!
    if (from >= 0) this.#put(flags, Code.ONLY_TO_CUSTOMER, from, to)
    else if (onlyToCustomer !== undefined && type === 'eBGP')
      this.#putNumber(OPTIONAL_TRANSITIVE, Code.ONLY_TO_CUSTOMER, onlyToCustomer)
  }

  originatorId(from: number, to: number, flags: number): void {
    const { type, reflect } = this.#outgoing!
    if (type !== 'iBGP') return
    if (from >= 0) this.#put(flags, Code.ORIGINATOR_ID, from, to)
    else if (reflect) this.#putNumber(Flag.OPTIONAL, Code.ORIGINATOR_ID, reflect.originatorId)
  }

  clusterList(from: number, to: number): void {
    const { type, reflect } = this.#outgoing!
    if (type !== 'iBGP' || (from < 0 && !reflect)) return
    const length = from < 0 ? 0 : to - from
    this.#at = writeAttributeHeader(
      this.#bytes,
      this.#at,
      Flag.OPTIONAL,
      Code.CLUSTER_LIST,
      length + (reflect ? 4 : 0),
    )
    if (reflect) this.#at = writeUint32(this.#bytes, this.#at, reflect.clusterId)
    if (from >= 0) this.#copy(from, to)
  }

  /** Extended communities: those that are not transitive stay inside the AS or confederation (RFC 4360 §6). */
  extendedCommunities(code: number, octets: number, from: number, to: number, flags: number): void {
    if (from < 0) return
    if (this.#outgoing!.type !== 'eBGP') {
      this.#put(flags, code, from, to)
      return
    }
    let out = this.#at + 4
    for (let at = from; at < to; at += octets) {
      if ((this.#key[at]! & NON_TRANSITIVE) !== 0) continue
      for (let i = 0; i < octets; i++) this.#bytes[out++] = this.#key[at + i]!
    }
    if (out > this.#at + 4) this.#close(flags, code, out)
  }

  as4Path(): void {
    if (!this.#widePath) return
    const { length } = this.#widePath
    this.#at = writeAttributeHeader(this.#bytes, this.#at, OPTIONAL_TRANSITIVE, Code.AS4_PATH, length)
    this.#bytes.set(this.#widePath, this.#at)
    this.#at += length
  }

  as4Aggregator(): void {
    if (this.#wideAggregator < 0) return
    this.#put(OPTIONAL_TRANSITIVE, Code.AS4_AGGREGATOR, this.#wideAggregator, this.#wideAggregator + 8)
  }
}

/** A step for one code, in ascending order: with the value's bounds, or -1 where the key does not have the attribute. */
interface Step {
  readonly code: number
  readonly run: (encoder: OutgoingEncoder, from: number, to: number, flags: number) => void
}

const STEPS: readonly Step[] = [
  { code: Code.AS_PATH, run: (encoder, from, to) => encoder.path(from, to) },
  { code: Code.NEXT_HOP, run: encoder => encoder.nexthop() },
  { code: Code.MULTI_EXIT_DISC, run: (encoder, from, to, flags) => encoder.med(from, to, flags) },
  { code: Code.LOCAL_PREF, run: (encoder, from, to, flags) => encoder.localPreference(from, to, flags) },
  {
    code: Code.ATOMIC_AGGREGATE,
    run: (encoder, from, to, flags) => encoder.atomicAggregate(from, to, flags),
  },
  { code: Code.AGGREGATOR, run: (encoder, from, to, flags) => encoder.aggregator(from, to, flags) },
  { code: Code.COMMUNITIES, run: (encoder, from, to, flags) => encoder.communities(from, to, flags) },
  { code: Code.ORIGINATOR_ID, run: (encoder, from, to, flags) => encoder.originatorId(from, to, flags) },
  { code: Code.CLUSTER_LIST, run: (encoder, from, to) => encoder.clusterList(from, to) },
  extendedStep(Code.EXTENDED_COMMUNITIES, EXTENDED_LENGTH),
  { code: Code.AS4_PATH, run: encoder => encoder.as4Path() },
  { code: Code.AS4_AGGREGATOR, run: encoder => encoder.as4Aggregator() },
  extendedStep(Code.IPV6_EXTENDED_COMMUNITIES, IPV6_EXTENDED_LENGTH),
  { code: Code.ONLY_TO_CUSTOMER, run: (encoder, from, to, flags) => encoder.onlyToCustomer(from, to, flags) },
]

/** Attributes that are copied as they are but for who is told something special. */
const SELDOM: readonly number[] = [Code.ATOMIC_AGGREGATE, Code.COMMUNITIES, Code.ONLY_TO_CUSTOMER]

const USUAL_STEPS = STEPS.filter(({ code }) => !SELDOM.includes(code))

function extendedStep(code: number, octets: number): Step {
  return {
    code,
    run: (encoder, from, to, flags) => encoder.extendedCommunities(code, octets, from, to, flags),
  }
}

/** The next hop of a key. A link-local one behind it holds on its own link only (RFC 2545 §3): it is left out. */
function ownNexthop(key: Uint8Array, start: number): Uint8Array {
  return key.slice(start + 1, start + 1 + Math.min(key[start]!, 16))
}

/** IPv6 routes cannot have an IPv4 next hop: it becomes an IPv4-mapped address (RFC 4291 §2.5.5.2). */
function nexthopFor(family: Family, nexthop: Uint8Array): Uint8Array {
  if (family === 4 || nexthop.length !== 4) return nexthop
  const mapped = new Uint8Array(16)
  mapped.set([0xff, 0xff, ...nexthop], 10)
  return mapped
}

/** Shared: a call runs from end to end without giving way to another. */
const encoder = new OutgoingEncoder()

/** Encodes a key for sending, byte by byte without decoding: about the cost of a copy. */
export function encodeOutgoing(
  key: Uint8Array,
  start: number,
  end: number,
  family: Family,
  outgoing: Outgoing,
): EncodedAttributes {
  return encoder.encode(key, start, end, family, outgoing)
}
