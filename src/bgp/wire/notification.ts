/** A NOTIFICATION: why a session ends (RFC 4271 §4.5). */
export interface Notification {
  readonly code: number
  readonly subcode: number
  readonly data: Uint8Array
}

/** Makes one; `data` defaults to none. */
export declare function notification(
  error: { readonly code: number; readonly subcode: number },
  data?: Uint8Array,
): Notification

/** The errors that can be sent, by the names of their RFCs: `ERROR.cease.administrativeShutdown`. */
export declare const ERROR: {
  readonly header: Record<
    'connectionNotSynchronized' | 'badMessageLength' | 'badMessageType',
    { code: number; subcode: number }
  >
}

/** The whole message, at most `limit` octets: longer data is cut. */
export declare function buildNotification(notification: Notification, limit?: number): Uint8Array

/** Reads a NOTIFICATION (buffer from the header on). One that is too short, which a framer does not pass, gives code 0. */
export declare function parseNotification(buffer: Uint8Array, start: number, end: number): Notification

/** Code and subcode by name: `Cease/Administrative Shutdown`. */
export declare function notificationName(notification: Notification): string

/** What happened, in a sentence for people, with the data decoded (shutdown message, offending attribute, version ...). */
export declare function describeNotification(notification: Notification): string

/**
 * Data of a Cease with subcode 2 or 4: a message for people (RFC 9003 §2). Cut to 255 octets of UTF-8 at a character.
 */
export declare function shutdownCommunication(text: string): Uint8Array

/** The message for people in such data; undefined where there is none or it is not UTF-8. Control characters are escaped. */
export declare function readShutdownCommunication(data: Uint8Array): string | undefined

/** A Cease/Hard Reset around another NOTIFICATION (RFC 8538 §3). */
export declare function hardReset(inner: Notification): Notification

/** The NOTIFICATION inside a Hard Reset, or undefined. */
export declare function insideHardReset(notification: Notification): Notification | undefined
