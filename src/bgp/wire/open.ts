import { AS_TRANS } from './as-trans.ts'
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.ts'
import { type Capabilities, decodeCapabilities, encodeCapabilities, Role } from './capabilities.ts'
import { buildMessage, HEADER_LENGTH, MessageType } from './message.ts'
import { ERROR, type Notification, notification } from './notification.ts'

/** An OPEN (RFC 4271 §4.2). */
export interface Open {
  /** The AS number, from capability 65 where there is one (RFC 6793), else from the fixed field. */
  readonly as: number
  /** Seconds: 0, or at least 3. */
  readonly holdTime: number
  /** BGP identifier as an unsigned 32-bit number (RFC 6286). */
  readonly routerId: number
  readonly capabilities: Capabilities
  /** Ours, for a peer that refuses optional parameters: without any, and so without capabilities (RFC 5492 §3). */
  readonly plain?: boolean | undefined
}

const VERSION = 4
/** Octets behind the header: version 1, AS 2, hold time 2, identifier 4, length of the optional parameters 1. */
const FIXED_LENGTH = 10
const CAPABILITIES_PARAMETER = 2
/** In place of a parameter type: the lengths have two octets (RFC 9072 §2). */
const EXTENDED_LENGTH = 255

/**
 * The whole message. Adds capability 65 with `as`, and writes AS_TRANS in the fixed field where `as` does not fit
 * (RFC 6793 §4.1). The extended format of RFC 9072 is used where the capabilities do not fit the plain one.
 */
export function buildOpen(open: Open): Uint8Array {
  const capabilities = open.plain
    ? new Uint8Array(0)
    : encodeCapabilities({ ...open.capabilities, as4: open.as })
  return buildMessage(MessageType.OPEN, openBody(open, capabilities))
}

function openBody(open: Open, capabilities: Uint8Array): Uint8Array {
  const parameters = capabilitiesParameter(capabilities)
  const body = new Uint8Array(FIXED_LENGTH - 1 + parameters.length)
  body[0] = VERSION
  writeUint16(body, 1, open.as > 0xffff ? AS_TRANS : open.as)
  writeUint16(body, 3, open.holdTime)
  writeUint32(body, 5, open.routerId)
  body.set(parameters, FIXED_LENGTH - 1)
  return body
}

/** The optional parameters with their length in front: none, or one parameter with all capabilities (RFC 5492 §4). */
function capabilitiesParameter(capabilities: Uint8Array): Uint8Array {
  const length = capabilities.length
  if (length === 0) return Uint8Array.of(0)
  const head =
    length + 2 <= 255
      ? [length + 2, CAPABILITIES_PARAMETER, length]
      : [
          255,
          EXTENDED_LENGTH,
          (length + 3) >> 8,
          (length + 3) & 0xff,
          CAPABILITIES_PARAMETER,
          length >> 8,
          length & 0xff,
        ]
  const parameters = new Uint8Array(head.length + length)
  parameters.set(head)
  parameters.set(capabilities, head.length)
  return parameters
}

/**
 * Reads an OPEN and checks what needs no knowledge of the session: version, optional parameters, hold time,
 * BGP identifier not 0 (RFC 6286 §2.1), AS not 0 (RFC 7607 §2).
 */
export function parseOpen(
  buffer: Uint8Array,
  start: number,
  end: number,
): { readonly open: Open } | { readonly error: Notification } {
  const at = start + HEADER_LENGTH
  if (end - at < FIXED_LENGTH) {
    return { error: notification(ERROR.header.badMessageLength, buffer.subarray(start + 16, start + 18)) }
  }
  if (buffer[at] !== VERSION) {
    return { error: notification(ERROR.open.unsupportedVersion, Uint8Array.of(0, VERSION)) }
  }
  const capabilities = parseParameters(buffer, at + FIXED_LENGTH - 1, end)
  if ('error' in capabilities) return capabilities
  const fixedAs = readUint16(buffer, at + 1)
  const as = capabilities.as4 ?? fixedAs
  if (as === 0 || fixedAs === 0 || !sameAs(fixedAs, capabilities.as4))
    return { error: notification(ERROR.open.badPeerAs) }
  const holdTime = readUint16(buffer, at + 3)
  if (holdTime === 1 || holdTime === 2) return { error: notification(ERROR.open.unacceptableHoldTime) }
  const routerId = readUint32(buffer, at + 5)
  if (routerId === 0) return { error: notification(ERROR.open.badBgpIdentifier) }
  return { open: { as, holdTime, routerId, capabilities } }
}

/** Both fields name one AS; AS_TRANS stands for one that the fixed field cannot hold, and is none itself (RFC 6793 §9). */
function sameAs(fixedAs: number, as4: number | undefined): boolean {
  if (as4 === undefined) return true
  return as4 !== AS_TRANS && (fixedAs === as4 || fixedAs === AS_TRANS)
}

/** Reads the optional parameters; `at` is where their length stands. */
function parseParameters(
  buffer: Uint8Array,
  at: number,
  end: number,
): Capabilities | { readonly error: Notification } {
  const malformed = { error: notification(ERROR.open.unspecific) }
  const capabilities: Capabilities = { families: [] }
  let next = at + 1
  let lengthOctets = 1
  let length = buffer[at]!
  if (length !== 0 && buffer[next] === EXTENDED_LENGTH && next < end) {
    if (next + 3 > end) return malformed
    length = readUint16(buffer, next + 1)
    next += 3
    lengthOctets = 2
  }
  if (next + length !== end) return malformed
  while (next < end) {
    const type = buffer[next]!
    const value = next + 1 + lengthOctets
    if (value > end) return malformed
    const behind = value + (lengthOctets === 2 ? readUint16(buffer, next + 1) : buffer[next + 1]!)
    if (behind > end) return malformed
    if (type !== CAPABILITIES_PARAMETER) {
      return { error: notification(ERROR.open.unsupportedOptionalParameter, Uint8Array.of(type)) }
    }
    if (!decodeCapabilities(buffer.subarray(value, behind), capabilities)) return malformed
    next = behind
  }
  return capabilities
}

/** What a session expects of the other side's OPEN. */
export interface OpenExpectation {
  readonly localAs: number
  readonly localRouterId: number
  /** The AS numbers that are accepted; undefined: any. */
  readonly remoteAs?: readonly number[] | undefined
  /** Our role (RFC 9234), if any, and whether the other side must announce one (strict mode). eBGP only. */
  readonly role?: number | undefined
  readonly strictRole?: boolean | undefined
}

/** Which role of the other side goes with each of ours (RFC 9234 §4.2). */
const ROLE_OF_PEER: Readonly<Record<number, number>> = {
  [Role.PROVIDER]: Role.CUSTOMER,
  [Role.CUSTOMER]: Role.PROVIDER,
  [Role.ROUTE_SERVER]: Role.ROUTE_SERVER_CLIENT,
  [Role.ROUTE_SERVER_CLIENT]: Role.ROUTE_SERVER,
  [Role.PEER]: Role.PEER,
}

/**
 * Checks an OPEN against the session: AS of the peer (RFC 4271 §6.2), the same identifier inside one AS
 * (RFC 6286 §2.1), roles (RFC 9234 §4.2).
 * @returns the NOTIFICATION to send, or undefined where all is well.
 */
export function checkOpen(open: Open, expected: OpenExpectation): Notification | undefined {
  if (expected.remoteAs && !expected.remoteAs.includes(open.as)) return notification(ERROR.open.badPeerAs)
  if (open.as === expected.localAs) {
    return open.routerId === expected.localRouterId ? notification(ERROR.open.badBgpIdentifier) : undefined
  }
  return rolesMatch(open.capabilities, expected) ? undefined : notification(ERROR.open.roleMismatch)
}

function rolesMatch({ role, roleConflict }: Capabilities, expected: OpenExpectation): boolean {
  if (roleConflict) return false
  if (expected.role === undefined) return true
  if (role === undefined) return !expected.strictRole
  return ROLE_OF_PEER[expected.role] === role
}
