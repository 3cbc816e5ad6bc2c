import type { Family } from '../../net/address.ts'
import { Importer } from '../import.ts'
import type { ImportContext } from '../import-context.ts'
import type { Refusal } from '../refusal.ts'
import { asLastResort } from '../rib/last-resort.ts'
import type { Tables } from '../tables.ts'
import {
  MessageType,
  type Negotiated,
  type Notification,
  parseRouteRefresh,
  parseUpdate,
  RefreshSubtype,
  UpdateResult,
  type UpdateSession,
  unicastFamily,
  Verdict,
} from '../wire/index.ts'
import type { StalePaths } from './stale-paths.ts'

export interface ReceivingHost {
  readonly tables: Tables
  readonly stale: Readonly<Record<Family, StalePaths>>
  /** What routes are judged by now. */
  context(): ImportContext
  endOfRib(family: Family): void
  keepalive(): void
  /** The neighbour asks for everything again. */
  refreshRequested(family: Family): void
  /** The table has changed; a NOTIFICATION as answer ends the session. */
  checkLimits(): Notification | undefined
  /** Something is wrong with an UPDATE. */
  problem(offender: Offender): void
  /** For monitoring: an UPDATE that was taken as it came, or what was made of one that was malformed. */
  taken(buffer: Uint8Array, start: number, end: number): void
  corrected(buffer: Uint8Array, update: UpdateResult): void
}

/** Octets that are kept of an UPDATE with which something is wrong. */
const KEPT = 1024

/** An UPDATE with which something was wrong (RFC 7606 §6), for who looks into it. */
export interface Offender {
  readonly message: string
  /** Length of the whole of it, and its first octets. */
  readonly octets: number
  readonly kept: Uint8Array
}

/** What a neighbour sends: UPDATEs into the tables, ROUTE-REFRESH to who is asked. */
export class Receiving {
  readonly #host: ReceivingHost
  readonly #importer: Importer
  readonly #update = new UpdateResult()
  #session: UpdateSession | undefined
  #negotiated: Negotiated | undefined
  /** End-of-RIB has come in this session. */
  readonly complete: Record<Family, boolean> = { 4: false, 6: false }
  /** RFC 7606 §2: routes of this family are ignored until the session ends. */
  readonly #disabled: Record<Family, boolean> = { 4: false, 6: false }

  constructor(host: ReceivingHost, peer: number) {
    this.#host = host
    const { attributes, hops } = host.tables
    this.#importer = new Importer(attributes, hops, peer)
  }

  /** A session is up. `firstAs`: the AS that each AS_PATH has to begin with; 0 for iBGP. */
  begin(negotiated: Negotiated, type: UpdateSession['type'], firstAs: number): void {
    const { families, addPathReceive } = negotiated
    this.complete[4] = false
    this.complete[6] = false
    this.#negotiated = negotiated
    this.#session = {
      type,
      as4: negotiated.as4,
      ipv4: families.includes(4),
      ipv6: families.includes(6),
      addPath4: addPathReceive.includes(4),
      addPath6: addPathReceive.includes(6),
      extendedNexthop: negotiated.extendedNexthop,
      firstAs,
    }
  }

  /** Families whose routes were ignored in the session that ends now. */
  end(): Family[] {
    const disabled = ([4, 6] as const).filter(family => this.#disabled[family])
    this.#disabled[4] = false
    this.#disabled[6] = false
    return disabled
  }

  /** An UPDATE, ROUTE-REFRESH or KEEPALIVE of the session. A NOTIFICATION as answer ends it. */
  message(type: number, buffer: Uint8Array, start: number, end: number): Notification | undefined {
    if (type === MessageType.UPDATE) return this.#updateCame(buffer, start, end)
    if (type === MessageType.ROUTE_REFRESH) return this.#refreshCame(buffer, start, end)
    if (type === MessageType.KEEPALIVE) this.#host.keepalive()
    return undefined
  }

  /** The set that a path has after policy now, counted for the caller, or 0; `GOES`: it is not kept (RFC 9494 §4.2). */
  judge(family: Family, slot: number, received: number, stale: boolean): number {
    const { tables, stale: kept } = this.#host
    const effective = this.#importer.judge(tables.paths[family], slot, received, this.#host.context())
    return stale && kept[family].longLived ? asLastResort(tables.attributes, received, effective) : effective
  }

  /** Why a path is not accepted, or undefined where it is. */
  explain(family: Family, slot: number, received: number): Refusal | undefined {
    return this.#importer.explain(this.#host.tables.paths[family], slot, received, this.#host.context())
  }

  #updateCame(buffer: Uint8Array, start: number, end: number): Notification | undefined {
    const update = this.#update
    parseUpdate(buffer, start, end, this.#session!, update)
    if (update.problems.length > 0)
      this.#wrong(update.problems.map(({ text }) => text).join('; '), buffer, start, end)
    if (update.verdict === Verdict.RESET_SESSION) return update.notification
    if (update.verdict === Verdict.DISABLE_FAMILY && update.disabled) {
      this.#disabled[update.disabled] = true
      this.#host.stale[update.disabled].drop()
    }
    const { paths } = this.#host.tables
    if (update.verdict < Verdict.TREAT_AS_WITHDRAW) this.#host.taken(buffer, start, end)
    else this.#host.corrected(buffer, update)
    const disabled = (family: Family) => this.#disabled[family]
    const senseless = this.#importer.apply(buffer, update, paths, this.#host.context(), disabled)
    if (senseless !== undefined) this.#wrong(senseless, buffer, start, end)
    if (update.endOfRib !== undefined) {
      this.#host.stale[update.endOfRib].complete()
      this.complete[update.endOfRib] = true
      this.#host.endOfRib(update.endOfRib)
    }
    return this.#host.checkLimits()
  }

  #wrong(message: string, buffer: Uint8Array, start: number, end: number): void {
    const kept = buffer.slice(start, Math.min(end, start + KEPT))
    this.#host.problem({ message, octets: end - start, kept })
  }

  #refreshCame(buffer: Uint8Array, start: number, end: number): Notification | undefined {
    const negotiated = this.#negotiated!
    const parsed = parseRouteRefresh(buffer, start, end, negotiated.enhancedRefresh)
    if ('error' in parsed) return parsed.error
    if ('ignore' in parsed) return undefined
    const { afi, safi, subtype } = parsed.refresh
    const family = unicastFamily(afi, safi)
    if (family === undefined || !negotiated.families.includes(family)) return undefined
    if (subtype === RefreshSubtype.REQUEST) this.#host.refreshRequested(family)
    else if (!negotiated.enhancedRefresh) return undefined
    else if (subtype === RefreshSubtype.BEGIN) this.#host.stale[family].beginRefresh()
    else if (subtype === RefreshSubtype.END) this.#host.stale[family].complete()
    return undefined
  }
}
