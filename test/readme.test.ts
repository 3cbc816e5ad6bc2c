import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatProblems, parseConfig } from '../src/config/index.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    match => match[1],
  )
}

describe('README.md', () => {
  it('shows configurations that are valid', () => {
    const configurations = blocks('yaml')
    expect(configurations.length).toBeGreaterThan(0)
    for (const text of configurations) {
      const parsed = parseConfig(text, 'README.md')
      expect(parsed.valid ? '' : formatProblems(parsed.problems)).toBe('')
    }
  })

  it('names only npm scripts that there are', () => {
    const named = [...readme.matchAll(/\bnpm (?:run )?(start|test|[a-z]+:[a-z]+|(?<=run )[a-z]+)/g)].map(
      match => match[1],
    )
    expect(named).toContain('start')
    expect(named.filter(script => !(script in manifest.scripts))).toEqual([])
  })

  it('names only files of the source tree that there are', () => {
    const named = [...readme.matchAll(/\b((?:src|test|tools|docs)\/[\w./-]*\w)/g)].map(match => match[1])
    expect(named).toContain('src/model/config.ts')
    expect(named.filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  it('lists every package that the firmware runs with', () => {
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    const licences = readme.slice(readme.indexOf('## Licence'))
    expect(packages.filter(name => !licences.includes(`\`${name}\``))).toEqual([])
  })
})
