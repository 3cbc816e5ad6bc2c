import { type Family, familyOf, formatAddress, parseAddress } from '../../net/address.ts'
import { formatMac, parseMac } from '../../net/mac.ts'
import { AF } from '../constants.ts'
import { KernelError } from '../errors.ts'
import type { Attributes } from '../netlink/message-reader.ts'

/** AF_INET and AF_INET6 of an IP version. */
export const AF_OF: Readonly<Record<Family, number>> = { 4: AF.INET, 6: AF.INET6 }

/** The IP version of an address family, undefined for others (bridges, MPLS, multicast routing). */
export function familyOfAf(af: number): Family | undefined {
  if (af === AF.INET) return 4
  return af === AF.INET6 ? 6 : undefined
}

/** Bytes of an address given as text, for an attribute. @throws KernelError EINVAL where it is not one */
export function addressBytes(text: string): Uint8Array {
  const bytes = parseAddress(text)
  if (!bytes) throw new KernelError('EINVAL', `${JSON.stringify(text)} is not an IP address`)
  return bytes
}

/** Bytes of a MAC given as text. @throws KernelError EINVAL where it is not one */
export function macBytes(text: string): Uint8Array {
  const bytes = parseMac(text)
  if (!bytes) throw new KernelError('EINVAL', `${JSON.stringify(text)} is not a MAC address`)
  return bytes
}

/** AF_INET or AF_INET6 of an address in bytes. */
export function afOf(bytes: Uint8Array): number {
  return AF_OF[familyOf(bytes)]
}

/** An attribute that holds an IP address, as text. */
export function readAddress(attributes: Attributes | undefined, type: number): string | undefined {
  const bytes = attributes?.sized(type, 4, 16)
  return bytes && formatAddress(bytes)
}

/** The same, where the kernel sends 0.0.0.0 or :: for none. */
export function readSetAddress(attributes: Attributes | undefined, type: number): string | undefined {
  const bytes = attributes?.sized(type, 4, 16)
  return bytes?.some(byte => byte !== 0) ? formatAddress(bytes) : undefined
}

/** An attribute that holds an EUI-48, as text; '' where it is absent or another kind of hardware address. */
export function readMac(attributes: Attributes, type: number): string {
  const bytes = attributes.sized(type, 6)
  return bytes ? formatMac(bytes) : ''
}
