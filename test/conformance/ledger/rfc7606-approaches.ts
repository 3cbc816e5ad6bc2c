import type { Entry } from '../entry.ts'

/** RFC 7606 §2 to §5: approaches and the UPDATE as a whole. */
export const APPROACHES: readonly Entry[] = [
  {
    section: '2',
    n: 1,
    level: 'MUST',
    hash: '258ba37c4c52',
    says: 'Treat-as-withdraw: the routes of the UPDATE go as if they were withdrawn',
    shown:
      'test/conformance/rfc7606.test.ts › treat-as-withdraw › removes what came before of the prefixes of the UPDATE, of both families, and withdraws it everywhere',
  },
  {
    section: '2',
    n: 2,
    level: 'MUST',
    hash: 'a376db157354',
    says: 'Attribute discard: the attribute goes, the UPDATE goes on',
    shown:
      'test/conformance/rfc7606.test.ts › attribute discard › leaves the attribute out and takes the rest of the UPDATE',
  },
  {
    section: '2',
    n: 3,
    level: 'MUST NOT',
    hash: '720b92da021e',
    says: '… only for attributes without an effect on choice or installation',
    shown:
      'test/conformance/rfc7606.test.ts › attribute discard › is for no attribute that has an effect on choice or installation',
  },
  {
    section: '3',
    n: 1,
    level: 'MUST',
    hash: 'b46aace98161',
    says: 'Text of RFC 4271 §6.3 that the next sentence replaces: all errors are told',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a prefix of 33 bits',
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › of an optional attribute that is known discards the attribute',
    ],
  },
  {
    section: '3',
    n: 2,
    level: 'MUST',
    hash: '43ebe3b9f80f',
    says: 'An error that asks for a reset is told as UPDATE Message Error',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: a prefix of 33 bits',
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: an attribute that is well-known and not known',
    ],
  },
  {
    section: '3',
    n: 3,
    level: 'MUST',
    hash: '501d9a1e4edf',
    says: 'Lengths that do not fit: Malformed Attribute List',
    shown: [
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: withdrawn routes beyond the message',
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: attributes beyond the message',
    ],
  },
  {
    section: '3',
    n: 4,
    level: 'MUST',
    hash: 'f1c5ac3a50a4',
    says: 'Text that is replaced: wrong flags are an Attribute Flags Error (where a reset is left)',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: wrong flags where nothing is announced',
  },
  {
    section: '3',
    n: 5,
    level: 'MUST',
    hash: 'caf4fd104455',
    says: 'Text that is replaced: … with the attribute as data',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that asks for a reset ends the session: wrong flags where nothing is announced',
  },
  {
    section: '3',
    n: 6,
    level: 'MUST',
    hash: 'cc5584ae3762',
    says: 'Wrong Optional or Transitive flags: treat-as-withdraw',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGIN that is optional gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGIN that is not transitive gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › COMMUNITIES that are not transitive gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › MULTI_EXIT_DISC that is well-known gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '3',
    n: 7,
    level: 'MUST',
    hash: '190fd7716ba6',
    says: 'A mandatory attribute that is missing: treat-as-withdraw',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without ORIGIN withdraws (RFC 7606 §3 d)',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without AS_PATH withdraws (RFC 7606 §3 d)',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › without NEXT_HOP withdraws (RFC 7606 §3 d)',
    ],
  },
  {
    section: '3',
    n: 8,
    level: 'MUST',
    hash: 'c64d25345113',
    says: 'Treat-as-withdraw for ORIGIN, AS_PATH, NEXT_HOP, MULTI_EXIT_DISC and LOCAL_PREF',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGIN 3 gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AS_PATH with segment type 5 gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › NEXT_HOP of 16 octets gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › MULTI_EXIT_DISC of 3 octets gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › LOCAL_PREF of 5 octets gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '3',
    n: 9,
    level: 'MUST',
    hash: '85c9368ae471',
    says: 'Attribute discard for ATOMIC_AGGREGATE and AGGREGATOR',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ATOMIC_AGGREGATE of one octet gets its verdict of RFC 7606 §7',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › AGGREGATOR of 6 octets gets its verdict of RFC 7606 §7',
    ],
  },
  {
    section: '3',
    n: 10,
    level: 'MUST',
    hash: '0f4c65e26703',
    says: 'MP_REACH_NLRI or MP_UNREACH_NLRI twice: Malformed Attribute List',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with MP_REACH_NLRI twice resets the session',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with MP_UNREACH_NLRI twice resets the session',
    ],
  },
  {
    section: '3',
    n: 11,
    level: 'MUST',
    hash: '9fa0abafc823',
    says: 'Of any other attribute the first counts',
    shown:
      'test/bgp/wire/update-errors.test.ts › a list of attributes › keeps the first of two (RFC 7606 §3 g)',
  },
  {
    section: '3',
    n: 12,
    level: 'MUST',
    hash: 'bb1d7871b883',
    says: 'Several faults that ask for the same get it',
    shown:
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with several faults gets the strongest verdict (RFC 7606 §3 h)',
  },
  {
    section: '3',
    n: 13,
    level: 'MUST',
    hash: '04dabc42ec48',
    says: '… else the strongest',
    shown:
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with several faults gets the strongest verdict (RFC 7606 §3 h)',
  },
  {
    section: '3',
    n: 14,
    level: 'MUST',
    hash: '34e92a202e44',
    says: 'Withdrawn routes are checked like announced ones',
    shown: [
      'test/bgp/wire/update-parse.test.ts › a prefix field › that is longer than 32 bits resets the session (RFC 7606 §5.3)',
      'test/bgp/wire/update-parse.test.ts › a prefix field › that is cut off resets the session (RFC 7606 §5.3)',
    ],
  },
  {
    section: '3',
    n: 15,
    level: 'MUST',
    hash: '7d83fe18d5b0',
    says: 'Where the prefixes cannot be found, reset, or disable the family',
    shown: [
      'test/conformance/rfc7606.test.ts › prefixes that cannot be read › end the session, or disable their family where the other one can go on',
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with a prefix of 129 bits disables its family beside another',
    ],
  },
  {
    section: '4',
    n: 1,
    level: 'MUST',
    hash: '32bc1a541577',
    says: 'An attribute that runs over the end: treat-as-withdraw, and the prefixes begin where the total length says',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with an attribute that runs over the end withdraws (RFC 7606 §4)',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with two octets left withdraws (RFC 7606 §4)',
      'test/bgp/wire/update-errors.test.ts › a list of attributes › with one octet left withdraws (RFC 7606 §4)',
    ],
  },
  {
    section: '4',
    n: 2,
    level: 'MUST',
    hash: '3d858c1f32ae',
    says: 'No attribute may have no octets but those that are said to',
    shown: [
      'test/conformance/rfc7606.test.ts › an attribute of no octets › is malformed where it is ORIGIN',
      'test/conformance/rfc7606.test.ts › an attribute of no octets › is malformed where it is COMMUNITIES',
      'test/conformance/rfc7606.test.ts › an attribute of no octets › is malformed where it is CLUSTER_LIST',
      'test/conformance/rfc7606.test.ts › an attribute of no octets › is malformed where it is MP_REACH_NLRI',
      'test/conformance/rfc7606.test.ts › an attribute of no octets › is fine where it is AS_PATH or ATOMIC_AGGREGATE',
    ],
  },
  {
    section: '5.1',
    n: 1,
    level: 'MUST',
    hash: '95bda5417284',
    says: 'MP_REACH_NLRI and MP_UNREACH_NLRI are sent first',
    shown: [
      'test/conformance/rfc7606.test.ts › what we send › has MP_REACH_NLRI or MP_UNREACH_NLRI first, and one of the four ways to name prefixes in an UPDATE',
      'test/bgp/wire/update-build.test.ts › an UPDATE writer › puts IPv6 into MP_REACH_NLRI, in front of all other attributes (RFC 7606 §5.1)',
    ],
  },
  {
    section: '5.1',
    n: 2,
    level: 'MUST NOT',
    hash: '52d6321d8c1c',
    says: 'An UPDATE names prefixes in one way only',
    shown:
      'test/conformance/rfc7606.test.ts › what we send › has MP_REACH_NLRI or MP_UNREACH_NLRI first, and one of the four ways to name prefixes in an UPDATE',
  },
  {
    section: '5.1',
    n: 3,
    level: 'MUST',
    hash: '81e21be0660d',
    says: 'All ways and places are taken',
    shown:
      'test/conformance/rfc7606.test.ts › UPDATEs of older speakers › may have MP_REACH_NLRI anywhere, and prefixes in all ways at once',
  },
  {
    section: '5.2',
    n: 1,
    level: 'MUST',
    hash: '3bd3aae6558a',
    says: 'Without reachable prefixes any fault beyond attribute discard resets',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › ORIGIN 3 beside nothing but withdrawals resets the session (RFC 7606 §5.2)',
      'test/bgp/wire/update-errors.test.ts › a malformed attribute › COMMUNITIES of 6 octets beside nothing but withdrawals resets the session (RFC 7606 §5.2)',
    ],
  },
  {
    section: '5.3',
    n: 1,
    level: 'MUST',
    hash: 'aa6d49ff7e35',
    says: 'When a field of prefixes is malformed',
    shown: [
      'test/bgp/wire/update-parse.test.ts › a prefix field › that is longer than 32 bits resets the session (RFC 7606 §5.3)',
      'test/bgp/wire/update-parse.test.ts › a prefix field › that is cut off resets the session (RFC 7606 §5.3)',
      'test/bgp/wire/update-parse.test.ts › a prefix field › without its path identifier resets the session',
    ],
  },
  {
    section: '5.3',
    n: 2,
    level: 'MUST',
    hash: 'e0823e129dc1',
    says: 'When MP_REACH_NLRI or MP_UNREACH_NLRI is malformed',
    shown: [
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with a prefix of 129 bits disables its family beside another',
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with a prefix that is cut off disables its family beside another',
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with an unreachable prefix of 129 bits disables its family beside another',
      'test/bgp/wire/update-errors.test.ts › a multiprotocol attribute › with wrong flags disables its family beside another',
    ],
  },
  {
    section: '5.4',
    n: 1,
    level: 'MUST',
    hash: 'bd7c27b968d3',
    says: 'Unknown types of typed prefixes are left out',
    gap: 'There is no family with typed prefixes here: IPv4 and IPv6 unicast are all.',
  },
]
