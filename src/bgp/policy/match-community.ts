import type { AttributeStore } from '../rib/attribute-store.ts'
import { findAttribute, hashKey, valueEnd, valueStart } from '../wire/attribute-key.ts'
import { AttributeCode } from '../wire/index.ts'
import { COMMUNITY_LENGTH, type CommunityKind, type CommunityPattern, isCommunity } from './community-text.ts'

const CODES: Readonly<Record<CommunityKind, number>> = {
  standard: AttributeCode.COMMUNITIES,
  extended: AttributeCode.EXTENDED_COMMUNITIES,
  large: AttributeCode.LARGE_COMMUNITY,
}

const KINDS = ['standard', 'extended', 'large'] as const

/** Communities to look for: whole ones by their hash, so that a long list costs no more than a short one. */
export class CommunitySet {
  readonly #kinds: readonly {
    readonly kind: CommunityKind
    readonly whole: ReadonlyMap<number, readonly CommunityPattern[]>
    readonly patterns: readonly CommunityPattern[]
  }[]

  constructor(patterns: readonly CommunityPattern[]) {
    this.#kinds = KINDS.map(kind => {
      const own = patterns.filter(pattern => pattern.kind === kind)
      // A bit that does not count (link bandwidth, either form) would change the hash.
      const whole = own.filter(({ mask }) => mask.every(octet => octet === 255))
      return {
        kind,
        whole: Map.groupBy(whole, ({ bytes }) => hashOf(bytes, 0, bytes.length)),
        patterns: own.filter(pattern => !whole.includes(pattern)),
      }
    }).filter(({ whole, patterns: some }) => whole.size + some.length > 0)
  }

  /** Whether an attribute set has one of them. */
  isIn(attributes: AttributeStore, set: number): boolean {
    const { keys } = attributes
    const start = attributes.keyStart(set)
    const end = attributes.keyEnd(set)
    for (const { kind, whole, patterns } of this.#kinds) {
      const attribute = findAttribute(keys, start, end, CODES[kind])
      if (attribute < 0) continue
      const length = COMMUNITY_LENGTH[kind]
      const to = valueEnd(keys, attribute)
      for (let at = valueStart(keys, attribute); at < to; at += length) {
        const likely = whole.size > 0 ? whole.get(hashOf(keys, at, length)) : undefined
        if (likely && holds(likely, keys, at)) return true
        if (patterns.length > 0 && holds(patterns, keys, at)) return true
      }
    }
    return false
  }
}

/** Of a standard community its four octets; of the others a hash. */
function hashOf(bytes: Uint8Array, at: number, length: number): number {
  if (length > 4) return hashKey(bytes, at, at + length)
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

function holds(patterns: readonly CommunityPattern[], keys: Uint8Array, at: number): boolean {
  for (const pattern of patterns) if (isCommunity(pattern, keys, at)) return true
  return false
}
