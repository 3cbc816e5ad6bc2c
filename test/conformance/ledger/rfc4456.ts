import type { Ledger } from '../entry.ts'

export const RFC4456: Ledger = {
  rfc: 4456,
  title: 'BGP Route Reflection',
  counts: { '8': 5, '9': 2, '10': 1 },
  entries: [
    {
      section: '8',
      n: 1,
      level: 'SHOULD NOT',
      hash: '18e0976a3fe9',
      says: 'ORIGINATOR_ID is not created where there is one',
      shown:
        'test/conformance/rfc4456.test.ts › a route that is reflected › keeps an ORIGINATOR_ID that is there, and gets our cluster in front of others',
    },
    {
      section: '8',
      n: 2,
      level: 'SHOULD',
      hash: '5bc1148f9e39',
      says: 'A route with our identifier as ORIGINATOR_ID is ignored',
      shown: [
        'test/conformance/rfc4456.test.ts › a route from an internal neighbour › with our identifier as ORIGINATOR_ID: 80 09 04 0a000001',
        'test/bgp/reflection.test.ts › route reflection between speakers › does not take back a route that it originated itself, over which reflectors it may come',
      ],
    },
    {
      section: '8',
      n: 3,
      level: 'MUST',
      hash: '32549161197a',
      says: 'A reflector puts its CLUSTER_ID in front of the CLUSTER_LIST',
      shown: [
        'test/conformance/rfc4456.test.ts › a route that is reflected › keeps an ORIGINATOR_ID that is there, and gets our cluster in front of others',
        'test/bgp/export/reflection.test.ts › a route reflector › puts itself in front of the clusters that a route came through, and leaves its ORIGINATOR_ID',
      ],
    },
    {
      section: '8',
      n: 4,
      level: 'MUST',
      hash: '2c908b7030b0',
      says: '… and creates one where there is none',
      shown:
        'test/conformance/rfc4456.test.ts › a route that is reflected › gets ORIGINATOR_ID of who said it, and a CLUSTER_LIST of our cluster',
    },
    {
      section: '8',
      n: 5,
      level: 'SHOULD',
      hash: 'd6b5976bbfc8',
      says: 'A route with our CLUSTER_ID in its CLUSTER_LIST is ignored',
      shown: [
        'test/conformance/rfc4456.test.ts › a route from an internal neighbour › with our cluster in the CLUSTER_LIST: 80 09 04 0a000009 80 0a 08 00000007 0a0000fe',
        'test/bgp/reflection.test.ts › route reflection between speakers › ends where two reflectors of one cluster speak to each other',
      ],
    },
    {
      section: '9',
      n: 1,
      level: 'SHOULD',
      hash: '7a6e9db13c57',
      says: 'ORIGINATOR_ID stands for the identifier of the neighbour in the choice',
      shown:
        'test/conformance/rfc4456.test.ts › a route from an internal neighbour › is chosen by its ORIGINATOR_ID where it has one, before the identifier of who says it',
    },
    {
      section: '9',
      n: 2,
      level: 'SHOULD',
      hash: '44b36ea4ba76',
      says: 'The shorter CLUSTER_LIST wins, before the address',
      shown:
        'test/conformance/rfc4456.test.ts › a route from an internal neighbour › with as good an ORIGINATOR_ID is chosen by the shorter CLUSTER_LIST, before the address',
    },
    {
      section: '10',
      n: 1,
      level: 'SHOULD NOT',
      hash: '1c2e9b2b13ef',
      says: 'A reflector leaves NEXT_HOP, AS_PATH, LOCAL_PREF and MED alone',
      shown: [
        'test/conformance/rfc4456.test.ts › a route that is reflected › keeps NEXT_HOP, AS_PATH, LOCAL_PREF and MED',
        'test/bgp/export/reflection.test.ts › a route reflector › writes exactly these bytes: all as it came, with ORIGINATOR_ID and CLUSTER_LIST',
      ],
    },
  ],
}
