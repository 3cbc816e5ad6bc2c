import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatProblems, parseConfig } from '../src/config/index.ts'
import { ENGINE_NODE_OPTIONS } from '../src/engine/node-options.ts'
import { PolicyMatch, PolicySet } from '../src/model/config-policy.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** What is shown of a configuration, without the part that says nothing here: a host name, and a port. */
function completed(text: string): string {
  const port = 'interfaces:\n  - { name: nodes, type: ethernet, addresses: [192.168.50.1/24] }\n'
  return `system: { hostName: box }\n${text.includes('interfaces:') ? '' : port}${text}`
}

describe('docs/policies.md', () => {
  const page = read('docs/policies.md')
  const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(match => completed(match[1]!))

  it('has eleven examples, each a configuration without a problem or a warning', () => {
    expect(examples).toHaveLength(11)
    const problems = examples.map(text => {
      const parsed = parseConfig(text, 'docs/policies.md')
      return parsed.valid ? formatProblems(parsed.warnings) : formatProblems(parsed.problems)
    })
    expect(problems.filter(text => text !== '')).toEqual([])
  })

  it('names every key of a match and of what is set', () => {
    const keys = [...Object.keys(PolicyMatch.properties), ...Object.keys(PolicySet.properties)]
    expect(keys.filter(key => !page.includes(`\`${key}\``))).toEqual([])
  })
})

describe('the pages of docs/', () => {
  it('are named in README.md, and README.md names no other', () => {
    const pages = globSync('docs/*.md', { cwd: root })
    const named = [...read('README.md').matchAll(/docs\/[\w-]+\.md/g)].map(([name]) => name)
    expect(pages.filter(page => !named.includes(page))).toEqual([])
    expect(named.filter(name => !existsSync(join(root, name)))).toEqual([])
  })
})

describe('README.md', () => {
  it('starts the engine with the options of Node that the lab starts it with', () => {
    expect(read('README.md')).toContain(`node ${ENGINE_NODE_OPTIONS.join(' ')} src/main/engine.ts`)
  })
})
