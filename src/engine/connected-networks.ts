import type { LocalNexthop } from '../bgp/index.ts'
import { IFA_F } from '../kernel/constants.ts'
import type { InterfaceAddress, Link, Route } from '../kernel/objects.ts'
import { ADDRESS_BYTES, type Family, isLinkLocal, parseAddress } from '../net/address.ts'
import { formatPrefix, networkOf, parsePrefix } from '../net/prefix.ts'
import type { ConnectedNetwork } from '../routing/index.ts'

/** Not ours to use: yet, or at all. */
const UNUSABLE = IFA_F.TENTATIVE | IFA_F.DADFAILED

/**
 * The networks that the box is on right now: those of the addresses that the kernel has on links that are up
 * with a carrier. Link-local networks are on every link and lead nowhere by themselves: they are left out. Pure.
 */
export function connectedNetworks(
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): ConnectedNetwork[] {
  const usable = new Map(
    links.filter(link => link.up && link.carrier && !link.loopback).map(link => [link.index, link]),
  )
  return addresses.flatMap(address => {
    const link = usable.get(address.link)
    const prefix = parsePrefix(address.prefix)
    if (!link || !prefix || isLinkLocal(prefix.bytes) || (address.flags & UNUSABLE) !== 0) return []
    return [{ network: networkOf(prefix), interface: link.name }]
  })
}

/**
 * The next hop to announce for routes of one family over a session of another: our first global address of that family
 * on the link that has `localAddress`, and for IPv6 the link-local one beside it (RFC 2545 §3). Pure.
 * @param on index of the link, where several may have the address: VLANs have the link-local one of their parent
 */
export function addressBeside(
  addresses: readonly InterfaceAddress[],
  family: Family,
  localAddress: string,
  on?: number,
): LocalNexthop | undefined {
  const texts = addresses.map(({ link, prefix, flags }) => ({
    link,
    flags,
    prefix,
    text: prefix.slice(0, prefix.indexOf('/')),
  }))
  const link = on ?? texts.find(({ text }) => text === localAddress)?.link
  const here = texts.flatMap(one => {
    const bytes = parseAddress(one.text)
    if (one.link !== link || (one.flags & UNUSABLE) !== 0 || bytes?.length !== ADDRESS_BYTES[family])
      return []
    return [{ text: one.text, prefix: one.prefix, linkLocal: isLinkLocal(bytes) }]
  })
  const global = here.find(one => !one.linkLocal)
  const linkLocal = here.find(one => one.linkLocal)
  if (!global) return undefined
  const networks = here
    .filter(one => !one.linkLocal)
    .map(({ prefix }) => formatPrefix(networkOf(parsePrefix(prefix)!)))
  return { address: global.text, ...(linkLocal && { linkLocal: linkLocal.text }), networks }
}

/**
 * Those of the networks that the kernel has no route to: it makes one with the address, and makes no other when somebody
 * deletes it. Host addresses have theirs in the local table. Pure.
 * @param routes those of protocol kernel in the main table
 */
export function networksWithoutRoute(
  networks: readonly ConnectedNetwork[],
  routes: readonly Route[],
): ConnectedNetwork[] {
  const present = new Set(routes.map(route => route.prefix))
  return networks.filter(({ network }) => {
    return network.length < network.bytes.length * 8 && !present.has(formatPrefix(network))
  })
}
