import type { KernelChange } from '../kernel/objects.ts'
import { canonicalAddress, type Family } from '../net/address.ts'
import type { Clock } from '../net/clock.ts'
import type { ResolvedHop, ResolvedNexthops } from '../routing/resolved-nexthops.ts'
import type { Targets } from './fib-table.ts'
import { isCurrent, type Member, type NexthopObject, NexthopObjects } from './nexthop-objects.ts'

/** First wait after the kernel refused an object, and the longest; it doubles in between. Milliseconds. */
const REFUSED_WAIT = 250
const REFUSED_WAIT_MAX = 30_000

/** A link as next hops see it. */
export interface HopLink {
  readonly index: number
  /** Set up, with carrier: the kernel takes nexthops on it (nexthop.c, rtm_to_nh_config). */
  readonly usable: boolean
}

/** A set of next hops that prefixes of one family want, and the object that stands for it. */
interface WantedSet {
  readonly number: number
  readonly family: Family
  readonly resolved: ResolvedNexthops
  /** Prefixes that want it. */
  prefixes: number
  /** The group that is this set's own; sets of one hop have none unless they inherited one. */
  group: NexthopObject | undefined
  /** Id of the object that its routes point at; 0 where no hop can be used, -1 where it was never settled. */
  target: number
}

/** What `settle` asks of the tables of routes. */
export interface Heirs {
  /** For each of some objects of a family: the set that all its routes want, 0 where none, -1 where several. */
  heirs(family: Family, ids: ReadonlySet<number>): ReadonlyMap<number, number>
}

/**
 * Turns sets of resolved next hops into kernel nexthop objects: one for each distinct hop, and one group for each
 * distinct set of several. A hop on a link that is down is left out of its groups and comes back with the link;
 * since the group keeps its id, all prefixes that point at it move with one message.
 *
 * When the RIB moves all prefixes of a group to another set at once (a node died, and with it a hop), the new set
 * inherits the group instead of a new one being made: again one message, however many prefixes.
 */
export class NexthopTargets implements Targets {
  readonly objects: NexthopObjects
  readonly #clock: Clock
  readonly #links = new Map<string, HopLink>()
  readonly #numbers: Readonly<Record<Family, Map<ResolvedNexthops, number>>> = {
    4: new Map(),
    6: new Map(),
  }
  /** By number; 0 is no set. */
  readonly #sets: (WantedSet | undefined)[] = [undefined]
  readonly #freeNumbers: number[] = []
  /** Sets for which something changed since their target was found. */
  readonly #unsettled = new Set<WantedSet>()
  #last: WantedSet | undefined

  constructor(clock: Clock, protocol: number) {
    this.#clock = clock
    this.objects = new NexthopObjects(protocol)
  }

  /** The number of a set for a family, from 1. */
  numberOf(family: Family, resolved: ResolvedNexthops): number {
    const last = this.#last
    if (last && last.resolved === resolved && last.family === family) return last.number
    let number = this.#numbers[family].get(resolved)
    if (number === undefined) {
      number = this.#freeNumbers.pop() ?? this.#sets.length
      this.#numbers[family].set(resolved, number)
      this.#sets[number] = { number, family, resolved, prefixes: 0, group: undefined, target: -1 }
    }
    this.#last = this.#sets[number]
    return number
  }

  target(number: number): number {
    const set = this.#sets[number]!
    return this.#unsettled.size > 0 && this.#unsettled.has(set) ? -1 : set.target
  }

  wanted(number: number, change: number): void {
    const set = this.#sets[number]!
    set.prefixes += change
    if (set.prefixes === change) this.#unsettled.add(set)
  }

  count(id: number, change: number): void {
    const object = this.objects.get(id)
    if (object) object.routes += change
  }

  /** A link was seen, changed or is gone (undefined); answers whether that concerns next hops. */
  setLink(name: string, link: HopLink | undefined): boolean {
    const before = this.#links.get(name)
    if (before?.index === link?.index && before?.usable === link?.usable) return false
    // What was refused for the link's sake is no longer worth a word, or may be taken now.
    for (const object of this.objects.all()) {
      const { link: index } = object.wanted
      if (index !== undefined && (index === before?.index || index === link?.index))
        object.refusal = undefined
    }
    const renamed = [...this.#links].filter(([other, { index }]) => other !== name && index === link?.index)
    for (const [other] of renamed) this.setLink(other, undefined)
    if (link) this.#links.set(name, link)
    else this.#links.delete(name)
    this.#unsettle(set => set.resolved.hops.some(hop => hop.link === name))
    return true
  }

  /** Only links of these names exist. */
  keepLinks(names: ReadonlySet<string>): void {
    for (const name of [...this.#links.keys()]) if (!names.has(name)) this.setLink(name, undefined)
  }

  /** Every set is to be looked at again. */
  unsettleAll(): void {
    this.#unsettle(() => true)
  }

  get unsettled(): boolean {
    return this.#unsettled.size > 0
  }

  /**
   * Finds the objects of all sets that are not settled. The caller sends the changes, tells `sent` how they fared, and
   * calls again until there are none: groups need their members first.
   * @returns changes to the kernel; and, once there are none, the numbers of sets whose target is another now: those
   *   that had none before are not among them, because all that want them wait in a queue for it
   */
  settle(heirs: Heirs): { changes: KernelChange[]; retargeted: Set<number> } {
    const sets = [...this.#unsettled].filter(set => set.prefixes > 0)
    const singles = new Set(sets.flatMap(set => this.#usable(set).map(({ object }) => object)))
    const missing = [...singles].filter(object => !isCurrent(object))
    if (missing.length > 0) return { changes: missing.map(setNexthop), retargeted: new Set() }
    this.#inherit(sets, heirs)
    const groups = sets.flatMap(set => this.#updateGroup(set) ?? [])
    const stale = groups.filter(object => !isCurrent(object) && !this.#waits(object))
    if (stale.length > 0) return { changes: stale.map(setNexthop), retargeted: new Set() }
    const retargeted = new Set(sets.filter(set => this.#conclude(set)).map(set => set.number))
    this.#unsettled.clear()
    return { changes: [], retargeted }
  }

  /** How a change that `settle` or `garbage` asked for fared. */
  sent(change: KernelChange, error: string | undefined): void {
    if (change.op === 'deleteNexthop') {
      const object = this.objects.get(change.id)
      if (object) this.objects.remove(object)
    }
    if (change.op !== 'setNexthop' && change.op !== 'replaceNexthop') return
    const object = this.objects.get(change.nexthop.id)
    if (!object) return
    if (error === undefined) {
      object.kernel = change.nexthop
      object.refusal = undefined
      return
    }
    const count = (object.refusal?.count ?? 0) + 1
    const wait = Math.min(REFUSED_WAIT * 2 ** (count - 1), REFUSED_WAIT_MAX)
    object.refusal = { error, count, retryAt: this.#clock.now() + wait }
  }

  /** When the next refused object may be tried again; undefined where none was refused. */
  nextRetry(): number | undefined {
    const times = [...this.objects.all()].flatMap(({ refusal }) => refusal?.retryAt ?? [])
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Refused objects may be tried again now. */
  forgive(): boolean {
    let any = false
    for (const object of this.objects.all()) {
      if (!object.refusal) continue
      object.refusal = { ...object.refusal, retryAt: this.#clock.now() }
      any = true
    }
    if (any) this.unsettleAll()
    return any
  }

  /**
   * Objects that no set wants and no route points at, groups before their members; sets that no prefix wants are
   * forgotten. Objects of an earlier run are spared unless `leftovers` are to go too.
   */
  garbage(leftovers: boolean): KernelChange[] {
    const used = new Set<NexthopObject>()
    for (const set of this.#sets) {
      if (!set) continue
      if (set.prefixes === 0 && (set.group?.routes ?? 0) === 0) {
        this.#forget(set)
        continue
      }
      if (set.group) used.add(set.group)
      if (set.prefixes > 0) for (const { object } of this.#members(set)) used.add(object)
    }
    const groups: NexthopObject[] = []
    for (const object of this.objects.all()) {
      if (!object.wanted.group) continue
      if (used.has(object) || object.routes > 0 || (object.leftover && !leftovers)) {
        for (const { id } of object.kernel?.group ?? object.wanted.group) {
          const member = this.objects.get(id)
          if (member) used.add(member)
        }
      } else groups.push(object)
    }
    const singles = [...this.objects.all()].filter(
      object =>
        !object.wanted.group && !used.has(object) && object.routes === 0 && (!object.leftover || leftovers),
    )
    const unused = [...groups, ...singles]
    for (const object of unused) if (!object.kernel) this.objects.remove(object)
    return unused.filter(({ kernel }) => kernel).map(({ id }) => ({ op: 'deleteNexthop', id }))
  }

  /** Objects that the kernel refused, and its words: one line for each that it said. */
  refusals(): { readonly object: string; readonly error: string }[] {
    const refused = [...this.objects.all()].filter(({ refusal }) => refusal)
    const byError = Map.groupBy(refused, ({ refusal }) => refusal!.error)
    return [...byError].map(([error, objects]) => {
      const others = objects.length > 1 ? ` and ${objects.length - 1} more` : ''
      return { object: `${this.#describe(objects[0]!.wanted)}${others}`, error }
    })
  }

  #describe({ id, gateway, link, group }: NexthopObject['wanted']): string {
    if (group) return `nexthop group ${id}`
    const name = [...this.#links].find(([, { index }]) => index === link)?.[0]
    return `nexthop${gateway ? ` via ${gateway}` : ''}${name ? ` on ${name}` : ''} (id ${id})`
  }

  #unsettle(concerns: (set: WantedSet) => boolean): void {
    for (const set of this.#sets) {
      if (set && concerns(set)) this.#unsettled.add(set)
    }
  }

  #waits(object: NexthopObject): boolean {
    return object.refusal !== undefined && object.refusal.retryAt > this.#clock.now()
  }

  /** The hops of a set that can be used now, each with its object: on a link that is usable, and not refused. */
  #usable(set: WantedSet): { object: NexthopObject; weight: number }[] {
    return this.#members(set).filter(({ object }) => !this.#waits(object))
  }

  #members(set: WantedSet): { object: NexthopObject; weight: number }[] {
    const { family, resolved } = set
    if (resolved.blackhole) return [{ object: this.objects.single({ family, blackhole: true }), weight: 1 }]
    const weights = new Map<NexthopObject, number>()
    for (const hop of resolved.hops) {
      const object = this.#single(family, hop)
      // The kernel refuses a group that names a member twice.
      if (object) weights.set(object, Math.min(256, (weights.get(object) ?? 0) + hop.weight))
    }
    return [...weights].map(([object, weight]) => ({ object, weight }))
  }

  #single(routeFamily: Family, hop: ResolvedHop): NexthopObject | undefined {
    const link = this.#links.get(hop.link)
    if (!link?.usable) return undefined
    const gateway = hop.gateway && (canonicalAddress(hop.gateway) ?? hop.gateway)
    if (gateway === undefined) return this.objects.single({ family: routeFamily, link: link.index })
    const family = gateway.includes(':') ? 6 : 4
    // An IPv4 route may have an IPv6 gateway (RFC 8950), an IPv6 route no IPv4 one.
    if (routeFamily === 6 && family === 4) return undefined
    return this.objects.single({ family, gateway, link: link.index, ...(hop.onlink && { onlink: true }) })
  }

  /** Gives sets that have no group yet the groups of those whose prefixes all came over to them. */
  #inherit(sets: readonly WantedSet[], { heirs }: Heirs): void {
    const childless = sets.filter(set => set.target === -1 && !set.group && !set.resolved.blackhole)
    if (childless.length === 0) return
    for (const family of [4, 6] as const) {
      const free = this.#sets.filter(
        set => set?.family === family && set.prefixes === 0 && set.group?.kernel && set.group.routes > 0,
      ) as WantedSet[]
      if (free.length === 0) continue
      const heirOf = heirs(family, new Set(free.map(set => set.group!.id)))
      for (const old of free) {
        const heir = childless.find(set => set.number === heirOf.get(old.group!.id))
        if (!heir || heir.group || this.#usable(heir).length === 0) continue
        heir.group = old.group
        old.group = undefined
        old.target = -1
      }
    }
  }

  /** Brings the wanted members of a set's group up to date, making one where the set needs it. */
  #updateGroup(set: WantedSet): NexthopObject | undefined {
    if (set.resolved.blackhole) return undefined
    if (!set.group && set.resolved.hops.length < 2) return undefined
    const members: Member[] = this.#usable(set).map(({ object, weight }) => ({ id: object.id, weight }))
    if (members.length === 0) return undefined
    set.group ??= this.objects.group(members)
    set.group.wanted = { ...set.group.wanted, group: members }
    return set.group
  }

  /** The target of a set now that its objects are in the kernel, as far as it takes them; true where it is another. */
  #conclude(set: WantedSet): boolean {
    const before = set.target
    const usable = this.#usable(set).filter(({ object }) => isCurrent(object))
    for (const { object } of usable) object.leftover = false
    if (usable.length === 0) set.target = 0
    else if (set.group) set.target = set.group.kernel ? set.group.id : 0
    else set.target = usable[0]!.object.id
    return before !== -1 && set.target !== before
  }

  #forget(set: WantedSet): void {
    this.#sets[set.number] = undefined
    this.#numbers[set.family].delete(set.resolved)
    this.#freeNumbers.push(set.number)
    this.#unsettled.delete(set)
    if (this.#last === set) this.#last = undefined
  }
}

/**
 * What the kernel is believed to have is replaced, not made: where it went with its link in silence, its routes went too, and
 * a new one of the same id would hide that.
 */
function setNexthop({ wanted, kernel }: NexthopObject): KernelChange {
  return { op: kernel ? 'replaceNexthop' : 'setNexthop', nexthop: wanted }
}
