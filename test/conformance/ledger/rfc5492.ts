import type { Ledger } from '../entry.ts'

export const RFC5492: Ledger = {
  rfc: 5492,
  title: 'Capabilities Advertisement with BGP-4',
  counts: { '3': 5, '4': 6, '5': 2 },
  entries: [
    {
      section: '3',
      n: 1,
      level: 'SHOULD',
      hash: '73b6d9ca0226',
      says: 'A neighbour that does not know the Capabilities parameter is tried again without it',
      shown:
        'test/bgp/session/session.test.ts › an OPEN › goes out without capabilities after the neighbour refused them, once (RFC 5492 §3)',
    },
    {
      section: '3',
      n: 2,
      level: 'MUST',
      hash: 'c9c6e7e8a2a0',
      says: 'Unsupported Capability says which capability is missing',
      shown:
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › without a family of ours is refused, and the NOTIFICATION lists what is missing',
    },
    {
      section: '3',
      n: 3,
      level: 'SHOULD NOT',
      hash: '4fc8c98b28b4',
      says: 'A session that ended for it is not brought up again automatically',
      gap: 'It is tried again after idle hold, which grows to a minute: the neighbour may get the family configured, and then nobody has to do anything here.',
    },
    {
      section: '3',
      n: 4,
      level: 'MUST',
      hash: 'e09e5884952b',
      says: 'A capability that we do not know or use is ignored',
      shown: [
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › may have a capability that nobody knows',
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › may have a capability that we know but do not use',
      ],
    },
    {
      section: '3',
      n: 5,
      level: 'MUST NOT',
      hash: '20117716373d',
      says: '… and ends no session',
      shown:
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › may have a capability that nobody knows',
    },
    {
      section: '4',
      n: 1,
      level: 'SHOULD NOT',
      hash: 'dc576e85f8be',
      says: 'No capability is sent twice with the same value',
      shown:
        'test/conformance/rfc5492.test.ts › our OPEN › has its capabilities in one parameter, and none of them twice',
    },
    {
      section: '4',
      n: 2,
      level: 'MUST',
      hash: 'ec3dd317f52a',
      says: 'Equal capabilities are taken several times',
      shown:
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › may have one capability three times',
    },
    {
      section: '4',
      n: 3,
      level: 'MUST',
      hash: '59824a8674c9',
      says: 'What several instances mean is for the document of the capability',
      gap: 'For the authors of documents on capabilities; what ours say is enrolled with them (RFC 4724 §3, RFC 7911 §4).',
    },
    {
      section: '4',
      n: 4,
      level: 'SHOULD',
      hash: '24d2e9523f5a',
      says: 'The Capabilities parameter stands once in an OPEN',
      shown:
        'test/conformance/rfc5492.test.ts › our OPEN › has its capabilities in one parameter, and none of them twice',
    },
    {
      section: '4',
      n: 5,
      level: 'SHOULD',
      hash: '9791c467407e',
      says: '… with all capabilities in it',
      shown:
        'test/conformance/rfc5492.test.ts › our OPEN › has its capabilities in one parameter, and none of them twice',
    },
    {
      section: '4',
      n: 6,
      level: 'MUST',
      hash: '331b376beb8f',
      says: 'Several parameters with capabilities are taken',
      shown:
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › may spread its capabilities over several parameters, several in each',
    },
    {
      section: '5',
      n: 1,
      level: 'MUST',
      hash: '48de5c935bcf',
      says: 'The data of the NOTIFICATION lists the capabilities',
      shown:
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › without a family of ours is refused, and the NOTIFICATION lists what is missing',
    },
    {
      section: '5',
      n: 2,
      level: 'MUST NOT',
      hash: 'd3bdd054ace1',
      says: 'It is not for capabilities that are not known: these are ignored',
      shown:
        'test/conformance/rfc5492.test.ts › an OPEN of a neighbour › may have a capability that nobody knows',
    },
  ],
}
