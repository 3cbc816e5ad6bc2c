/** A subcode of a NOTIFICATION: its registered name, and what it means in a sentence whose subject is the sender. */
export interface SubcodeRow {
  readonly name: string
  readonly sentence: string
}

export interface CodeRow extends SubcodeRow {
  readonly subcodes: Readonly<Record<number, SubcodeRow>>
}

const row = (name: string, sentence: string): SubcodeRow => ({ name, sentence })

/**
 * IANA's registry "BGP Error (Notification) Codes" with its registries of subcodes. Every sentence completes
 * "the sender of the NOTIFICATION says: ..." and stands for itself in a log.
 */
export const NOTIFICATION_TABLE: Readonly<Record<number, CodeRow>> = {
  1: {
    name: 'Message Header Error',
    sentence: 'The header of a message was not valid.',
    subcodes: {
      1: row(
        'Connection Not Synchronized',
        'The marker of a message was not all ones: the byte stream is broken, or it is not BGP.',
      ),
      2: row('Bad Message Length', 'The length of a message is not possible for its type.'),
      3: row('Bad Message Type', 'The type of a message is not known.'),
    },
  },
  2: {
    name: 'OPEN Message Error',
    sentence: 'The OPEN was not acceptable.',
    subcodes: {
      1: row('Unsupported Version Number', 'The BGP version of the OPEN is not supported; there is only 4.'),
      2: row(
        'Bad Peer AS',
        "The AS number of the OPEN is not the one that is configured for it: compare both sides' remote AS.",
      ),
      3: row(
        'Bad BGP Identifier',
        'The BGP identifier is 0, or both sides have the same one: give each router its own router id.',
      ),
      4: row('Unsupported Optional Parameter', 'The OPEN has an optional parameter that is not known.'),
      5: row(
        'Authentication Failure',
        'The OPEN has an authentication parameter, which is no longer in use.',
      ),
      6: row(
        'Unacceptable Hold Time',
        'The hold time is not acceptable: it has to be 0 or at least 3 seconds, and may be bounded by configuration.',
      ),
      7: row('Unsupported Capability', 'A capability that is needed for the session was not announced.'),
      8: row('Grouping Conflict', 'A group setting of the two sides is in conflict.'),
      9: row('Grouping Required', 'A group setting is needed and was not announced.'),
      10: row('Capability Value Mismatch', 'A capability has a value that does not match.'),
      11: row(
        'Role Mismatch',
        'The BGP roles do not match: provider pairs with customer, route server with its client, peer with peer.',
      ),
    },
  },
  3: {
    name: 'UPDATE Message Error',
    sentence: 'An UPDATE was malformed.',
    subcodes: {
      1: row('Malformed Attribute List', 'The path attributes of an UPDATE could not be read.'),
      2: row('Unrecognized Well-known Attribute', 'An UPDATE has a well-known attribute that is not known.'),
      3: row('Missing Well-known Attribute', 'An UPDATE lacks an attribute that every route has to have.'),
      4: row('Attribute Flags Error', 'The flags of a path attribute do not fit its type.'),
      5: row('Attribute Length Error', 'The length of a path attribute does not fit its type.'),
      6: row('Invalid ORIGIN Attribute', 'ORIGIN has a value that is not defined.'),
      7: row('AS Routing Loop', 'The AS path has a loop.'),
      8: row('Invalid NEXT_HOP Attribute', 'NEXT_HOP is not an address that packets could be sent to.'),
      9: row('Optional Attribute Error', 'The value of an optional attribute is not valid.'),
      10: row('Invalid Network Field', 'A prefix in an UPDATE is not valid.'),
      11: row(
        'Malformed AS_PATH',
        'The AS path could not be read, or does not start with the AS of the sender.',
      ),
    },
  },
  4: {
    name: 'Hold Timer Expired',
    sentence: 'Nothing was heard for the hold time: the link is lossy, or one side was busy or stopped.',
    subcodes: {},
  },
  5: {
    name: 'Finite State Machine Error',
    sentence: 'A message came that has no place in the state of the session.',
    subcodes: {
      1: row(
        'Receive Unexpected Message in OpenSent State',
        'A message other than OPEN came in state OpenSent.',
      ),
      2: row(
        'Receive Unexpected Message in OpenConfirm State',
        'A message other than KEEPALIVE came in state OpenConfirm.',
      ),
      3: row(
        'Receive Unexpected Message in Established State',
        'A message came that Established has no use for.',
      ),
    },
  },
  6: {
    name: 'Cease',
    sentence: 'The session was ended on purpose.',
    subcodes: {
      1: row('Maximum Number of Prefixes Reached', 'More prefixes were announced than the limit allows.'),
      2: row('Administrative Shutdown', 'An operator has shut the session down.'),
      3: row('Peer De-configured', 'The session was removed from the configuration.'),
      4: row('Administrative Reset', 'An operator has reset the session; it may come back at once.'),
      5: row(
        'Connection Rejected',
        'The connection is not accepted: this address is not configured as a neighbour, or not now.',
      ),
      6: row('Other Configuration Change', 'The configuration changed in a way that needs a new session.'),
      7: row(
        'Connection Collision Resolution',
        'Both sides had connected at once, and this connection was the one to close; the other one stays.',
      ),
      8: row('Out of Resources', 'Memory or another resource has run out.'),
      9: row('Hard Reset', 'The session was ended without graceful restart.'),
      10: row('BFD Down', 'BFD has lost the path between the two.'),
    },
  },
  7: {
    name: 'ROUTE-REFRESH Message Error',
    sentence: 'A ROUTE-REFRESH was malformed.',
    subcodes: { 1: row('Invalid Message Length', 'A ROUTE-REFRESH has a length that is not valid.') },
  },
  8: {
    name: 'Send Hold Timer Expired',
    sentence: 'The other side took no data for too long: it has stopped reading.',
    subcodes: {},
  },
}

/** A code with a subcode, as it can be sent. */
export interface ErrorCode {
  readonly code: number
  readonly subcode: number
}

const pair = (code: number, subcode: number): ErrorCode => ({ code, subcode })

/** The errors that are sent, by their names. */
export const ERROR = {
  header: {
    connectionNotSynchronized: pair(1, 1),
    badMessageLength: pair(1, 2),
    badMessageType: pair(1, 3),
  },
  open: {
    unspecific: pair(2, 0),
    unsupportedVersion: pair(2, 1),
    badPeerAs: pair(2, 2),
    badBgpIdentifier: pair(2, 3),
    unsupportedOptionalParameter: pair(2, 4),
    unacceptableHoldTime: pair(2, 6),
    unsupportedCapability: pair(2, 7),
    roleMismatch: pair(2, 11),
  },
  update: {
    malformedAttributeList: pair(3, 1),
    unrecognizedWellKnown: pair(3, 2),
    missingWellKnown: pair(3, 3),
    attributeFlags: pair(3, 4),
    attributeLength: pair(3, 5),
    invalidOrigin: pair(3, 6),
    invalidNextHop: pair(3, 8),
    optionalAttribute: pair(3, 9),
    invalidNetworkField: pair(3, 10),
    malformedAsPath: pair(3, 11),
  },
  holdTimerExpired: pair(4, 0),
  fsm: {
    unspecific: pair(5, 0),
    unexpectedInOpenSent: pair(5, 1),
    unexpectedInOpenConfirm: pair(5, 2),
    unexpectedInEstablished: pair(5, 3),
  },
  cease: {
    maximumPrefixes: pair(6, 1),
    administrativeShutdown: pair(6, 2),
    peerDeconfigured: pair(6, 3),
    administrativeReset: pair(6, 4),
    connectionRejected: pair(6, 5),
    otherConfigurationChange: pair(6, 6),
    connectionCollision: pair(6, 7),
    outOfResources: pair(6, 8),
    hardReset: pair(6, 9),
    bfdDown: pair(6, 10),
  },
  refresh: { invalidMessageLength: pair(7, 1) },
  sendHoldTimerExpired: pair(8, 0),
} as const
