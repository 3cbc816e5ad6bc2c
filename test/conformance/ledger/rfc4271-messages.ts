import type { Entry } from '../entry.ts'

/** RFC 4271 §3 and §4: messages. */
export const MESSAGES: readonly Entry[] = [
  {
    section: '3',
    n: 1,
    level: 'SHOULD',
    hash: '8130cf9ad5a7',
    says: 'A local change of policy takes effect without a reset: routes are retained, or asked for again by Route Refresh',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a changed import policy › has its effect on routes that are here, and resets nothing',
  },
  {
    section: '3.2',
    n: 1,
    level: 'MUST',
    hash: '92aa3e97f27b',
    says: 'The next hop of every route in the Loc-RIB can be resolved',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › that cannot be reached keeps its paths out of the choice, but not out of the table',
  },
  {
    section: '4.1',
    n: 1,
    level: 'MUST',
    hash: '09302007f534',
    says: 'The marker is 16 octets of ones',
    shown:
      'test/conformance/rfc4271-messages.test.ts › messages › begin with 16 octets of ones, and have the length that they say and no octet more',
  },
  {
    section: '4.1',
    n: 2,
    level: 'MUST',
    hash: 'b0d5ea03c461',
    says: 'A message has 19 to 4096 octets',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in a header › ends the session with length 18',
      'test/bgp/wire/framer.test.ts › a framer › answers a length beyond 4096 as RFC 4271 §6.1 says',
      'test/bgp/wire/update-build.test.ts › an UPDATE writer › fills messages of IPv4 up to the limit, never beyond',
    ],
  },
  {
    section: '4.1',
    n: 3,
    level: 'MUST',
    hash: '51865ad17ae5',
    says: 'No padding: the length is the smallest for what the message says',
    shown: [
      'test/conformance/rfc4271-messages.test.ts › messages › begin with 16 octets of ones, and have the length that they say and no octet more',
      'test/conformance/rfc4271-messages.test.ts › messages › of announcements fill no more octets than their attributes and prefixes need',
    ],
  },
  {
    section: '4.2',
    n: 1,
    level: 'MUST',
    hash: 'bf4f0e01abfd',
    says: 'The hold time is the smaller of the configured one and the one received',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › has its hold time, where it is fine, taken as the smaller of both, exactly',
  },
  {
    section: '4.2',
    n: 2,
    level: 'MUST',
    hash: 'aaea0c6eff0a',
    says: 'Hold time 0, or 3 s and more',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a hold time of 1 s is answered with its subcode, and ends the connection',
      'test/conformance/rfc4271-errors.test.ts › an error in an OPEN › a hold time of 2 s is answered with its subcode, and ends the connection',
      'test/bgp/wire/open.test.ts › an OPEN › accepts a hold time of 0 and of 3 s',
    ],
  },
  {
    section: '4.3',
    n: 1,
    level: 'MUST',
    hash: 'ea67b45e0ab7',
    says: 'Well-known attributes have Transitive set',
    shown:
      'test/conformance/rfc4271-messages.test.ts › attribute flags › have Transitive on well-known attributes, and Partial neither on these nor on those that are not transitive',
  },
  {
    section: '4.3',
    n: 2,
    level: 'MUST',
    hash: '0a149f7dc897',
    says: 'Well-known and optional non-transitive attributes have Partial clear',
    shown:
      'test/conformance/rfc4271-messages.test.ts › attribute flags › have Transitive on well-known attributes, and Partial neither on these nor on those that are not transitive',
  },
  {
    section: '4.3',
    n: 3,
    level: 'MUST',
    hash: 'c56903530307',
    says: 'The four low bits of the flags are sent as 0 and ignored',
    shown:
      'test/conformance/rfc4271-messages.test.ts › attribute flags › have their four spare bits ignored when they come and zero when they go',
  },
  {
    section: '4.3',
    n: 4,
    level: 'SHOULD',
    hash: '40cb63e6528b',
    says: 'NEXT_HOP is the router to send packets for these prefixes to',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › of a route is where the RIB is told to send packets',
  },
  {
    section: '4.3',
    n: 5,
    level: 'SHOULD',
    hash: 'b96b028198f6',
    says: 'The address in AGGREGATOR is the BGP identifier of its speaker',
    gap: 'This speaker aggregates no routes, so it originates no AGGREGATOR.',
  },
  {
    section: '4.3',
    n: 6,
    level: 'SHOULD NOT',
    hash: '29b9bcf5bee1',
    says: 'One UPDATE does not name a prefix as withdrawn and as announced',
    shown:
      'test/conformance/rfc4271-messages.test.ts › an UPDATE that names a prefix twice › is never sent, however routes come and go in one turn',
  },
  {
    section: '4.3',
    n: 7,
    level: 'MUST',
    hash: '95cb50bcc92b',
    says: 'Such an UPDATE is processed all the same',
    shown:
      'test/conformance/rfc4271-messages.test.ts › an UPDATE that names a prefix twice › as withdrawn and as announced announces it',
  },
  {
    section: '4.3',
    n: 8,
    level: 'SHOULD',
    hash: '22786964f811',
    says: 'In it the prefix counts as announced',
    shown:
      'test/conformance/rfc4271-messages.test.ts › an UPDATE that names a prefix twice › as withdrawn and as announced announces it',
  },
  {
    section: '4.4',
    n: 1,
    level: 'MUST NOT',
    hash: '133bf83b3afb',
    says: 'At most one KEEPALIVE a second',
    shown:
      'test/conformance/rfc4271-messages.test.ts › KEEPALIVE › is never sent more than once a second, however short the hold time',
  },
  {
    section: '4.4',
    n: 2,
    level: 'MUST NOT',
    hash: '9fe068de063a',
    says: 'No periodic KEEPALIVEs with hold time 0',
    shown: 'test/bgp/session/session.test.ts › timers › are off with hold time 0',
  },
]
