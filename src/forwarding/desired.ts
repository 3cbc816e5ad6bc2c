import { IFA_F, NUD, RT_SCOPE } from '../kernel/constants.ts'
import type { IpipLink, MadeKind, VxlanLink } from '../kernel/objects.ts'
import type { Config, Interface } from '../model/config.ts'
import { canonicalAddress, isLinkLocal, isLoopback } from '../net/address.ts'
import { formatPrefix, type Prefix, parsePrefix } from '../net/prefix.ts'
import { CAUSEWAY_ALIAS } from './marks.ts'
import { type DesiredSysctl, interfaceSysctls, SYSTEM_SYSCTLS } from './sysctls.ts'

/**
 * What the configuration wants of the kernel, said of links by name: indices are known only once a link is there.
 * Routes are not here; they come from the RIB and go through `Fib`.
 */
export interface DesiredState {
  /** What a link stands on (parent, bridge) comes before it. */
  readonly links: readonly DesiredLink[]
  readonly addresses: readonly DesiredAddress[]
  readonly neighbors: readonly DesiredNeighbor[]
  readonly fdb: readonly DesiredFdbEntry[]
  readonly sysctls: readonly DesiredSysctl[]
}

export interface DesiredLink {
  readonly name: string
  /** What is to be made; absent for a link that must be there already (a port, loopback). */
  readonly kind?: MadeKind
  readonly up: boolean
  /** Absent where the kernel's own choice is right. */
  readonly mtu?: MtuRule
  readonly macAddress?: string
  /** Name of the link below. */
  readonly parent?: string
  /** Name of the bridge that it is a port of. */
  readonly bridge?: string
  /** IFLA_IFALIAS, the mark of links that we made. */
  readonly alias?: string
  readonly vlanId?: number
  readonly vxlan?: VxlanLink
  readonly ipip?: IpipLink
}

/** How an MTU comes about. */
export type MtuRule =
  | { readonly is: 'fixed'; readonly mtu: number }
  /** That of another link, less the bytes that a tunnel puts around a packet. */
  | { readonly is: 'below'; readonly parent: string; readonly overhead: number }
  /** Likewise, of the link that holds this address. */
  | { readonly is: 'underlay'; readonly local: string; readonly overhead: number }

export interface DesiredAddress {
  readonly interface: string
  /** Canonical text, host bits set. */
  readonly prefix: string
  /** RT_SCOPE_*. */
  readonly scope: number
  /** IFA_F_*. */
  readonly flags: number
}

export interface DesiredNeighbor {
  readonly interface: string
  readonly address: string
  readonly macAddress: string
  /** NUD_*. */
  readonly state: number
}

export interface DesiredFdbEntry {
  readonly interface: string
  readonly macAddress: string
  /** Underlay address of the far VTEP. */
  readonly destination: string
}

/** Bytes that VXLAN puts between the outer MTU and the inner IP packet: inner Ethernet 14, VXLAN 8, UDP 8, IP 20 or 40. */
const VXLAN_OVERHEAD = { 4: 50, 6: 70 } as const

/** An IPv4 header without options (RFC 2003). */
const IPIP_OVERHEAD = 20

/** The MAC of a VXLAN's flood list: frames whose destination has no entry of its own go to each VTEP in it. */
export const FLOOD_MAC = '00:00:00:00:00:00'

/** IFALIASZ of if.h, without the zero at the end. */
const ALIAS_BYTES = 255

/** What a configuration that was validated wants of the kernel. Pure; the same configuration gives the same state. */
export function desiredState(config: Config): DesiredState {
  const interfaces = config.interfaces ?? []
  const bridgeOf = new Map(
    interfaces.flatMap(one => (one.type === 'bridge' ? (one.ports ?? []).map(port => [port, one.name]) : [])),
  )
  const flooding = new Set(
    (config.fdb ?? []).filter(entry => entry.macAddress === FLOOD_MAC).map(entry => entry.interface),
  )
  return {
    links: belowFirst(interfaces.map(one => desiredLink(one, bridgeOf.get(one.name)))),
    addresses: interfaces.flatMap(one => desiredAddresses(one, flooding.has(one.name))),
    neighbors: keyed(
      (config.neighbors ?? []).map(one => ({
        interface: one.interface,
        address: canonicalAddress(one.address) ?? one.address,
        macAddress: one.macAddress.toLowerCase(),
        state: NUD.PERMANENT,
      })),
      one => `${one.interface} ${one.address}`,
    ),
    fdb: keyed(
      (config.fdb ?? []).map(one => ({
        interface: one.interface,
        macAddress: one.macAddress.toLowerCase(),
        destination: canonicalAddress(one.destination) ?? one.destination,
      })),
      // A MAC has one VTEP; only the flood list has many.
      one => `${one.interface} ${one.macAddress} ${one.macAddress === FLOOD_MAC ? one.destination : ''}`,
    ),
    sysctls: [...SYSTEM_SYSCTLS, ...interfaces.flatMap(interfaceSysctls)],
  }
}

function desiredLink(one: Interface, bridge: string | undefined): DesiredLink {
  const mtu = mtuRule(one)
  return {
    name: one.name,
    up: one.enabled ?? true,
    ...(mtu && { mtu }),
    ...('macAddress' in one && one.macAddress && { macAddress: one.macAddress.toLowerCase() }),
    ...('parent' in one && one.parent && { parent: one.parent }),
    ...(bridge && { bridge }),
    ...kindOptions(one),
  }
}

function kindOptions(one: Interface): Partial<DesiredLink> {
  if (one.type === 'ethernet' || one.type === 'loopback') return {}
  const made = { kind: one.type, alias: aliasOf(one.description) }
  if (one.type === 'vlan') return { ...made, vlanId: one.vlanId }
  if (one.type === 'bridge') return made
  const local = canonicalAddress(one.local) ?? one.local
  if (one.type === 'vxlan') {
    const { vni, port = 4789, learning = false, ttl = 0 } = one
    return { ...made, vxlan: { vni, port, local, learning, ttl } }
  }
  const remote = one.remote === undefined ? undefined : (canonicalAddress(one.remote) ?? one.remote)
  return { ...made, ipip: { local, ...(remote && { remote }), ttl: one.ttl ?? 0 } }
}

/** The alias that marks a link as made by us, with as much of the description as fits. */
function aliasOf(description: string | undefined): string {
  if (!description) return CAUSEWAY_ALIAS
  let text = `${CAUSEWAY_ALIAS}: ${description}`
  while (Buffer.byteLength(text) > ALIAS_BYTES) text = [...text].slice(0, -1).join('')
  return text
}

/**
 * An MTU that the configuration does not give is set all the same where the kernel would guess wrong: a VXLAN
 * without a parent gets 1500 from it, and an IPIP tunnel to any remote 1480, whatever the underlay has.
 */
function mtuRule(one: Interface): MtuRule | undefined {
  if (one.mtu !== undefined) return { is: 'fixed', mtu: one.mtu }
  switch (one.type) {
    case 'vlan':
      return { is: 'below', parent: one.parent, overhead: 0 }
    case 'vxlan': {
      const overhead = VXLAN_OVERHEAD[one.local.includes(':') ? 6 : 4]
      return one.parent === undefined
        ? { is: 'underlay', local: canonicalAddress(one.local) ?? one.local, overhead }
        : { is: 'below', parent: one.parent, overhead }
    }
    case 'ipip':
      return { is: 'underlay', local: canonicalAddress(one.local) ?? one.local, overhead: IPIP_OVERHEAD }
    default:
      return undefined
  }
}

function desiredAddresses(one: Interface, flooding: boolean): DesiredAddress[] {
  return (one.addresses ?? []).flatMap(text => {
    const prefix = parsePrefix(text)
    if (!prefix) return []
    const flags = prefix.bytes.length === 16 && !detectsDuplicates(one, flooding) ? IFA_F.NODAD : 0
    return [{ interface: one.name, prefix: formatPrefix(prefix), scope: scopeOf(prefix), flags }]
  })
}

/**
 * Whether duplicate address detection (RFC 4862 §5.4) can find anything on the interface. On Ethernet, VLAN and
 * bridge others may hold our address, so it stays on. A VXLAN that neither learns nor floods carries no multicast:
 * the probe would reach nobody, and the address be unusable for a second after every start for nothing. On a
 * loopback and on point-to-multipoint IPIP there is no segment to ask.
 */
function detectsDuplicates(one: Interface, flooding: boolean): boolean {
  if (one.type === 'vxlan') return (one.learning ?? false) || flooding
  return one.type !== 'ipip' && one.type !== 'loopback'
}

function scopeOf(prefix: Prefix): number {
  if (isLoopback(prefix.bytes)) return RT_SCOPE.HOST
  return isLinkLocal(prefix.bytes) ? RT_SCOPE.LINK : RT_SCOPE.UNIVERSE
}

/** Of several rows with one key the last: the kernel keeps one, and two that take turns would never come to rest. */
function keyed<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  return [...new Map(rows.map(row => [keyOf(row), row])).values()]
}

/** Sorted so that what a link stands on comes before it; otherwise in the order given. */
function belowFirst(links: readonly DesiredLink[]): DesiredLink[] {
  const byName = new Map(links.map(link => [link.name, link]))
  const sorted = new Set<DesiredLink>()
  const visiting = new Set<DesiredLink>()
  const visit = (link: DesiredLink | undefined): void => {
    if (!link || sorted.has(link) || visiting.has(link)) return
    visiting.add(link)
    visit(byName.get(link.parent ?? ''))
    visit(byName.get(link.bridge ?? ''))
    if (link.mtu?.is === 'below') visit(byName.get(link.mtu.parent))
    sorted.add(link)
  }
  for (const link of links) visit(link)
  return [...sorted]
}
