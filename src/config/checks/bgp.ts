import type { Bgp, BgpNeighborGroup } from '../../model/config-bgp.ts'
import { isLinkLocal, isLoopback, parseAddress } from '../../net/address.ts'
import { formatPrefix, networkOf, overlaps, type Prefix, parsePrefix } from '../../net/prefix.ts'
import { canonicalZoned, parseZoned } from '../../net/zone.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { suggest } from '../words.ts'
import { notOneHost, versionOf } from './address-kind.ts'
import { groupsOf, isExternalAs, neighborsOf, sessionsOf } from './bgp-sessions.ts'
import { type Check, type CheckContext, duplicates } from './context.ts'
import { policyUses } from './policy-uses.ts'
import { hostBitsFinding } from './routes.ts'

export const bgpChecks: readonly Check[] = [
  { name: 'the router id is an IPv4 address', run: routerId },
  { name: 'each neighbour group has a name of its own', run: duplicateGroups },
  { name: 'the policies of a session are there', run: policies },
  { name: 'the group of a neighbour is there', run: groups },
  { name: 'a hold time is 0 or at least 3', run: holdTimes },
  { name: 'the keepalive time is below the hold time', run: keepaliveTimes },
  { name: "a neighbour's AS is known", run: remoteAs },
  { name: 'a listen range has no host bits', run: rangeHostBits },
  { name: 'listen ranges of two groups do not overlap', run: rangeOverlaps },
  { name: "a neighbour's address is one of another host", run: neighborAddresses },
  { name: 'a neighbour has an address or an interface', run: addressOrInterface },
  { name: 'a BGP neighbour stands once', run: duplicateNeighbors },
  { name: 'the local address of a session is one of the box', run: localAddresses },
  { name: 'the local address is of the IP version of the neighbour', run: localFamilies },
  { name: 'each family of a session has a next hop', run: familyNexthops },
  { name: 'an eBGP neighbour without multihop is connected', run: connected },
  { name: 'an eBGP session has policies', run: missingPolicies },
]

const DEFAULT_HOLD_TIME = 90

function routerId(context: CheckContext): readonly Finding[] {
  const value = context.config.bgp?.routerId
  const bytes = value === undefined ? undefined : parseAddress(value)
  if (!bytes || value === undefined) return []
  if (bytes.length === 4 && !notOneHost(bytes)) return []
  const own = context.addresses.find(({ prefix }) => prefix.bytes.length === 4 && !notOneHost(prefix.bytes))
  const advice = own ? `, such as ${own.address}` : ''
  return [finding(['bgp', 'routerId'], 'router-id', { value, advice })]
}

function duplicateGroups(context: CheckContext): readonly Finding[] {
  return duplicates(
    groupsOf(context.config.bgp),
    ({ session }) => session.name,
    ({ session, path }, first) =>
      finding([...path, 'name'], 'duplicate-group', {
        name: session.name,
        other: context.place(first.path),
      }),
  )
}

function policies(context: CheckContext): readonly Finding[] {
  if (!context.known.policies) return []
  const names = (context.config.policies ?? []).map(({ name }) => name)
  return policyUses(context).flatMap(({ name, path }) =>
    names.includes(name)
      ? []
      : [finding(path, 'unknown-policy', { name, advice: suggest(name, names, 'policies') })],
  )
}

function groups(context: CheckContext): readonly Finding[] {
  if (!context.known.groups) return []
  const names = groupsOf(context.config.bgp).map(({ session }) => session.name)
  return neighborsOf(context.config.bgp).flatMap(({ session: { group: name }, path }) =>
    name === undefined || names.includes(name)
      ? []
      : [
          finding([...path, 'group'], 'unknown-group', {
            name,
            advice: suggest(name, names, 'bgp.neighborGroups'),
          }),
        ],
  )
}

function holdTimes(context: CheckContext): readonly Finding[] {
  return sessionsOf(context.config.bgp).flatMap(({ session: { holdTime }, path }) =>
    holdTime === 1 || holdTime === 2
      ? [finding([...path, 'holdTime'], 'hold-time', { value: holdTime })]
      : [],
  )
}

function keepaliveTimes(context: CheckContext): readonly Finding[] {
  return sessionsOf(context.config.bgp).flatMap(({ session, group, path }) => {
    const keepalive = session.keepaliveTime ?? group?.keepaliveTime
    const hold = session.holdTime ?? group?.holdTime ?? DEFAULT_HOLD_TIME
    // What a neighbour has from its group alone is told at the group.
    if (group && session.keepaliveTime === undefined && session.holdTime === undefined) return []
    if (keepalive === undefined || hold < 3 || keepalive < hold) return []
    const origin =
      session.holdTime !== undefined
        ? ''
        : group?.holdTime !== undefined
          ? ' (from its group)'
          : ' (the default)'
    const key = session.keepaliveTime === undefined ? 'holdTime' : 'keepaliveTime'
    const advised = Math.floor(hold / 3)
    return [finding([...path, key], 'keepalive-time', { keepalive, hold, origin, advised })]
  })
}

function remoteAs(context: CheckContext): readonly Finding[] {
  const named = neighborsOf(context.config.bgp).flatMap(({ session, group, path, address }) => {
    if ((session.remoteAs ?? group?.remoteAs ?? group?.remoteAsSet) !== undefined) return []
    // A group that is not there may have had one.
    if (session.group !== undefined && !group) return []
    const advice = group
      ? `Add remoteAs here or to the group ${group.name}`
      : 'Add remoteAs, or a group that has it'
    return [
      finding([...path, 'remoteAs'], 'remote-as-missing', { who: `The neighbour ${address}`, advice }, 'key'),
    ]
  })
  const dynamic = groupsOf(context.config.bgp).flatMap(
    ({ session: { name, remoteAs: as, remoteAsSet, listenRanges }, path }) =>
      as !== undefined || remoteAsSet !== undefined || listenRanges === undefined
        ? []
        : [
            finding(
              [...path, 'remoteAs'],
              'remote-as-missing',
              {
                who: `The group ${name}, which accepts neighbours from listenRanges,`,
                advice: 'Add remoteAs: the AS that these neighbours are of, or remoteAsSet',
              },
              'key',
            ),
          ],
  )
  return [...dynamic, ...named]
}

export interface RangeEntry {
  readonly text: string
  readonly prefix: Prefix
  readonly group: BgpNeighborGroup
  readonly path: Path
}

export function rangesOf(bgp: Bgp | undefined): readonly RangeEntry[] {
  return groupsOf(bgp).flatMap(({ session, path }) =>
    (session.listenRanges ?? []).flatMap((text, index) => {
      const prefix = parsePrefix(text)
      return prefix
        ? [{ text, prefix: networkOf(prefix), group: session, path: [...path, 'listenRanges', index] }]
        : []
    }),
  )
}

function rangeHostBits(context: CheckContext): readonly Finding[] {
  return rangesOf(context.config.bgp).flatMap(({ text, path }) => hostBitsFinding(path, text))
}

function rangeOverlaps(context: CheckContext): readonly Finding[] {
  const ranges = rangesOf(context.config.bgp)
  return ranges.flatMap((range, index) => {
    const other = ranges
      .slice(0, index)
      .find(({ group, prefix }) => group !== range.group && overlaps(prefix, range.prefix))
    if (!other) return []
    return [
      finding(range.path, 'listen-range-overlap', {
        prefix: formatPrefix(range.prefix),
        group: range.group.name,
        otherPrefix: formatPrefix(other.prefix),
        other: other.group.name,
      }),
    ]
  })
}

function neighborAddresses(context: CheckContext): readonly Finding[] {
  return neighborsOf(context.config.bgp).flatMap(({ session, path, address, bytes }) => {
    if (!bytes) return []
    const at = [...path, 'address']
    const own = context.ownerOf(bytes)
    if (own) return [finding(at, 'bgp-neighbor-own-address', { address, name: own.owner.interface.name })]
    const zone = parseZoned(session.address ?? '')?.zone
    if (zone !== undefined) return context.unknownInterface(at, zone)
    const kind = isLinkLocal(bytes)
      ? 'a link-local address, which means nothing without an interface'
      : isLoopback(bytes)
        ? undefined
        : notOneHost(bytes)
    return kind ? [finding(at, 'bgp-neighbor-unusable', { address, kind })] : []
  })
}

function addressOrInterface(context: CheckContext): readonly Finding[] {
  return neighborsOf(context.config.bgp).flatMap(({ session, path }) => {
    const { address, interface: link } = session
    if (link !== undefined && address === undefined)
      return context.unknownInterface([...path, 'interface'], link)
    if (link === undefined && address !== undefined) return []
    const what = address === undefined ? 'neither address nor interface' : 'both address and interface'
    return [finding(path, 'bgp-neighbor-address-or-interface', { what })]
  })
}

function duplicateNeighbors(context: CheckContext): readonly Finding[] {
  return duplicates(
    neighborsOf(context.config.bgp),
    ({ address }) => canonicalZoned(address) ?? address,
    ({ session, path, address }, first) =>
      finding([...path, session.address === undefined ? 'interface' : 'address'], 'duplicate-bgp-neighbor', {
        address,
        other: context.place(first.path),
      }),
  )
}

function localAddresses(context: CheckContext): readonly Finding[] {
  if (!context.known.addresses) return []
  return sessionsOf(context.config.bgp).flatMap(({ session: { localAddress }, path }) => {
    const bytes = localAddress === undefined ? undefined : parseAddress(localAddress)
    if (!bytes || localAddress === undefined || context.ownerOf(bytes) || isLoopback(bytes)) return []
    return [
      finding([...path, 'localAddress'], 'bgp-local-address', {
        address: localAddress,
        advice: context.adviseOwnAddress(bytes.length === 4 ? 4 : 6),
      }),
    ]
  })
}

function localFamilies(context: CheckContext): readonly Finding[] {
  return neighborsOf(context.config.bgp).flatMap(({ session, group, path, address, bytes: far }) => {
    const text = session.localAddress ?? group?.localAddress
    const local = text === undefined ? undefined : parseAddress(text)
    if (!local || !far || local.length === far.length || text === undefined) return []
    const at = [...path, session.localAddress === undefined ? 'group' : 'localAddress']
    return [
      finding(at, 'bgp-local-address-family', {
        local: text,
        localFamily: versionOf(local),
        address,
        family: versionOf(far),
      }),
    ]
  })
}

/** A family may be spoken over a session of the other IP version (RFC 4760), but what is announced needs a next hop. */
function familyNexthops(context: CheckContext): readonly Finding[] {
  if (!context.known.addresses) return []
  return neighborsOf(context.config.bgp).flatMap(({ session, group, path, address, bytes: far }) => {
    const families = session.families ?? group?.families ?? []
    // IPv4 routes may have an IPv6 next hop there (RFC 8950).
    if (!far || isLinkLocal(far) || (session.extendedNexthop ?? group?.extendedNexthop)) return []
    const at = [...path, session.families === undefined ? 'group' : 'families']
    return families.flatMap(family => {
      const version = family === 'ipv4-unicast' ? 'IPv4' : 'IPv6'
      if (version === versionOf(far)) return []
      const has = context.addresses.some(
        ({ prefix: { bytes } }) => versionOf(bytes) === version && !isLoopback(bytes) && !isLinkLocal(bytes),
      )
      return has ? [] : [finding(at, 'bgp-family-nexthop', { family, address, version })]
    })
  })
}

function connected(context: CheckContext): readonly Finding[] {
  const bgp = context.config.bgp
  if (!bgp || !context.known.addresses) return []
  return neighborsOf(bgp).flatMap(({ session, group, path, address, bytes }) => {
    const as = session.remoteAs ?? group?.remoteAs
    if (!bytes || as === undefined || as === bgp.localAs) return []
    const farther = (session.ttlSecurity ?? group?.ttlSecurity ?? 1) > 1
    if (farther || (session.multihop ?? group?.multihop) === true || isLoopback(bytes) || isLinkLocal(bytes))
      return []
    if (notOneHost(bytes) || context.ownerOf(bytes) || context.networksAround(bytes).length > 0) return []
    return [finding([...path, 'address'], 'bgp-neighbor-not-connected', { address })]
  })
}

/** What a session without a policy comes to where the neighbour is of another AS. */
const withoutPolicy = {
  importPolicy: 'nothing that it announces is accepted',
  exportPolicy: 'nothing is announced to it',
} as const

function missingPolicies({ config: { bgp } }: CheckContext): readonly Finding[] {
  return neighborsOf(bgp).flatMap(({ session, group, path, address }) => {
    const as = session.remoteAs ?? group?.remoteAs
    if (!bgp || as === undefined || !isExternalAs(bgp, as)) return []
    return (['importPolicy', 'exportPolicy'] as const).flatMap(key => {
      if ((session[key] ?? group?.[key]) !== undefined) return []
      const parameters = { address, key, effect: withoutPolicy[key] }
      return [finding([...path, key], 'bgp-policy-missing', parameters, 'key')]
    })
  })
}
