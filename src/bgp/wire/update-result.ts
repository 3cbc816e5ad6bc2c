import type { Family } from '../../net/address.ts'
import type { Notification } from './notification.ts'
import { Verdict } from './update-session.ts'

/** A range of NLRI of one family, announced with one set of attributes, or withdrawn. */
export class UpdateSection {
  announce = false
  family: Family = 4
  addPath = false
  /** The NLRI, in the buffer of the message; checked. */
  start = 0
  end = 0
  /** Announced: the key of the attributes, in `UpdateResult.keys`, and its hash. */
  keyStart = 0
  keyEnd = 0
  hash = 0
  /** Announced: the attributes are those of the UPDATE that was read last, of the same session. */
  repeated = false
}

/** Something that was wrong with an UPDATE, for the log. */
export interface UpdateProblem {
  /** Path attribute code, or 0 where it is not about one. */
  readonly attribute: number
  /** One of `Verdict`. */
  readonly verdict: number
  readonly text: string
}

/** Problems of one UPDATE that are kept: enough to see what is wrong, however many a hostile peer has put in. */
const MAX_PROBLEMS = 16

/** An UPDATE has room for four ranges: withdrawn and announced, classic and multiprotocol. */
const MAX_SECTIONS = 4

/** No problem, most of the time: shared, so that an UPDATE that is well costs no array. */
const NO_PROBLEMS: readonly UpdateProblem[] = []

/** What `parseUpdate` found: made once for a session (or for all) and reused. All of it is valid until the next call. */
export class UpdateResult {
  /** The strongest verdict, one of `Verdict`. */
  verdict: number = Verdict.ACCEPT
  /** With RESET_SESSION: what to send. */
  notification: Notification | undefined
  /**
   * With DISABLE_FAMILY: which. Its routes are to be forgotten, and the session to be read from now on without it (`ipv4` or
   * `ipv6` false). The other family goes on: its sections are here.
   */
  disabled: Family | undefined
  /** Empty unless something was wrong. */
  problems: readonly UpdateProblem[] = NO_PROBLEMS
  /** The family whose End-of-RIB this is (RFC 4724 §2), or undefined. */
  endOfRib: Family | undefined
  /** How many of `sections` are filled; in order, withdrawals first. */
  count = 0
  readonly sections: readonly UpdateSection[] = Array.from(
    { length: MAX_SECTIONS },
    () => new UpdateSection(),
  )
  /** The bytes that keys lie in. */
  keys = new Uint8Array(1024)

  /** Forgets the last UPDATE. */
  clear(): void {
    this.verdict = Verdict.ACCEPT
    this.notification = undefined
    this.disabled = undefined
    this.problems = NO_PROBLEMS
    this.endOfRib = undefined
    this.count = 0
  }

  /** Notes what was wrong, and keeps the strongest verdict. */
  report(attribute: number, verdict: number, text: string): void {
    if (verdict > this.verdict) this.verdict = verdict
    if (this.problems.length < MAX_PROBLEMS) this.problems = [...this.problems, { attribute, verdict, text }]
  }

  /** The next section to fill. */
  add(announce: boolean, family: Family, addPath: boolean, start: number, end: number): UpdateSection {
    const section = this.sections[this.count++]!
    section.announce = announce
    section.family = family
    section.addPath = addPath
    section.start = start
    section.end = end
    section.repeated = false
    return section
  }
}
