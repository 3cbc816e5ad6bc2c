import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The floors of the house, the lowest first. A folder of src/ uses the floors below its own. */
const FLOORS: readonly (readonly string[])[] = [
  ['net'],
  ['model'],
  ['kernel'],
  ['bgp', 'bfd', 'routing'],
  ['cluster', 'forwarding', 'config', 'observe', 'system'],
  ['engine', 'manager'],
  ['api', 'console', 'lab'],
  ['main'],
]

/** Imports between two folders of one floor that have a reason. `to` is a file or a folder of src/. */
const NEIGHBOURS: readonly { readonly from: string; readonly to: string; readonly reason: string }[] = [
  {
    from: 'bgp',
    to: 'routing/nexthop-set.ts',
    reason: 'the decision process hands sets of next hops to the RIB: both speak of the same interned object',
  },
]

/** Folders that hold cores without I/O: what of Node they may import. The clock is the one source of time. */
const CORES: Readonly<Record<string, readonly string[]>> = {
  net: [],
  model: [],
  bgp: ['node:crypto'],
  bfd: [],
  routing: [],
}

const LONGEST = 500

/** Files longer than that which are one idea all the same. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'model/errors-config.ts': 'a table: the rows of the error catalogue on configuration',
}

interface Import {
  /** Path of the importing file below src/. */
  readonly file: string
  /** Path of what it imports below src/, or the name of a package. */
  readonly target: string
  readonly text: string
}

const STATEMENTS = [
  /^\s*(?:import|export)\s[^'"`;]*?\bfrom\s*'([^']+)'/gm,
  /^\s*import\s*'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'\s*\)/g,
  // A worker thread's file. A program that is started as a process of its own is none: the lab starts the product.
  /\bnew Worker\(\s*new URL\(\s*'(\.[^']+\.ts)'/g,
]

function importsOf(file: string, source: string): Import[] {
  return STATEMENTS.flatMap(statement => [...source.matchAll(statement)]).map(([, text]) => ({
    file,
    text,
    target: text.startsWith('.') ? join(dirname(file), text) : text,
  }))
}

function folder(path: string): string {
  return path.split('/')[0]
}

function floor(path: string): number {
  return FLOORS.findIndex(folders => folders.includes(folder(path)))
}

/** What is wrong with an import, or undefined. Imports of packages are not looked at. */
function wrongDirection({ file, target, text }: Import): string | undefined {
  if (!text.startsWith('.')) return undefined
  const [from, to] = [folder(file), folder(target)]
  if (from === to) return undefined
  const [lower, upper] = [floor(file), floor(target)]
  // The version that the programs tell.
  if (from === 'main' && target === '../package.json') return undefined
  if (target.startsWith('..')) return `src/${file} imports '${text}', which is outside of src/`
  if (upper > lower) return `src/${file} imports '${text}': ${from}/ is below ${to}/`
  const excepted = NEIGHBOURS.some(
    row => row.from === from && (target === row.to || target.startsWith(`${row.to}/`)),
  )
  if (upper === lower && !excepted) return `src/${file} imports '${text}': ${from}/ and ${to}/ share a floor`
  return undefined
}

function ioInCore({ file, target, text }: Import): string | undefined {
  const allowed = CORES[folder(file)]
  if (allowed === undefined || !target.startsWith('node:') || allowed.includes(target)) return undefined
  return `src/${file} imports '${text}': ${folder(file)}/ is a core without I/O`
}

/** A circle of imports as a sentence, each circle once. */
function circles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>()
  for (const { file, target, text } of imports) {
    if (text.startsWith('.')) targets.set(file, [...(targets.get(file) ?? []), target])
  }
  const found = new Set<string>()
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]) => {
    const begin = path.indexOf(file)
    if (begin >= 0) found.add(path.slice(begin).concat(file).join(' → '))
    if (begin >= 0 || done.has(file)) return
    for (const target of targets.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of targets.keys()) visit(file, [])
  return [...found]
}

const root = join(import.meta.dirname, '..')
const files = globSync('**/*.ts', { cwd: join(root, 'src') }).sort()
const sources = new Map(files.map(file => [file, readFileSync(join(root, 'src', file), 'utf8')]))
const imports = [...sources].flatMap(([file, source]) => importsOf(file, source))

describe('the source tree', () => {
  it('has no folder that is on no floor', () => {
    const known = FLOORS.flat()
    expect(readdirSync(join(root, 'src')).filter(name => !known.includes(name))).toEqual([])
  })

  it('imports downward only, and never between two folders of a floor', () => {
    expect(imports.map(wrongDirection).filter(sentence => sentence !== undefined)).toEqual([])
  })

  it('keeps I/O out of the cores', () => {
    expect(imports.map(ioInCore).filter(sentence => sentence !== undefined)).toEqual([])
  })

  it('has no circles of imports', () => {
    expect(circles(imports)).toEqual([])
  })

  it('imports files that are there', () => {
    const broken = imports.filter(
      ({ text, target }) => text.startsWith('.') && !existsSync(join(root, 'src', target)),
    )
    expect(broken.map(({ file, text }) => `src/${file} imports '${text}', which does not exist`)).toEqual([])
  })

  it(`has no file of more than ${LONGEST} lines without a reason`, () => {
    const long = [...sources]
      .map(([file, source]) => ({ file, lines: source.split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > LONGEST && LONG_FILES[file] === undefined)
    expect(long.map(({ file, lines }) => `src/${file} has ${lines} lines`)).toEqual([])
  })

  it('has no exception that nothing needs any more', () => {
    const needed = (row: (typeof NEIGHBOURS)[number]) =>
      imports.some(({ file, target }) => folder(file) === row.from && target.startsWith(row.to))
    expect(NEIGHBOURS.filter(row => !needed(row))).toEqual([])
    const short = Object.keys(LONG_FILES).filter(
      file => (sources.get(file)?.split('\n').length ?? 0) <= LONGEST,
    )
    expect(short).toEqual([])
  })

  it('has no folder for boards, images or the web page before there is something in it', () => {
    const empty = ['board', 'image', 'web'].filter(
      name => existsSync(join(root, name)) && readdirSync(join(root, name)).length === 0,
    )
    expect(empty).toEqual([])
  })
})

describe('the check of the floors', () => {
  const check = (file: string, source: string) => importsOf(file, source).map(wrongDirection)

  it('sees every form of import', () => {
    const source = `
import { a } from '../bgp/a.ts'
import type {
  B,
} from '../bgp/b.ts'
export * from '../bgp/c.ts'
import '../bgp/d.ts'
const e = await import('../bgp/e.ts')
new Worker(new URL('./f.ts', import.meta.url))
import fastify from 'fastify'
`
    const targets = importsOf('kernel/x.ts', source).map(found => found.target)
    expect(targets.sort()).toEqual([
      ...['bgp/a.ts', 'bgp/b.ts', 'bgp/c.ts', 'bgp/d.ts', 'bgp/e.ts', 'fastify', 'kernel/f.ts'],
    ])
  })

  it('names file and import of one that runs upward', () => {
    expect(check('kernel/links.ts', "import { Speaker } from '../bgp/index.ts'")).toEqual([
      "src/kernel/links.ts imports '../bgp/index.ts': kernel/ is below bgp/",
    ])
  })

  it('refuses one between two folders of a floor, unless it has a reason', () => {
    expect(check('config/plan.ts', "import { diff } from '../forwarding/diff.ts'")).toEqual([
      "src/config/plan.ts imports '../forwarding/diff.ts': config/ and forwarding/ share a floor",
    ])
    expect(check('bgp/speaker.ts', "import type { Hop } from '../routing/nexthop-set.ts'")).toEqual([
      undefined,
    ])
  })

  it('refuses I/O in a core', () => {
    expect(importsOf('bgp/session/timer.ts', "import { connect } from 'node:net'").map(ioInCore)).toEqual([
      "src/bgp/session/timer.ts imports 'node:net': bgp/ is a core without I/O",
    ])
  })

  it('finds a circle over several files', () => {
    const circle = [
      ...importsOf('net/a.ts', "import { b } from './b.ts'"),
      ...importsOf('net/b.ts', "import { c } from './c.ts'"),
      ...importsOf('net/c.ts', "import { a } from './a.ts'"),
      ...importsOf('net/d.ts', "import { a } from './a.ts'"),
    ]
    expect(circles(circle)).toEqual(['net/a.ts → net/b.ts → net/c.ts → net/a.ts'])
  })
})
