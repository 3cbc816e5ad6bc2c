import { isConfederation, MAX_SEGMENT, Segment } from './as-path.ts'
import { readUint32, writeUint32 } from './bytes.ts'

/** What becomes of an AS_PATH on its way out, beside what is put in front of it. */
export interface PathEdit {
  /** eBGP: private ASes (RFC 6996) are left out, or our own stands in their place. The neighbour's own AS stays. */
  readonly privateAs?: 'remove' | 'replace' | undefined
  /** eBGP: the neighbour's AS, so that it does not take the path for a loop of its own, becomes ours. */
  readonly override: boolean
  readonly peerAs: number
}

/** What a path is written by; see `Outgoing`. */
export interface PathRules {
  readonly type: 'iBGP' | 'eBGP' | 'confederation'
  readonly localAs: number
  readonly prepend: number
  readonly innerAs?: number | undefined
  readonly path?: PathEdit | undefined
}

/** RFC 6996 §5. */
export function isPrivateAs(as: number): boolean {
  return (as >= 64512 && as <= 65534) || (as >= 4200000000 && as <= 4294967294)
}

/** Octets that a path of `length` octets may have more when it leaves. */
export function pathGrowth({ prepend, innerAs }: PathRules): number {
  const front = prepend + (innerAs === undefined ? 0 : 1)
  return front * 4 + 2 * Math.ceil(front / MAX_SEGMENT)
}

/** Writes AS_PATHs with AS numbers of four octets. */
export class PathWriter {
  #edited = new Uint8Array(1024)

  /**
   * Writes the path of a key, from `from` to `to`, with what comes in front. Towards the outside confederation segments
   * are left out (RFC 5065 §4.1).
   * @returns the offset behind it
   */
  write(
    out: Uint8Array,
    offset: number,
    key: Uint8Array,
    from: number,
    to: number,
    rules: PathRules,
  ): number {
    if (rules.type !== 'eBGP' || !rules.path) return this.#withFront(out, offset, key, from, to, rules)
    const end = this.#edit(key, from, to, rules, rules.path)
    return this.#withFront(out, offset, this.#edited, 0, end, rules)
  }

  #withFront(
    out: Uint8Array,
    offset: number,
    key: Uint8Array,
    from: number,
    to: number,
    { type, localAs, prepend, innerAs }: PathRules,
  ): number {
    const outside = type === 'eBGP'
    let at = from
    let end = offset
    const front = prepend === 0 ? 0 : prepend + (innerAs === undefined ? 0 : 1)
    if (type !== 'iBGP' && front > 0) {
      const segment = outside ? Segment.SEQUENCE : Segment.CONFED_SEQUENCE
      while (outside && at < to && isConfederation(key[at]!)) at += 2 + key[at + 1]! * 4
      const room = at < to && key[at] === segment ? MAX_SEGMENT - key[at + 1]! : 0
      const joined = Math.min(room, front)
      let written = 0
      while (front - written > joined) {
        const count = Math.min(front - joined - written, MAX_SEGMENT)
        out[end++] = segment
        out[end++] = count
        for (let i = 0; i < count; i++) end = writeUint32(out, end, written++ < prepend ? localAs : innerAs!)
      }
      if (joined > 0) {
        const count = key[at + 1]!
        out[end++] = segment
        out[end++] = count + joined
        for (let i = 0; i < joined; i++) end = writeUint32(out, end, written++ < prepend ? localAs : innerAs!)
        for (let i = at + 2; i < at + 2 + count * 4; i++) out[end++] = key[i]!
        at += 2 + count * 4
      }
    }
    while (at < to) {
      const behind = at + 2 + key[at + 1]! * 4
      if (!outside || !isConfederation(key[at]!)) for (let i = at; i < behind; i++) out[end++] = key[i]!
      at = behind
    }
    return end
  }

  /** Puts the edited path into `#edited`; a segment of which nothing is left goes. Returns where it ends. */
  #edit(key: Uint8Array, from: number, to: number, { localAs }: PathRules, edit: PathEdit): number {
    if (this.#edited.length < to - from) this.#edited = new Uint8Array(to - from)
    const { privateAs, override, peerAs } = edit
    const edited = this.#edited
    let end = 0
    for (let at = from; at < to; ) {
      const behind = at + 2 + key[at + 1]! * 4
      const segment = end
      edited[end++] = key[at]!
      end++
      for (let i = at + 2; i < behind; i += 4) {
        const as = readUint32(key, i)
        if (as === peerAs) end = writeUint32(edited, end, override ? localAs : as)
        else if (privateAs === undefined || !isPrivateAs(as)) end = writeUint32(edited, end, as)
        else if (privateAs === 'replace') end = writeUint32(edited, end, localAs)
      }
      edited[segment + 1] = (end - segment - 2) >> 2
      if (end === segment + 2) end = segment
      at = behind
    }
    return end
  }
}
