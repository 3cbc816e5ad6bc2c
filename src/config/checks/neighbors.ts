import type { FdbEntry } from '../../model/config.ts'
import { canonicalAddress, isLinkLocal, parseAddress } from '../../net/address.ts'
import { parseMac } from '../../net/mac.ts'
import { type Finding, finding } from '../finding.ts'
import { notOneHost, versionOf } from './address-kind.ts'
import { type Check, type CheckContext, duplicates } from './context.ts'

export const neighborChecks: readonly Check[] = [
  { name: 'the interface of a neighbour is there and has neighbours', run: neighborInterfaces },
  { name: "a neighbour's address is one of another host", run: neighborAddresses },
  { name: 'a neighbour stands once', run: duplicateNeighbors },
  { name: 'a neighbour is in a network of its interface', run: offNetwork },
  { name: 'the interface of an FDB entry is a VXLAN', run: fdbInterfaces },
  { name: 'the destination of an FDB entry is one that the tunnel reaches', run: fdbDestinations },
  { name: 'an FDB entry stands once', run: duplicateFdb },
]

function neighborInterfaces(context: CheckContext): readonly Finding[] {
  return (context.config.neighbors ?? []).flatMap(({ interface: name }, index) => {
    const path = ['neighbors', index, 'interface']
    const target = context.find(name)
    if (!target) return context.unknownInterface(path, name)
    const { type } = target.interface
    return type === 'ipip' || type === 'loopback' ? [finding(path, 'neighbor-link-type', { name, type })] : []
  })
}

function neighborAddresses(context: CheckContext): readonly Finding[] {
  return (context.config.neighbors ?? []).flatMap(({ address }, index) => {
    const bytes = parseAddress(address)
    if (!bytes) return []
    const own = context.ownerOf(bytes)
    const kind = notOneHost(bytes) ?? (own && `an address of ${own.owner.interface.name}, on this box`)
    return kind ? [finding(['neighbors', index, 'address'], 'neighbor-address', { address, kind })] : []
  })
}

function duplicateNeighbors(context: CheckContext): readonly Finding[] {
  return duplicates(
    (context.config.neighbors ?? []).map((neighbor, index) => ({ neighbor, path: ['neighbors', index] })),
    ({ neighbor }) => {
      const address = canonicalAddress(neighbor.address)
      return address && `${neighbor.interface} ${address}`
    },
    ({ neighbor, path }, first) =>
      finding([...path, 'address'], 'duplicate-neighbor', {
        address: neighbor.address,
        name: neighbor.interface,
        other: context.place(first.path),
      }),
  )
}

/**
 * An entry that no network of the interface covers is used by on-link next hops only: of static routes, or of BGP
 * routes that a policy sends into a tunnel. On a VXLAN that is the usual thing; elsewhere it is most likely a slip.
 */
function offNetwork(context: CheckContext): readonly Finding[] {
  const onlink = new Set<string>()
  for (const { nexthops = [] } of context.config.routes ?? []) {
    for (const { via, interface: name, onlink: marked } of nexthops) {
      const address = via === undefined ? undefined : canonicalAddress(via)
      if (marked && address && name !== undefined) onlink.add(`${name} ${address}`)
    }
  }
  return (context.config.neighbors ?? []).flatMap(({ interface: name, address }, index) => {
    const bytes = parseAddress(address)
    const type = context.find(name)?.interface.type
    if (!bytes || !type || type === 'vxlan' || type === 'ipip' || type === 'loopback') return []
    if (isLinkLocal(bytes) || notOneHost(bytes) || context.ownerOf(bytes)) return []
    if (context.networksAround(bytes, name).length > 0 || !context.known.addresses) return []
    if (onlink.has(`${name} ${canonicalAddress(address)}`)) return []
    return [finding(['neighbors', index, 'address'], 'neighbor-off-network', { address, name })]
  })
}

function fdbInterfaces(context: CheckContext): readonly Finding[] {
  return (context.config.fdb ?? []).flatMap(({ interface: name }, index) => {
    const path = ['fdb', index, 'interface']
    const target = context.find(name)
    if (!target) return context.unknownInterface(path, name)
    const { type } = target.interface
    return type === 'vxlan' ? [] : [finding(path, 'fdb-not-vxlan', { name, type })]
  })
}

function fdbDestinations(context: CheckContext): readonly Finding[] {
  return (context.config.fdb ?? []).flatMap((entry, index) => {
    const path = ['fdb', index, 'destination']
    const bytes = parseAddress(entry.destination)
    if (!bytes) return []
    const kind = notOneHost(bytes)
    if (kind) return [finding(path, 'tunnel-remote-unusable', { address: entry.destination, kind })]
    const own = context.ownerOf(bytes)
    if (own) {
      const name = own.owner.interface.name
      return [finding(path, 'tunnel-remote-own', { address: entry.destination, name })]
    }
    return fdbFamily(context, entry, bytes, path)
  })
}

function fdbFamily(
  context: CheckContext,
  { interface: name, destination }: FdbEntry,
  bytes: Uint8Array,
  path: readonly (string | number)[],
): readonly Finding[] {
  const tunnel = context.find(name)?.interface
  const local = tunnel?.type === 'vxlan' ? parseAddress(tunnel.local) : undefined
  if (!local || tunnel?.type !== 'vxlan' || local.length === bytes.length) return []
  const [family, localFamily] = [versionOf(bytes), versionOf(local)]
  return [finding(path, 'fdb-family', { destination, family, name, localFamily, local: tunnel.local })]
}

/** The kernel keeps several destinations for group addresses and the all-zero (default) entry only (vxlan_fdb_append). */
function duplicateFdb(context: CheckContext): readonly Finding[] {
  return duplicates(
    (context.config.fdb ?? []).map((entry, index) => ({ entry, path: ['fdb', index] })),
    ({ entry }) => {
      const mac = parseMac(entry.macAddress)
      if (!mac) return undefined
      const severalDestinations = (mac[0]! & 1) === 1 || mac.every(octet => octet === 0)
      const key = `${entry.interface} ${entry.macAddress.toLowerCase()}`
      return severalDestinations ? `${key} ${canonicalAddress(entry.destination)}` : key
    },
    ({ entry, path }, first) =>
      finding([...path, 'macAddress'], 'duplicate-fdb', {
        mac: entry.macAddress,
        name: entry.interface,
        other: context.place(first.path),
      }),
  )
}
