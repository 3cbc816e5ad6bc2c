import { type Family, formatAddress, isLinkLocal, parseAddress } from '../../net/address.ts'
import { containsAddress, type Prefix, parsePrefix } from '../../net/prefix.ts'
import type { NeighborSettings } from '../neighbor-settings.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'
import { NexthopChoice } from '../rib/change.ts'
import type { PeerType } from '../sink.ts'
import { hasLinkLocalNexthop, type Negotiated } from '../wire/index.ts'

/** Our addresses on the link of a session: next hops of what we announce there. */
export interface LocalNexthop {
  readonly address: string
  /** IPv6: also announced where the neighbour is on the link (RFC 2545 §3). */
  readonly linkLocal?: string
  /** The networks of the family on the link. */
  readonly networks?: readonly string[]
}

/**
 * Our address of a family on the interface that has `localAddress`, the local end of a session; several may have it where
 * it is link-local, and `link` names the one then.
 */
export type FindLocalNexthop = (
  family: Family,
  localAddress: string,
  link: string | undefined,
) => LocalNexthop | undefined

/**
 * When our own address takes the place of a path's next hop.
 *
 *     never      iBGP (RFC 4271 §5.1.3 1), and nexthopUnchanged
 *     always     eBGP, and nexthopSelf: true
 *     external   nexthopSelf: external: of what external neighbours said, not of what is reflected (RFC 4456 §10)
 *     elsewhere  eBGP with nexthopSelf: false: unless the next hop is on the network that we share with the neighbour
 *                (RFC 4271 §5.1.3 2, "third party")
 */
export type NexthopRule = 'never' | 'always' | 'external' | 'elsewhere'

/** With which next hop routes of a family go to a neighbour. */
export interface Nexthops {
  readonly rule: NexthopRule
  /** Our own, 4, 16 or 32 octets; undefined: we have none. */
  readonly own: Uint8Array | undefined
  /** The networks that we share with the neighbour. */
  readonly shared: readonly Prefix[]
  /** IPv4 routes may have IPv6 next hops (RFC 8950). */
  readonly extended: boolean
}

/** What becomes of the next hop of a path. */
export const Nexthop = { KEPT: 0, OWN: 1, NONE: 2 } as const

/** Where a session runs. */
interface Place {
  readonly settings: NeighborSettings
  readonly type: PeerType
  readonly negotiated: Negotiated
  readonly localAddress: string
}

export function nexthopsOf(place: Place, family: Family, find: FindLocalNexthop | undefined): Nexthops {
  const local = plainAddress(place.localAddress)
  const bytes = parseAddress(local)
  const extended = family === 4 && place.negotiated.extendedNexthop
  // RFC 8950: over an IPv6 session the next hop of IPv4 routes is an IPv6 address where both sides know it.
  const nexthopFamily = extended && bytes?.length === 16 ? 6 : family
  const link = place.localAddress.split('%')[1]
  const beside = (wanted: Family) => find?.(wanted, local, link)
  const found = beside(nexthopFamily)
  const onLink = isOnLink(place, beside)
  return {
    rule: ruleOf(place),
    own: ownNexthop(nexthopFamily, bytes, found, onLink),
    shared: onLink ? (beside(family)?.networks ?? []).map(text => parsePrefix(text)!) : [],
    extended,
  }
}

/** Equal for next hops that leave alike. */
export function nexthopsText({ rule, own, shared, extended }: Nexthops): string {
  const networks = rule === 'elsewhere' ? shared.map(({ bytes, length }) => `${bytes}/${length}`) : []
  return JSON.stringify([rule, String(own), networks, extended])
}

function ruleOf({ settings, type }: Place): NexthopRule {
  const { nexthopSelf, nexthopUnchanged } = settings
  if (nexthopSelf === 'external') return type === 'eBGP' ? 'always' : 'external'
  if (nexthopSelf) return 'always'
  if (type !== 'eBGP' || nexthopUnchanged) return 'never'
  return nexthopSelf === undefined ? 'always' : 'elsewhere'
}

/** Whether the neighbour is on a link of ours: by its distance, or by its address. */
function isOnLink({ settings }: Place, beside: (family: Family) => LocalNexthop | undefined): boolean {
  const { address, ttl, minimumTtl } = settings.session
  if (ttl === 1 || minimumTtl === 255) return true
  const far = parseAddress(plainAddress(address))
  if (!far) return false
  const networks = beside(far.length === 4 ? 4 : 6)?.networks ?? []
  return isLinkLocal(far) || networks.some(text => containsAddress(parsePrefix(text)!, far))
}

/**
 * The address that a neighbour is to reach us at: the session's own end, or the one beside it of the other family. IPv6:
 * the global one, with the link-local one behind it where the neighbour is on the link (RFC 2545 §3, RFC 8950 §4); the
 * link-local one alone where the link has no other.
 */
function ownNexthop(
  family: Family,
  local: Uint8Array | undefined,
  found: LocalNexthop | undefined,
  onLink: boolean,
): Uint8Array | undefined {
  const fits = local?.length === (family === 4 ? 4 : 16)
  const beside = found && parseAddress(found.address)
  const alone = fits && isLinkLocal(local) && beside ? beside : fits ? local : beside
  if (family === 4 || !alone || !onLink || isLinkLocal(alone)) return alone
  const linkLocal = fits && isLinkLocal(local) ? local : found?.linkLocal && parseAddress(found.linkLocal)
  return linkLocal ? Uint8Array.of(...alone, ...linkLocal) : alone
}

/**
 * What becomes of the next hop of a path.
 * @param set its attributes, after the export policy
 * @param internal it was learned from an internal neighbour
 * @returns one of `Nexthop`; `NONE`: the path cannot be announced
 */
export function nexthopFor(
  nexthops: Nexthops,
  family: Family,
  attributes: AttributeStore,
  set: number,
  internal: boolean,
): number {
  const own = nexthops.own === undefined ? Nexthop.NONE : Nexthop.OWN
  // Our own routes have none.
  if (attributes.hop[set] === 0) return own
  const { keys } = attributes
  const start = attributes.keyStart(set)
  const choice = attributes.nexthopChoice[set]
  if (choice === NexthopChoice.SELF) return own
  if (choice === NexthopChoice.USUAL && isOwn(nexthops, keys, start, internal)) return own
  // A link-local address alone means nothing on another link.
  if (hasLinkLocalNexthop(keys, start)) return own
  if (family === 4 && keys[start] !== 4 && !nexthops.extended) return Nexthop.NONE
  return Nexthop.KEPT
}

/** What the settings of the neighbour say of a next hop, where no policy does. */
function isOwn({ rule, shared }: Nexthops, key: Uint8Array, start: number, internal: boolean): boolean {
  if (rule === 'elsewhere') return !shared.some(network => isNexthopInside(network, key, start))
  return rule === 'always' || (rule === 'external' && !internal)
}

/** Whether the next hop of a key is in a network. */
export function isNexthopInside({ bytes, length }: Prefix, key: Uint8Array, start: number): boolean {
  if (Math.min(key[start]!, 16) !== bytes.length) return false
  const whole = length >> 3
  for (let i = 0; i < whole; i++) if (key[start + 1 + i] !== bytes[i]) return false
  const rest = length & 7
  return rest === 0 || (key[start + 1 + whole]! ^ bytes[whole]!) >> (8 - rest) === 0
}

/** Without zone, and an IPv4 address as such where a dual-stack socket shows it inside an IPv6 one. */
export function plainAddress(text: string): string {
  const bytes = parseAddress(text.replace(/%.*$/, ''))
  if (!bytes) return text
  const mapped = bytes.length === 16 && formatAddress(bytes).startsWith('::ffff:') && text.includes('.')
  return mapped ? formatAddress(bytes, 12, 4) : formatAddress(bytes)
}
