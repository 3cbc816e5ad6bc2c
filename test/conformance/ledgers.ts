import type { Ledger } from './entry.ts'
import { RFC4271 } from './ledger/rfc4271.ts'
import { RFC4456 } from './ledger/rfc4456.ts'
import { RFC4724 } from './ledger/rfc4724.ts'
import { RFC5492 } from './ledger/rfc5492.ts'
import { RFC6793 } from './ledger/rfc6793.ts'
import { RFC7606 } from './ledger/rfc7606.ts'
import { RFC7911 } from './ledger/rfc7911.ts'
import { RFC8212 } from './ledger/rfc8212.ts'

/** The RFCs whose normative sentences are enrolled. */
export const LEDGERS: readonly Ledger[] = [
  RFC4271,
  RFC4456,
  RFC4724,
  RFC5492,
  RFC6793,
  RFC7606,
  RFC7911,
  RFC8212,
]
