/** Where a text stops being JSON, and why in words. */
export interface JsonFault {
  /** Characters before the fault. */
  readonly offset: number
  readonly reason: string
}

/** What may come next; the words of a fault where something else does. */
const expectations = {
  value: 'a value is missing here (text in double quotes, a number, true, false, null, [ or {)',
  item: 'a value or ] is missing here',
  key: 'a key in double quotes is missing here; after the last one there is no comma',
  firstKey: 'a key in double quotes or } is missing here',
  colon: 'a colon is missing after the key',
  nextItem: 'a comma or ] is missing here',
  nextKey: 'a comma or } is missing here',
  end: 'something stands behind the end of the value',
} as const

type Expectation = keyof typeof expectations

const space = /[ \t\r\n]*/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y

/** The offset behind what a pattern matches at an offset; undefined where it does not. */
function behind(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : undefined
}

/** The offset behind the text in double quotes that begins at an offset. */
function behindString(text: string, offset: number): number | undefined {
  if (text[offset] !== '"') return undefined
  let at: number | undefined = offset + 1
  while (at !== undefined && at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (code < 0x20) return undefined
    at = code === 0x5c ? behind(escaped, text, at) : at + 1
  }
  return undefined
}

/**
 * Finds where a text breaks the grammar of RFC 8259. The parser of the runtime says so only in some cases, and in
 * words of its own. Without recursion: nesting does not matter.
 * @returns undefined where the text is JSON
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('[' | '{')[] = []
  let expected: Expectation = 'value'
  let offset = 0
  const pass = (end: number | undefined): boolean => {
    offset = end ?? offset
    return end !== undefined
  }
  const after = (): Expectation => {
    const around = open.at(-1)
    return around === undefined ? 'end' : around === '[' ? 'nextItem' : 'nextKey'
  }
  for (;;) {
    pass(behind(space, text, offset))
    const next = text[offset]
    if (next === undefined && expected === 'end') return undefined
    const step = steps[expected](next)
    if (step === 'open') {
      open.push(next as '[' | '{')
      expected = next === '[' ? 'item' : 'firstKey'
      offset++
    } else if (step === 'close') {
      open.pop()
      expected = after()
      offset++
    } else if (step === 'scalar' && pass(behindString(text, offset) ?? behind(word, text, offset)))
      expected = after()
    else if (step === 'key' && pass(behindString(text, offset))) expected = 'colon'
    else if (typeof step === 'object') {
      expected = step.comes
      offset++
    } else return { offset, reason: faultWords(expected, next) }
  }
}

/** A token to read, a bracket, a sign with what comes after it; undefined for what has no place there. */
type Step = 'open' | 'close' | 'scalar' | 'key' | { readonly comes: Expectation } | undefined

const value = (next: string | undefined): Step => (next === '[' || next === '{' ? 'open' : 'scalar')

/** What the next character does in each state. */
const steps: Readonly<Record<Expectation, (next: string | undefined) => Step>> = {
  value,
  item: next => (next === ']' ? 'close' : value(next)),
  key: () => 'key',
  firstKey: next => (next === '}' ? 'close' : 'key'),
  colon: next => (next === ':' ? { comes: 'value' } : undefined),
  nextItem: next => (next === ',' ? { comes: 'value' } : next === ']' ? 'close' : undefined),
  nextKey: next => (next === ',' ? { comes: 'key' } : next === '}' ? 'close' : undefined),
  end: () => undefined,
}

function faultWords(expected: Expectation, next: string | undefined): string {
  if (next === undefined)
    return `the text ends where ${expectations[expected]}`.replace(' is missing here', ' should follow')
  if (next === '"') return 'this text in double quotes is not closed, or holds a line break or a bad escape'
  if (next === "'") return 'text stands in double quotes, not in single ones'
  if (next === '#' || next === '/') return 'there are no comments in JSON'
  return expectations[expected]
}
