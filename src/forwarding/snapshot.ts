import type { FdbEntry, InterfaceAddress, Kernel, Link, Neighbor } from '../kernel/objects.ts'
import type { DesiredState } from './desired.ts'
import { CAUSEWAY_PROTOCOL, IPIP_FALLBACK, isOurAlias } from './marks.ts'

/** What the kernel had at one time. */
export interface Snapshot {
  readonly links: readonly Link[]
  readonly addresses: readonly InterfaceAddress[]
  readonly neighbors: readonly Neighbor[]
  readonly fdb: readonly FdbEntry[]
  /** By path; a path that the kernel does not have is not in it. */
  readonly sysctls: ReadonlyMap<string, string>
}

/**
 * What is ours beyond what the kernel itself remembers by alias and protocol number (FDB entries have neither, an
 * older kernel keeps none for addresses), and what was there before us.
 */
export interface Owned {
  /** Objects that we made, as the functions below name them. */
  readonly created: ReadonlySet<string>
  /** Settings as we found them: by path of a sysctl, or `foundKey` of a link. */
  readonly found: ReadonlyMap<string, string>
}

export const NOTHING_OWNED: Owned = { created: new Set(), found: new Map() }

export const linkObject = (name: string) => `interface ${name}`
export const addressObject = (prefix: string, link: string) => `address ${prefix} on ${link}`
export const neighborObject = (address: string, link: string) => `neighbor ${address} on ${link}`
export const fdbObject = (mac: string, destination: string, link: string) =>
  `FDB entry ${mac} to ${destination} on ${link}`
export const sysctlObject = (path: string) => `sysctl ${path}`

/** Settings of a port that we change and put back. */
export type FoundField = 'mtu' | 'macAddress' | 'up' | 'bridge'

export const foundKey = (link: string, field: FoundField) => `${link} ${field}`

/** A snapshot with its indices, and the answers to whose an object is. */
export class View {
  readonly snapshot: Snapshot
  readonly owned: Owned
  readonly byName: ReadonlyMap<string, Link>
  readonly byIndex: ReadonlyMap<number, Link>

  constructor(snapshot: Snapshot, owned: Owned) {
    this.snapshot = snapshot
    this.owned = owned
    this.byName = new Map(snapshot.links.map(link => [link.name, link]))
    this.byIndex = new Map(snapshot.links.map(link => [link.index, link]))
  }

  /** A link that we made. The fallback device of ipip never is: it may be ours to configure, but not to delete. */
  madeLink(link: Link): boolean {
    return !isFallback(link) && (isOurAlias(link.alias) || this.owned.created.has(linkObject(link.name)))
  }

  nameOf(index: number): string {
    return this.byIndex.get(index)?.name ?? `#${index}`
  }

  madeAddress(address: InterfaceAddress): boolean {
    const object = addressObject(address.prefix, this.nameOf(address.link))
    return address.protocol === CAUSEWAY_PROTOCOL || this.owned.created.has(object)
  }

  madeNeighbor(neighbor: Neighbor): boolean {
    const object = neighborObject(neighbor.address, this.nameOf(neighbor.link))
    return neighbor.protocol === CAUSEWAY_PROTOCOL || this.owned.created.has(object)
  }

  madeFdb(entry: FdbEntry): boolean {
    if (entry.destination === undefined) return false
    const object = fdbObject(entry.macAddress, entry.destination, this.nameOf(entry.link))
    return this.owned.created.has(object)
  }
}

/** True of the device that the ipip module made by itself: its ends are fixed as "any". */
export function isFallback(link: Link): boolean {
  return link.name === IPIP_FALLBACK && link.kind === 'ipip' && !link.ipip?.local && !link.ipip?.remote
}

/** Reads all that the desired state and what we own speak of. */
export async function readSnapshot(kernel: Kernel, desired: DesiredState, owned: Owned): Promise<Snapshot> {
  const [links, addresses, neighbors, fdb] = await Promise.all([
    kernel.dump('links'),
    kernel.dump('addresses'),
    kernel.dump('neighbors'),
    kernel.dump('fdb'),
  ])
  const paths = new Set(desired.sysctls.map(sysctl => sysctl.path))
  for (const key of owned.found.keys()) if (key.includes('/')) paths.add(key)
  return { links, addresses, neighbors, fdb, sysctls: await readSysctls(kernel, paths) }
}

/** The values of those of these paths that the kernel has. */
export async function readSysctls(kernel: Kernel, paths: Iterable<string>): Promise<Map<string, string>> {
  const rows = await Promise.all(
    [...paths].map(async path => [path, (await kernel.readSysctl(path))?.trim()] as const),
  )
  return new Map(rows.flatMap(([path, value]) => (value === undefined ? [] : [[path, value] as const])))
}
