import type { PrefixEntry, PrefixMatch } from '../../model/config-policy.ts'
import { ADDRESS_BITS, type Family } from '../../net/address.ts'
import { parsePrefix } from '../../net/prefix.ts'

/** Prefixes inside of one, by their length. */
export interface PrefixRange {
  readonly family: Family
  readonly bytes: Uint8Array
  /** Bits of the prefix that they lie in. */
  readonly bits: number
  /** The shortest and the longest of them; none where they cross. */
  readonly shortest: number
  readonly longest: number
}

const SHORT = /^(\S+)(?: +ge +(\d{1,3}))?(?: +le +(\d{1,3}))?$/

/** The prefix, `ge` and `le` of an entry in either form; undefined where a text is none. */
export function prefixMatchOf(entry: PrefixEntry): PrefixMatch | undefined {
  if (typeof entry !== 'string') return entry
  const [, prefix, ge, le] = SHORT.exec(entry) ?? []
  if (prefix === undefined || !parsePrefix(prefix)) return undefined
  return { prefix, ...(ge !== undefined && { ge: Number(ge) }), ...(le !== undefined && { le: Number(le) }) }
}

/** `10.0.0.0/8 ge 16 le 24`. */
export function formatPrefixMatch({ prefix, ge, le }: PrefixMatch): string {
  return `${prefix}${ge === undefined ? '' : ` ge ${ge}`}${le === undefined ? '' : ` le ${le}`}`
}

/** What an entry means: without `ge` and `le` the prefix itself, with `ge` alone all from that length on. */
export function prefixRange(entry: PrefixEntry): PrefixRange | undefined {
  const match = prefixMatchOf(entry)
  const prefix = match && parsePrefix(match.prefix)
  if (!match || !prefix) return undefined
  const { bytes, length } = prefix
  const family = bytes.length === 4 ? 4 : 6
  const longest = match.le ?? (match.ge === undefined ? length : ADDRESS_BITS[family])
  return { family, bytes, bits: length, shortest: Math.max(length, match.ge ?? length), longest }
}
