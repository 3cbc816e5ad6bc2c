import type { Family } from '../../net/address.ts'

/** An address family as BGP names it (RFC 4760): AFI 1 is IPv4, 2 is IPv6; SAFI 1 is unicast. */
export interface AfiSafi {
  readonly afi: number
  readonly safi: number
}

export const AFI_IPV4 = 1
export const AFI_IPV6 = 2
export const SAFI_UNICAST = 1

/** The AFI and SAFI of the unicast routes of each IP version. */
export const UNICAST: Readonly<Record<Family, AfiSafi>> = {
  4: { afi: AFI_IPV4, safi: SAFI_UNICAST },
  6: { afi: AFI_IPV6, safi: SAFI_UNICAST },
}

/** The IP version whose unicast routes this AFI and SAFI carry, or undefined where it is another family. */
export function unicastFamily(afi: number, safi: number): Family | undefined {
  if (safi !== SAFI_UNICAST) return undefined
  return afi === AFI_IPV4 ? 4 : afi === AFI_IPV6 ? 6 : undefined
}

/** Names as in IANA's registries; what is not named here is printed in numbers. */
const AFI_NAMES: Readonly<Record<number, string>> = { 1: 'ipv4', 2: 'ipv6', 25: 'l2vpn', 16388: 'ls' }
const SAFI_NAMES: Readonly<Record<number, string>> = {
  1: 'unicast',
  2: 'multicast',
  4: 'labeled-unicast',
  70: 'evpn',
  71: 'ls',
  128: 'vpn',
  132: 'route-target',
  133: 'flowspec',
}

/** `ipv4-unicast`, `l2vpn-evpn`, or numbers where there is no name. */
export function formatAfiSafi(afi: number, safi: number): string {
  return `${AFI_NAMES[afi] ?? `afi ${afi}`}-${SAFI_NAMES[safi] ?? `safi ${safi}`}`
}
