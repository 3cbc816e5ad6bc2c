import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NeighborMemory } from '../../src/engine/neighbor-memory.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'memory-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

it('an engine that starts again knows which neighbours were established when the one before it ended', () => {
  const before = new NeighborMemory(directory)
  before.note('192.168.50.11', true)
  before.note('192.168.50.12', true)
  before.note('192.168.50.12', false)
  before.note('fd00:50::11', true)
  expect(new NeighborMemory(directory).recall()).toEqual(['192.168.50.11', 'fd00:50::11'])
})

it('a file that is missing, cut off or something else means that nobody is waited for', () => {
  expect(new NeighborMemory(directory).recall()).toEqual([])
  for (const text of ['["192.168.', '{"a":1}', '7', '']) {
    writeFileSync(join(directory, 'established.json'), text)
    expect(new NeighborMemory(directory).recall()).toEqual([])
  }
  writeFileSync(join(directory, 'established.json'), '["192.0.2.1", 7]')
  expect(new NeighborMemory(directory).recall()).toEqual(['192.0.2.1'])
})
