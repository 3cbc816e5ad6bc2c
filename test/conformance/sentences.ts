import { createHash } from 'node:crypto'

/** A sentence of an RFC that says what a speaker has to do. */
export interface Sentence {
  /** Its section: `4.1`, `F.2` in an appendix, or the heading where that has no number. */
  readonly section: string
  /** Its place among the normative sentences of the section, from 1. */
  readonly n: number
  /** The strongest of its key words. */
  readonly level: Level
  readonly text: string
  readonly hash: string
}

export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT'

/** The key words of RFC 2119, strongest first, with what they are synonyms of. */
const KEY_WORDS: readonly [RegExp, Level][] = [
  [/\b(?:MUST|SHALL) NOT\b/, 'MUST NOT'],
  [/\b(?:MUST|SHALL|REQUIRED)\b/, 'MUST'],
  [/\b(?:SHOULD NOT|NOT RECOMMENDED)\b/, 'SHOULD NOT'],
  [/\b(?:SHOULD|RECOMMENDED)\b/, 'SHOULD'],
]

const HEADING = /^(?:Appendix )?(\d+|[A-Z](?=[.:]))((?:\.\d+)*)[.:]?\s+\S/
const FOOTER = /\[Page \d+\]\s*$/
const RUNNING_HEAD = /^RFC \d+ .*\b(?:19|20)\d\d$/
/** The paragraph of RFC 2119, which lists all key words and asks for nothing. */
const BOILERPLATE = /^The key ?words /
/** A full stop that ends no sentence. */
const ABBREVIATION = /(?:\b(?:i\.e|e\.g|etc|vs|cf|resp|et al|[A-Z])|^[\da-z]+)\.$/
/** Where a list begins a paragraph of its own. */
const ITEM = /^\s*(?:[-o*+]|\(?[a-z0-9]{1,2}[.)])\s+/

/** The first 12 hexadecimal digits of the SHA-256 of a sentence, its white space made single spaces. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 12)
}

/** All sentences of an RFC, as its plain text of the RFC Editor has them, with a key word of RFC 2119 in capitals. */
export function normativeSentences(rfc: string): Sentence[] {
  const counts = new Map<string, number>()
  const found: Sentence[] = []
  for (const { section, text } of paragraphs(rfc)) {
    if (BOILERPLATE.test(text)) continue
    for (const sentence of sentencesOf(text)) {
      const level = KEY_WORDS.find(([words]) => words.test(sentence))?.[1]
      if (level === undefined) continue
      const n = (counts.get(section) ?? 0) + 1
      counts.set(section, n)
      found.push({ section, n, level, text: sentence, hash: hashOf(sentence) })
    }
  }
  return found
}

/** The paragraphs from the first numbered section on, without the lines that only frame a page. */
function paragraphs(rfc: string): { section: string; text: string }[] {
  const found: { section: string; text: string }[] = []
  let section: string | undefined
  let lines: string[] = []
  /** A page ended in what was read last: if that was in mid-sentence, it goes on over the page. */
  let turned = false
  const end = () => {
    if (section !== undefined && lines.length > 0) found.push({ section, text: join(lines) })
    lines = []
  }
  for (const raw of rfc.split('\n')) {
    const line = raw.replace(/[\f\r]/g, '').trimEnd()
    if (FOOTER.test(line) || RUNNING_HEAD.test(line)) {
      turned = true
      continue
    }
    if (line === '') {
      if (!turned && lines.length > 0 && !lines.includes('')) lines.push('')
      continue
    }
    const heading = HEADING.exec(line)
    if (heading) {
      end()
      section = `${heading[1]}${heading[2]}`
    } else if (/^\S/.test(line)) {
      end()
      // A heading without a number counts once the numbered ones have begun: the front matter has none.
      section = section === undefined ? undefined : line
    } else {
      if (lines.includes('') || turned) {
        const before = lines.filter(text => text !== '')
        const goesOn = turned && before.length > 0 && !/[.:;]$/.test(before.at(-1)!) && !ITEM.test(line)
        if (goesOn) lines = before
        else end()
      }
      if (ITEM.test(line) && /(?:^|[.:;,]|\band|\bor)$/.test(lines.at(-1) ?? '')) end()
      lines.push(line)
    }
    turned = false
  }
  end()
  return found
}

/** One line of several; a hyphen at the end of a line belongs to the word. */
function join(lines: readonly string[]): string {
  return lines
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/(\w)- (?=\w)/g, '$1-')
    .trim()
}

function sentencesOf(paragraph: string): string[] {
  const found: string[] = []
  let begin = 0
  for (const match of paragraph.matchAll(/[.!?]["')\]]*\s+(?=["'([]*[A-Z])/g)) {
    const stop = match.index + match[0].trimEnd().length
    const candidate = paragraph.slice(begin, stop)
    if (ABBREVIATION.test(candidate)) continue
    found.push(candidate.trim())
    begin = stop
  }
  found.push(paragraph.slice(begin).trim())
  return found.filter(text => text !== '')
}
