import { ADDRESS_BYTES, type Family, formatAddress } from '../../net/address.ts'
import { formatAsPath, readSegments } from './as-path.ts'
import { AttributeCode as Code, AttributeFlag as Flag } from './attribute-codes.ts'
import { valueEnd, valueStart } from './attribute-key.ts'
import { attributeName, attributeRow } from './attribute-table.ts'
import { readUint16 } from './bytes.ts'
import { capabilityNames } from './capabilities.ts'
import { formatAfiSafi, unicastFamily } from './family.ts'
import { HEADER_LENGTH, MESSAGE_NAMES, MessageType } from './message.ts'
import { NlriCursor, readNlri, validNlri } from './nlri.ts'
import { describeNotification, parseNotification } from './notification.ts'
import { parseOpen } from './open.ts'
import { parseRouteRefresh } from './refresh.ts'
import type { UpdateSession } from './update-session.ts'

/** Prefixes that are shown of each field. */
const MAX_PREFIXES = 50

const PLAIN: UpdateSession = {
  type: 'iBGP',
  as4: true,
  ipv4: true,
  ipv6: true,
  addPath4: false,
  addPath6: false,
  extendedNexthop: true,
  firstAs: 0,
}

/**
 * A message, header included, as text of one or more lines: the type and length, then what it says. Of an UPDATE the session
 * says how to read it; without one, AS numbers are of four octets and there are no path identifiers. What cannot be read is
 * shown in hexadecimal. Never throws.
 */
export function dumpMessage(
  buffer: Uint8Array,
  start = 0,
  end = buffer.length,
  session: Partial<UpdateSession> = {},
): string {
  if (end - start < HEADER_LENGTH) return `cut off: ${hex(buffer, start, end)}`
  const type = buffer[start + 18]!
  const lines = DUMPS[type]?.(buffer, start, end, { ...PLAIN, ...session }) ?? [hex(buffer, start, end)]
  return [`${MESSAGE_NAMES[type] ?? `type ${type}`}, ${end - start} octets`, ...lines].join('\n  ')
}

type Dump = (buffer: Uint8Array, start: number, end: number, session: UpdateSession) => string[]

const DUMPS: Readonly<Record<number, Dump>> = {
  [MessageType.OPEN]: dumpOpen,
  [MessageType.UPDATE]: dumpUpdate,
  [MessageType.NOTIFICATION]: (buffer, start, end) => [
    describeNotification(parseNotification(buffer, start, end)),
  ],
  [MessageType.KEEPALIVE]: () => [],
  [MessageType.ROUTE_REFRESH]: dumpRefresh,
}

function dumpOpen(buffer: Uint8Array, start: number, end: number): string[] {
  const parsed = parseOpen(buffer, start, end)
  if ('error' in parsed) return [describeNotification(parsed.error), hex(buffer, start + HEADER_LENGTH, end)]
  const { as, holdTime, routerId, capabilities } = parsed.open
  const id = Uint8Array.of(routerId >>> 24, routerId >>> 16, routerId >>> 8, routerId)
  return [
    `AS ${as}, hold time ${holdTime} s, identifier ${formatAddress(id)}`,
    `capabilities: ${capabilityNames(capabilities).join(', ') || 'none'}`,
    `families: ${capabilities.families.map(({ afi, safi }) => formatAfiSafi(afi, safi)).join(', ') || 'none'}`,
  ]
}

const SUBTYPES = ['request', 'begin', 'end']

function dumpRefresh(buffer: Uint8Array, start: number, end: number): string[] {
  const parsed = parseRouteRefresh(buffer, start, end, true)
  if ('error' in parsed) return [describeNotification(parsed.error)]
  if ('ignore' in parsed) return [parsed.ignore]
  const { afi, safi, subtype } = parsed.refresh
  return [`${formatAfiSafi(afi, safi)} ${SUBTYPES[subtype]}`]
}

function dumpUpdate(buffer: Uint8Array, start: number, end: number, session: UpdateSession): string[] {
  const body = start + HEADER_LENGTH
  const withdrawnEnd = end - body < 4 ? end + 1 : body + 2 + readUint16(buffer, body)
  const nlri = withdrawnEnd + 2 > end ? end + 1 : withdrawnEnd + 2 + readUint16(buffer, withdrawnEnd)
  if (nlri > end) return [`lengths do not fit: ${hex(buffer, body, end)}`]
  const withdrawn = dumpNlri(buffer, body + 2, withdrawnEnd, 4, session)
  const announced = dumpNlri(buffer, nlri, end, 4, session)
  return [
    ...(withdrawn ? [`withdrawn: ${withdrawn}`] : []),
    ...dumpAttributes(buffer, withdrawnEnd + 2, nlri, session),
    ...(announced ? [`announced: ${announced}`] : []),
  ]
}

function dumpAttributes(buffer: Uint8Array, start: number, end: number, session: UpdateSession): string[] {
  const lines: string[] = []
  for (let at = start; at < end; ) {
    if (at + 3 > end || valueStart(buffer, at) > end || valueEnd(buffer, at) > end) {
      lines.push(`runs over the end: ${hex(buffer, at, end)}`)
      break
    }
    const name = attributeName(buffer[at + 1]!)
    lines.push(`${name}${flagLetters(buffer[at]!)}: ${dumpValue(buffer, at, session)}`)
    at = valueEnd(buffer, at)
  }
  return lines
}

/** ` [optional transitive partial]`, of what is set. */
function flagLetters(flags: number): string {
  const names = [
    flags & Flag.OPTIONAL ? 'optional' : 'well-known',
    ...(flags & Flag.TRANSITIVE ? ['transitive'] : []),
    ...(flags & Flag.PARTIAL ? ['partial'] : []),
  ]
  return ` [${names.join(' ')}]`
}

function dumpValue(buffer: Uint8Array, at: number, session: UpdateSession): string {
  const code = buffer[at + 1]!
  const from = valueStart(buffer, at)
  const to = valueEnd(buffer, at)
  const row = attributeRow(code)
  const fault = row?.check(buffer, from, to, session)
  if (!row || fault) return `${fault ? `${fault.text}: ` : ''}${hex(buffer, from, to)}`
  if (code === Code.MP_REACH_NLRI || code === Code.MP_UNREACH_NLRI) {
    return dumpMultiprotocol(buffer, from, to, code === Code.MP_REACH_NLRI, session)
  }
  if (!session.as4 && code === Code.AS_PATH) return formatAsPath(readSegments(buffer, from, to, 2))
  if (!session.as4 && code === Code.AGGREGATOR) {
    return `${readUint16(buffer, from)} ${formatAddress(buffer, from + 2, 4)}`
  }
  return row.format(buffer, from, to)
}

function dumpMultiprotocol(
  buffer: Uint8Array,
  start: number,
  end: number,
  reach: boolean,
  session: UpdateSession,
): string {
  if (end - start < (reach ? 5 : 3)) return `cut off: ${hex(buffer, start, end)}`
  const afi = readUint16(buffer, start)
  const safi = buffer[start + 2]!
  const nlri = reach ? start + 5 + buffer[start + 3]! : start + 3
  const family = unicastFamily(afi, safi)
  if (family === undefined || nlri > end) return `${formatAfiSafi(afi, safi)} ${hex(buffer, start + 3, end)}`
  const via = reach ? ` next hop ${formatNexthop(buffer, start + 4, nlri - 1)}` : ''
  return `${formatAfiSafi(afi, safi)}${via}: ${dumpNlri(buffer, nlri, end, family, session) || 'nothing'}`
}

function formatNexthop(buffer: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length === 4 || length === 16) return formatAddress(buffer, start, length)
  if (length === 32) return `${formatAddress(buffer, start, 16)} ${formatAddress(buffer, start + 16, 16)}`
  return hex(buffer, start, end)
}

function dumpNlri(
  buffer: Uint8Array,
  start: number,
  end: number,
  family: Family,
  session: UpdateSession,
): string {
  const addPath = family === 4 ? session.addPath4 : session.addPath6
  if (!validNlri(buffer, start, end, family, addPath)) return `malformed: ${hex(buffer, start, end)}`
  const cursor = new NlriCursor()
  const shown: string[] = []
  let count = 0
  for (let at = start; at < end; count++) {
    at = readNlri(buffer, at, addPath, cursor)
    if (count >= MAX_PREFIXES) continue
    shown.push(`${formatNlri(buffer, cursor, family)}${addPath ? ` (path ${cursor.pathId})` : ''}`)
  }
  if (count > MAX_PREFIXES) shown.push(`and ${count - MAX_PREFIXES} more`)
  return shown.join(', ')
}

/** The prefix as it came: bits behind its length are shown as they are. */
function formatNlri(buffer: Uint8Array, { offset, length }: NlriCursor, family: Family): string {
  const address = new Uint8Array(ADDRESS_BYTES[family])
  address.set(buffer.subarray(offset, offset + ((length + 7) >> 3)))
  return `${formatAddress(address)}/${length}`
}

function hex(buffer: Uint8Array, start: number, end: number): string {
  return Array.from(buffer.subarray(start, end), octet => octet.toString(16).padStart(2, '0')).join(' ')
}
