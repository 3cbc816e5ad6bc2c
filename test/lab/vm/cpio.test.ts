import { describe, expect, it } from 'vitest'
import { cpioArchive } from '../../../src/lab/vm/cpio.ts'

describe('cpioArchive', () => {
  it('writes header, name and content each padded to four bytes', () => {
    const text = Buffer.from(
      cpioArchive([{ path: 'abc', mode: 0o644, content: Buffer.from('hello') }]),
    ).toString()
    const header =
      '070701' +
      '00000001' + // inode
      '000081a4' + // regular file, rw-r--r--
      '0000000000000000' + // owner, group
      '00000001' + // links
      '00000000' + // time
      '00000005' + // size
      '00000000'.repeat(4) + // devices
      '00000004' + // length of the name with its zero byte
      '00000000' // checksum
    expect(text.slice(0, 110)).toBe(header)
    expect(text.slice(110, 124)).toBe('abc\0\0\0hello\0\0\0')
    expect(text.slice(124, 130)).toBe('070701')
    expect(text).toContain('TRAILER!!!\0')
    expect(text.length % 4).toBe(0)
  })

  it('writes a directory as one, without content', () => {
    const text = Buffer.from(cpioArchive([{ path: 'd', mode: 0o755 }])).toString()
    expect(text.slice(14, 22)).toBe('000041ed')
    expect(text.slice(38, 46)).toBe('00000002')
    expect(text.slice(54, 62)).toBe('00000000')
    expect(text.slice(112, 118)).toBe('070701')
  })
})
