import type { Ledger } from '../entry.ts'

export const RFC6793: Ledger = {
  rfc: 6793,
  title: 'BGP Support for Four-Octet AS Number Space',
  counts: { '3': 1, '4.1': 6, '4.2.1': 1, '4.2.2': 6, '4.2.3': 10, '6': 12 },
  entries: [
    {
      section: '3',
      n: 1,
      level: 'MUST NOT',
      hash: 'f00c84590a08',
      says: 'Confederation segments have no place in AS4_PATH',
      shown:
        'test/bgp/wire/outgoing.test.ts › attributes on their way to a peer with AS numbers of two octets › have AS_TRANS, AS4_PATH without confederations, and AS4_AGGREGATOR where not',
    },
    {
      section: '4.1',
      n: 1,
      level: 'MUST',
      hash: 'd0ec54055707',
      says: 'Four-octet AS numbers are announced as a capability',
      shown:
        'test/conformance/rfc6793.test.ts › our OPEN › of AS 64512 says fc00 where two octets are, and all of it in the capability',
    },
    {
      section: '4.1',
      n: 2,
      level: 'MUST',
      hash: '42ae71771c0a',
      says: '… with our AS number in it',
      shown:
        'test/conformance/rfc6793.test.ts › our OPEN › of AS 70000 says 5ba0 where two octets are, and all of it in the capability',
    },
    {
      section: '4.1',
      n: 3,
      level: 'MUST',
      hash: '97cdd9442008',
      says: 'The AS of a neighbour is the one in its capability',
      shown:
        'test/conformance/rfc6793.test.ts › the OPEN of a neighbour › is of the AS that its capability says, not of the two octets',
    },
    {
      section: '4.1',
      n: 4,
      level: 'MUST',
      hash: 'c116ae38dc1f',
      says: 'Between two such speakers AS_PATH and AGGREGATOR have four octets',
      shown:
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS_PATH and AGGREGATOR have four, and there is neither AS4_PATH nor AS4_AGGREGATOR',
    },
    {
      section: '4.1',
      n: 5,
      level: 'MUST NOT',
      hash: '8b563d8e3059',
      says: '… and there is no AS4_PATH or AS4_AGGREGATOR',
      shown:
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS_PATH and AGGREGATOR have four, and there is neither AS4_PATH nor AS4_AGGREGATOR',
    },
    {
      section: '4.1',
      n: 6,
      level: 'MUST',
      hash: '235c5c24885f',
      says: '… and where one comes it is discarded, and the UPDATE goes on',
      shown: [
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS4_PATH is discarded, logged, and the route is taken',
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS4_AGGREGATOR is discarded, logged, and the route is taken',
      ],
    },
    {
      section: '4.2.1',
      n: 1,
      level: 'MUST',
      hash: 'c8c5969c87ed',
      says: 'AS_TRANS stands for an AS that does not fit two octets',
      shown:
        'test/conformance/rfc6793.test.ts › our OPEN › of AS 70000 says 5ba0 where two octets are, and all of it in the capability',
    },
    {
      section: '4.2.2',
      n: 1,
      level: 'MUST',
      hash: 'e84ee4906da3',
      says: 'An old speaker gets AS_PATH in two octets',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › gets AS_PATH in two octets, and no AS4_PATH where all AS numbers fit',
    },
    {
      section: '4.2.2',
      n: 2,
      level: 'MUST',
      hash: 'ebf9c7fa2809',
      says: '… and AS4_PATH where an AS does not fit',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › gets AS_TRANS for what does not fit, and all of it in AS4_PATH',
    },
    {
      section: '4.2.2',
      n: 3,
      level: 'MUST NOT',
      hash: '9374785199c8',
      says: '… and none where all fit',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › gets AS_PATH in two octets, and no AS4_PATH where all AS numbers fit',
    },
    {
      section: '4.2.2',
      n: 4,
      level: 'MUST',
      hash: '772d2e0282a2',
      says: '… without confederation segments',
      shown:
        'test/bgp/wire/outgoing.test.ts › attributes on their way to a peer with AS numbers of two octets › have AS_TRANS, AS4_PATH without confederations, and AS4_AGGREGATOR where not',
    },
    {
      section: '4.2.2',
      n: 5,
      level: 'MUST',
      hash: '701f950c5267',
      says: 'AS4_AGGREGATOR, and AS_TRANS in AGGREGATOR, where the aggregator does not fit',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › gets AS4_AGGREGATOR behind AS_TRANS where the aggregator does not fit, and none where it does',
    },
    {
      section: '4.2.2',
      n: 6,
      level: 'MUST NOT',
      hash: '7be3d65a46ab',
      says: '… and none where it fits',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › gets AS4_AGGREGATOR behind AS_TRANS where the aggregator does not fit, and none where it does',
    },
    {
      section: '4.2.3',
      n: 1,
      level: 'MUST',
      hash: '2edab4693d6d',
      says: 'AS4_PATH is taken beside AS_PATH',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › has the four octets put together again on the way to the next',
    },
    {
      section: '4.2.3',
      n: 2,
      level: 'MUST',
      hash: '4637f714c9b2',
      says: 'AS4_AGGREGATOR is taken beside AGGREGATOR',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › has the four octets put together again on the way to the next',
    },
    {
      section: '4.2.3',
      n: 3,
      level: 'MUST',
      hash: '80df72043571',
      says: 'With an AGGREGATOR of another AS than AS_TRANS both are ignored',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › whose AGGREGATOR names another AS was aggregated anew: AS4 attributes are ignored (§4.2.3)',
    },
    {
      section: '4.2.3',
      n: 4,
      level: 'MUST',
      hash: 'e16693361b48',
      says: '… AGGREGATOR is the one that counts',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › whose AGGREGATOR names another AS was aggregated anew: AS4 attributes are ignored (§4.2.3)',
    },
    {
      section: '4.2.3',
      n: 5,
      level: 'MUST',
      hash: '5106afb20626',
      says: '… and so is AS_PATH',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › whose AGGREGATOR names another AS was aggregated anew: AS4 attributes are ignored (§4.2.3)',
    },
    {
      section: '4.2.3',
      n: 6,
      level: 'MUST',
      hash: 'c2fa8fc817c5',
      says: 'With AS_TRANS in AGGREGATOR that one is ignored',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has AGGREGATOR widened, or taken from AS4_AGGREGATOR behind AS_TRANS',
    },
    {
      section: '4.2.3',
      n: 7,
      level: 'MUST',
      hash: '4ec23ea2768c',
      says: '… and AS4_AGGREGATOR counts',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has AGGREGATOR widened, or taken from AS4_AGGREGATOR behind AS_TRANS',
    },
    {
      section: '4.2.3',
      n: 8,
      level: 'MUST',
      hash: 'a31794f28dbb',
      says: 'An AS4_PATH that is longer than AS_PATH is ignored',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has an AS4_PATH ignored that is longer than the path',
    },
    {
      section: '4.2.3',
      n: 9,
      level: 'MUST',
      hash: '3f53920c2f4a',
      says: 'Otherwise what AS_PATH has more is put in front of AS4_PATH',
      shown: [
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › gets the AS numbers that AS_TRANS stands for from AS4_PATH',
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › keeps leading segments whole that are ahead of AS4_PATH',
      ],
    },
    {
      section: '4.2.3',
      n: 10,
      level: 'MUST',
      hash: 'da0c584e98de',
      says: 'Confederation segments that lead or stand beside what is put in front are kept',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › of our own AS has leading confederation segments and those beside what is put in front kept',
    },
    {
      section: '6',
      n: 1,
      level: 'MUST NOT',
      hash: 'ca802acb113d',
      says: 'No AS4_PATH or AS4_AGGREGATOR between new speakers',
      shown:
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS_PATH and AGGREGATOR have four, and there is neither AS4_PATH nor AS4_AGGREGATOR',
    },
    {
      section: '6',
      n: 2,
      level: 'MUST',
      hash: '235c5c24885f',
      says: 'Where one comes it is discarded, and the UPDATE goes on',
      shown: [
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS4_PATH is discarded, logged, and the route is taken',
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS4_AGGREGATOR is discarded, logged, and the route is taken',
      ],
    },
    {
      section: '6',
      n: 3,
      level: 'SHOULD',
      hash: 'f73b84b4b1a1',
      says: '… and is logged',
      shown: [
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS4_PATH is discarded, logged, and the route is taken',
        'test/conformance/rfc6793.test.ts › between two speakers with four octets › AS4_AGGREGATOR is discarded, logged, and the route is taken',
      ],
    },
    {
      section: '6',
      n: 4,
      level: 'MUST NOT',
      hash: 'bc2c6a0e5352',
      says: 'No confederation segments in AS4_PATH',
      shown:
        'test/bgp/wire/outgoing.test.ts › attributes on their way to a peer with AS numbers of two octets › have AS_TRANS, AS4_PATH without confederations, and AS4_AGGREGATOR where not',
    },
    {
      section: '6',
      n: 5,
      level: 'MUST',
      hash: '43f598797563',
      says: 'Where they come they are left out, and the UPDATE goes on',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › is logged where AS4_PATH has confederation segments, which are left out, or is malformed',
    },
    {
      section: '6',
      n: 6,
      level: 'SHOULD',
      hash: 'f73b84b4b1a1',
      says: '… and are logged',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › is logged where AS4_PATH has confederation segments, which are left out, or is malformed',
    },
    {
      section: '6',
      n: 7,
      level: 'MUST',
      hash: '37b90280f892',
      says: 'When an AS4_PATH is malformed',
      shown: [
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has an AS4_PATH with an odd length discarded (§6)',
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has an AS4_PATH with less than 6 octets discarded (§6)',
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has an AS4_PATH with a segment that is cut off discarded (§6)',
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has an AS4_PATH with an empty segment discarded (§6)',
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has an AS4_PATH with an unknown segment discarded (§6)',
      ],
    },
    {
      section: '6',
      n: 8,
      level: 'MUST',
      hash: '9333a6a99665',
      says: 'A malformed AS4_PATH is discarded, and the UPDATE goes on',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › is logged where AS4_PATH has confederation segments, which are left out, or is malformed',
    },
    {
      section: '6',
      n: 9,
      level: 'SHOULD',
      hash: '26fedd558253',
      says: '… and is logged',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › is logged where AS4_PATH has confederation segments, which are left out, or is malformed',
    },
    {
      section: '6',
      n: 10,
      level: 'MUST',
      hash: 'ee2b371c0afb',
      says: 'An AS4_AGGREGATOR not of 8 octets is malformed',
      shown:
        'test/bgp/wire/as4.test.ts › a peer with AS numbers of two octets (RFC 6793) › has a malformed AS4_AGGREGATOR discarded',
    },
    {
      section: '6',
      n: 11,
      level: 'MUST',
      hash: '8b4fc16c8b9b',
      says: '… is discarded, and the UPDATE goes on',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › is logged where AS4_PATH has confederation segments, which are left out, or is malformed',
    },
    {
      section: '6',
      n: 12,
      level: 'SHOULD',
      hash: '26fedd558253',
      says: '… and is logged',
      shown:
        'test/conformance/rfc6793.test.ts › a neighbour with two octets › is logged where AS4_PATH has confederation segments, which are left out, or is malformed',
    },
  ],
}
