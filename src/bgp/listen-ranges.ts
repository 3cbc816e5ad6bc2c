import type { Bgp, BgpNeighborGroup } from '../model/config-bgp.ts'
import { type Prefix, parsePrefix } from '../net/prefix.ts'
import { withoutZone } from '../net/zone.ts'

/** Addresses from which unnamed neighbours of a group are accepted. */
export interface ListenRange {
  readonly prefix: Prefix
  readonly group: BgpNeighborGroup
}

/** The listen ranges of all groups. An address is of the group with the longest range that has it. */
export class ListenRanges implements Iterable<ListenRange> {
  readonly #all: readonly ListenRange[]
  /** The longest first: the groups by the octets of their ranges of this length. */
  readonly #byLength: readonly { readonly length: number; readonly groups: Map<string, BgpNeighborGroup> }[]

  constructor(bgp: Bgp | undefined) {
    this.#all = (bgp?.neighborGroups ?? []).flatMap(group =>
      (group.listenRanges ?? []).map(text => ({ prefix: parsePrefix(text)!, group })),
    )
    const lengths = Map.groupBy(this.#all, ({ prefix }) => prefix.length)
    this.#byLength = [...lengths]
      .sort(([a], [b]) => b - a)
      .map(([length, ranges]) => ({
        length,
        groups: new Map(ranges.map(({ prefix, group }) => [masked(prefix.bytes, length), group])),
      }))
  }

  [Symbol.iterator](): Iterator<ListenRange> {
    return this.#all[Symbol.iterator]()
  }

  /** The group whose ranges an address is in. */
  groupOf(address: string): BgpNeighborGroup | undefined {
    const bytes = withoutZone(address)
    if (!bytes) return undefined
    for (const { length, groups } of this.#byLength) {
      const group = length <= bytes.length * 8 ? groups.get(masked(bytes, length)) : undefined
      if (group) return group
    }
    return undefined
  }
}

/** The family and the first bits of an address, the others 0. */
function masked(bytes: Uint8Array, length: number): string {
  let text = String(bytes.length)
  for (let bit = 0, at = 0; bit < length; bit += 8, at++) {
    const rest = length - bit
    text += `.${rest >= 8 ? bytes[at]! : bytes[at]! & (0xff00 >> rest)}`
  }
  return text
}
