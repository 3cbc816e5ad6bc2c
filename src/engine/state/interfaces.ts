import type { FdbEntry, InterfaceAddress, Link, Neighbor } from '../../kernel/objects.ts'
import type { Config } from '../../model/config.ts'
import type { InterfaceState, TunnelState } from '../../model/state.ts'

/** Interfaces as the kernel has them, in its order, with what the configuration says of each. Pure. */
export function interfaceStates(
  config: Config,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): InterfaceState[] {
  const configured = new Map((config.interfaces ?? []).map(one => [one.name, one.type]))
  const names = new Map(links.map(link => [link.index, link.name]))
  return links.map(link => ({
    name: link.name,
    index: link.index,
    type: configured.get(link.name) ?? kindName(link),
    configured: configured.has(link.name),
    adminUp: link.up,
    carrier: link.carrier,
    mtu: link.mtu,
    macAddress: link.macAddress,
    ...nameOf('parent', names.get(link.parent)),
    ...nameOf('bridge', names.get(link.master)),
    addresses: addresses.filter(address => address.link === link.index).map(address => address.prefix),
    ...(link.counters && { counters: link.counters }),
  }))
}

/** Tunnels as the kernel has them, with the far ends that its FDB and its neighbour table lead to. Pure. */
export function tunnelStates(
  links: readonly Link[],
  neighbors: readonly Neighbor[],
  fdb: readonly FdbEntry[],
): TunnelState[] {
  return links.flatMap(link => {
    if (link.vxlan) return [vxlanState(link, link.vxlan, neighbors, fdb)]
    if (link.ipip) return [ipipState(link, link.ipip)]
    return []
  })
}

function vxlanState(
  link: Link,
  vxlan: NonNullable<Link['vxlan']>,
  neighbors: readonly Neighbor[],
  fdb: readonly FdbEntry[],
): TunnelState {
  const own = neighbors.filter(neighbor => neighbor.link === link.index && neighbor.macAddress !== '')
  return {
    name: link.name,
    type: 'vxlan',
    ...underlay(link),
    ...(vxlan.local !== undefined && { local: vxlan.local }),
    vni: vxlan.vni,
    port: vxlan.port,
    macAddress: link.macAddress,
    peers: fdb
      .filter(entry => entry.link === link.index && entry.destination !== undefined)
      .map(entry => ({
        destination: entry.destination!,
        macAddress: entry.macAddress,
        addresses: own
          .filter(neighbor => neighbor.macAddress === entry.macAddress)
          .map(neighbor => neighbor.address),
      })),
  }
}

function ipipState(link: Link, ipip: NonNullable<Link['ipip']>): TunnelState {
  return {
    name: link.name,
    type: 'ipip',
    ...underlay(link),
    ...(ipip.local !== undefined && { local: ipip.local }),
    ...(ipip.remote !== undefined && { remote: ipip.remote }),
    peers: ipip.remote === undefined ? [] : [{ destination: ipip.remote, addresses: [] }],
  }
}

function underlay(link: Link) {
  return { adminUp: link.up, mtu: link.mtu, ...(link.counters && { counters: link.counters }) }
}

function kindName(link: Link): string {
  if (link.loopback) return 'loopback'
  return link.kind === '' ? 'ethernet' : link.kind
}

function nameOf<K extends string>(key: K, name: string | undefined): Partial<Record<K, string>> {
  return name === undefined ? {} : ({ [key]: name } as Record<K, string>)
}
