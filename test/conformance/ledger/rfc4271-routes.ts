import type { Entry } from '../entry.ts'

/** RFC 4271 §9: routes. */
export const ROUTES: readonly Entry[] = [
  {
    section: '9',
    n: 1,
    level: 'MUST',
    hash: 'b0bb252cfef3',
    says: 'Withdrawn routes are removed from the Adj-RIB-In',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › is removed when it is withdrawn, and the next best is chosen, told and used',
  },
  {
    section: '9',
    n: 2,
    level: 'MUST',
    hash: '88fcd276e440',
    says: '… and the choice is made again',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › is removed when it is withdrawn, and the next best is chosen, told and used',
  },
  {
    section: '9',
    n: 3,
    level: 'MUST',
    hash: '8a821894b489',
    says: 'A route replaces the one of the same prefix from the same peer',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › takes the place of what it said of the same prefix before, and the choice is made again',
  },
  {
    section: '9',
    n: 4,
    level: 'MUST',
    hash: '2d2530685f68',
    says: 'A new route is placed in the Adj-RIB-In',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › is kept when it is new, and chosen',
  },
  {
    section: '9',
    n: 5,
    level: 'MUST',
    hash: '8880cd62da83',
    says: 'After that the choice is made',
    shown: [
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › is kept when it is new, and chosen',
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › takes the place of what it said of the same prefix before, and the choice is made again',
    ],
  },
  {
    section: '9.1',
    n: 1,
    level: 'MUST NOT',
    hash: 'dea120615fe0',
    says: 'The degree of preference of a route depends on no other route',
    shown:
      'test/conformance/rfc4271-messages.test.ts › degree of preference › of a route is the same whatever other routes there are',
  },
  {
    section: '9.1.1',
    n: 1,
    level: 'MUST',
    hash: '685994170324',
    says: 'The degree of preference is the LOCAL_PREF that internal peers are told',
    shown:
      'test/conformance/rfc4271-messages.test.ts › degree of preference › comes of the import policy, is told inside as LOCAL_PREF, and the higher one wins',
  },
  {
    section: '9.1.2',
    n: 1,
    level: 'MUST',
    hash: 'e0df57b7c916',
    says: 'A route whose NEXT_HOP cannot be resolved is left out of the choice',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › that cannot be reached keeps its paths out of the choice, but not out of the table',
  },
  {
    section: '9.1.2',
    n: 2,
    level: 'MUST',
    hash: 'f2281fc96f1a',
    says: 'The route that is chosen replaces what the Loc-RIB had',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › takes the place of what it said of the same prefix before, and the choice is made again',
  },
  {
    section: '9.1.2',
    n: 3,
    level: 'MUST',
    hash: 'ddaa40c9389e',
    says: 'The immediate next hop comes of NEXT_HOP',
    shown:
      'test/routing/resolver.test.ts › a next hop › resolves through a static route, and that through another',
  },
  {
    section: '9.1.2',
    n: 4,
    level: 'MUST',
    hash: 'e5adff736ce0',
    says: 'The choice is made again when next hop or IGP cost change',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › whose distance changes has the choice made again',
  },
  {
    section: '9.1.2',
    n: 5,
    level: 'MUST',
    hash: '9fd7c712207a',
    says: 'Packets go to the resolved, connected next hop',
    shown: [
      'test/routing/rib.test.ts › the RIB › keeps a route whose next hop does not resolve out of the kernel until it does',
      'test/routing/resolver.test.ts › a next hop › resolves through a static route, and that through another',
    ],
  },
  {
    section: '9.1.2',
    n: 6,
    level: 'MUST',
    hash: '4173bbed5735',
    says: 'Unresolvable routes leave the Loc-RIB and the routing table',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › that cannot be reached keeps its paths out of the choice, but not out of the table',
  },
  {
    section: '9.1.2',
    n: 7,
    level: 'SHOULD',
    hash: '1e652be192bf',
    says: '… and stay in the Adj-RIB-In',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › that cannot be reached keeps its paths out of the choice, but not out of the table',
  },
  {
    section: '9.1.2.1',
    n: 1,
    level: 'SHOULD',
    hash: '87806f01b605',
    says: 'Unresolvable routes take no part in the choice',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › that cannot be reached keeps its paths out of the choice, but not out of the table',
  },
  {
    section: '9.1.2.1',
    n: 2,
    level: 'SHOULD',
    hash: '48208154db44',
    says: 'The longest match resolves a next hop',
    shown:
      'test/routing/resolver.test.ts › a next hop › is taken from a more specific static route rather than from a connected network',
  },
  {
    section: '9.1.2.1',
    n: 3,
    level: 'SHOULD',
    hash: '67e4c16e8713',
    says: 'A route that resolves only through itself is logged',
    gap: 'No next hop resolves through a BGP route, so BGP routes cannot recurse into each other; static routes that lead in a circle stay unresolved, without a line in the log.',
  },
  {
    section: '9.1.2.2',
    n: 1,
    level: 'MUST',
    hash: '5722bf39f9a4',
    says: 'Ties are broken in the given order',
    shown: [
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: LOCAL_PREF',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: length of AS_PATH',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: ORIGIN',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: MED',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: eBGP before iBGP',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: distance of the next hop',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: identifier',
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › applies its criteria in their order: address',
    ],
  },
  {
    section: '9.1.2.2',
    n: 2,
    level: 'MUST',
    hash: '3e6915157579',
    says: 'Where MED is removed before IBGP hears of a route, the received one is compared among EBGP routes only, or as here not at all',
    shown:
      'test/conformance/rfc4271-messages.test.ts › MED › is taken away where the import policy says so, before the choice is made and before anybody is told',
  },
  {
    section: '9.1.2.2',
    n: 3,
    level: 'MUST',
    hash: '8043ce0ee236',
    says: 'MED of routes from IBGP is compared',
    shown:
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › compares MED between paths that iBGP taught',
  },
  {
    section: '9.1.3',
    n: 1,
    level: 'MUST NOT',
    hash: '870d49e57d1f',
    says: 'A route is not announced unless packets for it can be forwarded',
    shown:
      'test/conformance/rfc4271-routes.test.ts › a next hop › that cannot be reached keeps its paths out of the choice, but not out of the table',
  },
  {
    section: '9.1.3',
    n: 2,
    level: 'MUST',
    hash: '857494dfc5c6',
    says: 'A route that falls out of an Adj-RIB-Out is withdrawn',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › is withdrawn where a new policy leaves it out',
  },
  {
    section: '9.1.4',
    n: 1,
    level: 'MUST',
    hash: '546416467a6a',
    says: 'Of overlapping routes both are considered',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › may overlap: the less and the more specific route are both used and told',
  },
  {
    section: '9.1.4',
    n: 2,
    level: 'MUST',
    hash: 'e13e777b6ef8',
    says: '… and both are installed, or their aggregate',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › may overlap: the less and the more specific route are both used and told',
  },
  {
    section: '9.1.4',
    n: 3,
    level: 'SHOULD',
    hash: 'abb203da6794',
    says: 'An aggregate has an AS_SET or ATOMIC_AGGREGATE',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.1.4',
    n: 4,
    level: 'SHOULD NOT',
    hash: 'cf30034db939',
    says: 'Routes are not split',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps ATOMIC_AGGREGATE and its own prefix, no more specific one',
  },
  {
    section: '9.1.4',
    n: 5,
    level: 'MUST NOT',
    hash: '7d02b598a050',
    says: 'Least of all with ATOMIC_AGGREGATE',
    shown:
      'test/conformance/rfc4271-messages.test.ts › a route that is passed on › keeps ATOMIC_AGGREGATE and its own prefix, no more specific one',
  },
  {
    section: '9.2',
    n: 1,
    level: 'MUST NOT',
    hash: 'dd3d34139ddc',
    says: 'What an internal peer said is not told to another (but by a reflector)',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › of an internal neighbour goes to the outside, and to no other internal one',
  },
  {
    section: '9.2',
    n: 2,
    level: 'MUST',
    hash: '94b8726d5b57',
    says: 'New routes and the ends of routes are told',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › is every new route and every end of one, and no route twice',
  },
  {
    section: '9.2',
    n: 3,
    level: 'SHOULD NOT',
    hash: 'cd09f0e7c991',
    says: 'The same route is not told twice',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › is every new route and every end of one, and no route twice',
  },
  {
    section: '9.2',
    n: 4,
    level: 'MUST',
    hash: '77cc06904612',
    says: 'Unfeasible routes leave the Loc-RIB',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › is removed when it is withdrawn, and the next best is chosen, told and used',
  },
  {
    section: '9.2',
    n: 5,
    level: 'MUST',
    hash: '9ab5d3643cac',
    says: 'Changes of our own networks are told',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › of our own networks follows them, and only as the policy says',
  },
  {
    section: '9.2',
    n: 6,
    level: 'MUST',
    hash: '2e6b2a24c48d',
    says: 'A route that does not fit into a message is not told',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › leaves out a route whose attributes leave no room for a prefix, and takes back what it was before',
  },
  {
    section: '9.2.1.1',
    n: 1,
    level: 'MUST',
    hash: 'a7dd2da45e5f',
    says: 'Two UPDATEs of a prefix are MinRouteAdvertisementIntervalTimer apart',
    gap: "There is no MinRouteAdvertisementIntervalTimer, as if it were 0 s: changes go out as soon as the neighbour's TCP takes them, and what changed back before that is not sent.",
  },
  {
    section: '9.2.1.1',
    n: 2,
    level: 'SHOULD NOT',
    hash: '6c6bb51365c5',
    says: 'Towards internal peers the interval is shorter, or there is none',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › at once to neighbours inside, without waiting for a time to pass',
  },
  {
    section: '9.2.1.1',
    n: 3,
    level: 'MUST',
    hash: 'dc00de36f6f8',
    says: 'After waiting, what was chosen last is told',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › to a neighbour that does not read is, when it reads again, what was chosen last',
  },
  {
    section: '9.2.2.2',
    n: 1,
    level: 'MUST NOT',
    hash: 'c12b9132f48d',
    says: 'Routes with different MED are not aggregated',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what a neighbour says › is never put together: neighbouring prefixes with different MED leave as they came',
  },
  {
    section: '9.2.2.2',
    n: 2,
    level: 'SHOULD NOT',
    hash: '6e6ee7928771',
    says: 'An aggregate whose path begins with an AS_SET has no MED',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 3,
    level: 'MUST',
    hash: '97b3203f2ef8',
    says: 'NEXT_HOP of an aggregate is its speaker',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 4,
    level: 'MUST',
    hash: '5475a0fe3970',
    says: 'ORIGIN of an aggregate is INCOMPLETE if one is',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 5,
    level: 'MUST',
    hash: '1a9e31b8471c',
    says: '… or else EGP if one is',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 6,
    level: 'MUST',
    hash: 'a6e470c02e9f',
    says: 'What the AS_PATH of an aggregate is made of',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 7,
    level: 'MUST',
    hash: '51cd2a5ee8e6',
    says: '… its sequences are in all paths',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 8,
    level: 'MUST',
    hash: '6351c249b279',
    says: '… its sets in at least one',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 9,
    level: 'MUST',
    hash: 'fbe345308448',
    says: '… each set once',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 10,
    level: 'MUST',
    hash: '2ab2b8f1e1c4',
    says: 'The least algorithm to aggregate paths',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 11,
    level: 'MUST',
    hash: '0ae2d016465a',
    says: 'An aggregate keeps ATOMIC_AGGREGATE',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.2.2.2',
    n: 12,
    level: 'MUST NOT',
    hash: '1c93ed981e5b',
    says: '… and no AGGREGATOR of its parts',
    gap: 'This speaker aggregates no routes.',
  },
  {
    section: '9.3',
    n: 1,
    level: 'SHOULD NOT',
    hash: '3252261dadb6',
    says: 'No rapid changes of choice without a cause',
    shown: [
      'test/conformance/rfc4271-routes.test.ts › the choice between paths › stays as it is while nothing changes, and nothing is told',
      'test/bgp/rib/decision.test.ts › the decision process › compares MED inside each neighbouring AS only, whatever came first',
    ],
  },
  {
    section: '9.4',
    n: 1,
    level: 'SHOULD',
    hash: '94e3db90fe5f',
    says: 'Configuration says whether routes from elsewhere are announced',
    shown:
      'test/conformance/rfc4271-routes.test.ts › what is told › of our own networks follows them, and only as the policy says',
  },
]
