import { formatAddress } from '../../net/address.ts'
import {
  checkAsPath,
  checkSegments,
  formatAsPath,
  readSegments,
  segmentsLength,
  writeSegments,
} from './as-path.ts'
import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import type { Attributes, AttributesDraft } from './attributes.ts'
import { readUint16, readUint32, writeUint32 } from './bytes.ts'
import {
  EXTENDED_LENGTH,
  formatCommunity,
  formatExtendedCommunity,
  formatIpv6ExtendedCommunity,
  formatLargeCommunity,
  IPV6_EXTENDED_LENGTH,
  LARGE_LENGTH,
  readLargeCommunity,
  writeLargeCommunity,
} from './communities.ts'
import { formatAfiSafi } from './family.ts'
import type { Fault } from './fault.ts'
import { ERROR, type ErrorCode } from './notification-table.ts'
import { type UpdateSession, Verdict } from './update-session.ts'

/**
 * The path attributes, one row each. A row says how an attribute is checked when it comes (`check`, on the wire's bytes),
 * what is to be done where it is malformed (RFC 7606 §7), how its *canonical value* (AS numbers of four octets, see
 * `attribute-key.ts`) becomes a field of `Attributes` and back, and how it reads for people.
 */
export interface AttributeRow {
  readonly code: number
  readonly name: string
  /** The Optional and Transitive bits that its RFC gives it. */
  readonly flags: number
  /** One of `Verdict`: what a malformed value, or wrong flags, ask for. */
  readonly onFault: number
  /** Means nothing when it comes from an external neighbour, and is discarded (RFC 7606 §7.5, §7.9, §7.10). */
  readonly internal?: boolean
  /** Why the value is malformed, or undefined. */
  check(buffer: Uint8Array, start: number, end: number, session: UpdateSession): Fault | undefined
  /** Reads the canonical value. Absent: the attribute is never part of a key. */
  decode?(bytes: Uint8Array, start: number, end: number, draft: AttributesDraft): void
  /** The canonical value; undefined where the set does not have the attribute. */
  encode?(attributes: Attributes): Uint8Array | undefined
  /** The canonical value for people. */
  format(bytes: Uint8Array, start: number, end: number): string
}

const WELL_KNOWN = Flag.TRANSITIVE
const OPTIONAL = Flag.OPTIONAL
const OPTIONAL_TRANSITIVE = Flag.OPTIONAL | Flag.TRANSITIVE

const fault = (text: string, error: ErrorCode): Fault => ({ text, error })

/** A check that the length is one certain number. */
function ofLength(octets: number, error: ErrorCode = ERROR.update.attributeLength): AttributeRow['check'] {
  const wrong = fault(`its length is not ${octets}`, error)
  return (_buffer, start, end) => (end - start === octets ? undefined : wrong)
}

/** A check that the value is a list of at least one entry of so many octets. */
function listOf(octets: number): AttributeRow['check'] {
  const wrong = fault(
    `its length is not a multiple of ${octets} from ${octets} on`,
    ERROR.update.attributeLength,
  )
  return (_buffer, start, end) => (end > start && (end - start) % octets === 0 ? undefined : wrong)
}

const noCheck = () => undefined

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeUint32(bytes, 0, value)
  return bytes
}

function readList<T>(start: number, end: number, octets: number, read: (at: number) => T): T[] {
  const items: T[] = []
  for (let at = start; at < end; at += octets) items.push(read(at))
  return items
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  values.forEach((value, index) => {
    writeUint32(bytes, index * 4, value)
  })
  return bytes
}

function filled<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined
}

/** Communities of more octets than a number has. */
function pieces(bytes: Uint8Array, start: number, end: number, octets: number): Uint8Array[] {
  return readList(start, end, octets, at => bytes.slice(at, at + octets))
}

function joined(list: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of list) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const routerId = (bytes: Uint8Array, at: number) => formatAddress(bytes, at, 4)

const ORIGIN_NAMES = ['IGP', 'EGP', 'INCOMPLETE']
const UNDEFINED_ORIGIN = fault('its value is not 0, 1 or 2', ERROR.update.invalidOrigin)
const AGGREGATOR_LENGTH = fault('its length does not fit', ERROR.update.attributeLength)
const AGGREGATOR_AS_ZERO = fault('its AS number is 0', ERROR.update.optionalAttribute)
const NOT_A_HOST = fault('it is not the address of a host', ERROR.update.invalidNextHop)
const AS4_PATH_LENGTH = fault('its length is less than 6 or odd', ERROR.update.attributeLength)

const originLength = ofLength(1)
const nextHopLength = ofLength(4)

/** RFC 7606 §7.7: 6 or 8 octets as the session has it; RFC 7607 §2: not AS 0. */
function checkAggregator(buffer: Uint8Array, start: number, end: number, as4: boolean): Fault | undefined {
  if (end - start !== (as4 ? 8 : 6)) return AGGREGATOR_LENGTH
  const as = as4 ? readUint32(buffer, start) : readUint16(buffer, start)
  return as === 0 ? AGGREGATOR_AS_ZERO : undefined
}

/** A next hop has to be the address of a host (RFC 4271 §6.3): not 0/8, not 127/8, not multicast or beyond. */
export function isHostAddress4(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!
  return first !== 0 && first !== 127 && first < 224
}

/** In order of their codes, which is the order that they are sent in. */
export const ATTRIBUTE_TABLE: readonly AttributeRow[] = [
  {
    code: Code.ORIGIN,
    name: 'ORIGIN',
    flags: WELL_KNOWN,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check(buffer, start, end, session) {
      return originLength(buffer, start, end, session) ?? (buffer[start]! > 2 ? UNDEFINED_ORIGIN : undefined)
    },
    decode(bytes, start, _end, draft) {
      draft.origin = bytes[start]!
    },
    encode: ({ origin }) => Uint8Array.of(origin),
    format: (bytes, start) => ORIGIN_NAMES[bytes[start]!] ?? `${bytes[start]}`,
  },
  {
    code: Code.AS_PATH,
    name: 'AS_PATH',
    flags: WELL_KNOWN,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: checkAsPath,
    decode(bytes, start, end, draft) {
      draft.asPath = readSegments(bytes, start, end, 4)
    },
    encode({ asPath }) {
      const bytes = new Uint8Array(segmentsLength(asPath, 4))
      writeSegments(asPath, 4, bytes, 0)
      return bytes
    },
    format: (bytes, start, end) => formatAsPath(readSegments(bytes, start, end, 4)),
  },
  {
    code: Code.NEXT_HOP,
    name: 'NEXT_HOP',
    flags: WELL_KNOWN,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check(buffer, start, end, session) {
      return (
        nextHopLength(buffer, start, end, session) ?? (isHostAddress4(buffer, start) ? undefined : NOT_A_HOST)
      )
    },
    format: (bytes, start) => formatAddress(bytes, start, 4),
  },
  {
    code: Code.MULTI_EXIT_DISC,
    name: 'MULTI_EXIT_DISC',
    flags: OPTIONAL,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: ofLength(4),
    decode(bytes, start, _end, draft) {
      draft.med = readUint32(bytes, start)
    },
    encode: ({ med }) => (med === undefined ? undefined : uint32(med)),
    format: (bytes, start) => `${readUint32(bytes, start)}`,
  },
  {
    code: Code.LOCAL_PREF,
    name: 'LOCAL_PREF',
    flags: WELL_KNOWN,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    internal: true,
    check: ofLength(4),
    decode(bytes, start, _end, draft) {
      draft.localPreference = readUint32(bytes, start)
    },
    encode: ({ localPreference }) => (localPreference === undefined ? undefined : uint32(localPreference)),
    format: (bytes, start) => `${readUint32(bytes, start)}`,
  },
  {
    code: Code.ATOMIC_AGGREGATE,
    name: 'ATOMIC_AGGREGATE',
    flags: WELL_KNOWN,
    onFault: Verdict.DISCARD_ATTRIBUTE,
    check: ofLength(0),
    decode(_bytes, _start, _end, draft) {
      draft.atomicAggregate = true
    },
    encode: ({ atomicAggregate }) => (atomicAggregate ? new Uint8Array(0) : undefined),
    format: () => 'yes',
  },
  {
    code: Code.AGGREGATOR,
    name: 'AGGREGATOR',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.DISCARD_ATTRIBUTE,
    check: (buffer, start, end, session) => checkAggregator(buffer, start, end, session.as4),
    decode(bytes, start, _end, draft) {
      draft.aggregator = { as: readUint32(bytes, start), routerId: readUint32(bytes, start + 4) }
    },
    encode: ({ aggregator }) => aggregator && numbers([aggregator.as, aggregator.routerId]),
    format: (bytes, start) => `${readUint32(bytes, start)} ${routerId(bytes, start + 4)}`,
  },
  {
    code: Code.COMMUNITIES,
    name: 'COMMUNITIES',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: listOf(4),
    decode(bytes, start, end, draft) {
      draft.communities = readList(start, end, 4, at => readUint32(bytes, at))
    },
    encode: ({ communities }) => filled(communities) && numbers(communities!),
    format: (bytes, start, end) =>
      readList(start, end, 4, at => formatCommunity(readUint32(bytes, at))).join(' '),
  },
  {
    code: Code.ORIGINATOR_ID,
    name: 'ORIGINATOR_ID',
    flags: OPTIONAL,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    internal: true,
    check: ofLength(4),
    decode(bytes, start, _end, draft) {
      draft.originatorId = readUint32(bytes, start)
    },
    encode: ({ originatorId }) => (originatorId === undefined ? undefined : uint32(originatorId)),
    format: routerId,
  },
  {
    code: Code.CLUSTER_LIST,
    name: 'CLUSTER_LIST',
    flags: OPTIONAL,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    internal: true,
    check: listOf(4),
    decode(bytes, start, end, draft) {
      draft.clusterList = readList(start, end, 4, at => readUint32(bytes, at))
    },
    encode: ({ clusterList }) => filled(clusterList) && numbers(clusterList!),
    format: (bytes, start, end) => readList(start, end, 4, at => routerId(bytes, at)).join(' '),
  },
  // The two that carry NLRI are read by `mp-nlri.ts`: their faults are not those of an attribute (RFC 7606 §7.11, §7.12).
  {
    code: Code.MP_REACH_NLRI,
    name: 'MP_REACH_NLRI',
    flags: OPTIONAL,
    onFault: Verdict.RESET_SESSION,
    check: noCheck,
    format: formatMpFamily,
  },
  {
    code: Code.MP_UNREACH_NLRI,
    name: 'MP_UNREACH_NLRI',
    flags: OPTIONAL,
    onFault: Verdict.RESET_SESSION,
    check: noCheck,
    format: formatMpFamily,
  },
  {
    code: Code.EXTENDED_COMMUNITIES,
    name: 'EXTENDED_COMMUNITIES',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: listOf(EXTENDED_LENGTH),
    decode(bytes, start, end, draft) {
      draft.extendedCommunities = pieces(bytes, start, end, EXTENDED_LENGTH)
    },
    encode: ({ extendedCommunities }) => filled(extendedCommunities) && joined(extendedCommunities!),
    format: (bytes, start, end) =>
      readList(start, end, EXTENDED_LENGTH, at =>
        formatExtendedCommunity(bytes.subarray(at, at + EXTENDED_LENGTH)),
      ).join(' '),
  },
  // These two never stand in a key: they are merged into AS_PATH and AGGREGATOR (RFC 6793 §4.2.3).
  {
    code: Code.AS4_PATH,
    name: 'AS4_PATH',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.DISCARD_ATTRIBUTE,
    check(buffer, start, end) {
      if (end - start < 6 || (end - start) % 2 !== 0) return AS4_PATH_LENGTH
      return checkSegments(buffer, start, end, 4)
    },
    format: (bytes, start, end) =>
      checkSegments(bytes, start, end, 4) ? 'malformed' : formatAsPath(readSegments(bytes, start, end, 4)),
  },
  {
    code: Code.AS4_AGGREGATOR,
    name: 'AS4_AGGREGATOR',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.DISCARD_ATTRIBUTE,
    check: (buffer, start, end) => checkAggregator(buffer, start, end, true),
    format: (bytes, start) => `${readUint32(bytes, start)} ${routerId(bytes, start + 4)}`,
  },
  {
    code: Code.IPV6_EXTENDED_COMMUNITIES,
    name: 'IPV6_EXTENDED_COMMUNITIES',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: listOf(IPV6_EXTENDED_LENGTH),
    decode(bytes, start, end, draft) {
      draft.ipv6ExtendedCommunities = pieces(bytes, start, end, IPV6_EXTENDED_LENGTH)
    },
    encode: ({ ipv6ExtendedCommunities }) =>
      filled(ipv6ExtendedCommunities) && joined(ipv6ExtendedCommunities!),
    format: (bytes, start, end) =>
      readList(start, end, IPV6_EXTENDED_LENGTH, at => formatIpv6ExtendedCommunity(bytes, at)).join(' '),
  },
  {
    code: Code.LARGE_COMMUNITY,
    name: 'LARGE_COMMUNITY',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: listOf(LARGE_LENGTH),
    decode(bytes, start, end, draft) {
      draft.largeCommunities = readList(start, end, LARGE_LENGTH, at => readLargeCommunity(bytes, at))
    },
    encode({ largeCommunities }) {
      if (!filled(largeCommunities)) return undefined
      const bytes = new Uint8Array(largeCommunities!.length * LARGE_LENGTH)
      largeCommunities!.forEach((community, index) => {
        writeLargeCommunity(community, bytes, index * LARGE_LENGTH)
      })
      return bytes
    },
    format: (bytes, start, end) =>
      readList(start, end, LARGE_LENGTH, at => formatLargeCommunity(readLargeCommunity(bytes, at))).join(' '),
  },
  {
    code: Code.ONLY_TO_CUSTOMER,
    name: 'ONLY_TO_CUSTOMER',
    flags: OPTIONAL_TRANSITIVE,
    onFault: Verdict.TREAT_AS_WITHDRAW,
    check: ofLength(4),
    decode(bytes, start, _end, draft) {
      draft.onlyToCustomer = readUint32(bytes, start)
    },
    encode: ({ onlyToCustomer }) => (onlyToCustomer === undefined ? undefined : uint32(onlyToCustomer)),
    format: (bytes, start) => `${readUint32(bytes, start)}`,
  },
]

function formatMpFamily(bytes: Uint8Array, start: number, end: number): string {
  return end - start < 3 ? 'cut off' : formatAfiSafi(readUint16(bytes, start), bytes[start + 2]!)
}

const ROWS: (AttributeRow | undefined)[] = new Array(256).fill(undefined)
for (const row of ATTRIBUTE_TABLE) ROWS[row.code] = row

/** The row of a type code, or undefined where the attribute is not known. */
export function attributeRow(code: number): AttributeRow | undefined {
  return ROWS[code]
}

/** The name of an attribute, or its number. */
export function attributeName(code: number): string {
  return ROWS[code]?.name ?? `attribute ${code}`
}
