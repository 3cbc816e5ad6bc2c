import type { Entry } from '../entry.ts'

/** RFC 7606 §7 and §8: the attributes. */
export const ATTRIBUTES: readonly Entry[] = [
  {
    section: '7.1',
    n: 1,
    level: 'MUST',
    hash: 'baf3e2aa5773',
    says: 'ORIGIN: treat-as-withdraw',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGIN of two octets gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGIN 3 gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.2',
    n: 1,
    level: 'MUST',
    hash: '0f2d8cce9ff3',
    says: 'AS_PATH: treat-as-withdraw',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AS_PATH with segment type 0 gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AS_PATH with a segment that is cut off gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AS_PATH with one octet left gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AS_PATH with an empty segment gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.2',
    n: 2,
    level: 'SHOULD',
    hash: 'd57a06f27a0c',
    says: 'A first AS that is not the neighbour: treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AS_PATH that starts with another AS gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.3',
    n: 1,
    level: 'MUST',
    hash: '0a6c7fc54ac1',
    says: 'NEXT_HOP: treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › NEXT_HOP of 16 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.4',
    n: 1,
    level: 'MUST',
    hash: 'e7da6ba1b877',
    says: 'MULTI_EXIT_DISC: treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › MULTI_EXIT_DISC of 3 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.5',
    n: 1,
    level: 'MUST',
    hash: '751bc9e88a53',
    says: 'LOCAL_PREF from outside: attribute discard',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › LOCAL_PREF from outside gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › LOCAL_PREF from outside, malformed gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.5',
    n: 2,
    level: 'MUST',
    hash: '03c5a3082768',
    says: 'From inside it has 4 octets',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › LOCAL_PREF of 5 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.5',
    n: 3,
    level: 'MUST',
    hash: '434a7dc3b224',
    says: '… or else treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › LOCAL_PREF of 5 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.6',
    n: 1,
    level: 'MUST',
    hash: '1a0a7e59c401',
    says: 'ATOMIC_AGGREGATE has no octets',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ATOMIC_AGGREGATE of one octet gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.6',
    n: 2,
    level: 'MUST',
    hash: '8285c2095338',
    says: '… or else attribute discard',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ATOMIC_AGGREGATE of one octet gets its verdict of RFC 7606 §7',
      'test/conformance/rfc7606.test.ts › attribute discard › leaves the attribute out and takes the rest of the UPDATE',
    ],
  },
  {
    section: '7.7',
    n: 1,
    level: 'MUST',
    hash: '89902d6eec69',
    says: 'AGGREGATOR has 6 or 8 octets, as the session has it',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AGGREGATOR of 6 octets gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AGGREGATOR of 8 octets from a peer of two gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.7',
    n: 2,
    level: 'MUST',
    hash: '923e2982270c',
    says: '… or else attribute discard',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AGGREGATOR of 6 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.8',
    n: 1,
    level: 'MUST',
    hash: '6aaa4f7d69a7',
    says: 'COMMUNITIES have a multiple of 4 octets, not 0',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › COMMUNITIES of no octet gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › COMMUNITIES of 6 octets gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.8',
    n: 2,
    level: 'MUST',
    hash: '52d79dbaea26',
    says: '… or else treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › COMMUNITIES of 6 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.9',
    n: 1,
    level: 'MUST',
    hash: '0bb48a1b6a7d',
    says: 'ORIGINATOR_ID from outside: attribute discard',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGINATOR_ID from outside gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.9',
    n: 2,
    level: 'MUST',
    hash: '03c5a3082768',
    says: 'From inside it has 4 octets',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGINATOR_ID of 3 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.9',
    n: 3,
    level: 'MUST',
    hash: '434a7dc3b224',
    says: '… or else treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGINATOR_ID of 3 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.10',
    n: 1,
    level: 'MUST',
    hash: 'a4e26b5dbdd3',
    says: 'CLUSTER_LIST from outside: attribute discard',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › CLUSTER_LIST from outside gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.10',
    n: 2,
    level: 'MUST',
    hash: '5aea582103b0',
    says: 'From inside it has a multiple of 4 octets, not 0',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › CLUSTER_LIST of no octet gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › CLUSTER_LIST of 5 octets gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.10',
    n: 3,
    level: 'MUST',
    hash: '434a7dc3b224',
    says: '… or else treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › CLUSTER_LIST of 5 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.11',
    n: 1,
    level: 'MUST',
    hash: '5a02f810b8cb',
    says: 'A next hop in MP_REACH_NLRI of a wrong length: reset, or disable the family',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with a next hop of 4 octets disables its family beside another',
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with a next hop of 4 octets resets where its family is the only one',
    ],
  },
  {
    section: '7.13',
    n: 1,
    level: 'MUST',
    hash: '31b1a0705e1b',
    says: 'Who finds a Traffic Engineering attribute malformed treats the UPDATE as withdrawn',
    gap: 'The attribute is not known here and so never found malformed: it is passed on or dropped by its flags.',
  },
  {
    section: '7.14',
    n: 1,
    level: 'MUST',
    hash: 'e226a6425c9a',
    says: 'EXTENDED_COMMUNITIES have a multiple of 8 octets, not 0',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › EXTENDED_COMMUNITIES of no octet gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › EXTENDED_COMMUNITIES of 7 octets gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.14',
    n: 2,
    level: 'MUST',
    hash: 'e962fb45e3bb',
    says: '… or else treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › EXTENDED_COMMUNITIES of 7 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.14',
    n: 3,
    level: 'MUST NOT',
    hash: 'd0dff36f82d3',
    says: 'An unknown type of them is no error',
    shown:
      'test/conformance/rfc7606.test.ts › communities of unknown types › are no error where they are extended, and are passed on',
  },
  {
    section: '7.15',
    n: 1,
    level: 'MUST',
    hash: '9f115837f1be',
    says: 'IPv6-specific extended communities have a multiple of 20 octets, not 0',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › IPV6_EXTENDED_COMMUNITIES of no octet gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › IPV6_EXTENDED_COMMUNITIES of 21 octets gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '7.15',
    n: 2,
    level: 'MUST',
    hash: '107b848f2efd',
    says: '… or else treat-as-withdraw',
    shown:
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › IPV6_EXTENDED_COMMUNITIES of 21 octets gets its verdict of RFC 7606 §7',
  },
  {
    section: '7.15',
    n: 3,
    level: 'MUST NOT',
    hash: '2d8bc6bd8381',
    says: 'An unknown type of them is no error',
    shown:
      'test/conformance/rfc7606.test.ts › communities of unknown types › are no error where they are specific to an IPv6 address, and are passed on',
  },
  {
    section: '7.16',
    n: 1,
    level: 'MUST',
    hash: '8798ccba36ad',
    says: 'How a malformed ATTR_SET is handled',
    gap: 'ATTR_SET (RFC 6368) is of VPNs, which are not here: it is passed on like any attribute that is not known.',
  },
  {
    section: '7.16',
    n: 2,
    level: 'MUST',
    hash: 'd31e713ae0f1',
    says: '… in the cases that the older text leaves to RFC 4271',
    gap: 'ATTR_SET (RFC 6368) is not known here.',
  },
  {
    section: '7.16',
    n: 3,
    level: 'MUST',
    hash: '05c9f2e8fe91',
    says: '… treat-as-withdraw',
    gap: 'ATTR_SET (RFC 6368) is not known here.',
  },
  {
    section: '8',
    n: 1,
    level: 'MUST',
    hash: '392dd2491509',
    says: 'A document on a new attribute says what is an error in it and what to do',
    gap: 'For the authors of documents on attributes.',
  },
  {
    section: '8',
    n: 2,
    level: 'SHOULD',
    hash: 'e2c9497957b7',
    says: '… and what helps to find errors',
    gap: 'For the authors of documents on attributes.',
  },
]
