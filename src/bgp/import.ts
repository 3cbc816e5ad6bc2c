import type { Family } from '../net/address.ts'
import { type CompiledPolicy, REJECT, Source } from './policy.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import type { Hops } from './rib/hops.ts'
import type { PathTable } from './rib/path-table.ts'
import { isUnroutable } from './unroutable.ts'
import {
  countAs,
  hasCluster,
  hasLinkLocalNexthop,
  NlriCursor,
  readNlri,
  type UpdateResult,
  type UpdateSection,
} from './wire/index.ts'

/** What routes of a neighbour are judged by on their way in. */
export interface ImportContext {
  readonly localAs: number
  readonly routerId: number
  /** Our own cluster as route reflector (RFC 4456 §7). */
  readonly clusterId: number
  readonly policy: CompiledPolicy
  /** Number of the neighbour's group (`GroupNumbers`). */
  readonly group: number
  /** Addresses of our own, as canonical text: no next hop of others. */
  readonly ownAddresses: ReadonlySet<string>
  /** The interface that the session runs on, where its addresses are link-local: link-local next hops are there too. */
  readonly interface?: string | undefined
}

/** The way in: UPDATEs of one neighbour into the path tables, through the import policy. */
export class Importer {
  readonly #attributes: AttributeStore
  readonly #hops: Hops
  readonly #peer: number
  readonly #cursor = new NlriCursor()
  readonly #scratch = new Uint8Array(16)

  constructor(attributes: AttributeStore, hops: Hops, peer: number) {
    this.#attributes = attributes
    this.#hops = hops
    this.#peer = peer
  }

  /** Applies the sections of an UPDATE to the table of their family. */
  apply(
    buffer: Uint8Array,
    update: UpdateResult,
    tables: Readonly<Record<Family, PathTable>>,
    context: ImportContext,
    disabled: (family: Family) => boolean,
  ): void {
    for (let i = 0; i < update.count; i++) {
      const section = update.sections[i]!
      if (disabled(section.family)) continue
      const table = tables[section.family]
      if (section.announce) this.#announce(buffer, section, update.keys, table, context)
      else this.#withdraw(buffer, section, table)
    }
  }

  /** The set that a path has after policy, counted for the caller, or 0: for a policy that has changed. */
  judge(table: PathTable, slot: number, received: number, context: ImportContext): number {
    if (this.#refused(received, context)) return 0
    const { policy, group } = context
    table.prefixes.writeAddress(slot, this.#scratch, 0)
    const length = table.prefixes.length(slot)
    if (isUnroutable(table.family, this.#scratch, 0, length)) return 0
    const verdict = policy.judge(table.family, this.#scratch, 0, length, Source.BGP, group)
    return verdict === REJECT ? 0 : this.#attributes.derive(received, verdict)
  }

  #withdraw(buffer: Uint8Array, section: UpdateSection, table: PathTable): void {
    const cursor = this.#cursor
    for (let at = section.start; at < section.end; ) {
      at = readNlri(buffer, at, section.addPath, cursor)
      table.withdraw(this.#peer, buffer, cursor.offset, cursor.length, cursor.pathId)
    }
  }

  #announce(
    buffer: Uint8Array,
    section: UpdateSection,
    keys: Uint8Array,
    table: PathTable,
    context: ImportContext,
  ): void {
    const attributes = this.#attributes
    const { policy, group } = context
    const { family, addPath, end } = section
    const link = hasLinkLocalNexthop(keys, section.keyStart) ? attributes.linkNumber(context.interface) : 0
    const received = attributes.intern(keys, section.keyStart, section.keyEnd, section.hash, link)
    const refused = this.#refused(received, context)
    const cursor = this.#cursor
    let judged = REJECT
    let effective = 0
    let known = refused
    for (let at = section.start; at < end; ) {
      at = readNlri(buffer, at, addPath, cursor)
      const { offset, length } = cursor
      if (!known || (policy.byPrefix && !refused)) {
        const verdict = policy.judge(family, buffer, offset, length, Source.BGP, group)
        if (verdict !== judged) {
          attributes.release(effective)
          effective = verdict === REJECT ? 0 : attributes.derive(received, verdict)
          judged = verdict
        }
        known = true
      }
      const taken = isUnroutable(family, buffer, offset, length) ? 0 : effective
      table.announce(this.#peer, buffer, offset, length, cursor.pathId, received, taken)
    }
    attributes.release(effective)
    attributes.release(received)
  }

  /**
   * What takes no part in the decision, whatever the policy says: our own AS in the AS_PATH (RFC 4271 §9.1.2), our own
   * identifier as ORIGINATOR_ID or our own cluster in CLUSTER_LIST (RFC 4456 §8), our own address or none as next hop
   * (RFC 4271 §5.1.3).
   */
  #refused(set: number, context: ImportContext): boolean {
    const attributes = this.#attributes
    const hop = attributes.hop[set]!
    if (hop === 0 || context.ownAddresses.has(this.#hops.via(hop)!)) return true
    if (attributes.hasOriginatorId[set] === 1 && attributes.originatorId[set] === context.routerId)
      return true
    if (attributes.clusterListLength[set]! > 0 && this.#wentThrough(set, context.clusterId)) return true
    return countAs(attributes.keys, attributes.keyStart(set), attributes.keyEnd(set), context.localAs) > 0
  }

  #wentThrough(set: number, clusterId: number): boolean {
    const attributes = this.#attributes
    return hasCluster(attributes.keys, attributes.keyStart(set), attributes.keyEnd(set), clusterId)
  }
}
