import { readUint16, readUint32 } from './bytes.ts'
import { type Capabilities, capabilityNames, decodeCapabilities } from './capabilities.ts'
import { formatAfiSafi } from './family.ts'
import { buildMessage, HEADER_LENGTH, MAX_MESSAGE, MessageType } from './message.ts'
import { ERROR, type ErrorCode, NOTIFICATION_TABLE } from './notification-table.ts'

export { ERROR, type ErrorCode, NOTIFICATION_TABLE } from './notification-table.ts'

/** A NOTIFICATION: why a session ends (RFC 4271 §4.5). */
export interface Notification {
  readonly code: number
  readonly subcode: number
  readonly data: Uint8Array
}

const NO_DATA = new Uint8Array(0)

/** Octets of a NOTIFICATION before its data: header, code, subcode. */
const FIXED_LENGTH = HEADER_LENGTH + 2

/** The longest message for people that a shutdown communication holds (RFC 9003 §2). */
const MAX_COMMUNICATION = 255

/** Makes one; `data` is copied, since it mostly is a piece of a buffer that will be written again. */
export function notification(error: ErrorCode, data: Uint8Array = NO_DATA): Notification {
  return { code: error.code, subcode: error.subcode, data: data.length === 0 ? NO_DATA : data.slice() }
}

/** The whole message, at most `limit` octets: longer data is cut. */
export function buildNotification({ code, subcode, data }: Notification, limit = MAX_MESSAGE): Uint8Array {
  const kept = data.subarray(0, limit - FIXED_LENGTH)
  const body = new Uint8Array(2 + kept.length)
  body[0] = code
  body[1] = subcode
  body.set(kept, 2)
  return buildMessage(MessageType.NOTIFICATION, body)
}

/** Reads a NOTIFICATION (buffer from the header on). One too short, which a framer does not pass, gives code 0. */
export function parseNotification(buffer: Uint8Array, start: number, end: number): Notification {
  if (end - start < FIXED_LENGTH) return { code: 0, subcode: 0, data: NO_DATA }
  return {
    code: buffer[start + HEADER_LENGTH]!,
    subcode: buffer[start + HEADER_LENGTH + 1]!,
    data: buffer.slice(start + FIXED_LENGTH, end),
  }
}

/** Code and subcode by name, `Cease/Administrative Shutdown`; numbers where there is no name. */
export function notificationName({ code, subcode }: ErrorCode): string {
  const known = NOTIFICATION_TABLE[code]
  if (!known) return `error ${code}/${subcode}`
  if (subcode === 0) return known.name
  return `${known.name}/${known.subcodes[subcode]?.name ?? `subcode ${subcode}`}`
}

/** What happened, in a sentence for people, with what the data says (shutdown message, offending attribute, version ...). */
export function describeNotification(notification: Notification): string {
  const known = NOTIFICATION_TABLE[notification.code]
  const sentence = known?.subcodes[notification.subcode]?.sentence ?? known?.sentence
  const detail = dataDetail(notification)
  const name = notificationName(notification)
  return [sentence ? `${name}: ${sentence}` : `${name}.`, detail].filter(Boolean).join(' ')
}

/** How the data of one error reads: keyed `code/subcode`. */
const DATA_DETAILS: Readonly<Record<string, (data: Uint8Array) => string | undefined>> = {
  '1/2': data => (data.length >= 2 ? `The length was ${readUint16(data, 0)}.` : undefined),
  '1/3': data => (data.length >= 1 ? `The type was ${data[0]}.` : undefined),
  '2/1': data => (data.length >= 2 ? `Version ${readUint16(data, 0)} would be supported.` : undefined),
  '2/7': neededCapabilities,
  '3/3': data => (data.length >= 1 ? `The attribute is number ${data[0]}.` : undefined),
  '6/1': data =>
    data.length >= 7
      ? `The limit for ${formatAfiSafi(readUint16(data, 0), data[2]!)} is ${readUint32(data, 3)}.`
      : undefined,
  '6/2': communication,
  '6/4': communication,
}

/** RFC 5492 §5: the capabilities that are needed, as they would stand in an OPEN. */
function neededCapabilities(data: Uint8Array): string | undefined {
  const needed: Capabilities = { families: [] }
  if (data.length === 0 || !decodeCapabilities(data, needed)) return undefined
  const names = capabilityNames(needed).map(name =>
    name === 'multiprotocol'
      ? `${name} (${needed.families.map(({ afi, safi }) => formatAfiSafi(afi, safi)).join(', ')})`
      : name,
  )
  return `What is needed: ${names.join(', ')}.`
}

function dataDetail(notification: Notification): string | undefined {
  const inner = insideHardReset(notification)
  if (inner) return `The reason is ${describeNotification(inner)}`
  const detail = DATA_DETAILS[`${notification.code}/${notification.subcode}`]
  if (detail) return detail(notification.data)
  if (notification.data.length === 0) return undefined
  return `Data: ${hex(notification.data)}.`
}

function communication(data: Uint8Array): string | undefined {
  const text = readShutdownCommunication(data)
  return text ? `Message: "${text}".` : undefined
}

function hex(data: Uint8Array): string {
  const shown = Array.from(data.subarray(0, 32), octet => octet.toString(16).padStart(2, '0')).join(' ')
  return data.length > 32 ? `${shown} ... (${data.length} octets)` : shown
}

/** Data of a Cease with subcode 2 or 4: a message for people (RFC 9003 §2). Cut to 255 octets of UTF-8, at a character. */
export function shutdownCommunication(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  let length = Math.min(bytes.length, MAX_COMMUNICATION)
  // An octet 10xxxxxx continues a character: step back until the cut is in front of one that begins.
  if (length < bytes.length) while ((bytes[length]! & 0xc0) === 0x80) length--
  const data = new Uint8Array(1 + length)
  data[0] = length
  data.set(bytes.subarray(0, length), 1)
  return data
}

/**
 * The message for people in such data. Undefined where there is none, its length is wrong, or it is not UTF-8 (RFC 9003 §4
 * wants it to be shown with care: control characters and what could reorder a line of the log are escaped).
 */
export function readShutdownCommunication(data: Uint8Array): string | undefined {
  if (data.length === 0 || data[0] === 0 || data.length < 1 + data[0]!) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(1, 1 + data[0]!))
    return text.replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      char => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
    )
  } catch {
    return undefined
  }
}

/** A Cease/Hard Reset around another NOTIFICATION (RFC 8538 §3.1): its code, subcode and data are the data. */
export function hardReset(inner: Notification): Notification {
  const data = new Uint8Array(2 + inner.data.length)
  data[0] = inner.code
  data[1] = inner.subcode
  data.set(inner.data, 2)
  return { ...ERROR.cease.hardReset, data }
}

/** Cease subcodes after which a session is not to go on where it was: limits, shutdowns and resets by an operator, BFD. */
const ENDS_FOR_GOOD: ReadonlySet<number> = new Set(
  [
    ERROR.cease.maximumPrefixes,
    ERROR.cease.administrativeShutdown,
    ERROR.cease.peerDeconfigured,
    ERROR.cease.administrativeReset,
    ERROR.cease.bfdDown,
  ].map(({ subcode }) => subcode),
)

/** A NOTIFICATION as it is sent to a neighbour that keeps routes after others (RFC 8538 §3.1): inside a Hard Reset where it is not to. */
export function hardened(reason: Notification): Notification {
  const { code } = ERROR.cease.hardReset
  return reason.code === code && ENDS_FOR_GOOD.has(reason.subcode) ? hardReset(reason) : reason
}

export function isHardReset({ code, subcode }: Notification): boolean {
  return code === ERROR.cease.hardReset.code && subcode === ERROR.cease.hardReset.subcode
}

/** The NOTIFICATION inside a Hard Reset; undefined where it is not one or is empty. Not unwrapped twice. */
export function insideHardReset({ code, subcode, data }: Notification): Notification | undefined {
  const { hardReset: outer } = ERROR.cease
  if (code !== outer.code || subcode !== outer.subcode || data.length < 2) return undefined
  if (data[0] === outer.code && data[1] === outer.subcode) return undefined
  return { code: data[0]!, subcode: data[1]!, data: data.subarray(2) }
}
