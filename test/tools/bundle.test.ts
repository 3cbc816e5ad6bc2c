import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
let directory: string

beforeAll(() => {
  // Inside the checkout: a bundle finds its native packages in node_modules above it.
  directory = mkdtempSync(join(root, '.cache/bundle-test-'))
  execFileSync(process.execPath, [join(root, 'tools/bundle.ts'), join(directory, 'box')])
}, 60_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

it.each(['engine', 'manager'])('the bundle of the %s starts without any source', program => {
  const usage = execFileSync(process.execPath, [join(directory, 'box', `${program}.js`), '--help'], {
    encoding: 'utf8',
  })
  expect(usage).toMatch(new RegExp(`^usage: ${program} `))
})

it('a bundle has the kernel worker as a file of its own, and is there whole or not at all', () => {
  expect(readdirSync(join(directory, 'box'))).toContain('worker.js')
  expect(readdirSync(directory)).toEqual(['box'])
})
