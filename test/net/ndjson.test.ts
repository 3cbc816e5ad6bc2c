import { describe, expect, it } from 'vitest'
import { LineReader, writeLine, writeLineInSteps } from '../../src/net/ndjson.ts'
import { finish } from '../../src/net/steps.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('lines of JSON', () => {
  it('are read however the stream is cut', () => {
    const stream = bytes(`${writeLine({ a: 'é€😀' })}${writeLine([1, null])}`)
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new LineReader()
      const lines = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))]
      expect(lines).toEqual([{ value: { a: 'é€😀' } }, { value: [1, null] }])
    }
  })

  it('hold no newline of their own', () => {
    expect(writeLine({ text: 'a\nb' })).toBe('{"text":"a\\nb"}\n')
  })

  it('pass over empty lines and carriage returns', () => {
    expect(new LineReader().push(bytes('\n\r\n  \n1\r\n'))).toEqual([{ value: 1 }])
  })

  it('are read on after a broken one', () => {
    const reader = new LineReader()
    const garbage = Uint8Array.of(0xff, 0xfe, 0x0a)
    expect([...reader.push(bytes('{"a":\n')), ...reader.push(garbage), ...reader.push(bytes('2\n'))]).toEqual(
      [{ fault: 'a line is not JSON in UTF-8' }, { fault: 'a line is not JSON in UTF-8' }, { value: 2 }],
    )
  })

  it('are thrown away where one is too long, and said once', () => {
    const reader = new LineReader(10)
    expect(reader.push(bytes('[1,2,3'))).toEqual([])
    expect(reader.push(bytes(',4,5,6'))).toEqual([{ fault: 'a line is longer than 10 bytes' }])
    expect(reader.push(bytes('x'.repeat(1000)))).toEqual([])
    expect(reader.push(bytes('\n"next"\n'))).toEqual([{ value: 'next' }])
  })

  it('do not hold on to the buffer that they came in', () => {
    const reader = new LineReader()
    const buffer = bytes('"ab')
    reader.push(buffer)
    buffer.fill(0)
    expect(reader.push(bytes('c"\n'))).toEqual([{ value: 'abc' }])
  })
})

describe('a line that is written in steps', () => {
  it.each([
    [{ id: 1, result: { routes: [{ prefix: '10.0.0.0/8', paths: [{ best: true }] }, null], cursor: '4.1' } }],
    [{ id: 2, result: [] }],
    [{ id: 3, result: {}, error: undefined }],
    [{ id: 4, result: [undefined, 'a\nb', [[[1, 2], { deep: [{}] }]]] }],
    [{ 'a "key"': { list: [1, true, 'é€😀'] } }],
    [[]],
    [{}],
    [null],
    ['text'],
  ])('is what it is in one: %j', value => {
    expect(finish(writeLineInSteps(value))).toBe(writeLine(value))
  })

  it('has a step for each row', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ index }))
    expect([...writeLineInSteps({ id: 1, result: { rows } })].length).toBeGreaterThanOrEqual(100)
  })
})
