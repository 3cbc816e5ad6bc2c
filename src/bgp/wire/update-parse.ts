import type { Family } from '../../net/address.ts'
import { hasConfederation } from './as-path.ts'
import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import { AttributeIndex } from './attribute-index.ts'
import { type AttributeRow, attributeName, attributeRow } from './attribute-table.ts'
import { readUint16 } from './bytes.ts'
import { formatAfiSafi } from './family.ts'
import type { Fault } from './fault.ts'
import { as4Counts, canonicalFlags, KeyBuilder } from './key-builder.ts'
import { LastAttributes } from './last-attributes.ts'
import { HEADER_LENGTH } from './message.ts'
import { MpNlri, MpOutcome } from './mp-nlri.ts'
import { validNlri } from './nlri.ts'
import { ERROR, type ErrorCode, notification } from './notification.ts'
import { UpdateResult } from './update-result.ts'
import { type UpdateSession, Verdict } from './update-session.ts'

/** Octets behind the header that are always there: two lengths (RFC 4271 §4.3). */
const FIXED_LENGTH = 4

const OPTIONAL_TRANSITIVE = Flag.OPTIONAL | Flag.TRANSITIVE

const FLAGS: Fault = {
  text: 'its Optional and Transitive flags are not those of its type',
  error: ERROR.update.attributeFlags,
}
/** RFC 7606 §3 c: wrong flags, whatever a wrong value of the attribute asks for. */
const ON_FLAGS = Verdict.TREAT_AS_WITHDRAW
const OVERRUN: Fault = {
  text: 'it runs over the end of the attributes',
  error: ERROR.update.malformedAttributeList,
}
const MISSING: Fault = { text: 'it is missing', error: ERROR.update.missingWellKnown }
const UNKNOWN_WELL_KNOWN: Fault = {
  text: 'it is well-known by its flags, and not known',
  error: ERROR.update.unrecognizedWellKnown,
}
const TWICE: Fault = { text: 'it stands there twice', error: ERROR.update.malformedAttributeList }
const MP_INCORRECT: Fault = {
  text: 'its flags, next hop or prefixes are not valid',
  error: ERROR.update.optionalAttribute,
}
const MP_NO_HOST: Fault = {
  text: 'its next hop is not the address of a host',
  error: ERROR.update.optionalAttribute,
}
const PATH_TOO_LONG: Fault = {
  text: 'it is too long for AS numbers of four octets',
  error: ERROR.update.malformedAsPath,
}
const FOREIGN_SEGMENTS: Fault = {
  text: 'its confederation segments do not belong there and are left out',
  error: ERROR.update.malformedAsPath,
}

const NO_SESSION: UpdateSession = {
  type: 'iBGP',
  as4: true,
  ipv4: false,
  ipv6: false,
  addPath4: false,
  addPath6: false,
  extendedNexthop: false,
  firstAs: 0,
}

/**
 * Reads one UPDATE after the other. The order is that of RFC 7606: first all NLRI are found, since whatever else is wrong
 * they are what has to be withdrawn; only where they cannot be found does the session, or the family, have to go. Then
 * the attributes, each by its row of the table, while they are copied into the bytes of a key. Nothing is decoded: the
 * speaker looks the key up, and only a set of attributes that it has not seen before becomes more than bytes.
 */
class UpdateReader {
  readonly #index = new AttributeIndex()
  readonly #reach = new MpNlri()
  readonly #unreach = new MpNlri()
  readonly #key = new KeyBuilder()

  #buffer: Uint8Array = new Uint8Array(0)
  #session = NO_SESSION
  #out = new UpdateResult()
  /** Bounds of the classic NLRI: withdrawn and announced. */
  #withdrawn = 0
  #withdrawnEnd = 0
  #nlri = 0
  #end = 0
  /** Whether the two multiprotocol attributes are there and were read. */
  #hasReach = false
  #hasUnreach = false
  /** Something announces prefixes, be it of a family that we do not know. */
  #reachable = false
  /** What was announced counts as withdrawn. */
  #withdraw = false
  readonly #last = new LastAttributes()

  read(buffer: Uint8Array, start: number, end: number, session: UpdateSession, out: UpdateResult): void {
    out.clear()
    this.#buffer = buffer
    this.#session = session
    this.#out = out
    this.#withdraw = false
    this.#hasReach = false
    this.#hasUnreach = false
    if (!this.#findClassic(start + HEADER_LENGTH, end)) return
    const from = this.#withdrawnEnd + 2
    if (end > this.#nlri && this.#last.are(buffer, from, this.#nlri, session, out)) {
      const { addPath4 } = session
      if (this.#withdrawnEnd > this.#withdrawn)
        out.add(false, 4, addPath4, this.#withdrawn, this.#withdrawnEnd)
      this.#last.seal(out.add(true, 4, addPath4, this.#nlri, end))
      return
    }
    this.#last.forget()
    const index = this.#index
    index.fill(buffer, from, this.#nlri)
    if (index.count > 0 || index.overrun !== undefined || end > this.#nlri) {
      this.#findMultiprotocol()
      this.#checkList()
      this.#readAttributes()
      if (out.verdict === Verdict.RESET_SESSION) {
        out.count = 0
        out.disabled = undefined
        return
      }
    }
    this.#writeSections()
    this.#recognizeEndOfRib()
    const simple = !this.#hasReach && !this.#hasUnreach && out.problems.length === 0
    // What lies at the start of an array may be overwritten: the framer puts messages together there.
    if (simple && end > this.#nlri && start > 0 && session.ipv4) {
      this.#last.remember(buffer, from, this.#nlri, session, out, out.sections[out.count - 1]!)
    }
  }

  /** Finds the fixed parts (RFC 4271 §4.3). Without them nothing can be read: false, after a reset. */
  #findClassic(body: number, end: number): boolean {
    const buffer = this.#buffer
    const lengths = ERROR.update.malformedAttributeList
    if (end - body < FIXED_LENGTH) return this.#reset(0, 'the UPDATE is too short', lengths)
    this.#withdrawn = body + 2
    this.#withdrawnEnd = this.#withdrawn + readUint16(buffer, body)
    if (this.#withdrawnEnd + 2 > end) {
      return this.#reset(0, 'the withdrawn routes run over the end of the UPDATE', lengths)
    }
    this.#nlri = this.#withdrawnEnd + 2 + readUint16(buffer, this.#withdrawnEnd)
    this.#end = end
    if (this.#nlri > end) return this.#reset(0, 'the attributes run over the end of the UPDATE', lengths)
    const addPath = this.#session.addPath4
    if (
      validNlri(buffer, this.#withdrawn, this.#withdrawnEnd, 4, addPath) &&
      validNlri(buffer, this.#nlri, end, 4, addPath)
    ) {
      return true
    }
    return this.#reset(0, 'a prefix is longer than 32 bits, or cut off', ERROR.update.invalidNetworkField)
  }

  /** Finds the NLRI of MP_REACH_NLRI and MP_UNREACH_NLRI. */
  #findMultiprotocol(): void {
    const index = this.#index
    this.#reachable = this.#end > this.#nlri
    if (index.has(Code.MP_UNREACH_NLRI)) this.#hasUnreach = this.#readMultiprotocol(Code.MP_UNREACH_NLRI)
    if (index.has(Code.MP_REACH_NLRI)) {
      this.#hasReach = this.#readMultiprotocol(Code.MP_REACH_NLRI)
    }
  }

  /** True where the attribute carries a family of the session and is well formed. */
  #readMultiprotocol(code: number): boolean {
    const index = this.#index
    const reading = code === Code.MP_REACH_NLRI
    const mp = reading ? this.#reach : this.#unreach
    const from = index.value(code)
    const to = index.end(code)
    let outcome = reading
      ? mp.readReach(this.#buffer, from, to, this.#session)
      : mp.readUnreach(this.#buffer, from, to, this.#session)
    if (reading && mp.hasNlri) this.#reachable = true
    const ours = outcome !== MpOutcome.FOREIGN && outcome !== MpOutcome.UNREADABLE
    if (ours && this.#flagsDiffer(code, Flag.OPTIONAL)) outcome = MpOutcome.MALFORMED
    switch (outcome) {
      case MpOutcome.READ:
        return true
      case MpOutcome.NO_NEXT_HOP:
        this.#fault(code, Verdict.TREAT_AS_WITHDRAW, MP_NO_HOST)
        return true
      case MpOutcome.FOREIGN: {
        const text = `it carries ${formatAfiSafi(mp.afi, mp.safi)}, which is not a family of this session`
        this.#out.report(code, Verdict.DISCARD_ATTRIBUTE, `${attributeName(code)}: ${text}`)
        return false
      }
      case MpOutcome.MALFORMED:
        this.#disable(code, mp.family!)
        return false
      default:
        this.#fault(code, Verdict.RESET_SESSION, MP_INCORRECT)
        return false
    }
  }

  /** A family's routes are lost. With another family on the session that one goes on; alone, the session ends. */
  #disable(code: number, family: Family): void {
    const { ipv4, ipv6 } = this.#session
    const { disabled } = this.#out
    const other = ipv4 && ipv6 && (disabled === undefined || disabled === family)
    if (other) this.#out.disabled = family
    this.#fault(code, other ? Verdict.DISABLE_FAMILY : Verdict.RESET_SESSION, MP_INCORRECT)
  }

  /** Checks the attributes as a list: overrun, duplicates, and what has to be there. */
  #checkList(): void {
    const { overrun, duplicates } = this.#index
    if (overrun !== undefined) {
      // The attribute that runs over could be, or hide, the one with the NLRI: these must be found (RFC 7606 §3 j).
      const hidden = overrun === Code.MP_REACH_NLRI || overrun === Code.MP_UNREACH_NLRI || !this.#reachable
      this.#fault(Math.max(overrun, 0), hidden ? Verdict.RESET_SESSION : Verdict.TREAT_AS_WITHDRAW, OVERRUN)
    }
    for (const code of duplicates ?? []) {
      const carriesNlri = code === Code.MP_REACH_NLRI || code === Code.MP_UNREACH_NLRI
      this.#fault(code, carriesNlri ? Verdict.RESET_SESSION : Verdict.DISCARD_ATTRIBUTE, TWICE)
    }
    if (!this.#reachable) return
    this.#require(Code.ORIGIN)
    this.#require(Code.AS_PATH)
    if (this.#end > this.#nlri) this.#require(Code.NEXT_HOP)
  }

  #require(code: number): void {
    if (!this.#index.has(code)) this.#fault(code, Verdict.TREAT_AS_WITHDRAW, MISSING)
  }

  /** Checks every attribute and copies it into the key. */
  #readAttributes(): void {
    const { codes, count } = this.#index
    const as4 = this.#session.as4 ? false : this.#readAs4()
    this.#key.begin(this.#out, this.#nlri - this.#withdrawnEnd)
    for (let i = 0; i < count; i++) {
      const code = codes[i]!
      const row = attributeRow(code)
      if (row) this.#readKnown(code, row, as4)
      else this.#readUnknown(code)
    }
  }

  #readKnown(code: number, row: AttributeRow, as4: boolean): void {
    if (!row.decode) {
      this.#readOutsideKey(code, row)
      return
    }
    const index = this.#index
    const from = index.value(code)
    const to = index.end(code)
    if (row.internal && this.#session.type === 'eBGP') {
      this.#out.report(code, Verdict.DISCARD_ATTRIBUTE, `${row.name} from an external neighbour`)
      return
    }
    const fault = this.#flagsDiffer(code, row.flags)
      ? FLAGS
      : row.check(this.#buffer, from, to, this.#session)
    if (fault) {
      this.#fault(code, fault === FLAGS ? ON_FLAGS : row.onFault, fault)
      return
    }
    const flags = canonicalFlags(row.flags, this.#buffer[index.start(code)]!)
    if (code === Code.LARGE_COMMUNITY) {
      this.#key.copyLargeCommunities(flags, this.#buffer, from, to)
    } else if (this.#session.as4 || (code !== Code.AS_PATH && code !== Code.AGGREGATOR)) {
      this.#key.copy(flags, code, this.#buffer, from, to)
    } else if (code === Code.AGGREGATOR) {
      const fromAs4 = as4 && index.has(Code.AS4_AGGREGATOR) && !this.#as4Broken(Code.AS4_AGGREGATOR)
      this.#key.widenAggregator(flags, this.#buffer, index, fromAs4)
    } else {
      const merged = as4 && index.has(Code.AS4_PATH) && !this.#as4Broken(Code.AS4_PATH)
      if (!this.#key.widenAsPath(this.#buffer, index, merged)) this.#fault(code, row.onFault, PATH_TOO_LONG)
    }
  }

  /** NEXT_HOP counts only for the NLRI behind the attributes (RFC 4760 §3); the others were read before. */
  #readOutsideKey(code: number, row: AttributeRow): void {
    if (code === Code.NEXT_HOP && this.#end > this.#nlri) {
      const index = this.#index
      const fault = this.#flagsDiffer(code, row.flags)
        ? FLAGS
        : row.check(this.#buffer, index.value(code), index.end(code), this.#session)
      if (fault) this.#fault(code, row.onFault, fault)
    } else if (this.#session.as4 && (code === Code.AS4_PATH || code === Code.AS4_AGGREGATOR)) {
      this.#out.report(
        code,
        Verdict.DISCARD_ATTRIBUTE,
        `${row.name} from a neighbour with four-octet AS numbers`,
      )
    }
  }

  /** Checks AS4_PATH and AS4_AGGREGATOR; whether they count where they are well formed. */
  #readAs4(): boolean {
    for (const code of [Code.AS4_PATH, Code.AS4_AGGREGATOR]) {
      const fault = this.#index.has(code) ? this.#as4Broken(code) : undefined
      if (fault) this.#fault(code, Verdict.DISCARD_ATTRIBUTE, fault)
    }
    const index = this.#index
    if (index.has(Code.AS4_PATH) && !this.#as4Broken(Code.AS4_PATH)) this.#noteForeignSegments()
    const aggregator =
      index.has(Code.AGGREGATOR) && index.end(Code.AGGREGATOR) - index.value(Code.AGGREGATOR) === 6
    return as4Counts(
      this.#buffer,
      aggregator ? index.value(Code.AGGREGATOR) : -1,
      index.has(Code.AS4_AGGREGATOR) && !this.#as4Broken(Code.AS4_AGGREGATOR),
    )
  }

  /** RFC 6793 §6: confederation segments are left out of AS4_PATH (`mergeAs4Path`), and the log is told. */
  #noteForeignSegments(): void {
    const index = this.#index
    if (!hasConfederation(this.#buffer, index.value(Code.AS4_PATH), index.end(Code.AS4_PATH), 4)) return
    this.#fault(Code.AS4_PATH, Verdict.DISCARD_ATTRIBUTE, FOREIGN_SEGMENTS)
  }

  #as4Broken(code: number): Fault | undefined {
    const row = attributeRow(code)!
    if (this.#flagsDiffer(code, row.flags)) return FLAGS
    return row.check(this.#buffer, this.#index.value(code), this.#index.end(code), this.#session)
  }

  /** RFC 4271 §5, §6.3: passed on with Partial where transitive, dropped where not, an error where well-known. */
  #readUnknown(code: number): void {
    const index = this.#index
    const flags = this.#buffer[index.start(code)]!
    if ((flags & Flag.OPTIONAL) === 0) {
      this.#fault(code, Verdict.RESET_SESSION, UNKNOWN_WELL_KNOWN)
    } else if ((flags & Flag.TRANSITIVE) !== 0) {
      this.#key.copy(
        OPTIONAL_TRANSITIVE | Flag.PARTIAL,
        code,
        this.#buffer,
        index.value(code),
        index.end(code),
      )
    }
  }

  #flagsDiffer(code: number, flags: number): boolean {
    return ((this.#buffer[this.#index.start(code)]! ^ flags) & OPTIONAL_TRANSITIVE) !== 0
  }

  /**
   * Notes a fault of an attribute. In an UPDATE that announces nothing, one that asks for more than leaving the attribute out
   * means that the NLRI may not have been found: the session has to end (RFC 7606 §5.2).
   */
  #fault(code: number, verdict: number, fault: Fault): void {
    const text = `${attributeName(code)}: ${fault.text}`
    if (verdict === Verdict.RESET_SESSION || (verdict === Verdict.TREAT_AS_WITHDRAW && !this.#reachable)) {
      this.#reset(code, text, fault.error)
      return
    }
    if (verdict === Verdict.TREAT_AS_WITHDRAW) this.#withdraw = true
    this.#out.report(code, verdict, text)
  }

  /** The first reason for the end of the session is the one that is sent, with the attribute (RFC 4271 §6.3). */
  #reset(code: number, text: string, error: ErrorCode): false {
    this.#out.report(code, Verdict.RESET_SESSION, text)
    this.#out.notification ??= notification(error, this.#dataOf(code, error))
    return false
  }

  #dataOf(code: number, error: ErrorCode): Uint8Array | undefined {
    const index = this.#index
    if (code === 0 || error === ERROR.update.malformedAttributeList || !index.has(code)) return undefined
    return this.#buffer.subarray(index.start(code), index.end(code))
  }

  #writeSections(): void {
    const out = this.#out
    const announce = !this.#withdraw
    const classic = this.#takesClassic()
    const { addPath4 } = this.#session
    if (classic && this.#withdrawnEnd > this.#withdrawn) {
      out.add(false, 4, addPath4, this.#withdrawn, this.#withdrawnEnd)
    }
    const unreach = this.#unreach
    if (this.#hasUnreach && unreach.hasNlri && unreach.family !== out.disabled) {
      out.add(false, unreach.family!, unreach.addPath, unreach.start, unreach.end)
    }
    if (classic && this.#end > this.#nlri) {
      const section = out.add(announce, 4, addPath4, this.#nlri, this.#end)
      if (announce) this.#key.seal(section, this.#buffer, this.#index.value(Code.NEXT_HOP), 4)
    }
    const reach = this.#reach
    if (this.#hasReach && reach.hasNlri && reach.family !== out.disabled) {
      const section = out.add(announce, reach.family!, reach.addPath, reach.start, reach.end)
      if (announce) this.#key.seal(section, this.#buffer, reach.nexthop, reach.nexthopLength)
    }
  }

  /** Whether the classic NLRI are of a family of the session. */
  #takesClassic(): boolean {
    if (this.#session.ipv4) return this.#out.disabled !== 4
    if (this.#withdrawnEnd > this.#withdrawn || this.#end > this.#nlri) {
      const text = 'the UPDATE carries ipv4-unicast, which is not a family of this session'
      this.#out.report(0, Verdict.DISCARD_ATTRIBUTE, text)
    }
    return false
  }

  /** RFC 4724 §2: nothing at all (IPv4), or an MP_UNREACH_NLRI alone and without NLRI. */
  #recognizeEndOfRib(): void {
    if (this.#withdrawnEnd > this.#withdrawn || this.#end > this.#nlri) return
    const { count } = this.#index
    if (count === 0 && this.#session.ipv4) this.#out.endOfRib = 4
    if (count === 1 && this.#hasUnreach && !this.#unreach.hasNlri) this.#out.endOfRib = this.#unreach.family
  }
}

/** Shared by all sessions: a call runs from end to end without giving way to another. */
const reader = new UpdateReader()

/**
 * Reads an UPDATE straight from the buffer (header included) as RFC 4271 §6.3, RFC 4760 and RFC 7606 have it. Never
 * throws. Treat-as-withdraw is done already: its sections have `announce` false. With RESET_SESSION there are no sections.
 */
export function parseUpdate(
  buffer: Uint8Array,
  start: number,
  end: number,
  session: UpdateSession,
  out: UpdateResult,
): void {
  reader.read(buffer, start, end, session, out)
}
