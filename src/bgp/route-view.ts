import type { Family } from '../net/address.ts'
import { contains, type Prefix } from '../net/prefix.ts'
import type { UpdateGroup } from './export/update-group.ts'
import type { Refusal } from './refusal.ts'
import { describePrefix, type KnownNeighbors, type RouteRow, type WantedPaths } from './routes.ts'
import type { Tables } from './tables.ts'
import { type Attributes, decodeKey, parseUpdate, UpdateResult, type UpdateSession } from './wire/index.ts'

/** What a view asks of whoever knows the neighbours. */
export interface ViewHost {
  readonly tables: Tables
  /** Address of a neighbour by its number; undefined for our own. */
  addressOf(peer: number): string | undefined
  /** Number of a neighbour in the tables; undefined where there is none of this address. */
  peerOf(address: string): number | undefined
  /** The update group that tells a neighbour of a family. */
  groupOf(family: Family, peer: number): UpdateGroup | undefined
  /** Why a path of a neighbour is not accepted. */
  refusalOf(family: Family, peer: number, slot: number, received: number): Refusal | undefined
}

/** Which prefixes of a table are wanted. */
export interface Wanted {
  /** Only this prefix and those inside it. */
  readonly inside?: Prefix | undefined
  /** Only those that this neighbour has announced (`received`), or was told of (`advertised`). */
  readonly neighbor?: { readonly peer: number; readonly direction: 'received' | 'advertised' } | undefined
}

/** A path as a neighbour was told of it. */
export interface AdvertisedPath {
  readonly pathId: number | undefined
  readonly attributes: Attributes
}

/** Slots looked at between two chances for the caller to pause. */
const STRIDE = 256

/**
 * The tables for people, prefix by prefix: the caller walks as long as it may and goes on later where it stopped, while the
 * tables change under it. A prefix that is there all the time comes once.
 */
export class RouteView {
  readonly #host: ViewHost
  readonly #update = new UpdateResult()

  constructor(host: ViewHost) {
    this.#host = host
  }

  /** Slots from `from` on of prefixes that are wanted, and -1 now and then, where the caller may pause. */
  *slots(family: Family, from: number, wanted: Wanted): Generator<number> {
    const { prefixes } = this.#host.tables.paths[family]
    const { inside } = wanted
    if (inside && inside.length === inside.bytes.length * 8) {
      const slot = prefixes.find(inside.bytes, 0, inside.length)
      if (slot >= from && this.#isWanted(family, slot, wanted)) yield slot
      return
    }
    for (let slot = from; slot < prefixes.top; slot++) {
      if (slot % STRIDE === 0) yield -1
      if (this.#isWanted(family, slot, wanted)) yield slot
    }
  }

  #isWanted(family: Family, slot: number, { inside, neighbor }: Wanted): boolean {
    const table = this.#host.tables.paths[family]
    if (!table.has(slot)) return false
    if (inside) {
      const bytes = new Uint8Array(family === 4 ? 4 : 16)
      table.prefixes.writeAddress(slot, bytes, 0)
      if (!contains(inside, { bytes, length: table.prefixes.length(slot) })) return false
    }
    if (!neighbor) return true
    if (neighbor.direction === 'advertised') {
      return this.#host.groupOf(family, neighbor.peer)?.hasTold(slot, neighbor.peer) ?? false
    }
    for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
      if (table.peer[row] === neighbor.peer && table.holds(row)) return true
    }
    return false
  }

  /** The slot of exactly this prefix, -1 where there is none. */
  find(family: Family, prefix: Prefix): number {
    return this.#host.tables.paths[family].prefixes.find(prefix.bytes, 0, prefix.length)
  }

  /** A prefix with its paths, or with those that are wanted. */
  describe(family: Family, slot: number, wanted?: WantedPaths): RouteRow {
    const host = this.#host
    const { paths, attributes } = host.tables
    const neighbors: KnownNeighbors = {
      addressOf: peer => host.addressOf(peer),
      refusalOf: (peer, at, received) => host.refusalOf(family, peer, at, received),
    }
    return describePrefix(paths[family], attributes, slot, neighbors, wanted)
  }

  /** A prefix as a neighbour was told of it: the attributes are read back from the message. */
  advertised(family: Family, slot: number, peer: number): { prefix: string; paths: AdvertisedPath[] } {
    const group = this.#host.groupOf(family, peer)
    const prefix = this.#host.tables.paths[family].prefixes.text(slot)
    if (!group) return { prefix, paths: [] }
    const session: UpdateSession = {
      type: group.treatment.outgoing.type,
      as4: group.treatment.outgoing.as4,
      ipv4: true,
      ipv6: true,
      addPath4: group.allPaths,
      addPath6: group.allPaths,
      extendedNexthop: true,
      firstAs: 0,
    }
    const paths = group.told(slot, peer).flatMap(bytes => {
      const update = this.#update
      parseUpdate(bytes, 0, bytes.length, session, update)
      const section = update.sections[0]!
      if (update.count === 0 || !section.announce) return []
      const attributes = decodeKey(update.keys, section.keyStart, section.keyEnd)
      const pathId = group.allPaths
        ? new DataView(bytes.buffer, bytes.byteOffset + section.start).getUint32(0)
        : undefined
      return [{ pathId, attributes }]
    })
    return { prefix, paths }
  }

  /** Number of a neighbour in the tables; undefined where there is none of this address. */
  peerOf(address: string): number | undefined {
    return this.#host.peerOf(address)
  }
}
