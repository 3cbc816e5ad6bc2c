import type { Ledger } from '../entry.ts'

export const RFC7911: Ledger = {
  rfc: 7911,
  title: 'Advertisement of Multiple Paths in BGP',
  counts: { '2': 2, '3': 1, '4': 2, '5': 6 },
  entries: [
    {
      section: '2',
      n: 1,
      level: 'MUST',
      hash: '5e5eb1d4a76e',
      says: 'Prefix and path identifier name one path to a neighbour',
      shown: [
        'test/conformance/rfc7911.test.ts › paths that are told › have identifiers of our own, each its own, whatever identifiers they came with',
        'test/bgp/export/add-path.test.ts › ADD-PATH › does not give an identifier to another path before the end of the first was told',
      ],
    },
    {
      section: '2',
      n: 2,
      level: 'MUST',
      hash: '1dc5908abbc7',
      says: 'A path that is passed on gets an identifier of our own',
      shown:
        'test/conformance/rfc7911.test.ts › paths that are told › have identifiers of our own, each its own, whatever identifiers they came with',
    },
    {
      section: '3',
      n: 1,
      level: 'MUST',
      hash: 'bf5c91ced1a1',
      says: 'The identifier stands in four octets in front of the prefix',
      shown:
        'test/conformance/rfc7911.test.ts › paths that are told › have the identifier in four octets in front of the prefix',
    },
    {
      section: '4',
      n: 1,
      level: 'SHOULD',
      hash: 'fed19f4383e2',
      says: 'Another mode than 1, 2 and 3 is ignored',
      shown:
        'test/conformance/rfc7911.test.ts › paths that are told › are one, without an identifier, to a neighbour that says it with a mode that is not defined',
    },
    {
      section: '4',
      n: 2,
      level: 'MUST',
      hash: '255b95f5e2fe',
      says: 'All families stand in one capability',
      shown:
        'test/conformance/rfc7911.test.ts › our OPEN › names all families in one capability, ready to send and to receive',
    },
    {
      section: '5',
      n: 1,
      level: 'SHOULD',
      hash: '75f44be89f26',
      says: 'The end of an identifier that was never seen is ignored quietly',
      shown:
        'test/conformance/rfc7911.test.ts › paths that come › may end with an identifier that was never seen, without a word',
    },
    {
      section: '5',
      n: 2,
      level: 'MUST',
      hash: 'b24eb083d96b',
      says: 'Several paths are sent where we say so and the neighbour wants them',
      shown: [
        'test/conformance/rfc7911.test.ts › our OPEN › names all families in one capability, ready to send and to receive',
        'test/conformance/rfc7911.test.ts › paths that are told › have identifiers of our own, each its own, whatever identifiers they came with',
        'test/conformance/rfc7911.test.ts › paths that are told › are one, without an identifier, to a neighbour that only sends paths',
      ],
    },
    {
      section: '5',
      n: 3,
      level: 'MUST',
      hash: '341841027c16',
      says: 'Without that, UPDATEs are those of RFC 4271; with it, they have identifiers',
      shown: [
        'test/conformance/rfc7911.test.ts › paths that are told › are one, without an identifier, to a neighbour that does not know ADD-PATH',
        'test/conformance/rfc7911.test.ts › paths that are told › are one, without an identifier, to a neighbour that says it for another family',
        'test/conformance/rfc7911.test.ts › paths that are told › have the identifier in four octets in front of the prefix',
      ],
    },
    {
      section: '5',
      n: 4,
      level: 'MUST',
      hash: 'b2415c074858',
      says: 'UPDATEs that come are read in the same way',
      shown:
        'test/conformance/rfc7911.test.ts › paths that come › are several of one prefix, by their identifiers',
    },
    {
      section: '5',
      n: 5,
      level: 'SHOULD',
      hash: '521d1c5674be',
      says: 'The best path is among those that are sent',
      shown: 'test/conformance/rfc7911.test.ts › paths that are told › include the best one',
    },
    {
      section: '5',
      n: 6,
      level: 'SHOULD',
      hash: 'd1e3cda02784',
      says: 'Other identifiers after a restart do not disturb forwarding',
      shown:
        'test/conformance/rfc7911.test.ts › paths that come › may have other identifiers after a restart: what forwards them does not notice',
    },
  ],
}
