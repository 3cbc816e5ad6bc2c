import type { Family } from '../net/address.ts'
import type { Room } from '../net/columns.ts'
import { AttributeStore } from './rib/attribute-store.ts'
import { Hops } from './rib/hops.ts'
import { PathTable } from './rib/path-table.ts'
import { PeerColumns, type PerFamily } from './rib/peers.ts'
import type { NexthopInterner, NexthopReachability, RouteSink } from './sink.ts'

/** All that the speaker knows of routes. */
export interface Tables {
  readonly hops: Hops
  readonly attributes: AttributeStore
  readonly columns: PeerColumns
  readonly paths: Readonly<Record<Family, PathTable>>
}

/** Makes room for prefixes and paths, and for as many sets of attributes as paths of one family. */
export function prepareTables({ paths, attributes }: Tables, room: PerFamily<Room>): void {
  for (const family of [4, 6] as const) paths[family].prepare(room[family])
  attributes.reserve(Math.max(room[4].entries, room[6].entries))
}

export function createTables(
  sink: RouteSink,
  nexthops: NexthopInterner,
  reachability?: NexthopReachability,
): Tables {
  const hops = new Hops(nexthops, reachability)
  const attributes = new AttributeStore(hops)
  const columns = new PeerColumns()
  return {
    hops,
    attributes,
    columns,
    paths: {
      4: new PathTable(4, attributes, hops, columns, sink),
      6: new PathTable(6, attributes, hops, columns, sink),
    },
  }
}
