import type { Nexthop } from '../kernel/objects.ts'
import type { Family } from '../net/address.ts'
import { CAUSEWAY_PROTOCOL } from './marks.ts'

/**
 * Ids of our nexthop objects (NHA_ID): a range of our own, away from the kernel's own numbering and that of routing
 * daemons, which both count up from 1; and easy to tell in the output of ip-nexthop.
 */
export const FIRST_ID = 201_000_000
const LAST_ID = 201_999_999

/** One of our nexthop objects: what it is to be, what the kernel has, and what stands on it. */
export interface NexthopObject {
  readonly id: number
  /** What it is; a group's members change. */
  wanted: Nexthop
  /** What the kernel has under the id; undefined where nothing. */
  kernel: Nexthop | undefined
  /** Routes in the kernel that point at it. */
  routes: number
  /** From an earlier run, and not taken up by a set yet. */
  leftover: boolean
  /** The kernel refused it: why, how often, and when it may be tried again. */
  refusal: { readonly error: string; readonly count: number; readonly retryAt: number } | undefined
}

export interface Member {
  readonly id: number
  readonly weight: number
}

/** Our nexthop objects by id, and single ones by what they are. */
export class NexthopObjects {
  readonly #protocol: number
  readonly #byId = new Map<number, NexthopObject>()
  readonly #singles = new Map<string, NexthopObject>()
  readonly #leftoverGroups = new Set<NexthopObject>()
  /** Ids in our range that others hold. */
  #foreign = new Set<number>()
  #next = FIRST_ID

  constructor(protocol = CAUSEWAY_PROTOCOL) {
    this.#protocol = protocol
  }

  /** Takes up what an earlier run left. */
  adopt(nexthops: readonly Nexthop[]): void {
    this.#noteForeign(nexthops)
    for (const nexthop of nexthops) {
      if (!this.isOurs(nexthop) || this.#byId.has(nexthop.id)) continue
      const object = this.#add(nexthop)
      object.kernel = nexthop
      object.leftover = true
      if (nexthop.group) this.#leftoverGroups.add(object)
    }
  }

  /** True of an object in the kernel that is ours by its protocol and id. */
  isOurs(nexthop: Nexthop): boolean {
    return nexthop.protocol === this.#protocol && inRange(nexthop.id)
  }

  get(id: number): NexthopObject | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<NexthopObject> {
    return this.#byId.values()
  }

  /** The object of one hop, made where there is none. */
  single(hop: {
    family: Family
    gateway?: string
    link?: number
    onlink?: boolean
    blackhole?: boolean
  }): NexthopObject {
    const known = this.#singles.get(singleKey(hop))
    return known ?? this.#add({ id: this.#freeId(), protocol: this.#protocol, ...hop })
  }

  /** A group with these members: one that is left over, or a new one. */
  group(members: readonly Member[]): NexthopObject {
    for (const object of this.#leftoverGroups) {
      if (!sameMembers(object.wanted.group!, members)) continue
      this.#leftoverGroups.delete(object)
      object.leftover = false
      return object
    }
    return this.#add({ id: this.#freeId(), protocol: this.#protocol, group: members })
  }

  remove(object: NexthopObject): void {
    this.#byId.delete(object.id)
    this.#leftoverGroups.delete(object)
    const key = singleKey(object.wanted)
    if (this.#singles.get(key) === object) this.#singles.delete(key)
  }

  /** The kernel's objects were read anew; answers those of ours that it lost. */
  compare(nexthops: readonly Nexthop[]): NexthopObject[] {
    this.#noteForeign(nexthops)
    const present = new Map(nexthops.map(nexthop => [nexthop.id, nexthop]))
    const lost: NexthopObject[] = []
    for (const object of this.#byId.values()) {
      const kernel = present.get(object.id)
      if (object.kernel && !kernel) lost.push(object)
      object.kernel = kernel
    }
    return lost
  }

  /** Whether the kernel has all of them as they are to be. */
  areCurrent(): boolean {
    for (const object of this.#byId.values()) if (!isCurrent(object)) return false
    return true
  }

  #noteForeign(nexthops: readonly Nexthop[]): void {
    const foreign = nexthops.filter(({ id, protocol }) => inRange(id) && protocol !== this.#protocol)
    this.#foreign = new Set(foreign.map(({ id }) => id))
  }

  #add(wanted: Nexthop): NexthopObject {
    const object = {
      id: wanted.id,
      wanted,
      kernel: undefined,
      routes: 0,
      leftover: false,
      refusal: undefined,
    }
    this.#byId.set(wanted.id, object)
    if (!wanted.group && !this.#singles.has(singleKey(wanted))) this.#singles.set(singleKey(wanted), object)
    return object
  }

  #freeId(): number {
    while (this.#byId.has(this.#next) || this.#foreign.has(this.#next)) this.#advance()
    const id = this.#next
    this.#advance()
    return id
  }

  #advance(): void {
    this.#next = this.#next === LAST_ID ? FIRST_ID : this.#next + 1
  }
}

/** Whether the kernel has the object as it is to be. */
export function isCurrent({ wanted, kernel }: NexthopObject): boolean {
  if (!kernel) return false
  if (wanted.group) return kernel.group !== undefined && sameMembers(wanted.group, kernel.group)
  return !kernel.group && singleKey(kernel) === singleKey(wanted)
}

function inRange(id: number): boolean {
  return id >= FIRST_ID && id <= LAST_ID
}

function singleKey({ family, gateway = '', link = 0, onlink, blackhole }: Partial<Nexthop>): string {
  return blackhole ? `${family} blackhole` : `${family} ${gateway} ${link} ${onlink ? 'onlink' : ''}`
}

function sameMembers(a: readonly Member[], b: readonly Member[]): boolean {
  const key = (members: readonly Member[]) =>
    members
      .map(({ id, weight }) => `${id}*${weight}`)
      .sort()
      .join()
  return a.length === b.length && key(a) === key(b)
}
