import type { Ledger } from '../entry.ts'
import { APPROACHES } from './rfc7606-approaches.ts'
import { ATTRIBUTES } from './rfc7606-attributes.ts'

export const RFC7606: Ledger = {
  rfc: 7606,
  title: 'Revised Error Handling for BGP UPDATE Messages',
  counts: {
    '2': 3,
    '3': 15,
    '4': 2,
    '5.1': 3,
    '5.2': 1,
    '5.3': 2,
    '5.4': 1,
    '7.1': 1,
    '7.2': 2,
    '7.3': 1,
    '7.4': 1,
    '7.5': 3,
    '7.6': 2,
    '7.7': 2,
    '7.8': 2,
    '7.9': 3,
    '7.10': 3,
    '7.11': 1,
    '7.13': 1,
    '7.14': 3,
    '7.15': 3,
    '7.16': 3,
    '8': 2,
  },
  entries: [...APPROACHES, ...ATTRIBUTES],
}
