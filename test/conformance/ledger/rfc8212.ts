import type { Ledger } from '../entry.ts'

export const RFC8212: Ledger = {
  rfc: 8212,
  title: 'Default EBGP Route Propagation Behavior without Policies',
  counts: { '3': 2 },
  entries: [
    {
      section: '3',
      n: 1,
      level: 'MUST NOT',
      hash: 'e7fcfc3e901c',
      says: 'Without an import policy routes of an external neighbour take no part in the choice',
      shown:
        'test/conformance/rfc8212.test.ts › an external neighbour › without an import policy teaches us nothing: its routes are received, and none takes part in the choice',
    },
    {
      section: '3',
      n: 2,
      level: 'MUST NOT',
      hash: 'fa8bcdf43b70',
      says: 'Without an export policy an external neighbour is told nothing',
      shown:
        'test/conformance/rfc8212.test.ts › an external neighbour › without an export policy is told nothing',
    },
  ],
}
