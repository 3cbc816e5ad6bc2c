import type { Entry } from '../entry.ts'

/** RFC 4271 §5: path attributes. */
export const ATTRIBUTES: readonly Entry[] = [
  {
    section: '5',
    n: 1,
    level: 'MUST',
    hash: '25915f9e1273',
    says: 'All well-known attributes are recognized',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps every well-known attribute that it came with',
  },
  {
    section: '5',
    n: 2,
    level: 'MUST',
    hash: '10a817c53e9d',
    says: 'Mandatory attributes are in every UPDATE with prefixes',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › has ORIGIN, AS_PATH and NEXT_HOP, inside and outside',
  },
  {
    section: '5',
    n: 3,
    level: 'MUST',
    hash: '2071d313f4ba',
    says: 'Well-known attributes are passed on',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps every well-known attribute that it came with',
  },
  {
    section: '5',
    n: 4,
    level: 'SHOULD',
    hash: '19206cb3eeb9',
    says: 'A path with an unknown optional transitive attribute is accepted',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › is taken with an optional transitive attribute that nobody knows, which goes on with Partial set',
  },
  {
    section: '5',
    n: 5,
    level: 'MUST',
    hash: 'cee94afe0dd6',
    says: 'The unknown attribute goes on with the path, Partial set',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › is taken with an optional transitive attribute that nobody knows, which goes on with Partial set',
  },
  {
    section: '5',
    n: 6,
    level: 'MUST NOT',
    hash: 'dc23ebf79ec3',
    says: 'Partial that another AS has set stays set',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps Partial on an attribute that we know where another AS has set it',
  },
  {
    section: '5',
    n: 7,
    level: 'MUST',
    hash: 'c09e0c080e16',
    says: 'An unknown non-transitive attribute is ignored quietly and goes no further',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › loses an optional attribute that nobody knows and that is not transitive, without a word',
  },
  {
    section: '5',
    n: 8,
    level: 'SHOULD',
    hash: 'fd34566c8d99',
    says: 'Attributes are sent in the order of their types',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › has its attributes in the order of their types, whatever the order that they came in',
  },
  {
    section: '5',
    n: 9,
    level: 'MUST',
    hash: '191c7c85403e',
    says: 'Attributes in any order are taken',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › has its attributes in the order of their types, whatever the order that they came in',
  },
  {
    section: '5',
    n: 10,
    level: 'MUST',
    hash: '79febc7cd008',
    says: 'Mandatory means: with IBGP and EBGP alike',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › has ORIGIN, AS_PATH and NEXT_HOP, inside and outside',
  },
  {
    section: '5.1.1',
    n: 1,
    level: 'SHOULD NOT',
    hash: '7c4c4d11762c',
    says: 'ORIGIN is not changed on the way',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps every well-known attribute that it came with',
  },
  {
    section: '5.1.2',
    n: 1,
    level: 'MUST NOT',
    hash: '82f5dc46ded5',
    says: 'AS_PATH is not changed towards internal peers',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps every well-known attribute that it came with',
  },
  {
    section: '5.1.2',
    n: 2,
    level: 'SHOULD',
    hash: 'ee95804ab80a',
    says: 'A full segment is not extended: a new AS_SEQUENCE goes in front',
    shown:
      'test/bgp/wire/outgoing.test.ts › attributes on their way out › begin a new segment where the first is full',
  },
  {
    section: '5.1.3',
    n: 1,
    level: 'SHOULD',
    hash: 'ed13cc0f7222',
    says: 'NEXT_HOP is the router to use for the destinations',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › of a route is where the RIB is told to send packets',
  },
  {
    section: '5.1.3',
    n: 2,
    level: 'SHOULD NOT',
    hash: '6d33a542caf4',
    says: 'NEXT_HOP is left alone towards internal peers unless configured otherwise',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › is left as it is for neighbours inside, unless nexthopSelf is set',
  },
  {
    section: '5.1.3',
    n: 3,
    level: 'SHOULD',
    hash: '8c1c3f6342be',
    says: 'Of a route that starts here, the gateway that it leads to is the NEXT_HOP for internal peers',
    gap: 'What is announced of our own has our own address, whatever gateway the static route behind it has: traffic is to go through the box, which is what it is for.',
  },
  {
    section: '5.1.3',
    n: 4,
    level: 'SHOULD',
    hash: '68d52055f332',
    says: 'Of a connected network, our own address towards the peer',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › of what starts here is our end of the session, never an address of the neighbour',
  },
  {
    section: '5.1.3',
    n: 5,
    level: 'SHOULD',
    hash: '8c0e0908600f',
    says: 'By default our address of the session, towards an external peer one hop away',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › towards the outside is our own by default, with multihop false',
  },
  {
    section: '5.1.3',
    n: 6,
    level: 'SHOULD',
    hash: 'c04d9c871314',
    says: 'By default our address of the session, towards an external peer farther away',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › towards the outside is our own by default, with multihop true',
  },
  {
    section: '5.1.3',
    n: 7,
    level: 'MUST',
    hash: '68a4be0a041c',
    says: 'Third-party next hops can be turned off',
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › of a third party is told only on a network that all share, and where nexthopSelf is false',
  },
  {
    section: '5.1.3',
    n: 8,
    level: 'MUST NOT',
    hash: 'bee9fcf7713c',
    says: "A route that starts here is not given a peer's own address as NEXT_HOP",
    shown:
      'test/conformance/rfc4271-messages.test.ts › NEXT_HOP › of what starts here is our end of the session, never an address of the neighbour',
  },
  {
    section: '5.1.3',
    n: 9,
    level: 'MUST NOT',
    hash: '05a4729b61b2',
    says: 'A route through ourselves is not installed',
    shown:
      'test/conformance/rfc4271-errors.test.ts › an error in an UPDATE › that names ourselves as next hop leaves the session alone and the route out, and is logged',
  },
  {
    section: '5.1.3',
    n: 10,
    level: 'SHOULD',
    hash: '327d0c68c5fb',
    says: 'NEXT_HOP determines interface and immediate next hop',
    shown:
      'test/routing/resolver.test.ts › a next hop › on a connected network resolves to the interface of the most specific one',
  },
  {
    section: '5.1.3',
    n: 11,
    level: 'SHOULD',
    hash: '42067024f1a5',
    says: 'On an attached subnet NEXT_HOP itself is the immediate next hop',
    shown:
      'test/routing/resolver.test.ts › a next hop › on a connected network resolves to the interface of the most specific one',
  },
  {
    section: '5.1.3',
    n: 12,
    level: 'SHOULD',
    hash: '115a3983d889',
    says: 'Behind a gateway the gateway is the immediate next hop',
    shown:
      'test/routing/resolver.test.ts › a next hop › resolves through a static route, and that through another',
  },
  {
    section: '5.1.4',
    n: 1,
    level: 'SHOULD',
    hash: 'b0cbfe6e90be',
    says: 'The lower metric is preferred',
    shown: [
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › compares MED between paths that iBGP taught',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: MED',
    ],
  },
  {
    section: '5.1.4',
    n: 2,
    level: 'MUST NOT',
    hash: 'c617e4c58d98',
    says: 'MED of one neighbouring AS is not told to another',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › carries MED inside the AS, and not to another neighbouring AS',
  },
  {
    section: '5.1.4',
    n: 3,
    level: 'MUST',
    hash: 'a76b223a8e1f',
    says: 'MED can be removed by configuration',
    shown:
      'test/conformance/rfc4271-messages.test.ts › MED › is taken away where the import policy says so, before the choice is made and before anybody is told',
  },
  {
    section: '5.1.4',
    n: 4,
    level: 'MUST',
    hash: 'ecfb7820bd45',
    says: 'MED is removed before preference and choice',
    shown:
      'test/conformance/rfc4271-messages.test.ts › MED › is taken away where the import policy says so, before the choice is made and before anybody is told',
  },
  {
    section: '5.1.4',
    n: 5,
    level: 'MUST',
    hash: 'f5e9007a5f3a',
    says: 'MED is altered before preference and choice',
    shown:
      'test/conformance/rfc4271-messages.test.ts › degree of preference › and the choice see MED as the import policy has set it',
  },
  {
    section: '5.1.5',
    n: 1,
    level: 'MUST',
    hash: 'd67d4e6d36ac',
    says: 'LOCAL_PREF is in all UPDATEs to internal peers',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › carries LOCAL_PREF to all inside and to nobody outside',
  },
  {
    section: '5.1.5',
    n: 2,
    level: 'MUST',
    hash: 'd0cabe398ddc',
    says: 'The degree of preference comes of the policy and is told to internal peers',
    shown:
      'test/conformance/rfc4271-messages.test.ts › degree of preference › comes of the import policy, is told inside as LOCAL_PREF, and the higher one wins',
  },
  {
    section: '5.1.5',
    n: 3,
    level: 'MUST',
    hash: '7f4b7ce27fcd',
    says: 'The higher degree of preference is preferred',
    shown:
      'test/conformance/rfc4271-messages.test.ts › degree of preference › comes of the import policy, is told inside as LOCAL_PREF, and the higher one wins',
  },
  {
    section: '5.1.5',
    n: 4,
    level: 'MUST NOT',
    hash: '5c11ebf7a6fd',
    says: 'No LOCAL_PREF to external peers',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › carries LOCAL_PREF to all inside and to nobody outside',
  },
  {
    section: '5.1.5',
    n: 5,
    level: 'MUST',
    hash: 'a628ace664f8',
    says: 'LOCAL_PREF of an external peer is ignored',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › has LOCAL_PREF ignored where it comes from outside',
  },
  {
    section: '5.1.6',
    n: 1,
    level: 'SHOULD',
    hash: '7de09991670a',
    says: 'An aggregate that lost AS numbers has ATOMIC_AGGREGATE',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '5.1.6',
    n: 2,
    level: 'SHOULD NOT',
    hash: '700f0db67350',
    says: 'ATOMIC_AGGREGATE stays on a route that is passed on',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps ATOMIC_AGGREGATE and its own prefix, no more specific one',
  },
  {
    section: '5.1.6',
    n: 3,
    level: 'MUST NOT',
    hash: '31532aa6bb2e',
    says: 'Such a route is not made more specific',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps ATOMIC_AGGREGATE and its own prefix, no more specific one',
  },
  {
    section: '5.1.7',
    n: 1,
    level: 'MUST',
    hash: '6c17d0b644f9',
    says: 'AGGREGATOR has the AS and address of the speaker that aggregates',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '5.1.7',
    n: 2,
    level: 'SHOULD',
    hash: '227e593b4b2e',
    says: 'That address is its BGP identifier',
    gap: 'This speaker aggregates no routes.',
  },
]
