import type { IpipInterface, VxlanInterface } from '../../model/config.ts'
import { canonicalAddress, parseAddress } from '../../net/address.ts'
import { type Finding, finding } from '../finding.ts'
import { notOneHost, versionOf } from './address-kind.ts'
import { type Check, type CheckContext, duplicates, type InterfaceEntry } from './context.ts'

const VXLAN_PORT = 4789

export const tunnelChecks: readonly Check[] = [
  { name: 'VNI and port of a VXLAN are its own', run: duplicateVxlans },
  { name: 'IPIP runs over IPv4', run: ipipFamilies },
  { name: 'the ends of an IPIP tunnel are its own', run: duplicateIpips },
  { name: 'the local address of a tunnel is one of the box', run: localAddresses },
  { name: 'the remote address of a tunnel is one of another host', run: remoteAddresses },
]

/** As the kernel's vxlan_config_validate: one device for each VNI, port and IP version, whatever `local` is. */
function duplicateVxlans(context: CheckContext): readonly Finding[] {
  const port = (item: VxlanInterface) => item.port ?? VXLAN_PORT
  const family = (item: VxlanInterface) => {
    const local = parseAddress(item.local)
    return local && versionOf(local)
  }
  return duplicates(
    context.ofType('vxlan'),
    ({ interface: item }) => {
      const version = family(item)
      return version && `${item.vni} ${port(item)} ${version}`
    },
    ({ interface: item, path }, first) =>
      finding([...path, 'vni'], 'duplicate-vxlan', {
        vni: item.vni,
        port: port(item),
        family: family(item) ?? 'IPv4',
        other: first.interface.name,
      }),
  )
}

function ipipFamilies(context: CheckContext): readonly Finding[] {
  return context.ofType('ipip').flatMap(({ interface: item, path }) =>
    (['local', 'remote'] as const).flatMap(key => {
      const address = item[key]
      return address !== undefined && parseAddress(address)?.length === 16
        ? [finding([...path, key], 'ipip-needs-ipv4', { address })]
        : []
    }),
  )
}

function duplicateIpips(context: CheckContext): readonly Finding[] {
  const remote = (item: IpipInterface) => (item.remote === undefined ? 'any' : canonicalAddress(item.remote))
  return duplicates(
    context.ofType('ipip'),
    ({ interface: item }) => {
      const [local, far] = [canonicalAddress(item.local), remote(item)]
      return local && far && `${local} ${far}`
    },
    ({ interface: item, path }, first) =>
      finding([...path, 'local'], 'duplicate-tunnel', {
        local: item.local,
        remote: remote(item) === 'any' ? 'any node' : item.remote!,
        other: first.interface.name,
      }),
  )
}

type Tunnel = InterfaceEntry<VxlanInterface | IpipInterface>

function tunnels(context: CheckContext): readonly Tunnel[] {
  return context.interfaces.filter(
    (entry): entry is Tunnel => entry.interface.type === 'vxlan' || entry.interface.type === 'ipip',
  )
}

function localAddresses(context: CheckContext): readonly Finding[] {
  return tunnels(context).flatMap(({ interface: item, path }) => {
    const bytes = parseAddress(item.local)
    if (!bytes || (item.type === 'ipip' && bytes.length === 16)) return []
    const holders = context.holdersOf(bytes)
    const [address, at] = [item.local, [...path, 'local']]
    if (holders.some(({ owner }) => owner.interface.name !== item.name)) return []
    if (holders.length > 0) return [finding(at, 'tunnel-local-inside', { address, name: item.name })]
    if (!context.known.addresses) return []
    const advice = context.adviseOwnAddress(bytes.length === 4 ? 4 : 6)
    return [finding(at, 'tunnel-local-unknown', { address, advice })]
  })
}

function remoteAddresses(context: CheckContext): readonly Finding[] {
  return context.ofType('ipip').flatMap(({ interface: item, path }) => {
    const bytes = item.remote === undefined ? undefined : parseAddress(item.remote)
    if (!bytes || bytes.length === 16 || item.remote === undefined) return []
    const at = [...path, 'remote']
    const kind = notOneHost(bytes)
    if (kind) return [finding(at, 'tunnel-remote-unusable', { address: item.remote, kind })]
    const own = context.ownerOf(bytes)
    if (!own) return []
    return [finding(at, 'tunnel-remote-own', { address: item.remote, name: own.owner.interface.name })]
  })
}
