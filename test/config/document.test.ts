import { describe, expect, it } from 'vitest'
import { readDocument } from '../../src/config/document.ts'
import { CONFIG_SIZE_LIMIT, parseConfig } from '../../src/config/index.ts'

/** Problems of a text as `line:column code detail`. */
function problemsOf(text: string | Uint8Array, format: 'json' | 'yaml' = 'yaml'): readonly string[] {
  const { problems = [] } = readDocument(text, format)
  return problems.map(({ line, column, code, detail }) => `${line}:${column} ${code} ${detail}`)
}

describe('reading a configuration', () => {
  it('gives the same value for YAML and JSON', () => {
    const yaml = readDocument('a: [1, x, true, null]\nb: {c: 0x10, d: "on", e: on}', 'yaml')
    const json = readDocument('{"a":[1,"x",true,null],"b":{"c":16,"d":"on","e":"on"}}', 'json')
    expect(yaml.document?.value).toEqual(json.document?.value)
    expect(json.document?.value).toEqual({ a: [1, 'x', true, null], b: { c: 16, d: 'on', e: 'on' } })
  })

  it('keeps MAC addresses and addresses as text', () => {
    const text = 'mac: 00:11:22:33:44:55\nshort: 12:34\naddress: 10.0.0.1'
    expect(readDocument(text, 'yaml').document?.value).toEqual({
      mac: '00:11:22:33:44:55',
      short: '12:34',
      address: '10.0.0.1',
    })
  })

  it('finds each part again by its path', () => {
    const text = 'system:\n  hostName: box\ninterfaces:\n  - name: a\n    vni: 7\n  - {name: b, vni: 8}\n'
    const { document } = readDocument(text, 'yaml')
    expect(document?.locate(['system', 'hostName'])).toEqual({ line: 2, column: 13 })
    expect(document?.locate(['system', 'hostName'], 'key')).toEqual({ line: 2, column: 3 })
    expect(document?.locate(['interfaces', 0, 'vni'])).toEqual({ line: 5, column: 10 })
    expect(document?.locate(['interfaces', 1])).toEqual({ line: 6, column: 5 })
    expect(document?.locate(['interfaces', 1, 'vni'])).toEqual({ line: 6, column: 20 })
  })

  it('points at what is around a key that is not there', () => {
    const { document } = readDocument('interfaces:\n  - name: a\n', 'yaml')
    expect(document?.locate(['interfaces', 0, 'vni'], 'key')).toEqual({ line: 2, column: 5 })
    expect(document?.locate(['bgp', 'localAs'], 'key')).toEqual({ line: 1, column: 1 })
  })

  it('counts lines of JSON, too', () => {
    const { document } = readDocument('{\r\n\t"a": {\r\n\t\t"b": 5\r\n\t}\r\n}', 'json')
    expect(document?.locate(['a', 'b'])).toEqual({ line: 3, column: 8 })
  })

  it('refuses a key that stands twice and names both lines', () => {
    expect(problemsOf('a:\n  b: 1\n  c: 2\n  b: 3\n')).toEqual([
      '4:3 duplicate-key The key b stands twice in one map; the first is in line 2.',
    ])
    expect(problemsOf('{"a":1,\n"a":2}', 'json')).toEqual([
      '2:1 duplicate-key The key a stands twice in one map; the first is in line 1.',
    ])
  })

  it('does not take long over many keys in one map', () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n')
    const started = performance.now()
    expect(Object.keys(readDocument(text, 'yaml').document?.value as object)).toHaveLength(60_000)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  it.each([
    [
      'a tab as indentation',
      'a:\n\tb: 1',
      '2:1 yaml-syntax A tab stands in the indentation, where YAML takes spaces only, at "b: 1".',
    ],
    [
      'a bracket that is not closed',
      'system: {hostName: x\ninterfaces: []',
      '2:1 yaml-syntax The indentation fits nothing around it, or a bracket is not closed, at "interfaces: []".',
    ],
    [
      'a quote that is not closed',
      'a: "x\nb: 1',
      '2:5 yaml-syntax A character is missing here: a closing quote, a colon, a comma or a space.',
    ],
    [
      'a tag',
      'a: !!binary aGk=',
      '1:4 yaml-syntax The tag (a word that begins with !) is not known here, or does not fit its value, at "!!binary aGk=".',
    ],
    ['a list as a key', '? [a]\n: 1', '1:3 yaml-syntax A key is a list or a map instead of text, at "[a]".'],
    ['an alias without anchor', 'a: *b', '1:4 yaml-syntax The alias *b has no anchor &b before it.'],
    [
      'two documents',
      'a: 1\n---\nb: 1',
      '2:1 yaml-syntax The text holds several documents, set apart by ---, at "---".',
    ],
  ])('refuses %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  it.each([
    [
      'a comma too many',
      '{"a": 1,}',
      '1:9 json-syntax This is not JSON: a key in double quotes is missing here; after the last one there is no comma.',
    ],
    [
      'YAML in its place',
      'a: 1',
      '1:1 json-syntax This is not JSON: a value is missing here (text in double quotes, a number, true, false, null, [ or {).',
    ],
    [
      'no value',
      '{\n "a":}',
      '2:6 json-syntax This is not JSON: a value is missing here (text in double quotes, a number, true, false, null, [ or {).',
    ],
    [
      'a text that ends early',
      '{"a":\n [1',
      '2:4 json-syntax This is not JSON: the text ends where a comma or ] should follow.',
    ],
    [
      'nothing at all',
      '',
      '1:1 json-syntax This is not JSON: the text ends where a value should follow (text in double quotes, a number, true, false, null, [ or {).',
    ],
    ['a comment', '{\n  # none\n}', '2:3 json-syntax This is not JSON: there are no comments in JSON.'],
    [
      'single quotes',
      "{'a': 1}",
      '1:2 json-syntax This is not JSON: text stands in double quotes, not in single ones.',
    ],
    [
      'a line break in a text',
      '{"a": "x\n"}',
      '1:7 json-syntax This is not JSON: this text in double quotes is not closed, or holds a line break or a bad escape.',
    ],
    [
      'two values',
      '{} {}',
      '1:4 json-syntax This is not JSON: something stands behind the end of the value.',
    ],
    [
      'a number with a leading zero',
      '[01]',
      '1:2 json-syntax This is not JSON: a value or ] is missing here.',
    ],
  ])('refuses JSON with %s', (_, text, problem) => {
    expect(problemsOf(text, 'json')).toEqual([problem])
  })

  it('unfolds a few aliases', () => {
    const { document } = readDocument('a: &a [1, 2]\nb: *a\n', 'yaml')
    expect(document?.value).toEqual({ a: [1, 2], b: [1, 2] })
    expect(document?.locate(['b', 1])).toEqual({ line: 1, column: 11 })
  })

  it('stops at aliases that unfold to too much', () => {
    const row = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`
    const bomb = `a: &a [1]\n${row('b', 'a')}${row('c', 'b')}${row('d', 'c')}${row('e', 'd')}${row('f', 'e')}`
    expect(problemsOf(bomb)).toEqual([
      '1:7 alias-limit The aliases (*name) of the text unfold to more than 10000 values.',
    ])
  })

  it('stops at an alias of what it is in', () => {
    expect(problemsOf('a: &a [*a]')[0]).toContain('nesting-limit')
  })

  it('stops at deep nesting, in YAML and JSON', () => {
    expect(problemsOf(`${'['.repeat(40)}${']'.repeat(40)}`, 'json')).toEqual([
      '1:26 nesting-limit The text is nested more than 24 levels deep.',
    ])
    for (const text of ['['.repeat(100_000), '- '.repeat(100_000), '{a: '.repeat(50_000)]) {
      expect(problemsOf(text)[0]).toContain('The text is nested too deeply')
    }
  })

  it('refuses a text over the limit before it reads it', () => {
    expect(parseConfig(`#${'x'.repeat(CONFIG_SIZE_LIMIT)}`).problems).toEqual([
      {
        code: 'config-too-large',
        severity: 'error',
        detail: `The configuration is ${CONFIG_SIZE_LIMIT + 1} bytes long.`,
        fix: `Keep it to ${CONFIG_SIZE_LIMIT} bytes; leave out comments and blank lines.`,
      },
    ])
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(parseConfig(Uint8Array.of(0x61, 0x3a, 0x20, 0xff)).problems?.map(({ code }) => code)).toEqual([
      'config-not-utf8',
    ])
  })

  it('passes over a byte order mark', () => {
    expect(readDocument('\uFEFFa: 1', 'yaml').document?.value).toEqual({ a: 1 })
    expect(readDocument(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 'json').document?.value).toEqual({})
  })

  it('keeps __proto__ a key like any other', () => {
    const { document } = readDocument('__proto__: {polluted: true}', 'yaml')
    expect(Object.keys(document?.value as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('survives random bytes and cut texts', () => {
    const text = 'a: &x {b: [1, "two", *x], c: |\n  text\n}\n---\n? k\n: !t v\n'
    for (let seed = 1; seed <= 3000; seed++) {
      const bytes = Buffer.from(text)
      for (let change = 0; change < 4; change++) {
        bytes[(seed * 31 + change * 17) % bytes.length] = (seed * 7 + change * 89) % 256
      }
      const result = readDocument(bytes.subarray(0, seed % (bytes.length + 1)), 'yaml')
      expect(result.document !== undefined || result.problems!.length > 0).toBe(true)
    }
  })
})
