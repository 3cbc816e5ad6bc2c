import { describe, expect, it } from 'vitest'
import {
  buildNotification,
  describeNotification,
  ERROR,
  type ErrorCode,
  hardReset,
  insideHardReset,
  NOTIFICATION_TABLE,
  notification,
  notificationName,
  parseNotification,
  readShutdownCommunication,
  shutdownCommunication,
} from '../../../src/bgp/wire/index.ts'
import { hex, message, toHex } from './hex.ts'

/** Every error that can be sent, with the path of its name. */
function allErrors(node: object, path: string[] = []): [string, ErrorCode][] {
  if ('code' in node && 'subcode' in node) return [[path.join('.'), node as ErrorCode]]
  return Object.entries(node).flatMap(([name, child]) => allErrors(child, [...path, name]))
}

describe('a NOTIFICATION', () => {
  it.each(allErrors(ERROR))('%s goes onto the wire and comes back', (_name, error) => {
    const built = buildNotification(notification(error, hex('0102')))
    const code = error.code.toString(16).padStart(2, '0') + error.subcode.toString(16).padStart(2, '0')
    expect(toHex(built)).toBe(`${'ff'.repeat(16)}001703${code}0102`)
    expect(parseNotification(built, 0, built.length)).toEqual({ ...error, data: hex('0102') })
  })

  it.each(allErrors(ERROR))('%s has a name and a sentence', (_name, error) => {
    const row = NOTIFICATION_TABLE[error.code]!
    const expected = error.subcode === 0 ? row : row.subcodes[error.subcode]!
    expect(describeNotification(notification(error))).toBe(`${notificationName(error)}: ${expected.sentence}`)
    expect(notificationName(error).startsWith(row.name)).toBe(true)
  })

  it('is named in numbers where nothing is known of it', () => {
    expect(notificationName({ code: 6, subcode: 99 })).toBe('Cease/subcode 99')
    expect(describeNotification({ code: 99, subcode: 1, data: hex('ab') })).toBe('error 99/1. Data: ab.')
  })

  it('is cut to what the peer takes', () => {
    const long = notification(ERROR.update.optionalAttribute, new Uint8Array(9000))
    expect(buildNotification(long)).toHaveLength(4096)
    expect(buildNotification(long, 65535)).toHaveLength(9021)
  })

  it('tells what its data says', () => {
    const said = (error: ErrorCode, data: string) => describeNotification(notification(error, hex(data)))
    expect(said(ERROR.header.badMessageLength, '1001')).toContain('The length was 4097.')
    expect(said(ERROR.header.badMessageType, '09')).toContain('The type was 9.')
    expect(said(ERROR.open.unsupportedVersion, '0004')).toContain('Version 4 would be supported.')
    expect(said(ERROR.cease.maximumPrefixes, '0001 01 000003e8')).toContain('limit for ipv4-unicast is 1000')
    expect(said(ERROR.update.attributeFlags, '400101')).toContain('Data: 40 01 01.')
    expect(said(ERROR.update.missingWellKnown, '03')).toContain('attribute is number 3')
  })

  it('that is too short to have a code is read as code 0', () => {
    const short = hex(`${'ff'.repeat(16)}001403`)
    expect(parseNotification(short, 0, short.length)).toEqual({ code: 0, subcode: 0, data: hex('') })
  })
})

describe('a shutdown communication (RFC 9003)', () => {
  it('is a length and UTF-8', () => {
    expect(toHex(shutdownCommunication('é!'))).toBe('03c3a921')
    expect(readShutdownCommunication(hex('03c3a921'))).toBe('é!')
  })

  it('stands in the sentence', () => {
    const sent = notification(
      ERROR.cease.administrativeShutdown,
      shutdownCommunication('disk swap, back at 10'),
    )
    expect(describeNotification(sent)).toBe(
      'Cease/Administrative Shutdown: An operator has shut the session down. Message: "disk swap, back at 10".',
    )
  })

  it('is cut to 255 octets between two characters', () => {
    const data = shutdownCommunication(`a${'é'.repeat(200)}`)
    expect(data).toHaveLength(256)
    expect(data[0]).toBe(255)
    expect(readShutdownCommunication(data)).toBe(`a${'é'.repeat(127)}`)
    const cut = shutdownCommunication('é'.repeat(200))
    expect(cut[0]).toBe(254)
    expect(readShutdownCommunication(cut)).toBe('é'.repeat(127))
  })

  it('cannot break a line of the log or reorder it', () => {
    expect(readShutdownCommunication(shutdownCommunication('a\nb\u202ec'))).toBe('a\\u000ab\\u202ec')
  })

  it.each([
    ['nothing', ''],
    ['length 0', '00'],
    ['a length beyond the data', '0561'],
    ['no UTF-8', '02c328'],
  ])('that is %s is none', (_what, data) => {
    expect(readShutdownCommunication(hex(data))).toBeUndefined()
  })
})

describe('a Hard Reset (RFC 8538)', () => {
  it('carries the reason inside', () => {
    const inner = notification(ERROR.cease.administrativeShutdown, shutdownCommunication('bye'))
    const outer = hardReset(inner)
    expect(toHex(buildNotification(outer))).toBe(toHex(message(3, '0609 0602 03627965')))
    expect(insideHardReset(outer)).toEqual(inner)
    expect(describeNotification(outer)).toContain('The reason is Cease/Administrative Shutdown')
  })

  it('without or with itself inside has no reason', () => {
    expect(insideHardReset({ code: 6, subcode: 9, data: hex('06') })).toBeUndefined()
    expect(insideHardReset({ code: 6, subcode: 9, data: hex('0609') })).toBeUndefined()
    expect(insideHardReset(notification(ERROR.cease.peerDeconfigured, hex('0602')))).toBeUndefined()
  })
})
