import { describe, expect, it } from 'vitest'
import { findJsonFault } from '../../src/config/json-fault.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('finding where a text is not JSON', () => {
  it.each([
    '{}',
    '[]',
    ' [ ] ',
    '"\\u00e9\\n"',
    '-0.5e+10',
    'null',
    '{"a":{"b":[1,2,{"c":null}]},"d":"é"}',
    '[[],{}]',
    '"\u007f"',
  ])('takes %s', text => {
    expect([findJsonFault(text), isJson(text)]).toEqual([undefined, true])
  })

  it('agrees with the parser of the runtime on thousands of broken texts', () => {
    const text = '{"a": [1, -2.5e3, true, null, "x\\u0041\\n"], "b": {"c": {}, "d": []}}'
    const letters = '{}[]",:0-.e+\\truefalsn \n\u0001a\'#'
    const disagreements: string[] = []
    for (let seed = 0; seed < 20_000; seed++) {
      const at = (seed * 7919) % text.length
      const letter = letters[(seed * 31 + Math.floor(seed / text.length)) % letters.length]!
      const length = seed % 3
      const broken =
        text.slice(0, at) + (length === 2 ? '' : letter) + text.slice(at + (length === 0 ? 0 : 1))
      if ((findJsonFault(broken) === undefined) !== isJson(broken)) disagreements.push(broken)
    }
    expect(disagreements).toEqual([])
  })

  it('takes deep nesting and long texts', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(findJsonFault(deep)).toBeUndefined()
    expect(findJsonFault(`"${'\\n'.repeat(500_000)}"`)).toBeUndefined()
    expect(findJsonFault(`"${'x'.repeat(1_000_000)}`)?.offset).toBe(0)
  })
})
