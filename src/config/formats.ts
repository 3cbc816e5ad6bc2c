import Format from 'typebox/format'
import { parseAddress } from '../net/address.ts'
import { formatMac, parseMac } from '../net/mac.ts'
import { formatPrefix, parsePrefix } from '../net/prefix.ts'
import { parseZoned } from '../net/zone.ts'
import { policyFormats } from './formats-policy.ts'
import type { TextFormat } from './text-format.ts'

/** The formats of the schema, by name. */
export const formats: Readonly<Record<string, TextFormat>> = {
  ...policyFormats,
  'ip-address': {
    code: 'bad-address',
    valid: text => parseAddress(text) !== undefined,
    explain: explainAddress,
  },
  'zoned-address': {
    code: 'bad-address',
    valid: text => parseZoned(text) !== undefined,
    explain: explainAddress,
  },
  /** What a BGP neighbour is known by: an address, `%eth0`, or an address and a BGP identifier, `192.0.2.1#192.0.2.9`. */
  'bgp-neighbor': {
    code: 'bad-address',
    valid: isBgpNeighbor,
    explain: explainAddress,
  },
  'ip-prefix': {
    code: 'bad-prefix',
    valid: text => parsePrefix(text) !== undefined,
    explain: explainPrefix,
  },
  'mac-address': { code: 'bad-mac', valid: text => parseMac(text) !== undefined, explain: explainMac },
  'interface-name': {
    code: 'bad-interface-name',
    valid: text => interfaceNameFault(text) === undefined,
    explain: text => ({
      reason: interfaceNameFault(text) ?? 'it is not valid',
      advice: 'Give 1 to 15 characters such as eth0, without slash, colon, percent sign or space',
    }),
  },
}

for (const [name, format] of Object.entries(formats)) Format.Set(name, format.valid)

function isBgpNeighbor(text: string): boolean {
  if (text[0] === '%') return interfaceNameFault(text.slice(1)) === undefined
  const [address = '', routerId] = text.split('#')
  return parseZoned(address) !== undefined && (routerId === undefined || parseAddress(routerId)?.length === 4)
}

const exampleAddress = 'Give an IPv4 address such as 192.0.2.1 or an IPv6 address such as 2001:db8::1'

export function explainAddress(text: string): { reason: string; advice: string } {
  const slash = text.indexOf('/')
  if (slash >= 0 && parseAddress(text.slice(0, slash))) {
    return { reason: 'it has a prefix length', advice: `Write ${text.slice(0, slash)}` }
  }
  return { reason: addressFault(text), advice: exampleAddress }
}

function addressFault(text: string): string {
  if (text === '') return 'it is empty'
  if (text.includes('%')) return 'it has a zone, which is for link-local addresses of BGP neighbours only'
  if (text.includes(':')) return 'its groups are not those of an IPv6 address'
  const octets = text.split('.')
  if (!octets.every(octet => /^\d+$/.test(octet))) return 'it has other characters than digits and dots'
  if (octets.length !== 4) return `it has ${octets.length} numbers instead of 4`
  const large = octets.find(octet => Number(octet) > 255)
  if (large !== undefined) return `${large.slice(0, 20)} is larger than 255`
  return 'a number has a leading zero'
}

function explainPrefix(text: string): { reason: string; advice: string } {
  const slash = text.indexOf('/')
  if (slash < 0) {
    const address = parseAddress(text)
    if (!address)
      return { reason: addressFault(text), advice: 'Write it as in 10.0.0.1/24 or 2001:db8::1/64' }
    const [usual, host] = address.length === 4 ? [24, 32] : [64, 128]
    return {
      reason: 'its prefix length is missing',
      advice: `Write ${text}/${usual}, or ${text}/${host} for this one address`,
    }
  }
  const address = parseAddress(text.slice(0, slash))
  if (!address) {
    return {
      reason: addressFault(text.slice(0, slash)),
      advice: 'Write it as in 10.0.0.1/24 or 2001:db8::1/64',
    }
  }
  return {
    reason: `its prefix length is not a whole number from 0 to ${address.length * 8}`,
    advice: `Write a length from 0 to ${address.length * 8} after the slash, as in ${formatPrefix({ bytes: address, length: address.length === 4 ? 24 : 64 })}`,
  }
}

function explainMac(text: string): { reason: string; advice: string } {
  const digits = text.replace(/[-:.\s]/g, '')
  if (/^[0-9a-f]{12}$/i.test(digits)) {
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], octet => Number.parseInt(octet, 16))
    return { reason: 'its octets are not set apart by colons', advice: `Write ${formatMac(bytes)}` }
  }
  return {
    reason: 'it is not six hexadecimal octets',
    advice: 'Write it as in 02:00:00:00:00:01',
  }
}

/** What the kernel's dev_valid_name, its name templates and its per-device sysctl directories refuse. */
function interfaceNameFault(text: string): string | undefined {
  const bytes = Buffer.byteLength(text)
  if (bytes === 0) return 'it is empty'
  if (bytes > 15) return `it is ${bytes} bytes long, and the kernel takes at most 15`
  const refused = /[\s/:%\p{Cc}]/u.exec(text)
  if (refused) return `it contains ${JSON.stringify(refused[0])}`
  if (text === '.' || text === '..') return 'it is the name of a directory'
  if (text === 'all' || text === 'default') return 'the kernel keeps this word for settings of all interfaces'
  return undefined
}
