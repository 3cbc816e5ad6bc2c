import { isLoopback, isMulticast, isUnspecified } from '../../net/address.ts'

/** What keeps an address from being that of one host, in words; undefined for a unicast address. */
export function notOneHost(bytes: Uint8Array): string | undefined {
  if (isUnspecified(bytes)) return 'the unspecified address'
  if (isMulticast(bytes)) return 'a multicast address'
  if (isLoopback(bytes)) return 'a loopback address'
  if (bytes.length === 4 && bytes.every(byte => byte === 255)) return 'the limited broadcast address'
  if (bytes.length === 4 && bytes[0]! >= 240) return 'an address of the reserved range 240.0.0.0/4'
  if (bytes.length === 4 && bytes[0] === 0) return 'an address of "this network", 0.0.0.0/8'
  return undefined
}

/** `IPv4` or `IPv6`. */
export function versionOf(bytes: Uint8Array): 'IPv4' | 'IPv6' {
  return bytes.length === 4 ? 'IPv4' : 'IPv6'
}
