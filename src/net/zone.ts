import { formatAddress, isLinkLocal, parseAddress } from './address.ts'

/** An address, and the link that it is on where it is link-local: `fe80::1%eth0` (RFC 4007 §11). */
export interface ZonedAddress {
  /** 4 or 16 bytes in network order. */
  readonly bytes: Uint8Array
  /** Name of the link. */
  readonly zone: string | undefined
}

/**
 * Reads an address with or without zone. Only link-local addresses have one.
 * @returns undefined where the text is neither.
 */
export function parseZoned(text: string): ZonedAddress | undefined {
  const percent = text.indexOf('%')
  const bytes = parseAddress(percent < 0 ? text : text.slice(0, percent))
  if (!bytes || percent < 0) return bytes && { bytes, zone: undefined }
  const zone = text.slice(percent + 1)
  return zone !== '' && isLinkLocal(bytes) ? { bytes, zone } : undefined
}

/** The canonical text of an address with or without zone, or undefined where the text is not one. */
export function canonicalZoned(text: string): string | undefined {
  const parsed = parseZoned(text)
  return parsed && formatAddress(parsed.bytes) + (parsed.zone === undefined ? '' : `%${parsed.zone}`)
}

/** The address without its zone; undefined where there is none, as in `%eth0`. */
export function withoutZone(text: string): Uint8Array | undefined {
  return parseAddress(text.replace(/%.*$/s, ''))
}
