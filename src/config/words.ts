/** What a value is, in a word of people: `a list`, `text`, `nothing`. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return (
    {
      object: 'a map',
      string: 'text',
      number: Number.isInteger(value) ? 'a whole number' : 'a number that is not whole',
      boolean: 'true or false',
    }[typeof value as string] ?? typeof value
  )
}

const LONGEST = 60

/** A value as it may stand in a sentence: text in quotes, cut where it is long. */
export function showValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  if (text.length <= LONGEST) return text
  return `${text.slice(0, LONGEST - 3)}...`
}

/** `a`, `a or b`, `a, b or c`. */
export function listWords(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** `1 problem`, `3 problems`. */
export function countWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/**
 * The candidate that a person most likely meant: the same but for case, hyphens and underscores, or within a few
 * slips of the hand.
 */
export function closest(text: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(Math.min(text.length, 32) / 3)) + 1
  for (const candidate of candidates) {
    if (plain(candidate) === plain(text)) return candidate
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue
    const distance = slips(text.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function plain(text: string): string {
  return text.replace(/[-_ ]/g, '').toLowerCase()
}

/** Letters added, left out, changed, or two neighbours swapped (optimal string alignment). */
function slips(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

/** What to do about a name that is not there: the likely one, or the choices. */
export function suggest(name: string, known: readonly string[], where: string): string {
  const likely = closest(name, known)
  if (likely !== undefined) return `Did you mean ${likely}? If not, add ${name} to ${where}`
  if (known.length === 0) return `Add ${name} to ${where}`
  const shown = known.length > 12 ? [...known.slice(0, 12), '...'] : known
  return `Name one of ${shown.join(', ')}, or add ${name} to ${where}`
}
