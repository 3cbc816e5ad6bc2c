import Type from 'typebox'

/**
 * The words that the configuration and the state are made of. `format` names a check that JSON Schema's patterns
 * cannot express; `config/` holds the checks and the sentences for those who got one wrong.
 */

/** Objects take no keys but those that are named. */
export const closed = { additionalProperties: false } as const

export const addressText = (description: string) => Type.String({ format: 'ip-address', description })

export const prefixText = (description: string) => Type.String({ format: 'ip-prefix', description })

export const macText = (description: string) => Type.String({ format: 'mac-address', description })

export const interfaceName = (description: string) => Type.String({ format: 'interface-name', description })

/** Lower-case letters, digits, dots and hyphens; 1 to 63 characters. */
export const nameText = (description: string) =>
  Type.String({ pattern: '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$', description })

export const AddressText = addressText('IPv4 or IPv6 address.')

/** What the state and REST know a BGP neighbour by. */
export const BgpNeighborText = Type.String({
  format: 'bgp-neighbor',
  description:
    'Address of the neighbour, with zone where it is link-local; %eth0 for the one on that interface; 192.0.2.1#192.0.2.9, with its BGP identifier, for a further one at an address.',
})

export const PrefixText = prefixText('Address and prefix length, as in 10.0.0.1/24.')

export const MacText = macText('MAC address: six hexadecimal octets with colons.')

export const InterfaceName = interfaceName(
  'Name of an interface: 1 to 15 characters, without slash, colon or space (IFNAMSIZ).',
)

export const Name = nameText('A name: lower-case letters, digits, dots and hyphens.')

export const AsNumber = Type.Integer({
  minimum: 1,
  maximum: 4294967295,
  description: 'Autonomous system number (RFC 6793); 0 is reserved (RFC 7607).',
})
