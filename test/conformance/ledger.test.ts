import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compare, faultsOf } from './check.ts'
import type { Ledger } from './entry.ts'
import { LEDGERS } from './ledgers.ts'
import { hashOf, normativeSentences } from './sentences.ts'

const ROOT = join(import.meta.dirname, '../..')

describe('the ledger', () => {
  it.each(LEDGERS.map(ledger => [ledger.rfc, ledger] as const))(
    'of RFC %i has a test that is written, or a gap with its reason, for every normative sentence',
    (_rfc, ledger) => {
      expect(ledger.entries.length).toBeGreaterThan(0)
      expect(faultsOf(ledger, ROOT)).toEqual([])
    },
  )
})

const TEXT = `
                       A Protocol of No Use

Abstract

   This MUST NOT be read.

1.  Introduction

   The key words "MUST" and "SHOULD" are to be interpreted as usual.

   A speaker MUST talk, e.g. Loudly.  It MAY
   sing.  It SHALL

Nobody                      Standards Track                     [Page 1]
\f
RFC 1                       No Use                          January 1970

   NOT stop (see Section 2.).

      a) It SHOULD breathe;

      b) walking is NOT RECOMMENDED.

2.1.  Detail

   All of it is REQUIRED and RECOMMENDED.

Security Considerations

   None SHOULD be needed.
`

const SENTENCES = [
  ['1', 1, 'MUST', 'A speaker MUST talk, e.g. Loudly.'],
  ['1', 2, 'MUST NOT', 'It SHALL NOT stop (see Section 2.).'],
  ['1', 3, 'SHOULD', 'a) It SHOULD breathe;'],
  ['1', 4, 'SHOULD NOT', 'b) walking is NOT RECOMMENDED.'],
  ['2.1', 1, 'MUST', 'All of it is REQUIRED and RECOMMENDED.'],
  ['Security Considerations', 1, 'SHOULD', 'None SHOULD be needed.'],
] as const

describe('the normative sentences of a text', () => {
  it('are found by section, over page ends, without front matter and boilerplate', () => {
    const found = normativeSentences(TEXT).map(({ section, n, level, text }) => [section, n, level, text])
    expect(found).toEqual(SENTENCES)
  })

  it('have a hash that line breaks do not change', () => {
    expect(hashOf('It MAY\n   sing.')).toBe(hashOf('It MAY sing.'))
    expect(hashOf('It MAY sing.')).not.toBe(hashOf('It MAY sing!'))
  })
})

describe('a ledger', () => {
  const HERE = 'test/conformance/ledger.test.ts'
  const good: Ledger = {
    rfc: 1,
    title: 'No use',
    counts: { '1': 4, '2.1': 1, 'Security Considerations': 1 },
    entries: SENTENCES.map(([section, n, level, text]) => ({
      section,
      n,
      level,
      hash: hashOf(text),
      says: 'something',
      ...(n === 2 ? { gap: 'nobody does' } : { shown: `${HERE} › a ledger › that is complete has no fault` }),
    })),
  }
  const changed = (index: number, change: object): Ledger => ({
    ...good,
    entries: good.entries.map((entry, i) => (i === index ? { ...entry, ...change } : entry)),
  })

  it('that is complete has no fault', () => {
    expect(faultsOf(good, ROOT)).toEqual([])
    expect(compare(good, TEXT)).toEqual([])
  })

  it.each([
    ['neither a test nor a gap', { shown: undefined }, 'neither a test nor'],
    ['a gap without a reason', { shown: undefined, gap: ' ' }, 'without a reason'],
    ['a test that is not written', { shown: `${HERE} › a ledger › that is nowhere written` }, 'not there'],
    ['a test of a file that is not there', { shown: 'test/none.test.ts › x' }, 'not there'],
    ['both', { gap: 'nobody does' }, 'both'],
    ['another number', { n: 7 }, 'where number 1'],
    ['no hash', { hash: '' }, 'no hash'],
  ])('with %s has a fault', (_what, change, text) => {
    expect(faultsOf(changed(0, change), ROOT).join()).toContain(text)
  })

  it('that forgets a sentence, changes one or makes one up is found out with the text', () => {
    const short = { ...good, entries: good.entries.slice(0, -1) }
    expect(faultsOf(short, ROOT)).toEqual([
      'RFC 1 §Security Considerations has 1 normative sentences, 0 are enrolled',
    ])
    expect(compare(short, TEXT)).toHaveLength(1)
    expect(compare(changed(0, { hash: '0123456789ab' }), TEXT)).toHaveLength(1)
    expect(compare(changed(0, { level: 'SHOULD' }), TEXT)).toHaveLength(1)
    expect(compare(changed(5, { section: '9' }), TEXT)).toHaveLength(2)
  })
})
