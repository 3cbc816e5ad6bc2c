import { formatAddress, isLinkLocal, isLoopback } from '../../net/address.ts'
import { contains, equalBytes, formatPrefix, isNetwork, networkOf, type Prefix } from '../../net/prefix.ts'
import { type Finding, finding } from '../finding.ts'
import { notOneHost } from './address-kind.ts'
import { type AddressEntry, type Check, type CheckContext, duplicates } from './context.ts'

export const addressChecks: readonly Check[] = [
  { name: 'an address of an interface is a unicast address', run: usable },
  { name: 'an address is not that of the network or its broadcast', run: edges },
  { name: 'each address stands once', run: duplicateAddresses },
  { name: 'networks of two interfaces do not overlap', run: overlapping },
]

function usable({ addresses }: CheckContext): readonly Finding[] {
  return addresses.flatMap(({ owner, path, prefix, address }) => {
    const kind = unusableKind(prefix, owner.interface.type)
    return kind ? [finding(path, 'unusable-address', { address, kind })] : []
  })
}

function unusableKind({ bytes }: Prefix, type: string): string | undefined {
  return type === 'loopback' && isLoopback(bytes) ? undefined : notOneHost(bytes)
}

/** The all-zero and all-one host parts (RFC 1122 section 3.2.1.3); /31 has neither (RFC 3021), nor has /32. */
function edges({ addresses }: CheckContext): readonly Finding[] {
  return addresses.flatMap(({ owner, path, prefix, address }) => {
    if (unusableKind(prefix, owner.interface.type) || prefix.length > prefix.bytes.length * 8 - 2) return []
    if (prefix.bytes.length === 16) return isNetwork(prefix) ? [anycast(path, prefix, address)] : []
    const { first, last, broadcast, network } = hostRange(prefix)
    const range = { address, first, last, length: prefix.length }
    if (isNetwork(prefix)) return [finding(path, 'network-address', range)]
    return address === broadcast ? [finding(path, 'broadcast-address', { ...range, network })] : []
  })
}

function anycast(path: AddressEntry['path'], prefix: Prefix, address: string): Finding {
  const example = Uint8Array.from(prefix.bytes)
  example[15]! |= 1
  return finding(path, 'anycast-address', {
    address,
    example: formatPrefix({ bytes: example, length: prefix.length }),
  })
}

function hostRange(prefix: Prefix): { first: string; last: string; broadcast: string; network: string } {
  const network = networkOf(prefix)
  const low = Buffer.from(network.bytes).readUInt32BE()
  const high = low + 2 ** (32 - prefix.length) - 1
  const text = (value: number): string => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return formatAddress(bytes)
  }
  return {
    first: text(low + 1),
    last: text(high - 1),
    broadcast: text(high),
    network: formatPrefix(network),
  }
}

function duplicateAddresses(context: CheckContext): readonly Finding[] {
  return duplicates(
    context.addresses,
    ({ owner, prefix, address }) =>
      isLinkLocal(prefix.bytes) ? `${address} ${owner.interface.name}` : address,
    ({ path, address }, first) =>
      finding(path, 'duplicate-address', { address, other: first.owner.interface.name }),
  )
}

interface NetworkEntry {
  readonly entry: AddressEntry
  readonly network: Prefix
  readonly order: number
}

/**
 * Two interfaces whose networks have addresses in common: the kernel would send to one of them what belongs to the
 * other. A host address (/32, /128) may lie inside, as Flannel's on its VTEP; link-local networks are on every link.
 * Sorted by network, whatever overlaps with a network contains it or is the same: one pass with the chain of those
 * around finds it.
 */
function overlapping(context: CheckContext): readonly Finding[] {
  const networks = context.addresses
    .filter(({ owner, prefix }) => !unusableKind(prefix, owner.interface.type))
    .map((entry, order): NetworkEntry => ({ entry, network: networkOf(entry.prefix), order }))
    .filter(({ network }) => network.length < network.bytes.length * 8 && !isLinkLocal(network.bytes))
    .sort(byNetwork)
  const findings: Finding[] = []
  const around: NetworkEntry[] = []
  for (const one of networks) {
    while (around.length > 0 && !contains(around.at(-1)!.network, one.network)) around.pop()
    const other = around.findLast(candidate => isForeign(candidate.entry, one.entry))
    if (other) findings.push(overlapFinding(one, other))
    around.push(one)
  }
  return findings
}

function isForeign(a: AddressEntry, b: AddressEntry): boolean {
  return (
    a.owner.interface.name !== b.owner.interface.name &&
    // The same address twice is said once, by the check for that.
    !equalBytes(a.prefix.bytes, b.prefix.bytes)
  )
}

function byNetwork(a: NetworkEntry, b: NetworkEntry): number {
  return (
    a.network.bytes.length - b.network.bytes.length ||
    Buffer.compare(a.network.bytes, b.network.bytes) ||
    a.network.length - b.network.length ||
    a.order - b.order
  )
}

/** Told at the one that comes later in the configuration. */
function overlapFinding(a: NetworkEntry, b: NetworkEntry): Finding {
  const [first, second] = a.order < b.order ? [a, b] : [b, a]
  const inner = first.network.length >= second.network.length ? first : second
  return finding(second.entry.path, 'overlapping-addresses', {
    address: formatPrefix(second.entry.prefix),
    name: second.entry.owner.interface.name,
    otherAddress: formatPrefix(first.entry.prefix),
    other: first.entry.owner.interface.name,
    network: formatPrefix(inner.network),
    host: second.entry.prefix.bytes.length === 4 ? '/32' : '/128',
  })
}
