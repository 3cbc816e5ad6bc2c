import type { Family } from '../net/address.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import { LOCAL } from './rib/peers.ts'
import type { Tables } from './tables.ts'
import { encodeKey, hashKey } from './wire/index.ts'

/** Path identifiers of what we originate ourselves, by source: one path each. */
const ORIGIN = { connected: 1, static: 2 } as const

/** Routes of our own that may be announced: paths of the neighbour `LOCAL`. */
export class Originated {
  readonly #tables: Tables
  readonly #sets: Readonly<Record<Family, number>>

  constructor(tables: Tables) {
    this.#tables = tables
    this.#sets = { 4: ownSet(tables.attributes, 4), 6: ownSet(tables.attributes, 6) }
  }

  /** Takes the place of what was originated for the prefix before; `bytes` as in `PrefixTable.insert`. */
  add(
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    source: 'connected' | 'static',
  ): void {
    const set = this.#sets[family]
    const table = this.#tables.paths[family]
    const other = ORIGIN[source === 'connected' ? 'static' : 'connected']
    table.withdraw(LOCAL, bytes, offset, length, other)
    table.announce(LOCAL, bytes, offset, length, ORIGIN[source], set, set)
  }

  remove(family: Family, bytes: Uint8Array, offset: number, length: number): void {
    const table = this.#tables.paths[family]
    table.withdraw(LOCAL, bytes, offset, length, ORIGIN.connected)
    table.withdraw(LOCAL, bytes, offset, length, ORIGIN.static)
  }
}

/** The attributes of what we originate: ORIGIN IGP, an empty AS_PATH, and no next hop, for which ours is put. */
function ownSet(attributes: AttributeStore, family: Family): number {
  const key = encodeKey({ nexthop: new Uint8Array(family === 4 ? 4 : 16), origin: 0, asPath: [] })
  return attributes.intern(key, 0, key.length, hashKey(key, 0, key.length))
}
