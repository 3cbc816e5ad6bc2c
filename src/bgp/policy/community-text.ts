import { parseAddress } from '../../net/address.ts'
import { writeUint16, writeUint32 } from '../wire/bytes.ts'
import { Community, EXTENDED_LENGTH, LARGE_LENGTH, NON_TRANSITIVE } from '../wire/communities.ts'

/**
 * Communities as people write them in the configuration. One notation tells the three kinds apart:
 *
 *     65000:100                     standard (RFC 1997)
 *     no-export, blackhole, ...     standard, well-known
 *     65000:1:100                   large (RFC 8092)
 *     rt:65000:100, ro:65000:100    extended (RFC 4360): route target, route origin; also rt:192.0.2.1:100
 *     bandwidth:65000:125000000     extended: link bandwidth in octets a second
 *     0x0002fde800000064            extended, its eight octets
 *
 * In a match a number may be `*`: any.
 */
export type CommunityKind = 'standard' | 'large' | 'extended'

/** The octets that a community of its kind has, and which of their bits count. */
export interface CommunityPattern {
  readonly kind: CommunityKind
  readonly bytes: Uint8Array
  readonly mask: Uint8Array
  /** Every bit counts: it is one community. */
  readonly exact: boolean
}

export const COMMUNITY_LENGTH: Readonly<Record<CommunityKind, number>> = {
  standard: 4,
  large: LARGE_LENGTH,
  extended: EXTENDED_LENGTH,
}

const WELL_KNOWN = new Map(
  Object.entries(Community).map(([name, value]) => [name.toLowerCase().replaceAll('_', '-'), value]),
)

/** Names of the well-known communities, as they are written in the configuration. */
export const WELL_KNOWN_NAMES: readonly string[] = [...WELL_KNOWN.keys()]

/** Whether an item of a match or a change is the name of a list, and not a community. */
export function isListName(text: string): boolean {
  return /^[a-z]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(text) && !WELL_KNOWN.has(text)
}

/** Reads a community, `*` for numbers allowed; undefined where the text is none. */
export function parseCommunityPattern(text: string): CommunityPattern | undefined {
  const known = WELL_KNOWN.get(text)
  if (known !== undefined) return assemble('standard', [[known, 4]])
  if (/^0x[0-9a-f]{16}$/i.test(text)) {
    const bytes = Uint8Array.from(text.slice(2).match(/../g)!, octet => Number.parseInt(octet, 16))
    return { kind: 'extended', bytes, mask: new Uint8Array(EXTENDED_LENGTH).fill(255), exact: true }
  }
  const fields = text.split(':')
  const extended = EXTENDED[fields[0]!]
  if (extended) return fields.length === 3 ? extended(fields[1]!, fields[2]!) : undefined
  if (fields.length === 2) return ofFields('standard', fields, 2)
  return fields.length === 3 ? ofFields('large', fields, 4) : undefined
}

/** Reads one community, without `*`; undefined where the text is none. */
export function parseCommunity(text: string): CommunityPattern | undefined {
  const pattern = parseCommunityPattern(text)
  return pattern?.exact ? pattern : undefined
}

/** A number of so many octets, or undefined for any. */
type Field = readonly [value: number | undefined, octets: number]

const SUBTYPE = { ROUTE_TARGET: 2, ROUTE_ORIGIN: 3, BANDWIDTH: 4 } as const
/** All bits of a type but the one that says whether it leaves its AS. */
const TYPE_MASK = 0xff ^ NON_TRANSITIVE

const EXTENDED: Readonly<Record<string, (admin: string, value: string) => CommunityPattern | undefined>> = {
  rt: (admin, value) => route(SUBTYPE.ROUTE_TARGET, admin, value),
  ro: (admin, value) => route(SUBTYPE.ROUTE_ORIGIN, admin, value),
  bandwidth,
}

/** Two-octet AS, IPv4 address or four-octet AS (RFC 4360 §3, RFC 5668), as the administrator asks for. */
function route(subtype: number, admin: string, value: string): CommunityPattern | undefined {
  const address = parseAddress(admin)
  if (address?.length === 4) {
    const number = readField(value, 2)
    const id = ((address[0]! << 24) | (address[1]! << 16) | (address[2]! << 8) | address[3]!) >>> 0
    return number && assemble('extended', [[1, 1], [subtype, 1], [id, 4], number])
  }
  const as = readField(admin, 4)
  if (as?.[0] === undefined) return undefined
  const wide = as[0] > 0xffff
  const number = readField(value, wide ? 2 : 4)
  return number && assemble('extended', [[wide ? 2 : 0, 1], [subtype, 1], [as[0], wide ? 4 : 2], number])
}

/** Link bandwidth: a number of IEEE 754 single precision, in octets a second. Both forms of the type match. */
function bandwidth(admin: string, value: string): CommunityPattern | undefined {
  const as = readField(admin, 2)
  if (!as || !/^(\*|\d{1,15}(\.\d+)?(e\d{1,2})?)$/.test(value)) return undefined
  const rate = value === '*' ? undefined : new DataView(new ArrayBuffer(4))
  rate?.setFloat32(0, Number(value))
  const pattern = assemble('extended', [
    [NON_TRANSITIVE, 1],
    [SUBTYPE.BANDWIDTH, 1],
    as,
    [rate?.getUint32(0), 4],
  ])
  pattern.mask[0] = TYPE_MASK
  return pattern
}

function ofFields(
  kind: CommunityKind,
  texts: readonly string[],
  octets: number,
): CommunityPattern | undefined {
  const fields = texts.map(text => readField(text, octets))
  return fields.every(field => field !== undefined) ? assemble(kind, fields) : undefined
}

function readField(text: string, octets: number): Field | undefined {
  if (text === '*') return [undefined, octets]
  if (!/^(0|[1-9]\d{0,9})$/.test(text)) return undefined
  const value = Number(text)
  return value < 2 ** (octets * 8) ? [value, octets] : undefined
}

function assemble(kind: CommunityKind, fields: readonly Field[]): CommunityPattern {
  const bytes = new Uint8Array(COMMUNITY_LENGTH[kind])
  const mask = new Uint8Array(bytes.length)
  let at = 0
  for (const [value, octets] of fields) {
    if (value !== undefined) {
      mask.fill(255, at, at + octets)
      if (octets === 4) writeUint32(bytes, at, value)
      else if (octets === 2) writeUint16(bytes, at, value)
      else bytes[at] = value
    }
    at += octets
  }
  return { kind, bytes, mask, exact: fields.every(([value]) => value !== undefined) }
}

/** Whether the community at an offset is one of the pattern. */
export function isCommunity({ bytes, mask }: CommunityPattern, buffer: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if ((buffer[at + i]! ^ bytes[i]!) & mask[i]!) return false
  return true
}
