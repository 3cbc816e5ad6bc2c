import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NeighborMemory } from '../../src/engine/neighbor-memory.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

let stateDirectory: string
let lines: string[]
let clock: ManualClock
const memory = () => new NeighborMemory({ stateDirectory, clock, log: line => lines.push(line) })

beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'memory-'))
  clock = new ManualClock()
  lines = []
})
afterEach(() => rmSync(stateDirectory, { recursive: true, force: true }))

it('an engine that starts again knows which neighbours were established when the one before it was killed', () => {
  const before = memory()
  before.note('192.168.50.11', true)
  before.note('192.168.50.12', true)
  clock.advance(100)
  before.note('192.168.50.12', false)
  before.note('fd00:50::11', true)
  clock.advance(100)
  expect(memory().recall()).toEqual(['192.168.50.11', 'fd00:50::11'])
})

it('sessions that end because the engine ends are remembered as established', () => {
  const before = memory()
  before.note('192.168.50.11', true)
  before.close()
  before.note('192.168.50.11', false)
  clock.advance(1000)
  expect(memory().recall()).toEqual(['192.168.50.11'])
})

it('thousands of sessions that come up together are written once', () => {
  const before = memory()
  for (let i = 0; i < 5000; i++) before.note(`10.0.${i >> 8}.${i & 255}`, true)
  expect(clock.pending).toBe(1)
  clock.advance(100)
  expect(memory().recall()).toHaveLength(5000)
})

it('a disk that takes nothing is a line in the log', () => {
  const before = memory()
  rmSync(stateDirectory, { recursive: true })
  before.note('192.168.50.11', true)
  clock.advance(100)
  expect(lines).toEqual([expect.stringContaining('established.json cannot be written')])
})

it('a file that is missing, cut off or something else means that nobody is waited for', () => {
  expect(memory().recall()).toEqual([])
  for (const text of ['["192.168.', '{"a":1}', '7', '']) {
    writeFileSync(join(stateDirectory, 'established.json'), text)
    expect(memory().recall()).toEqual([])
  }
  writeFileSync(join(stateDirectory, 'established.json'), '["192.0.2.1", 7]')
  expect(memory().recall()).toEqual(['192.0.2.1'])
})
