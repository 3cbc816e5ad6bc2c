import Type from 'typebox'

/**
 * The words that the configuration and the state are made of. `format` names a check that JSON Schema's patterns
 * cannot express; `config/` holds the checks and the sentences for those who got one wrong.
 */

export const AddressText = Type.String({ format: 'ip-address', description: 'IPv4 or IPv6 address.' })

export const PrefixText = Type.String({
  format: 'ip-prefix',
  description: 'Address and prefix length, as in 10.0.0.1/24.',
})

export const MacText = Type.String({
  format: 'mac-address',
  description: 'MAC address: six hexadecimal octets with colons.',
})

export const InterfaceName = Type.String({
  format: 'interface-name',
  description: 'Name of an interface: 1 to 15 characters, without slash, colon or space (IFNAMSIZ).',
})

export const Name = Type.String({
  pattern: '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$',
  description: 'A name: lower-case letters, digits, dots and hyphens.',
})

export const AsNumber = Type.Integer({
  minimum: 1,
  maximum: 4294967295,
  description: 'Autonomous system number (RFC 6793); 0 is reserved (RFC 7607).',
})
