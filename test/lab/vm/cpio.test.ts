import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

  it('is understood by another reader, with directories, modes and binary content', () => {
    const content = Uint8Array.from({ length: 1001 }, (_, index) => index & 255)
    const archive = cpioArchive([
      { path: 'd', mode: 0o755 },
      { path: 'd/tool', mode: 0o755, content },
      { path: 'd/empty', mode: 0o600, content: new Uint8Array() },
    ])
    const directory = mkdtempSync(join(tmpdir(), 'causeway-cpio-'))
    try {
      execFileSync('.cache/vm/busybox', ['cpio', '-i', '-D', directory], { input: archive, stdio: 'pipe' })
      expect(new Uint8Array(readFileSync(join(directory, 'd/tool')))).toEqual(content)
      expect(statSync(join(directory, 'd/tool')).mode & 0o777).toBe(0o755)
      expect(statSync(join(directory, 'd/empty')).size).toBe(0)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
