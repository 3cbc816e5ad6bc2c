import { parseAddress } from '../../net/address.ts'
import { writeUint16, writeUint32 } from '../wire/bytes.ts'

/** Types of BMP messages (RFC 7854 §4.1). */
export const BmpType = {
  ROUTE_MONITORING: 0,
  STATISTICS_REPORT: 1,
  PEER_DOWN: 2,
  PEER_UP: 3,
  INITIATION: 4,
  TERMINATION: 5,
} as const

/** Reasons of Peer Down (RFC 7854 §4.9). */
export const PeerDownReason = {
  /** We ended the session; the NOTIFICATION that we sent follows. */
  LOCAL_NOTIFICATION: 1,
  /** We ended it without one; the event of RFC 4271 §8.1 that made us follows in two octets. */
  LOCAL_EVENT: 2,
  /** The peer ended it; its NOTIFICATION follows. */
  REMOTE_NOTIFICATION: 3,
  /** The peer ended it without one. */
  REMOTE_SILENT: 4,
} as const

/** Why we take our leave (RFC 7854 §4.5). */
export const TerminationReason = { ADMINISTRATIVE: 0, OUT_OF_RESOURCES: 2 } as const

/** Statistics that are reported, by type (RFC 7854 §4.8). */
export const Statistic = {
  /** Routes of the peer before policy. */
  ADJ_RIB_IN: 7,
  /** Those of them that take part in the decision. */
  LOC_RIB: 8,
  ADJ_RIB_IN_FAMILY: 9,
  LOC_RIB_FAMILY: 10,
  TREATED_AS_WITHDRAW: 11,
} as const

/** The peer that a message is about (RFC 7854 §4.2). */
export interface BmpPeer {
  /** As text, without zone. */
  readonly address: string
  readonly as: number
  /** BGP identifier, an unsigned 32-bit number. */
  readonly routerId: number
  /** AS numbers of two octets in its UPDATEs (flag A). */
  readonly as2: boolean
}

const VERSION = 3
const COMMON_LENGTH = 6
const PEER_LENGTH = 42
const FLAG_V6 = 0x80
const FLAG_AS2 = 0x20

const INFORMATION = { STRING: 0, DESCRIPTION: 1, NAME: 2 } as const
const TERMINATION = { REASON: 1 } as const

const utf8 = new TextEncoder()

/** A TLV of Initiation and Termination. Text is cut to what a length of two octets holds. */
function tlv(type: number, value: Uint8Array): Uint8Array {
  const length = Math.min(value.length, 0xffff)
  const out = new Uint8Array(4 + length)
  writeUint16(out, 0, type)
  writeUint16(out, 2, length)
  out.set(value.subarray(0, length), 4)
  return out
}

function bmpMessage(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, COMMON_LENGTH)
  const out = new Uint8Array(length)
  out[0] = VERSION
  writeUint32(out, 1, length)
  out[5] = type
  let at = COMMON_LENGTH
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** An address in 16 octets; IPv4 in the last four. */
function address16(text: string): { bytes: Uint8Array; v6: boolean } {
  const address = parseAddress(text.replace(/%.*$/, '')) ?? new Uint8Array(4)
  const bytes = new Uint8Array(16)
  bytes.set(address, 16 - address.length)
  return { bytes, v6: address.length === 16 }
}

/**
 * The header that says which peer, in the main table before policy.
 * @param at milliseconds since 1970
 */
export function perPeerHeader(peer: BmpPeer, at: number): Uint8Array {
  const out = new Uint8Array(PEER_LENGTH)
  const { bytes, v6 } = address16(peer.address)
  out[1] = (v6 ? FLAG_V6 : 0) | (peer.as2 ? FLAG_AS2 : 0)
  out.set(bytes, 10)
  writeUint32(out, 26, peer.as)
  writeUint32(out, 30, peer.routerId)
  writeUint32(out, 34, Math.floor(at / 1000))
  writeUint32(out, 38, Math.floor((at % 1000) * 1000))
  return out
}

/** The first message: who we are. */
export function buildInitiation(name: string, description: string): Uint8Array {
  return bmpMessage(BmpType.INITIATION, [
    tlv(INFORMATION.DESCRIPTION, utf8.encode(description)),
    tlv(INFORMATION.NAME, utf8.encode(name)),
  ])
}

/** The last message. */
export function buildTermination(reason: number): Uint8Array {
  return bmpMessage(BmpType.TERMINATION, [tlv(TERMINATION.REASON, Uint8Array.of(reason >> 8, reason))])
}

/** Both ends of a session, and the OPENs that made it, as whole messages. */
export interface SessionEnds {
  readonly localAddress: string
  readonly localPort: number
  readonly remotePort: number
  readonly sentOpen: Uint8Array
  readonly receivedOpen: Uint8Array
}

export function buildPeerUp(header: Uint8Array, session: SessionEnds): Uint8Array {
  const ports = new Uint8Array(4)
  writeUint16(ports, 0, session.localPort)
  writeUint16(ports, 2, session.remotePort)
  const local = address16(session.localAddress).bytes
  return bmpMessage(BmpType.PEER_UP, [header, local, ports, session.sentOpen, session.receivedOpen])
}

/** @param data the NOTIFICATION as a whole message, the event, or nothing: as the reason has it */
export function buildPeerDown(header: Uint8Array, reason: number, data: Uint8Array): Uint8Array {
  return bmpMessage(BmpType.PEER_DOWN, [header, Uint8Array.of(reason), data])
}

/** @param update an UPDATE as a whole message, as the session has it */
export function buildRouteMonitoring(header: Uint8Array, update: Uint8Array): Uint8Array {
  return bmpMessage(BmpType.ROUTE_MONITORING, [header, update])
}

/** One number of a report: a counter of 32 bits, a gauge of 64, or a gauge of a family. */
export interface ReportedStatistic {
  readonly type: number
  readonly value: number
  readonly family?: { readonly afi: number; readonly safi: number }
}

export function buildStatistics(header: Uint8Array, statistics: readonly ReportedStatistic[]): Uint8Array {
  const count = new Uint8Array(4)
  writeUint32(count, 0, statistics.length)
  return bmpMessage(BmpType.STATISTICS_REPORT, [header, count, ...statistics.map(statisticTlv)])
}

function statisticTlv({ type, value, family }: ReportedStatistic): Uint8Array {
  if (type === Statistic.TREATED_AS_WITHDRAW) {
    const counter = new Uint8Array(4)
    writeUint32(counter, 0, value >>> 0)
    return tlv(type, counter)
  }
  const gauge = new Uint8Array(family ? 11 : 8)
  if (family) {
    writeUint16(gauge, 0, family.afi)
    gauge[2] = family.safi
  }
  writeUint32(gauge, gauge.length - 8, Math.floor(value / 0x1_0000_0000))
  writeUint32(gauge, gauge.length - 4, value >>> 0)
  return tlv(type, gauge)
}
