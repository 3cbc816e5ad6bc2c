/** Octets from hexadecimal text; spaces and line breaks mean nothing. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '')
  return Uint8Array.from(digits.match(/../g) ?? [], octet => Number.parseInt(octet, 16))
}

/** Octets as hexadecimal text without spaces. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, octet => octet.toString(16).padStart(2, '0')).join('')
}

/** A number as hexadecimal text of so many octets. */
export function number(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, '0')
}

/** A whole message of a type around a body. */
export function message(type: number, body: string): Uint8Array {
  const octets = hex(body)
  return hex(`${'ff'.repeat(16)} ${number(19 + octets.length, 2)} ${number(type, 1)} ${toHex(octets)}`)
}

/** An UPDATE of its three fields. */
export function update(fields: { withdrawn?: string; attributes?: string; nlri?: string }): Uint8Array {
  const [withdrawn, attributes, nlri] = [fields.withdrawn, fields.attributes, fields.nlri].map(field =>
    toHex(hex(field ?? '')),
  )
  const length = (field: string) => number(field.length / 2, 2)
  return message(2, `${length(withdrawn!)} ${withdrawn} ${length(attributes!)} ${attributes} ${nlri}`)
}
