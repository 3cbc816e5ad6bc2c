import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NeighborMemory } from '../../src/engine/neighbor-memory.ts'

let stateDirectory: string
let lines: string[]
const memory = () => new NeighborMemory({ stateDirectory, log: line => lines.push(line) })

beforeEach(() => {
  stateDirectory = mkdtempSync(join(tmpdir(), 'memory-'))
  lines = []
})
afterEach(() => rmSync(stateDirectory, { recursive: true, force: true }))

it('an engine that starts again knows which neighbours were established when the one before it was killed, at any instant', () => {
  const before = memory()
  before.note('192.168.50.11', true)
  expect(memory().recall()).toEqual(['192.168.50.11'])
  before.note('192.168.50.12', true)
  expect(memory().recall()).toEqual(['192.168.50.11', '192.168.50.12'])
  before.note('192.168.50.12', false)
  before.note('fd00:50::11', true)
  expect(memory().recall()).toEqual(['192.168.50.11', 'fd00:50::11'])
})

it('an engine that is killed again before all are back still knows those that were not', () => {
  const first = memory()
  for (const last of [11, 12, 13]) first.note(`192.168.50.${last}`, true)
  const second = memory()
  second.recall()
  second.note('192.168.50.12', false)
  second.note('192.168.50.11', true)
  second.note('192.168.50.99', true)
  second.note('192.168.50.99', false)
  expect(memory().recall()).toEqual(['192.168.50.11', '192.168.50.12', '192.168.50.13'])
  second.note('192.168.50.11', false)
  expect(memory().recall()).toEqual(['192.168.50.12', '192.168.50.13'])
  second.note('192.168.50.13', true)
  second.settled()
  expect(memory().recall()).toEqual(['192.168.50.13'])
})

it('sessions that end because the engine ends are remembered as established', () => {
  const before = memory()
  before.note('192.168.50.11', true)
  before.close()
  before.note('192.168.50.11', false)
  before.settled()
  expect(memory().recall()).toEqual(['192.168.50.11'])
})

it('a session that comes and goes does not make the file grow without end', () => {
  const before = memory()
  before.note('192.168.50.11', true)
  for (let i = 0; i < 30_001; i++) before.note('192.168.50.12', i % 2 === 0)
  expect(readFileSync(join(stateDirectory, 'established')).length).toBeLessThan(200_000)
  expect(memory().recall()).toEqual(['192.168.50.11', '192.168.50.12'])
})

it('a disk that takes nothing is a line in the log, and when it does again nothing is missing', () => {
  const before = memory()
  rmSync(stateDirectory, { recursive: true })
  before.note('192.168.50.11', true)
  before.note('192.168.50.12', true)
  expect(lines).toEqual([expect.stringContaining('established cannot be written')])
  mkdirSync(stateDirectory)
  before.note('192.168.50.13', true)
  expect(memory().recall()).toEqual(['192.168.50.11', '192.168.50.12', '192.168.50.13'])
})

it('a file that is missing, cut off or something else means that nobody is waited for', () => {
  const file = join(stateDirectory, 'established')
  expect(memory().recall()).toEqual([])
  for (const text of ['+192.168.', '["192.168.50.11"]\n', '\0\0\n', '']) {
    writeFileSync(file, text)
    expect(memory().recall()).toEqual([])
  }
  writeFileSync(file, '+192.0.2.1\n+192.0')
  const after = memory()
  expect(after.recall()).toEqual(['192.0.2.1'])
  after.note('192.0.2.2', true)
  expect(memory().recall()).toEqual(['192.0.2.1', '192.0.2.2'])
})

it('an engine that finds no file does not take that for a file that names nobody', () => {
  const first = memory()
  expect([first.recall(), first.known]).toEqual([[], false])
  first.settled()
  const second = memory()
  expect([second.recall(), second.known]).toEqual([[], true])
})
