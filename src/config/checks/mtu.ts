import { parseAddress } from '../../net/address.ts'
import { type Finding, finding } from '../finding.ts'
import type { Check, CheckContext, InterfaceEntry } from './context.ts'

export const mtuChecks: readonly Check[] = [
  { name: 'an MTU fits the interface below', run: fitsBelow },
  { name: 'an interface with IPv6 has an MTU for it', run: fitsIpv6 },
]

/** An MTU and, in words, where it comes from if it was not configured. */
interface Mtu {
  readonly bytes: number
  readonly origin: string
}

/** What a port has that nothing was said of. */
const DEFAULT_MTU: Mtu = { bytes: 1500, origin: ' (not configured, so the default)' }
const IPV6_MINIMUM = 1280

/**
 * Bytes that a packet grows by on its way through an interface. VXLAN: outer Ethernet does not count into the MTU
 * below, but the inner one does: 14 + 8 (VXLAN) + 8 (UDP) + 20 or 40 (IP). A tag of a VLAN does not count into the
 * MTU of its parent.
 */
const overheads = { vlan: 0, vxlan4: 50, vxlan6: 70, ipip: 20 } as const

interface Below {
  readonly entry: InterfaceEntry
  readonly overhead: number
}

/** The interface that carries the packets of another one, where the configuration tells. */
function belowOf(context: CheckContext, { interface: item }: InterfaceEntry): Below | undefined {
  if (item.type === 'vlan') return below(context.find(item.parent), overheads.vlan)
  if (item.type !== 'vxlan' && item.type !== 'ipip') return undefined
  const local = parseAddress(item.local)
  if (!local) return undefined
  const overhead =
    item.type === 'ipip' ? overheads.ipip : local.length === 4 ? overheads.vxlan4 : overheads.vxlan6
  const parent = item.type === 'vxlan' && item.parent !== undefined ? context.find(item.parent) : undefined
  const carrier = parent ?? context.ownerOf(local)?.owner
  // An address of the box itself may leave through any interface.
  return carrier?.interface.type === 'loopback' ? undefined : below(carrier, overhead)
}

function below(entry: InterfaceEntry | undefined, overhead: number): Below | undefined {
  return entry && { entry, overhead }
}

/** The MTU that an interface will have: its own, or what comes of the interface below. */
function mtuOf(context: CheckContext, entry: InterfaceEntry, depth = 0): Mtu | undefined {
  if (entry.interface.mtu !== undefined) return { bytes: entry.interface.mtu, origin: '' }
  if (entry.interface.type === 'loopback' || depth > 16) return undefined
  if (entry.interface.type === 'ethernet') return DEFAULT_MTU
  const carrier = belowOf(context, entry)
  if (!carrier) return undefined
  const carried = mtuOf(context, carrier.entry, depth + 1)
  const origin = ` (what ${carrier.entry.interface.name} leaves)`
  return carried && { bytes: carried.bytes - carrier.overhead, origin }
}

function fitsBelow(context: CheckContext): readonly Finding[] {
  return context.interfaces.flatMap(entry => {
    const { name, mtu } = entry.interface
    const carrier = belowOf(context, entry)
    if (mtu === undefined || !carrier || carrier.entry.interface.name === name) return []
    const limit = mtuOf(context, carrier.entry)
    const largest = (limit?.bytes ?? Number.POSITIVE_INFINITY) - carrier.overhead
    if (!limit || mtu <= largest) return []
    return [
      finding([...entry.path, 'mtu'], 'mtu-too-large', {
        mtu,
        name,
        needed: mtu + carrier.overhead,
        below: carrier.entry.interface.name,
        belowMtu: limit.bytes,
        origin: limit.origin,
        largest,
        advice: `, or raise the mtu of ${carrier.entry.interface.name} to ${mtu + carrier.overhead}`,
      }),
    ]
  })
}

function fitsIpv6(context: CheckContext): readonly Finding[] {
  return context.interfaces.flatMap(entry => {
    const six = context.addresses.find(({ owner, prefix }) => owner === entry && prefix.bytes.length === 16)
    const mtu = six && mtuOf(context, entry)
    if (!six || !mtu || mtu.bytes >= IPV6_MINIMUM) return []
    const at = entry.interface.mtu === undefined ? six.path : [...entry.path, 'mtu']
    return [
      finding(at, 'mtu-too-small-for-ipv6', {
        name: entry.interface.name,
        address: six.address,
        mtu: mtu.bytes,
        origin: mtu.origin,
      }),
    ]
  })
}
