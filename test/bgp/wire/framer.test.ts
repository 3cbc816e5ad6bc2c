import { describe, expect, it } from 'vitest'
import { buildKeepalive, Framer } from '../../../src/bgp/wire/index.ts'
import { hex, message, number, toHex } from './hex.ts'

/** All messages that a framer finds, as text. */
function found(framer: Framer): string[] {
  const messages: string[] = []
  while (framer.next()) messages.push(toHex(framer.buffer.subarray(framer.start, framer.end)))
  return messages
}

const KEEPALIVE = `${'ff'.repeat(16)}001304`
const UPDATE = message(2, '0000 0000')
const MARKER = 'ff'.repeat(16)

describe('a framer', () => {
  it('sees messages where they lie in the chunk', () => {
    const framer = new Framer()
    const chunk = hex(KEEPALIVE + toHex(UPDATE))
    framer.push(chunk)
    expect(framer.next()).toBe(true)
    expect([framer.buffer, framer.start, framer.end, framer.type]).toEqual([chunk, 0, 19, 4])
    expect(framer.buffer).toBe(chunk)
    expect(framer.next()).toBe(true)
    expect([framer.start, framer.end, framer.type, framer.buffered]).toEqual([19, 42, 2, 0])
    expect(framer.next()).toBe(false)
    expect(framer.error).toBeUndefined()
  })

  it.each([1, 2, 7, 18, 19, 20, 41, 60, 61])('puts together what comes in pieces of %i octets', size => {
    const stream = hex(KEEPALIVE + toHex(UPDATE) + KEEPALIVE + toHex(message(3, '0602 0161')))
    const framer = new Framer()
    const messages: string[] = []
    for (let at = 0; at < stream.length; at += size) {
      framer.push(stream.slice(at, at + size))
      messages.push(...found(framer))
    }
    expect(messages).toEqual([KEEPALIVE, toHex(UPDATE), KEEPALIVE, toHex(message(3, '0602 0161'))])
    expect(framer.buffered).toBe(0)
  })

  it('takes further chunks before the first is read, and tells how much it holds', () => {
    const framer = new Framer()
    const stream = hex(KEEPALIVE.repeat(3))
    framer.push(stream.slice(0, 25))
    framer.push(new Uint8Array(0))
    framer.push(stream.slice(25, 40))
    framer.push(stream.slice(40))
    expect(framer.buffered).toBe(57)
    expect(framer.next()).toBe(true)
    expect(framer.buffered).toBe(38)
    expect(found(framer)).toEqual([KEEPALIVE, KEEPALIVE])
  })

  it('takes a message of 4096 octets, and of 65535 with extended messages', () => {
    const largest = message(2, '00'.repeat(4096 - 19))
    const extended = message(2, '00'.repeat(65535 - 19))
    const framer = new Framer()
    framer.push(largest)
    expect(found(framer)).toEqual([toHex(largest)])
    const wide = new Framer(65535)
    for (let at = 0; at < extended.length; at += 1000) {
      wide.push(extended.subarray(at, at + 1000))
      if (wide.next()) break
    }
    expect([wide.start, wide.end, wide.error]).toEqual([0, 65535, undefined])
  })

  it.each([
    ['a marker that is not all ones', `${'ff'.repeat(15)}fe 0013 04`, 1, ''],
    ['a length below 19', `${MARKER} 0012 04`, 2, '0012'],
    ['a length beyond 4096', `${MARKER} 1001 02`, 2, '1001'],
    ['an OPEN below 29', `${MARKER} 001c 01`, 2, '001c'],
    ['an UPDATE below 23', `${MARKER} 0016 02`, 2, '0016'],
    ['a NOTIFICATION below 21', `${MARKER} 0014 03`, 2, '0014'],
    ['a KEEPALIVE with a body', `${MARKER} 0014 04`, 2, '0014'],
    ['type 0', `${MARKER} 0013 00`, 3, '00'],
    ['type 6', `${MARKER} 0013 06`, 3, '06'],
  ])('answers %s as RFC 4271 §6.1 says', (_what, stream, subcode, data) => {
    const framer = new Framer()
    framer.push(hex(KEEPALIVE + stream.replaceAll(' ', '')))
    expect(framer.next()).toBe(true)
    expect(framer.next()).toBe(false)
    expect(framer.error).toEqual({ code: 1, subcode, data: hex(data) })
    framer.push(buildKeepalive())
    expect(framer.next()).toBe(false)
  })

  it('does not let OPEN and KEEPALIVE grow with extended messages (RFC 8654 §4)', () => {
    for (const type of [1, 4]) {
      const framer = new Framer(65535)
      framer.push(hex(`${MARKER}${number(4097, 2)}${number(type, 1)}`))
      framer.next()
      expect(framer.error).toEqual({ code: 1, subcode: 2, data: hex('1001') })
    }
  })
})
