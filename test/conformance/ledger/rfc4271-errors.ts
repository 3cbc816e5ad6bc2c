import type { Entry } from '../entry.ts'

/** RFC 4271 §6 and §7: errors. */
export const ERRORS: readonly Entry[] = [
  {
    section: '6',
    n: 1,
    level: 'MUST',
    hash: '690d84f4b7dd',
    says: 'Without a subcode, 0 is sent',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › other errors › of the hold time have subcode 0',
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a parameter that runs over the end is answered with its subcode, and ends the connection',
    ],
  },
  {
    section: '6.1',
    n: 1,
    level: 'MUST',
    hash: '2992d734cf85',
    says: 'Errors in a header are told as Message Header Error',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with a marker that is not all ones',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with length 18',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with type 9',
    ],
  },
  {
    section: '6.1',
    n: 2,
    level: 'MUST',
    hash: '6d00cdd7ea36',
    says: 'A marker that is not as it should be: Connection Not Synchronized',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with a marker that is not all ones',
  },
  {
    section: '6.1',
    n: 3,
    level: 'MUST',
    hash: 'bb08b68bc4b9',
    says: 'A length that cannot be: Bad Message Length',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with length 18',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with an OPEN of 28 octets',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with an UPDATE of 22 octets',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with a KEEPALIVE of 20 octets',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with a NOTIFICATION of 20 octets',
    ],
  },
  {
    section: '6.1',
    n: 4,
    level: 'MUST',
    hash: 'ba7034acba00',
    says: '… with the length as data',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with length 18',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › of a length beyond 4096 ends a session without extended messages',
    ],
  },
  {
    section: '6.1',
    n: 5,
    level: 'MUST',
    hash: 'd0669ee76d8f',
    says: 'An unknown type: Bad Message Type',
    shown: 'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with type 9',
  },
  {
    section: '6.1',
    n: 6,
    level: 'MUST',
    hash: '09b9c4d6d886',
    says: '… with the type as data',
    shown: 'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with type 9',
  },
  {
    section: '6.2',
    n: 1,
    level: 'MUST',
    hash: 'b2067b61f8a5',
    says: 'Errors in an OPEN are told as OPEN Message Error',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › version 3 is answered with its subcode, and ends the connection',
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › another AS is answered with its subcode, and ends the connection',
    ],
  },
  {
    section: '6.2',
    n: 2,
    level: 'MUST',
    hash: 'd315592e03d0',
    says: 'Another version: Unsupported Version Number',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › version 3 is answered with its subcode, and ends the connection',
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › version 5 is answered with its subcode, and ends the connection',
    ],
  },
  {
    section: '6.2',
    n: 3,
    level: 'MUST',
    hash: '69ddc045f67b',
    says: 'An AS that is not acceptable: Bad Peer AS',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › another AS is answered with its subcode, and ends the connection',
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › AS 0 is answered with its subcode, and ends the connection',
    ],
  },
  {
    section: '6.2',
    n: 4,
    level: 'MUST',
    hash: '759d43f905cd',
    says: 'A hold time that is not acceptable: Unacceptable Hold Time',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a hold time of 1 s is answered with its subcode, and ends the connection',
  },
  {
    section: '6.2',
    n: 5,
    level: 'MUST',
    hash: '799a64a1aab5',
    says: '1 and 2 s are rejected',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a hold time of 1 s is answered with its subcode, and ends the connection',
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a hold time of 2 s is answered with its subcode, and ends the connection',
    ],
  },
  {
    section: '6.2',
    n: 6,
    level: 'MUST',
    hash: '82c99dc248c1',
    says: 'The negotiated hold time is the one in use',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › has its hold time, where it is fine, taken as the smaller of both, exactly',
      'test/bgp/session/session.test.ts › timers › end the session exactly one hold time after the last byte',
    ],
  },
  {
    section: '6.2',
    n: 7,
    level: 'MUST',
    hash: '2b87cafe6167',
    says: 'A malformed identifier: Bad BGP Identifier',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › identifier 0.0.0.0 is answered with its subcode, and ends the connection',
  },
  {
    section: '6.2',
    n: 8,
    level: 'MUST',
    hash: '866f132f17c8',
    says: 'An unknown optional parameter: Unsupported Optional Parameters',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › an optional parameter that nobody knows is answered with its subcode, and ends the connection',
  },
  {
    section: '6.2',
    n: 9,
    level: 'MUST',
    hash: 'c9fee5d68123',
    says: 'A malformed optional parameter: subcode 0',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a parameter that runs over the end is answered with its subcode, and ends the connection',
  },
  {
    section: '6.3',
    n: 1,
    level: 'MUST',
    hash: 'b46aace98161',
    says: 'Errors in an UPDATE are told as UPDATE Message Error (where RFC 7606 leaves a reset)',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a prefix of 33 bits',
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: attributes beyond the message',
    ],
  },
  {
    section: '6.3',
    n: 2,
    level: 'MUST',
    hash: '501d9a1e4edf',
    says: 'Lengths that do not fit: Malformed Attribute List',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: withdrawn routes beyond the message',
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: attributes beyond the message',
    ],
  },
  {
    section: '6.3',
    n: 3,
    level: 'MUST',
    hash: 'f1c5ac3a50a4',
    says: 'Flags that do not fit: Attribute Flags Error (where RFC 7606 leaves a reset)',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: wrong flags where nothing is announced',
  },
  {
    section: '6.3',
    n: 4,
    level: 'MUST',
    hash: 'caf4fd104455',
    says: '… with the attribute as data',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: wrong flags where nothing is announced',
  },
  {
    section: '6.3',
    n: 5,
    level: 'MUST',
    hash: 'e8fe448664cf',
    says: 'A length that does not fit: Attribute Length Error (where RFC 7606 leaves a reset)',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a wrong length where nothing is announced',
  },
  {
    section: '6.3',
    n: 6,
    level: 'MUST',
    hash: 'caf4fd104455',
    says: '… with the attribute as data',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a wrong length where nothing is announced',
  },
  {
    section: '6.3',
    n: 7,
    level: 'MUST',
    hash: 'ec3ab1c42390',
    says: 'A mandatory attribute is missing: told as such (amended by RFC 7606 §3 d: the routes count as withdrawn)',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without ORIGIN withdraws (RFC 7606 §3 d)',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without AS_PATH withdraws (RFC 7606 §3 d)',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without NEXT_HOP withdraws (RFC 7606 §3 d)',
    ],
  },
  {
    section: '6.3',
    n: 8,
    level: 'MUST',
    hash: 'c911599f0db3',
    says: '… with its type as data (amended by RFC 7606 §3 d: the log names it)',
    shown:
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without ORIGIN withdraws (RFC 7606 §3 d)',
  },
  {
    section: '6.3',
    n: 9,
    level: 'MUST',
    hash: 'f986a1737db5',
    says: 'An unknown well-known attribute: Unrecognized Well-known Attribute',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: an attribute that is well-known and not known',
  },
  {
    section: '6.3',
    n: 10,
    level: 'MUST',
    hash: '271daa7394cf',
    says: '… with the attribute as data',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: an attribute that is well-known and not known',
  },
  {
    section: '6.3',
    n: 11,
    level: 'MUST',
    hash: 'f4f3bdd0d554',
    says: 'An undefined ORIGIN: Invalid Origin Attribute (where RFC 7606 leaves a reset)',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: ORIGIN 3 where nothing is announced',
  },
  {
    section: '6.3',
    n: 12,
    level: 'MUST',
    hash: '271daa7394cf',
    says: '… with the attribute as data',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: ORIGIN 3 where nothing is announced',
  },
  {
    section: '6.3',
    n: 13,
    level: 'MUST',
    hash: '12d01174ed50',
    says: 'A malformed NEXT_HOP: told as such (amended by RFC 7606 §7.3: the routes count as withdrawn)',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › NEXT_HOP of 16 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '6.3',
    n: 14,
    level: 'MUST',
    hash: '0549376e84ba',
    says: '… with the attribute as data (amended by RFC 7606 §7.3: no NOTIFICATION)',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › NEXT_HOP of 16 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '6.3',
    n: 15,
    level: 'MUST',
    hash: 'e4f8d61880f5',
    says: 'NEXT_HOP has to make sense',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that names ourselves as next hop leaves the session alone and the route out, and is logged',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › NEXT_HOP 127.0.0.1 gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '6.3',
    n: 16,
    level: 'MUST NOT',
    hash: 'ab00ba3cec75',
    says: 'It is not an address of the receiver',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that names ourselves as next hop leaves the session alone and the route out, and is logged',
  },
  {
    section: '6.3',
    n: 17,
    level: 'MUST',
    hash: '837241974e88',
    says: 'From an external neighbour one hop away, it is that neighbour or on a network that both share',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › a next hop › that is somewhere else, and the neighbour is one hop away',
      'test/conformance/rfc4271-errors.test.ts › a next hop › that is the neighbour itself',
      'test/conformance/rfc4271-errors.test.ts › a next hop › that is another host of the network that both are on',
    ],
  },
  {
    section: '6.3',
    n: 18,
    level: 'SHOULD',
    hash: 'cc4fa9c4e638',
    says: 'A NEXT_HOP that makes no sense is logged, its route ignored',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that names ourselves as next hop leaves the session alone and the route out, and is logged',
      'test/conformance/rfc4271-errors.test.ts › a next hop › that is somewhere else, and the neighbour is one hop away',
    ],
  },
  {
    section: '6.3',
    n: 19,
    level: 'SHOULD NOT',
    hash: '133742ab43b3',
    says: '… and the session goes on without a NOTIFICATION',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that names ourselves as next hop leaves the session alone and the route out, and is logged',
  },
  {
    section: '6.3',
    n: 20,
    level: 'MUST',
    hash: 'b77782e02d1d',
    says: 'A malformed AS_PATH: Malformed AS_PATH (where RFC 7606 leaves a reset)',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: an AS_PATH of segment type 9 where nothing is announced',
  },
  {
    section: '6.3',
    n: 21,
    level: 'MUST',
    hash: '726329d00b8d',
    says: "A leftmost AS that is not the neighbour's: Malformed AS_PATH",
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a first AS that is not the neighbour, where nothing is announced',
  },
  {
    section: '6.3',
    n: 22,
    level: 'MUST',
    hash: '60509c95e8b3',
    says: 'The value of a known optional attribute is checked',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › of an optional attribute that is known discards the attribute',
  },
  {
    section: '6.3',
    n: 23,
    level: 'MUST',
    hash: '1ebe7120320f',
    says: 'Where it is wrong it is discarded, and told as Optional Attribute Error where a reset is left',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › of an optional attribute that is known discards the attribute',
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: MP_REACH_NLRI of the only family with no next hop',
    ],
  },
  {
    section: '6.3',
    n: 24,
    level: 'MUST',
    hash: '4785ee7f2e55',
    says: '… with the attribute as data',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: MP_REACH_NLRI of the only family with no next hop',
  },
  {
    section: '6.3',
    n: 25,
    level: 'MUST',
    hash: '65d2f6d4de34',
    says: 'An attribute twice: Malformed Attribute List (where RFC 7606 leaves a reset)',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: MP_REACH_NLRI twice',
  },
  {
    section: '6.3',
    n: 26,
    level: 'MUST',
    hash: '6526b4a5ab98',
    says: 'A malformed prefix: Invalid Network Field',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a prefix of 33 bits',
  },
  {
    section: '6.3',
    n: 27,
    level: 'SHOULD',
    hash: 'b28cdfa764c7',
    says: 'A prefix that makes no sense is logged and ignored',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that only concerns a prefix leaves the session alone and the prefix out, and is logged',
  },
  {
    section: '6.3',
    n: 28,
    level: 'MUST',
    hash: '4eafcc45a9d7',
    says: 'Correct attributes without prefixes are a valid UPDATE',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › is none where attributes are right and prefixes are not there',
  },
  {
    section: '6.4',
    n: 1,
    level: 'SHOULD',
    hash: '9e41de3f21b6',
    says: 'An error in a NOTIFICATION is logged',
    shown:
      'test/conformance/rfc4271-errors.test.ts › other errors › of a NOTIFICATION are written to the log, its numbers in it, and not answered',
  },
  {
    section: '6.7',
    n: 1,
    level: 'MUST NOT',
    hash: 'c70fa90292c2',
    says: 'Cease is not for errors that have a code',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › none of these is a Cease: that is for what is no error',
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with a marker that is not all ones',
    ],
  },
  {
    section: '6.7',
    n: 2,
    level: 'MUST',
    hash: '32ca755d6044',
    says: 'Too many prefixes end the session with Cease',
    shown:
      'test/bgp/neighbor/prefix-limits.test.ts › a limit on prefixes › ends the session with Cease, the family and the limit in it, and keeps it down until an operator clears it',
  },
  {
    section: '6.8',
    n: 1,
    level: 'MUST',
    hash: '23df750f475f',
    says: 'Of two connections that collide one is closed',
    shown: [
      'test/conformance/rfc4271-fsm.test.ts › connections that collide › leave one: ours where our identifier is higher',
      'test/conformance/rfc4271-fsm.test.ts › connections that collide › leave one: theirs where theirs is higher',
    ],
  },
  {
    section: '6.8',
    n: 2,
    level: 'MUST',
    hash: 'bfbb9072f93e',
    says: 'An OPEN has all connections in OpenConfirm examined',
    shown: [
      'test/conformance/rfc4271-fsm.test.ts › connections that collide › leave one: ours where our identifier is higher',
      'test/conformance/rfc4271-fsm.test.ts › connections that collide › leave one: theirs where theirs is higher',
    ],
  },
  {
    section: '7',
    n: 1,
    level: 'MUST',
    hash: 'aa3b1acbf50c',
    says: 'Later versions of BGP keep the format of OPEN and NOTIFICATION',
    gap: 'For the authors of later versions of the protocol.',
  },
]
