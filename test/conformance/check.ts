import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, type Ledger, type NamedTest, nameOf, testsOf } from './entry.ts'
import { normativeSentences } from './sentences.ts'

/** What is wrong with a ledger by itself: nothing is run, no RFC is read. One sentence each. */
export function faultsOf(ledger: Ledger, root: string): string[] {
  const faults: string[] = []
  const found: Record<string, number> = {}
  for (const entry of ledger.entries) {
    const name = nameOf(ledger, entry)
    const n = (found[entry.section] ?? 0) + 1
    found[entry.section] = n
    if (entry.n !== n) faults.push(`${name} stands where number ${n} of its section belongs`)
    if (!/^[0-9a-f]{12}$/.test(entry.hash)) faults.push(`${name} has no hash of 12 hexadecimal digits`)
    if (entry.says.trim() === '') faults.push(`${name} does not say what it asks for`)
    faults.push(...proofFaults(entry, name, root))
  }
  for (const section of new Set([...Object.keys(ledger.counts), ...Object.keys(found)])) {
    const [wanted, enrolled] = [ledger.counts[section] ?? 0, found[section] ?? 0]
    if (wanted !== enrolled)
      faults.push(`RFC ${ledger.rfc} §${section} has ${wanted} normative sentences, ${enrolled} are enrolled`)
  }
  return faults
}

function proofFaults(entry: Entry, name: string, root: string): string[] {
  const tests = testsOf(entry)
  if (entry.gap !== undefined && tests.length > 0) return [`${name} has both a test and a gap`]
  if (entry.gap !== undefined) return entry.gap.trim() === '' ? [`${name} has a gap without a reason`] : []
  if (tests.length === 0) return [`${name} has neither a test nor a reason for having none`]
  return tests
    .filter(test => !isWritten(test, root))
    .map(({ file, titles }) => `${name} names a test that is not there: ${[file, ...titles].join(' › ')}`)
}

const literals = new Map<string, RegExp[]>()

/** Whether a file has text for each of a test's titles. Only a run tells whether they make up one test. */
function isWritten({ file, titles }: NamedTest, root: string): boolean {
  let known = literals.get(file)
  if (!known) {
    const path = join(root, file)
    known = existsSync(path) ? titlesIn(readFileSync(path, 'utf8')) : []
    literals.set(file, known)
  }
  return titles.length > 0 && titles.every(title => known.some(pattern => pattern.test(title)))
}

/** What stands in a title for what is filled in at run time: of printf in tables, `${…}` in templates. */
const OPEN = /%[sdifjo#]|\$\{[^}]*\}/g

/** The texts of a source file that could be titles: what is filled in only where enough text stands around it to tell them apart. */
function titlesIn(source: string): RegExp[] {
  const texts = source.matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\]|\\.)+)`/g)
  return [...texts]
    .map(([, single, double, template]) => (single ?? double ?? template ?? '').replace(/\\(.)/g, '$1'))
    .filter(text => text.replace(OPEN, '') === text || text.replace(OPEN, '').length >= 5)
    .map(text => new RegExp(`^${text.split(OPEN).map(literally).join('.*')}$`))
}

function literally(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}

/** Compares a ledger with the text of its RFC: sentences that are not enrolled, and entries without a sentence. */
export function compare(ledger: Ledger, rfc: string): string[] {
  const faults: string[] = []
  const sentences = normativeSentences(rfc)
  const key = ({ section, n }: { section: string; n: number }) => `${section} ${n}`
  const entries = new Map(ledger.entries.map(entry => [key(entry), entry]))
  for (const sentence of sentences) {
    const entry = entries.get(key(sentence))
    entries.delete(key(sentence))
    const name = nameOf(ledger, sentence)
    if (!entry) faults.push(`${name} is missing: ${sentence.hash}, "${sentence.text}"`)
    else if (entry.hash !== sentence.hash)
      faults.push(`${name} has hash ${entry.hash}, its text ${sentence.hash}: "${sentence.text}"`)
    else if (entry.level !== sentence.level)
      faults.push(`${name} says ${entry.level}, its text ${sentence.level}`)
  }
  for (const entry of entries.values())
    faults.push(`${nameOf(ledger, entry)} is unknown: the text has no such sentence`)
  return faults
}
