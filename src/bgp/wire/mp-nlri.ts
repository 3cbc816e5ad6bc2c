import type { Family } from '../../net/address.ts'
import { isHostAddress4 } from './attribute-table.ts'
import { readUint16 } from './bytes.ts'
import { unicastFamily } from './family.ts'
import { validNlri } from './nlri.ts'
import type { UpdateSession } from './update-session.ts'

/** What became of an MP_REACH_NLRI or MP_UNREACH_NLRI. */
export const MpOutcome = {
  READ: 0,
  /** A family that was not negotiated: passed over. */
  FOREIGN: 1,
  /** NLRI could be read, but the next hop is not an address to send packets to: treat-as-withdraw. */
  NO_NEXT_HOP: 2,
  /** The family's routes are lost: AFI/SAFI disable, or session reset (RFC 7606 §5.3, §7.11). */
  MALFORMED: 3,
  /** Not even the family can be read. */
  UNREADABLE: 4,
} as const

/** The two attributes of RFC 4760 that carry NLRI, as they lie in a message. Made once and reused. */
export class MpNlri {
  /** The family, where it is one of ours. */
  family: Family | undefined
  afi = 0
  safi = 0
  addPath = false
  /** NLRI, checked where the outcome says READ or NO_NEXT_HOP. */
  start = 0
  end = 0
  /** MP_REACH_NLRI: the next hop; its length is 4, 16 or 32. */
  nexthop = 0
  nexthopLength = 0

  /** True where there is something behind the next hop. */
  get hasNlri(): boolean {
    return this.end > this.start
  }

  /** Reads the value of an MP_UNREACH_NLRI (RFC 4760 §4); one of `MpOutcome`. */
  readUnreach(buffer: Uint8Array, start: number, end: number, session: UpdateSession): number {
    const outcome = this.#readFamily(buffer, start, end, session)
    if (outcome !== MpOutcome.READ) return outcome
    return this.#readNlri(buffer, start + 3, end)
  }

  /** Reads the value of an MP_REACH_NLRI (RFC 4760 §3); one of `MpOutcome`. */
  readReach(buffer: Uint8Array, start: number, end: number, session: UpdateSession): number {
    const outcome = this.#readFamily(buffer, start, end, session)
    if (outcome !== MpOutcome.READ) return outcome
    if (end - start < 5) return MpOutcome.MALFORMED
    const length = buffer[start + 3]!
    if (!this.#expectsNexthop(length, session)) return MpOutcome.MALFORMED
    this.nexthop = start + 4
    this.nexthopLength = length
    // Behind the next hop stands an octet that is reserved, and ignored.
    const nlri = this.nexthop + length + 1
    if (nlri > end) return MpOutcome.MALFORMED
    const read = this.#readNlri(buffer, nlri, end)
    if (read !== MpOutcome.READ) return read
    return this.#judgeNexthop(buffer) ? MpOutcome.READ : MpOutcome.NO_NEXT_HOP
  }

  #readFamily(buffer: Uint8Array, start: number, end: number, session: UpdateSession): number {
    this.family = undefined
    this.start = start
    this.end = end
    if (end - start < 3) return MpOutcome.UNREADABLE
    this.afi = readUint16(buffer, start)
    this.safi = buffer[start + 2]!
    const family = unicastFamily(this.afi, this.safi)
    if (family === undefined || !(family === 4 ? session.ipv4 : session.ipv6)) return MpOutcome.FOREIGN
    this.family = family
    this.addPath = family === 4 ? session.addPath4 : session.addPath6
    return MpOutcome.READ
  }

  #readNlri(buffer: Uint8Array, start: number, end: number): number {
    this.start = start
    this.end = end
    return validNlri(buffer, start, end, this.family!, this.addPath) ? MpOutcome.READ : MpOutcome.MALFORMED
  }

  /** IPv6: 16, or 32 with a link-local address (RFC 2545 §3); IPv4: 4, and with RFC 8950 §3 these two as well. */
  #expectsNexthop(length: number, session: UpdateSession): boolean {
    const ipv6 = length === 16 || length === 32
    return this.family === 6 ? ipv6 : length === 4 || (ipv6 && session.extendedNexthop)
  }

  /**
   * True where packets could be sent to the next hop. The second of two addresses has to be link-local: another one is
   * left out. A first one of `::` before a link-local one (unnumbered sessions) is one that has only the second.
   */
  #judgeNexthop(buffer: Uint8Array): boolean {
    const at = this.nexthop
    if (this.nexthopLength === 4) return isHostAddress4(buffer, at)
    if (this.nexthopLength === 32) {
      const linkLocal = buffer[at + 16] === 0xfe && (buffer[at + 17]! & 0xc0) === 0x80
      if (!linkLocal) this.nexthopLength = 16
      else if (isUnspecified(buffer, at)) {
        this.nexthop += 16
        this.nexthopLength = 16
      }
    }
    return (
      buffer[this.nexthop] !== 0xff &&
      !isUnspecified(buffer, this.nexthop) &&
      !isLoopback(buffer, this.nexthop)
    )
  }
}

function isZero(buffer: Uint8Array, at: number, octets: number): boolean {
  for (let i = 0; i < octets; i++) if (buffer[at + i] !== 0) return false
  return true
}

function isUnspecified(buffer: Uint8Array, at: number): boolean {
  return isZero(buffer, at, 16)
}

function isLoopback(buffer: Uint8Array, at: number): boolean {
  return buffer[at + 15] === 1 && isZero(buffer, at, 15)
}
