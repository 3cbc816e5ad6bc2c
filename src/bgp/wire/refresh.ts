import { readUint16 } from './bytes.ts'
import { buildMessage, HEADER_LENGTH, MessageType } from './message.ts'
import { ERROR, type Notification, notification } from './notification.ts'

/** Message subtypes (RFC 7313 §3.2): a request, or the begin (BoRR) and end (EoRR) of a refresh. */
export const RefreshSubtype = { REQUEST: 0, BEGIN: 1, END: 2 } as const

export interface RouteRefresh {
  readonly afi: number
  readonly safi: number
  /** One of `RefreshSubtype`. */
  readonly subtype: number
}

/** Octets of the body: AFI 2, subtype (reserved in RFC 2918) 1, SAFI 1. */
const BODY_LENGTH = 4

/** The whole message (RFC 2918 §3, RFC 7313 §3.2). */
export function buildRouteRefresh(afi: number, safi: number, subtype: number): Uint8Array {
  return buildMessage(MessageType.ROUTE_REFRESH, Uint8Array.of(afi >> 8, afi, subtype, safi))
}

/**
 * Reads a ROUTE-REFRESH. A request that is longer (outbound route filters, RFC 5291) is read as a plain one. With
 * `enhanced` (the peer announced capability 70) a BoRR or EoRR of a wrong length is an error (RFC 7313 §5). `ignore`
 * says why a message means nothing to us: it is to be logged and passed over.
 */
export function parseRouteRefresh(
  buffer: Uint8Array,
  start: number,
  end: number,
  enhanced: boolean,
): { readonly refresh: RouteRefresh } | { readonly ignore: string } | { readonly error: Notification } {
  const at = start + HEADER_LENGTH
  const length = end - at
  if (length < BODY_LENGTH) {
    // Without RFC 7313 no error is defined for this; a length that is not possible is one of the header.
    const data = enhanced ? buffer.subarray(start, end) : buffer.subarray(start + 16, start + 18)
    return {
      error: notification(
        enhanced ? ERROR.refresh.invalidMessageLength : ERROR.header.badMessageLength,
        data,
      ),
    }
  }
  // Without capability 70 the octet is reserved: set to 0 and ignored on receipt (RFC 2918 §3).
  const subtype = enhanced ? buffer[at + 2]! : RefreshSubtype.REQUEST
  if (subtype > RefreshSubtype.END) return { ignore: `ROUTE-REFRESH with unknown subtype ${subtype}` }
  if (subtype !== RefreshSubtype.REQUEST && length !== BODY_LENGTH) {
    return { error: notification(ERROR.refresh.invalidMessageLength, buffer.subarray(start, end)) }
  }
  return { refresh: { afi: readUint16(buffer, at), safi: buffer[at + 3]!, subtype } }
}
