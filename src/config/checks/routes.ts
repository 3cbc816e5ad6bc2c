import type { StaticNexthop } from '../../model/config.ts'
import { canonicalAddress, isLinkLocal, parseAddress } from '../../net/address.ts'
import { formatPrefix, isBroadcastOf, isNetwork, networkOf, parsePrefix } from '../../net/prefix.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { notOneHost, versionOf } from './address-kind.ts'
import { type Check, type CheckContext, duplicates } from './context.ts'

export const routeChecks: readonly Check[] = [
  { name: 'the prefix of a route has no host bits', run: hostBits },
  { name: 'a route has either next hops or blackhole', run: targets },
  { name: 'a route stands once', run: duplicateRoutes },
  { name: 'a next hop names an address or an interface', run: emptyNexthops },
  { name: 'the interface of a next hop is there', run: nexthopInterfaces },
  { name: 'a next hop is of the IP version of its prefix', run: nexthopFamilies },
  { name: 'a next hop can be reached', run: reachable },
  { name: 'a next hop stands once in its route', run: duplicateNexthops },
]

const DEFAULT_DISTANCE = 1

/** A finding for a prefix with bits behind its length. */
export function hostBitsFinding(path: Path, text: string): readonly Finding[] {
  const prefix = parsePrefix(text)
  if (!prefix || isNetwork(prefix)) return []
  return [finding(path, 'host-bits', { prefix: text, network: formatPrefix(networkOf(prefix)) })]
}

function hostBits({ config }: CheckContext): readonly Finding[] {
  return (config.routes ?? []).flatMap(({ prefix }, index) =>
    hostBitsFinding(['routes', index, 'prefix'], prefix),
  )
}

function targets({ config }: CheckContext): readonly Finding[] {
  return (config.routes ?? []).flatMap(({ prefix, nexthops, blackhole }, index) => {
    if ((nexthops !== undefined) !== (blackhole === true)) return []
    const state = blackhole ? 'both nexthops and blackhole' : 'neither nexthops nor blackhole'
    return [finding(['routes', index], 'route-target', { prefix, state })]
  })
}

function duplicateRoutes(context: CheckContext): readonly Finding[] {
  return duplicates(
    (context.config.routes ?? []).map((route, index) => ({ route, path: ['routes', index] })),
    ({ route }) => {
      const prefix = parsePrefix(route.prefix)
      return prefix && `${formatPrefix(networkOf(prefix))} ${route.distance ?? DEFAULT_DISTANCE}`
    },
    ({ route, path }, first) =>
      finding([...path, 'prefix'], 'duplicate-route', {
        prefix: route.prefix,
        distance: route.distance ?? DEFAULT_DISTANCE,
        other: context.place(first.path),
      }),
  )
}

interface NexthopEntry {
  readonly nexthop: StaticNexthop
  readonly prefix: string
  readonly path: Path
}

function nexthopsOf({ config }: CheckContext): readonly NexthopEntry[] {
  return (config.routes ?? []).flatMap(({ prefix, nexthops = [] }, route) =>
    nexthops.map((nexthop, index) => ({ nexthop, prefix, path: ['routes', route, 'nexthops', index] })),
  )
}

function emptyNexthops(context: CheckContext): readonly Finding[] {
  return nexthopsOf(context).flatMap(({ nexthop: { via, interface: name, onlink }, path }) => {
    if (via === undefined && name === undefined) return [finding(path, 'nexthop-empty', {})]
    if (!onlink || (via !== undefined && name !== undefined)) return []
    return [finding(path, 'onlink-incomplete', { missing: via === undefined ? 'via' : 'interface' })]
  })
}

function nexthopInterfaces(context: CheckContext): readonly Finding[] {
  return nexthopsOf(context).flatMap(({ nexthop, path }) =>
    nexthop.interface === undefined
      ? []
      : context.unknownInterface([...path, 'interface'], nexthop.interface),
  )
}

function nexthopFamilies(context: CheckContext): readonly Finding[] {
  return nexthopsOf(context).flatMap(({ nexthop: { via }, prefix, path }) => {
    const [gateway, destination] = [via === undefined ? undefined : parseAddress(via), parsePrefix(prefix)]
    if (!gateway || !destination || gateway.length === destination.bytes.length) return []
    return [
      finding([...path, 'via'], 'nexthop-family', {
        via: via!,
        viaFamily: versionOf(gateway),
        prefix,
        family: versionOf(destination.bytes),
      }),
    ]
  })
}

function reachable(context: CheckContext): readonly Finding[] {
  return nexthopsOf(context).flatMap(({ nexthop: { via, interface: name, onlink }, path }) => {
    const bytes = via === undefined ? undefined : parseAddress(via)
    if (!bytes || via === undefined) return []
    const at = [...path, 'via']
    const kind = notOneHost(bytes)
    if (kind) return [finding(at, 'nexthop-unusable', { via, kind })]
    const own = context.ownerOf(bytes)
    if (own) return [finding(at, 'nexthop-own-address', { via, name: own.owner.interface.name })]
    if (isLinkLocal(bytes)) return name === undefined ? [finding(at, 'nexthop-link-local', { via })] : []
    const broadcast = context.networksAround(bytes, name).find(({ prefix }) => isBroadcastOf(prefix, bytes))
    if (broadcast) {
      const kind = `the broadcast address of ${formatPrefix(networkOf(broadcast.prefix))} on ${broadcast.owner.interface.name}`
      return [finding(at, 'nexthop-unusable', { via, kind })]
    }
    if (onlink || (name !== undefined && !context.find(name)) || !context.known.addresses) return []
    const around = context.networksAround(bytes, name)
    return around.length > 0 ? [] : [unreachable(context, at, via, bytes, name)]
  })
}

function unreachable(
  context: CheckContext,
  path: Path,
  via: string,
  bytes: Uint8Array,
  name: string | undefined,
): Finding {
  const elsewhere = context.networksAround(bytes)[0]
  const advice = elsewhere
    ? `Name the interface ${elsewhere.owner.interface.name}, whose network ${formatPrefix(networkOf(elsewhere.prefix))} it is in`
    : name === undefined
      ? 'Give the address of a router on a network of the box, or name its interface with onlink: true'
      : `Give an address of a network of ${name}, or mark the next hop onlink: true where it is reached without one`
  return finding(path, 'nexthop-unreachable', { via, where: name ?? 'any interface', advice })
}

function duplicateNexthops(context: CheckContext): readonly Finding[] {
  return duplicates(
    nexthopsOf(context),
    ({ nexthop: { via, interface: name }, path }) => {
      if (via === undefined && name === undefined) return undefined
      const gateway = via === undefined ? '' : canonicalAddress(via)
      return gateway === undefined ? undefined : `${path[1]} ${gateway} ${name ?? ''}`
    },
    ({ nexthop: { via, interface: name }, path }, first) =>
      finding(path, 'duplicate-nexthop', {
        nexthop: [via, name].filter(part => part !== undefined).join(' on '),
        other: context.place(first.path),
      }),
  )
}
