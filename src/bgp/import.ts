import { ADDRESS_BYTES, type Family } from '../net/address.ts'
import { formatPrefix, type Prefix } from '../net/prefix.ts'
import { isNexthopInside } from './export/nexthop.ts'
import type { ImportContext } from './import-context.ts'
import { REJECT } from './policy.ts'
import { policyRefusal, REFUSALS, type Refusal, type RefusalReason, refusal } from './refusal.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import type { Hops } from './rib/hops.ts'
import type { PathTable } from './rib/path-table.ts'
import { isUnroutable } from './unroutable.ts'
import { findAttribute, valueEnd, valueStart } from './wire/attribute-key.ts'
import { readUint32 } from './wire/bytes.ts'
import {
  AttributeCode,
  countAs,
  hasCluster,
  hasLinkLocalNexthop,
  NlriCursor,
  readNlri,
  type UpdateResult,
  type UpdateSection,
  WELL_KNOWN,
} from './wire/index.ts'

/** ASes of a path that are still taken for one: the longest real paths have some tens. */
const LONGEST_PATH = 1000
/** Octets of the attributes of a path: what one UPDATE of RFC 4271 has room for, four times over. */
const MOST_OCTETS = 16_384

/**
 * The way in: UPDATEs of one neighbour into the path tables. A path as received is looked at for what forbids it whatever
 * the policy says (`Refusal`), then changed as the session asks for (`ImportContext.before`), judged and changed
 * by the policy, and changed once more (`after`). Each change of a set is made once and remembered.
 */
export class Importer {
  readonly #attributes: AttributeStore
  readonly #hops: Hops
  readonly #peer: number
  readonly #cursor = new NlriCursor()
  readonly #scratch = new Uint8Array(16)
  /** The set that was announced last, while it is held. */
  #last = 0
  #lastGeneration = 0
  #lastHash = 0
  /** What made no sense in the UPDATE that is being applied: the first of it. */
  #senseless: string | undefined

  constructor(attributes: AttributeStore, hops: Hops, peer: number) {
    this.#attributes = attributes
    this.#hops = hops
    this.#peer = peer
  }

  /**
   * Applies the sections of an UPDATE to the table of their family.
   * @returns what in it makes no sense and was ignored (RFC 4271 §6.3), for the log
   */
  apply(
    buffer: Uint8Array,
    update: UpdateResult,
    tables: Readonly<Record<Family, PathTable>>,
    context: ImportContext,
    disabled: (family: Family) => boolean,
  ): string | undefined {
    this.#senseless = undefined
    for (let i = 0; i < update.count; i++) {
      const section = update.sections[i]!
      if (disabled(section.family)) continue
      const table = tables[section.family]
      if (section.announce) this.#announce(buffer, section, update.keys, table, context)
      else this.#withdraw(buffer, section, table)
    }
    return this.#senseless
  }

  /** The set that a path has after policy, counted for the caller, or 0: for a policy that has changed. */
  judge(table: PathTable, slot: number, received: number, context: ImportContext): number {
    if (this.#refused(received, context)) return 0
    const { policy, origin } = context
    table.prefixes.writeAddress(slot, this.#scratch, 0)
    const length = table.prefixes.length(slot)
    if (isUnroutable(table.family, this.#scratch, 0, length)) return 0
    const attributes = this.#attributes
    const base = attributes.derive(received, context.before)
    const verdict = policy.judge(base, origin, table.family, this.#scratch, 0, length)
    const effective = this.#changed(received, base, verdict, context)
    attributes.release(base)
    return effective
  }

  /** Why a path is not accepted, or undefined where it is. */
  explain(table: PathTable, slot: number, received: number, context: ImportContext): Refusal | undefined {
    const reason = this.#refused(received, context)
    if (reason) return refusal(reason)
    const { policy, origin } = context
    table.prefixes.writeAddress(slot, this.#scratch, 0)
    const length = table.prefixes.length(slot)
    if (isUnroutable(table.family, this.#scratch, 0, length)) return refusal('unroutable')
    const base = this.#attributes.derive(received, context.before)
    const rejected = policy.judge(base, origin, table.family, this.#scratch, 0, length) === REJECT
    const decider = policy.decider(base, origin, table.family, this.#scratch, 0, length)
    this.#attributes.release(base)
    return rejected ? policyRefusal(policy.names, decider) : undefined
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
    const { policy, origin } = context
    const { family, addPath, end } = section
    const received = this.#intern(section, keys, context)
    const reason = this.#refused(received, context)
    const refused = reason !== undefined
    if (refused) this.#noteNexthop(received, reason, context)
    const base = refused ? 0 : attributes.derive(received, context.before)
    const cursor = this.#cursor
    let judged = REJECT
    let effective = 0
    let known = refused
    for (let at = section.start; at < end; ) {
      at = readNlri(buffer, at, addPath, cursor)
      const { offset, length } = cursor
      if (!known || (policy.byPrefix && !refused)) {
        const verdict = policy.judge(base, origin, family, buffer, offset, length)
        if (verdict !== judged) {
          attributes.release(effective)
          effective = this.#changed(received, base, verdict, context)
          judged = verdict
        }
        known = true
      }
      const unroutable = isUnroutable(family, buffer, offset, length)
      if (unroutable) this.#notePrefix(family, buffer)
      const taken = unroutable ? 0 : effective
      table.announce(this.#peer, buffer, offset, length, cursor.pathId, received, taken)
    }
    attributes.release(effective)
    attributes.release(base)
    attributes.release(received)
  }

  /** The set of a section as received, counted. */
  #intern(section: UpdateSection, keys: Uint8Array, context: ImportContext): number {
    const attributes = this.#attributes
    const last = this.#last
    const { keyStart, keyEnd, hash } = section
    if (section.repeated && hash === this.#lastHash && attributes.generation(last) === this.#lastGeneration) {
      attributes.retain(last)
      return last
    }
    const link = hasLinkLocalNexthop(keys, keyStart) ? attributes.linkNumber(context.interface) : 0
    this.#last = attributes.intern(keys, keyStart, keyEnd, hash, link)
    this.#lastGeneration = attributes.generation(this.#last)
    this.#lastHash = hash
    return this.#last
  }

  /** What becomes of a set by the verdict of the policy and what comes after it; counted, 0 where it is rejected. */
  #changed(received: number, base: number, verdict: number, context: ImportContext): number {
    if (verdict === REJECT) return 0
    const attributes = this.#attributes
    const shutdown = (attributes.wellKnown[received]! & WELL_KNOWN.GRACEFUL_SHUTDOWN) !== 0
    const after = shutdown ? context.afterShutdown : context.after
    return attributes.derive(base, attributes.compose(verdict, after))
  }

  /** What takes no part in the decision, whatever the policy says, and why; undefined where nothing forbids it. */
  #refused(set: number, context: ImportContext): RefusalReason | undefined {
    const attributes = this.#attributes
    const hop = attributes.hop[set]!
    if (hop === 0) return 'noNexthop'
    if (context.ownAddresses.has(this.#hops.via(hop)!)) return 'ownNexthop'
    const { keys } = attributes
    const start = attributes.keyStart(set)
    if (context.networks.length > 0 && isElsewhere(context.networks, keys, start)) return 'nexthopElsewhere'
    const end = attributes.keyEnd(set)
    if (context.interface === undefined && hasLinkLocalNexthop(keys, start)) return 'linkLocalNexthop'
    const loop = this.#loop(set, context)
    if (loop) return loop
    if (attributes.asPathLength[set]! > LONGEST_PATH || end - start > MOST_OCTETS) return 'attributesTooLong'
    return context.otcRefuses === 'none' || !this.#leaked(set, context) ? undefined : 'leak'
  }

  /** Why a path came back to us, or undefined where it did not. */
  #loop(set: number, context: ImportContext): RefusalReason | undefined {
    const attributes = this.#attributes
    const { keys } = attributes
    const start = attributes.keyStart(set)
    const end = attributes.keyEnd(set)
    if (attributes.hasOriginatorId[set] === 1 && attributes.originatorId[set] === context.routerId)
      return 'ownOriginatorId'
    if (attributes.clusterListLength[set]! > 0 && hasCluster(keys, start, end, context.clusterId))
      return 'ownCluster'
    for (const as of context.ownAses) {
      if (countAs(keys, start, end, as) > context.allowOwnAs) return 'ownAs'
    }
    return undefined
  }

  /** A next hop that makes no sense; that of a route which only came back to us is nothing new. */
  #noteNexthop(set: number, reason: RefusalReason, context: ImportContext): void {
    if (reason !== 'ownNexthop' && reason !== 'nexthopElsewhere') return
    if (this.#loop(set, context) !== undefined) return
    const via = this.#hops.via(this.#attributes.hop[set]!)
    this.#senseless ??= `routes with next hop ${via} are ignored: ${REFUSALS[reason]}`
  }

  /** A prefix that makes no sense: the one that the cursor is at. */
  #notePrefix(family: Family, buffer: Uint8Array): void {
    if (this.#senseless !== undefined) return
    const { offset, length } = this.#cursor
    const bytes = new Uint8Array(ADDRESS_BYTES[family])
    bytes.set(buffer.subarray(offset, offset + ((length + 7) >> 3)))
    this.#senseless = `${formatPrefix({ bytes, length })} is ignored: ${REFUSALS.unroutable}`
  }

  /** RFC 9234 §5: ONLY_TO_CUSTOMER came from whom it must not come. */
  #leaked(set: number, { otcRefuses, externalAs }: ImportContext): boolean {
    const { keys } = this.#attributes
    const end = this.#attributes.keyEnd(set)
    const at = findAttribute(keys, this.#attributes.keyStart(set), end, AttributeCode.ONLY_TO_CUSTOMER)
    if (at < 0 || valueEnd(keys, at) > end) return false
    return otcRefuses === 'any' || readUint32(keys, valueStart(keys, at)) !== externalAs
  }
}

/** Whether the next hop of a key is on none of these networks, where there is one of its family. */
function isElsewhere(networks: readonly Prefix[], keys: Uint8Array, start: number): boolean {
  if (hasLinkLocalNexthop(keys, start)) return false
  const octets = Math.min(keys[start]!, 16)
  const comparable = networks.some(({ bytes }) => bytes.length === octets)
  return comparable && !networks.some(network => isNexthopInside(network, keys, start))
}
