import { type Room, ready, widened } from '../../net/columns.ts'
import type { PathColumns } from './decision.ts'
import { LOCAL } from './peers.ts'

/** The neighbour has withdrawn it, but some peer was told of it and not yet of its end. */
export const GONE = 1
/** Its attributes are not those of the last decision. */
export const CHANGED = 2

/**
 * Paths as rows in columns of typed arrays, 24 octets each, linked to the next path of their prefix. A path keeps its
 * attributes as received beside those that the import policy made of them, so that a policy can change without the
 * neighbour having to say everything again.
 */
export class PathRows implements PathColumns {
  peer = new Uint16Array(1024)
  pathId = new Uint32Array(1024)
  received = new Uint32Array(1024)
  effective = new Uint32Array(1024)
  /** Rows ever used: what columns by row must have room for. */
  rows = 0
  /** One more than the row behind it, 0 at the end. */
  protected next = new Int32Array(1024)
  protected slot = new Int32Array(1024)
  /** `GONE` and `CHANGED`. */
  protected flags = new Uint8Array(1024)
  /** The epoch of its neighbour in which it came last. */
  protected epoch = new Uint8Array(1024)
  /** The free row that was given back last, -1: none. `slot` leads from each to one more than the one before it. */
  #free = -1

  /** Makes room for so many rows. */
  protected reserveRows(length: number): void {
    this.peer = widened(this.peer, length)
    this.pathId = widened(this.pathId, length)
    this.received = widened(this.received, length)
    this.effective = widened(this.effective, length)
    this.next = widened(this.next, length)
    this.slot = widened(this.slot, length)
    this.flags = widened(this.flags, length)
    this.epoch = widened(this.epoch, length)
  }

  /** Makes room, with memory for what every path has: most have no path identifier, and none behind them. */
  protected prepareRows(room: Room): void {
    this.reserveRows(room.entries)
    const { peer, received, effective, slot, flags, epoch } = this
    for (const column of [peer, received, effective, slot, flags, epoch]) ready(column, room.ready)
  }

  /** A row for a path of a prefix, in front of another of it (-1: none), without attributes. */
  protected takeRow(slot: number, peer: number, pathId: number, behind: number): number {
    let row = this.#free
    if (row >= 0) this.#free = this.slot[row]! - 1
    else {
      row = this.rows++
      if (row >= this.peer.length) this.reserveRows(row + 1)
    }
    this.peer[row] = peer
    // Most have none of both: what is not written takes no memory.
    if (this.pathId[row] !== pathId) this.pathId[row] = pathId
    if (this.next[row] !== behind + 1) this.next[row] = behind + 1
    this.received[row] = 0
    this.effective[row] = 0
    this.flags[row] = CHANGED
    this.slot[row] = slot
    return row
  }

  /** Gives a row back. */
  protected giveRow(row: number): void {
    this.flags[row] = 0
    this.peer[row] = LOCAL
    this.slot[row] = this.#free + 1
    this.#free = row
  }
}
