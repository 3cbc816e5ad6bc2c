/** Paths of a prefix that are looked through one by one. */
export const CROWD = 64

/** What of a path table tells paths apart. */
interface Paths {
  readonly peer: Uint16Array
  readonly pathId: Uint32Array
  firstRow(slot: number): number
  nextRow(row: number): number
}

/**
 * Where the paths are of prefixes that have very many: of a service that each of thousands of nodes announces, or of a
 * neighbour that gives each announcement a new path identifier (RFC 7911). Without it each path would be found by
 * looking at all of them, and thousands in one UPDATE would hold up everything else for seconds.
 */
export class CrowdedPrefixes {
  readonly #paths: Paths
  readonly #rows = new Map<number, Map<number, number>>()

  constructor(paths: Paths) {
    this.#paths = paths
  }

  /** The row of a path, -1 where there is none. */
  find(slot: number, peer: number, pathId: number): number {
    let rows = this.#rows.get(slot)
    if (!rows) {
      rows = new Map()
      this.#rows.set(slot, rows)
      for (let row = this.#paths.firstRow(slot); row >= 0; row = this.#paths.nextRow(row))
        rows.set(keyOf(this.#paths.peer[row]!, this.#paths.pathId[row]!), row)
    }
    return rows.get(keyOf(peer, pathId)) ?? -1
  }

  /** A path has come. */
  add(slot: number, row: number): void {
    if (this.#rows.size === 0) return
    this.#rows.get(slot)?.set(keyOf(this.#paths.peer[row]!, this.#paths.pathId[row]!), row)
  }

  /** A path is about to go. */
  remove(slot: number, row: number): void {
    if (this.#rows.size === 0) return
    const rows = this.#rows.get(slot)
    rows?.delete(keyOf(this.#paths.peer[row]!, this.#paths.pathId[row]!))
    if (rows && rows.size < CROWD / 2) this.#rows.delete(slot)
  }
}

/** A number of 48 bits. */
function keyOf(peer: number, pathId: number): number {
  return peer * 0x1_0000_0000 + pathId
}
