import type { MigrationNode, MigrationState } from '../model/state.ts'
import type { Family } from '../net/address.ts'
import { formatPrefix } from '../net/prefix.ts'
import type { Steps } from '../net/steps.ts'
import type { UpdateGroup } from './export/update-group.ts'
import type { Neighbor } from './neighbor/neighbor.ts'
import type { PathTable } from './rib/path-table.ts'

/** Prefixes of a node that members of an update group are not told, and one of them. */
interface Gap {
  prefixes: number
  readonly example: string
}

/** By update group and by the node that announces them. */
type Gaps = Map<UpdateGroup, Map<Neighbor, Gap>>

/** Slots looked at between two chances for the caller to pause. */
const STRIDE = 256

/**
 * Whether nodes that hold sessions with each other, a full mesh, could do without: whether each hears from us all that the
 * others announce. Yields now and then, where the caller may pause: the tables may change meanwhile.
 * @param neighbors those of the group
 * @param expected how many nodes there should be, where the operator says so
 */
export function* migrationState(
  group: string,
  neighbors: readonly Neighbor[],
  tables: Readonly<Record<Family, PathTable>>,
  expected: number | undefined,
): Steps<MigrationState> {
  const byPeer = new Map(neighbors.map(neighbor => [neighbor.peer, neighbor]))
  const gaps: Gaps = new Map()
  for (const family of [4, 6] as const) yield* findGaps(family, tables[family], byPeer, gaps)
  const nodes = neighbors.map(neighbor => nodeState(neighbor, gaps))
  const summary = summaryOf(nodes, expected)
  return { group, ready: summary === READY, summary, nodes }
}

const READY = 'ready: the mesh can be switched off'

/** Prefixes that a node announces and that update groups of other nodes are not told. */
function* findGaps(
  family: Family,
  table: PathTable,
  byPeer: ReadonlyMap<number, Neighbor>,
  gaps: Gaps,
): Steps<void> {
  const groups = new Set<UpdateGroup>()
  for (const { telling } of byPeer.values()) {
    const group = telling.group(family)
    if (group) groups.add(group)
  }
  for (let slot = 0; slot < table.prefixes.top; slot++) {
    if (slot % STRIDE === 0) yield
    const from = table.has(slot) && announcer(table, slot, byPeer)
    if (!from) continue
    for (const group of groups) if (!group.tells(slot)) note(gaps, group, from, table, slot)
  }
}

function note(gaps: Gaps, group: UpdateGroup, from: Neighbor, table: PathTable, slot: number): void {
  let rows = gaps.get(group)
  if (!rows) {
    rows = new Map()
    gaps.set(group, rows)
  }
  const gap = rows.get(from)
  if (gap) gap.prefixes++
  else rows.set(from, { prefixes: 1, example: prefixText(table, slot) })
}

/** A node that announces a prefix. */
function announcer(
  table: PathTable,
  slot: number,
  byPeer: ReadonlyMap<number, Neighbor>,
): Neighbor | undefined {
  for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
    const neighbor = byPeer.get(table.peer[row]!)
    if (neighbor && table.holds(row)) return neighbor
  }
  return undefined
}

function nodeState(neighbor: Neighbor, gaps: Gaps): MigrationNode {
  const { channel, telling, address } = neighbor
  const families = channel?.negotiated?.families ?? []
  const marks = families.map(family => neighbor.endOfRib(family))
  const told = channel !== undefined && families.every(family => telling.saidAll(family))
  const rows = families.flatMap(family => [...(gaps.get(telling.group(family)!) ?? [])])
  const untold = rows.filter(([from]) => from !== neighbor)
  const notTold = untold.reduce((sum, [, { prefixes }]) => sum + prefixes, 0)
  const endOfRibReceived = (['awaited', 'unknown'] as const).find(mark => marks.includes(mark)) ?? 'received'
  const missing = !channel
    ? `${address} has no session with us: ${neighbor.lastDown?.reason ?? 'it has not come up yet.'}`
    : endOfRibReceived === 'awaited'
      ? `${address} has not said all its routes yet: its End-of-RIB has not come.`
      : !told
        ? `${address} has not been told all routes yet.`
        : untold[0] && missingRoutes(neighbor, notTold, untold[0])
  return {
    address,
    established: channel !== undefined,
    endOfRibReceived: channel ? endOfRibReceived : 'awaited',
    endOfRibSent: told,
    notTold,
    ...(missing !== undefined && { missing }),
  }
}

function missingRoutes({ address, settings, type }: Neighbor, count: number, [from, gap]: [Neighbor, Gap]) {
  const advice =
    type === 'iBGP' && !settings.routeReflectorClient
      ? 'set routeReflectorClient: true at its group'
      : 'look at the import policy of the one, the export policy of the other, and whether the next hop can be reached'
  return `${address} is not told ${count} of the prefixes of other nodes, such as ${gap.example} of ${from.address}: ${advice}.`
}

function summaryOf(nodes: readonly MigrationNode[], expected: number | undefined): string {
  const known = nodes.length
  if (expected !== undefined && known < expected)
    return `not ready: ${known} of ${expected} nodes have come to us; add this box as a peer of the others`
  if (known < 2)
    return 'not ready: fewer than two nodes of the group are known; add this box as a peer of every node'
  const open = nodes.filter(({ missing }) => missing !== undefined)
  return open.length === 0
    ? READY
    : `not ready: ${open.length} of ${known} nodes are not; ${open[0]!.missing}`
}

function prefixText(table: PathTable, slot: number): string {
  const bytes = new Uint8Array(table.family === 4 ? 4 : 16)
  table.prefixes.writeAddress(slot, bytes, 0)
  return formatPrefix({ bytes, length: table.prefixes.length(slot) })
}
