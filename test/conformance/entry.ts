import type { Level } from './sentences.ts'

/** A normative sentence of an RFC, and what became of it here. */
export interface Entry {
  readonly section: string
  /** Its place among the normative sentences of the section, from 1. */
  readonly n: number
  readonly level: Level
  /** Of the sentence as the RFC has it (`hashOf`): whoever has the text can check that none is missing. */
  readonly hash: string
  /** What it asks for, in our own words. */
  readonly says: string
  /** The tests that show it, each `file › describe › … › test`. All of them have to pass. */
  readonly shown?: string | readonly string[]
  /** Why no test shows it. */
  readonly gap?: string
}

export interface Ledger {
  readonly rfc: number
  readonly title: string
  /** How many normative sentences each section has. */
  readonly counts: Readonly<Record<string, number>>
  readonly entries: readonly Entry[]
}

/** A test by its file and the titles that lead to it. */
export interface NamedTest {
  readonly file: string
  readonly titles: readonly string[]
}

const SEPARATOR = ' › '

/** How a sentence is referred to: `RFC 4271 §6.1 (2)`. */
export function nameOf(ledger: Ledger, { section, n }: Pick<Entry, 'section' | 'n'>): string {
  return `RFC ${ledger.rfc} §${section} (${n})`
}

export function testsOf(entry: Entry): NamedTest[] {
  const names = entry.shown === undefined ? [] : [entry.shown].flat()
  return names.map(name => {
    const [file = '', ...titles] = name.split(SEPARATOR)
    return { file, titles }
  })
}

/** Needs network namespaces, and so root. */
export function inNamespaces({ file }: NamedTest): boolean {
  return file.endsWith('.ns.test.ts')
}
