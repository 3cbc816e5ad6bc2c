import type { Family } from '../../net/address.ts'
import { Batch } from '../export/batch.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'
import type { PathTable } from '../rib/path-table.ts'
import { encodeOutgoing, type Outgoing, UpdateWriter } from '../wire/index.ts'

/** Paths that are put together into UPDATEs at a time. */
const BATCH = 2048

/** A peer as a dump of its paths has to know it. */
export interface DumpedPeer {
  readonly type: Outgoing['type']
  readonly as4: boolean
  readonly addPath: readonly Family[]
  readonly limit: number
}

/** What a family's table says of peers, as UPDATEs such as each peer sends them: before policy, with what it announced. */
export class Dump {
  readonly #table: PathTable
  readonly #attributes: AttributeStore
  readonly #peerOf: (peer: number) => DumpedPeer | undefined
  readonly #batch = new Batch()
  #slot = 0

  /** @param peerOf the peer of a number where its paths are wanted */
  constructor(
    table: PathTable,
    attributes: AttributeStore,
    peerOf: (peer: number) => DumpedPeer | undefined,
  ) {
    this.#table = table
    this.#attributes = attributes
    this.#peerOf = peerOf
  }

  /** Writes the next paths. False: there are no more. */
  step(emit: (peer: number, update: Uint8Array) => void): boolean {
    const { prefixes } = this.#table
    for (; this.#slot < prefixes.top && this.#batch.size < BATCH; this.#slot++) this.#gather(this.#slot)
    this.#flush(emit)
    return this.#slot < prefixes.top
  }

  #gather(slot: number): void {
    const table = this.#table
    for (let row = table.firstRow(slot); row >= 0; row = table.nextRow(row)) {
      const set = table.received[row]!
      const peer = table.peer[row]!
      // What is stale may go without a word that a station would hear: it is told of it when it comes again.
      if (set === 0 || table.isStale(row) || !this.#peerOf(peer)) continue
      this.#batch.add(set, peer, 0, slot, table.pathId[row]!)
    }
  }

  #flush(emit: (peer: number, update: Uint8Array) => void): void {
    const batch = this.#batch
    for (const bucket of batch.order()) {
      const peer = batch.excluded[bucket]!
      const writer = updateWriter(this.#peerOf(peer)!, update => emit(peer, update))
      const set = batch.set[bucket]!
      const { keys } = this.#attributes
      const as = asReceived(this.#peerOf(peer)!)
      const start = this.#attributes.keyStart(set)
      writer.announce(encodeOutgoing(keys, start, this.#attributes.keyEnd(set), this.#table.family, as))
      for (let entry = batch.head[bucket]!; entry >= 0; entry = batch.next[entry]!) {
        writer.addSlot(this.#table.prefixes, batch.slot[entry]!, batch.pathId[entry]!)
      }
      writer.flush()
    }
    batch.clear()
  }
}

/** A writer of UPDATEs as a peer sends them, which gives them away one by one: a Route Monitoring message has one each. */
export function updateWriter(
  { addPath, limit }: DumpedPeer,
  emit: (update: Uint8Array) => void,
): UpdateWriter {
  return new UpdateWriter({
    limit,
    addPath,
    emit: bytes => {
      for (let at = 0; at < bytes.length; ) {
        const end = at + ((bytes[at + 16]! << 8) | bytes[at + 17]!)
        emit(bytes.subarray(at, end))
        at = end
      }
    },
  })
}

/** Attributes as they came: nothing in front of the path, no next hop of ours. */
export function asReceived({ type, as4 }: DumpedPeer): Outgoing {
  return { type, as4, localAs: 0, prepend: 0, localPreference: 100, keepMed: true }
}
