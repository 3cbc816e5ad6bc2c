/**
 * Reads an EUI-48 as six colon-separated hexadecimal octets.
 * @returns 6 bytes, or undefined where the text is not one.
 */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined
  return Uint8Array.from(text.split(':').map(octet => Number.parseInt(octet, 16)))
}

/** Six lower-case octets with colons, as the kernel's tools print them. */
export function formatMac(bytes: Uint8Array, offset = 0): string {
  return Array.from(bytes.subarray(offset, offset + 6), octet => octet.toString(16).padStart(2, '0')).join(
    ':',
  )
}
