import { IFA_F, NUD } from '../../src/kernel/constants.ts'
import type {
  FdbEntry,
  InterfaceAddress,
  Kernel,
  KernelChange,
  KernelDumps,
  KernelEvent,
  KernelFailure,
  Link,
  LinkSettings,
  Neighbor,
  Nexthop,
  RouteBatch,
  RouteColumns,
} from '../../src/kernel/objects.ts'
import { ADDRESS_BYTES, type Family } from '../../src/net/address.ts'
import { formatPrefix, parsePrefix } from '../../src/net/prefix.ts'

/** A route of the memory kernel. */
export interface MemoryRoute {
  readonly family: Family
  readonly prefix: string
  readonly table: number
  readonly metric: number
  readonly protocol: number
  readonly nexthopId: number
}

type Change<O extends KernelChange['op']> = KernelChange & { readonly op: O }

/**
 * A kernel in memory that answers as Linux does where Causeway depends on it: indices count up, aliases and
 * protocols are kept, a name is given once, a VLAN goes with its parent, a nexthop needs a link with carrier,
 * routes go with their nexthop object, and objects with their link, in silence.
 */
export class MemoryKernel implements Kernel {
  readonly links = new Map<number, Link>()
  addresses: InterfaceAddress[] = []
  neighbors: Neighbor[] = []
  fdb: FdbEntry[] = []
  readonly nexthops = new Map<number, Nexthop>()
  readonly routes = new Map<string, MemoryRoute>()
  readonly sysctls = new Map<string, string>()
  /** Every change that was asked for, in order, refused ones too. */
  readonly asked: KernelChange[] = []
  /** Every row that was written, in order: 'PREFIX ID'. */
  readonly written: string[] = []
  /** Answers why a change is refused, where it is to be. */
  refuse: (change: KernelChange) => KernelFailure | undefined = () => undefined
  refuseRoute: (prefix: string, id: number) => KernelFailure | undefined = () => undefined
  readonly #listeners = new Set<(events: readonly KernelEvent[]) => void>()
  #nextIndex = 1

  constructor() {
    this.addPort('lo', { loopback: true, mtu: 65536, up: true, carrier: true })
  }

  /** A link that is there without us. */
  addPort(name: string, settings: Partial<Link> = {}): Link {
    const link: Link = {
      index: this.#nextIndex++,
      name,
      kind: '',
      loopback: false,
      macAddress: '02:00:00:00:aa:01',
      mtu: 1500,
      up: false,
      carrier: false,
      parent: 0,
      master: 0,
      alias: '',
      ...settings,
    }
    this.links.set(link.index, link)
    for (const path of ['ipv4/conf/*/rp_filter', 'ipv6/conf/*/accept_ra']) {
      this.sysctls.set(`net/${path.replace('*', name)}`, '1')
    }
    this.tell({ kind: 'link', gone: false, link })
    return link
  }

  named(name: string): Link {
    const link = [...this.links.values()].find(link => link.name === name)
    if (!link) throw new Error(`no link ${name}`)
    return link
  }

  /** Changes a link as another program would, with what follows from it. */
  setPort(name: string, settings: Partial<Link>): void {
    const link = { ...this.named(name), ...settings }
    this.links.set(link.index, link)
    if (!link.up || !link.carrier) this.#flushNexthops(link.index)
    this.tell({ kind: 'link', gone: false, link })
  }

  /** Removes a link and what stands on it. */
  removeLink(index: number): void {
    const link = this.links.get(index)
    if (!link) return
    for (const other of [...this.links.values()]) {
      if (other.parent === index) this.removeLink(other.index)
      else if (other.master === index) this.links.set(other.index, { ...other, master: 0 })
    }
    this.#flushNexthops(index)
    this.links.delete(index)
    this.addresses = this.addresses.filter(one => one.link !== index)
    this.neighbors = this.neighbors.filter(one => one.link !== index)
    this.fdb = this.fdb.filter(one => one.link !== index)
    this.tell({ kind: 'link', gone: true, link })
  }

  /** Removes a nexthop object and what points at it, as the kernel does: without a word of the routes. */
  removeNexthop(id: number): void {
    this.nexthops.delete(id)
    for (const [key, route] of this.routes) if (route.nexthopId === id) this.routes.delete(key)
    for (const [other, nexthop] of [...this.nexthops]) {
      if (!nexthop.group?.some(member => member.id === id)) continue
      const group = nexthop.group.filter(member => member.id !== id)
      if (group.length === 0) this.removeNexthop(other)
      else this.nexthops.set(other, { ...nexthop, group })
    }
  }

  tell(...events: readonly KernelEvent[]): void {
    for (const listener of [...this.#listeners]) listener(events)
  }

  async dump<K extends keyof KernelDumps>(kind: K): Promise<KernelDumps[K]> {
    const dumps: KernelDumps = {
      links: [...this.links.values()],
      addresses: [...this.addresses],
      neighbors: [...this.neighbors],
      fdb: [...this.fdb],
      nexthops: [...this.nexthops.values()],
      routes: [],
    }
    return dumps[kind]
  }

  async apply(changes: readonly KernelChange[]): Promise<(KernelFailure | undefined)[]> {
    return changes.map(change => {
      this.asked.push(change)
      return this.refuse(change) ?? this.#carryOut(change)
    })
  }

  async writeRoutes(
    batch: RouteBatch,
  ): Promise<readonly { readonly row: number; readonly failure: KernelFailure }[]> {
    const width = ADDRESS_BYTES[batch.family]
    const failures: { row: number; failure: KernelFailure }[] = []
    for (let row = 0; row < batch.count; row++) {
      const bytes = batch.addresses.slice(row * width, (row + 1) * width)
      const prefix = formatPrefix({ bytes, length: batch.lengths[row]! })
      const nexthopId = batch.nexthopIds[row]!
      this.written.push(`${prefix} ${nexthopId}`)
      const unknown = nexthopId !== 0 && !this.nexthops.has(nexthopId)
      const failure =
        this.refuseRoute(prefix, nexthopId) ??
        (unknown ? { code: 'EINVAL', message: 'Nexthop id does not exist' } : undefined)
      const key = routeKey(prefix, batch.table, batch.metric)
      if (failure) failures.push({ row, failure })
      else if (nexthopId === 0) this.routes.delete(key)
      else {
        const { family, table, metric, protocol } = batch
        this.routes.set(key, { family, prefix, table, metric, protocol, nexthopId })
      }
    }
    return failures
  }

  async readRoutes(family: Family, table: number, protocol: number): Promise<RouteColumns> {
    const routes = [...this.routes.values()].filter(
      route => route.family === family && route.table === table && route.protocol === protocol,
    )
    const width = ADDRESS_BYTES[family]
    const addresses = new Uint8Array(routes.length * width)
    routes.forEach((route, i) => {
      addresses.set(bytesOf(route.prefix), i * width)
    })
    return {
      family,
      table,
      protocol,
      metric: routes[0]?.metric ?? 0,
      count: routes.length,
      addresses,
      lengths: Uint8Array.from(routes, ({ prefix }) => Number(prefix.split('/')[1])),
      nexthopIds: Uint32Array.from(routes, route => route.nexthopId),
      metrics: Uint32Array.from(routes, route => route.metric),
    }
  }

  async readSysctl(path: string): Promise<string | undefined> {
    return this.sysctls.get(path)
  }

  monitor(listener: (events: readonly KernelEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#listeners.clear()
  }

  /** The routes of a table as text, sorted: 'PREFIX ID'. */
  get routeTexts(): string[] {
    return [...this.routes.values()].map(({ prefix, nexthopId }) => `${prefix} ${nexthopId}`).sort()
  }

  #carryOut(change: KernelChange): KernelFailure | undefined {
    const carry = this.#carriers[change.op] as (change: KernelChange) => KernelFailure | undefined
    return carry(change)
  }

  readonly #carriers: {
    readonly [O in KernelChange['op']]: (change: Change<O>) => KernelFailure | undefined
  } = {
    addLink: ({ link }) => this.#addLink(link),
    setLink: ({ index, link }) => {
      const before = this.links.get(index)
      if (!before) return failure('ENODEV', '')
      const parent = this.links.get(before.parent)
      if (link.up && before.kind === 'vlan' && !parent?.up) return failure('ENETDOWN', '')
      const { vxlan, ipip, ...rest } = link
      const after: Link = { ...before, ...rest, ...(vxlan && { vxlan }), ...(ipip && { ipip }) }
      this.links.set(index, { ...after, carrier: after.up })
      this.tell({ kind: 'link', gone: false, link: this.links.get(index)! })
      return undefined
    },
    deleteLink: ({ index }) => {
      this.removeLink(index)
      return undefined
    },
    addAddress: ({ address }) => {
      if (!this.links.has(address.link)) return failure('ENODEV', '')
      if (this.addresses.some(one => one.link === address.link && one.prefix === address.prefix)) {
        return failure('EEXIST', 'Address already assigned')
      }
      this.addresses.push({ ...address, flags: address.flags | IFA_F.PERMANENT })
      this.tell({ kind: 'address', gone: false, address })
      return undefined
    },
    deleteAddress: ({ address }) => {
      this.addresses = this.addresses.filter(
        one => one.link !== address.link || one.prefix !== address.prefix,
      )
      this.tell({ kind: 'address', gone: true, address })
      return undefined
    },
    setNeighbor: ({ neighbor }) => {
      this.#dropNeighbor(neighbor)
      this.neighbors.push(neighbor)
      return undefined
    },
    deleteNeighbor: ({ neighbor }) => {
      this.#dropNeighbor(neighbor)
      return undefined
    },
    setFdb: ({ entry }) => {
      const flood = entry.macAddress === '00:00:00:00:00:00'
      this.fdb = this.fdb.filter(one => !sameFdb(one, entry, flood))
      this.fdb.push(entry)
      return undefined
    },
    deleteFdb: ({ entry }) => {
      this.fdb = this.fdb.filter(one => !sameFdb(one, entry, true))
      return undefined
    },
    setNexthop: ({ nexthop }) => this.#setNexthop(nexthop),
    replaceNexthop: ({ nexthop }) => {
      if (!this.nexthops.has(nexthop.id)) return failure('ENOENT', 'Replace specified without create')
      return this.#setNexthop(nexthop)
    },
    deleteNexthop: ({ id }) => {
      this.removeNexthop(id)
      return undefined
    },
    setSysctl: ({ path, value }) => {
      this.sysctls.set(path, value)
      return undefined
    },
  }

  #addLink(settings: LinkSettings): KernelFailure | undefined {
    if ([...this.links.values()].some(link => link.name === settings.name)) return failure('EEXIST', '')
    const { vlanId, vxlan, ipip } = settings
    this.addPort(settings.name, {
      kind: settings.kind ?? '',
      macAddress: settings.macAddress ?? '02:00:00:00:bb:01',
      mtu: settings.mtu ?? 1500,
      parent: settings.parent ?? 0,
      alias: settings.alias ?? '',
      ...(vlanId !== undefined && { vlanId }),
      ...(vxlan && { vxlan }),
      ...(ipip && { ipip }),
    })
    return undefined
  }

  #setNexthop(nexthop: Nexthop): KernelFailure | undefined {
    const link = this.links.get(nexthop.link ?? 0)
    if (nexthop.group?.some(({ id }) => !this.nexthops.has(id))) {
      return failure('EINVAL', 'Invalid nexthop id')
    }
    if (nexthop.link !== undefined && !(link?.up && link.carrier)) {
      return failure('ENETDOWN', 'Carrier for nexthop device is down')
    }
    this.nexthops.set(nexthop.id, nexthop)
    return undefined
  }

  #dropNeighbor({ link, address }: Neighbor): void {
    this.neighbors = this.neighbors.filter(one => one.link !== link || one.address !== address)
  }

  #flushNexthops(index: number): void {
    for (const nexthop of [...this.nexthops.values()]) {
      if (nexthop.link === index) this.removeNexthop(nexthop.id)
    }
  }
}

/** A permanent neighbour or FDB entry that nobody of ours made. */
export const FOREIGN = { state: NUD.PERMANENT, flags: 0, protocol: 0 } as const

export function routeKey(prefix: string, table = 254, metric = 20): string {
  return `${prefix} ${table} ${metric}`
}

function failure(code: string, message: string): KernelFailure {
  return { code, message }
}

function sameFdb(a: FdbEntry, b: FdbEntry, byDestination: boolean): boolean {
  if (a.link !== b.link || a.macAddress !== b.macAddress) return false
  return !byDestination || a.destination === b.destination
}

function bytesOf(prefix: string): Uint8Array {
  const parsed = parsePrefix(prefix)
  if (!parsed) throw new Error(`not a prefix: ${prefix}`)
  return parsed.bytes
}
