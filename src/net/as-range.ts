/** AS numbers from the first to the last, both included. */
export interface AsRange {
  readonly first: number
  readonly last: number
}

const LAST_AS = 4294967295

/** Reads `64512` or `"64512-64999"`; undefined where these are no AS numbers, or the first is above the last. */
export function parseAsRange(value: number | string): AsRange | undefined {
  const [, from, to] =
    typeof value === 'string' ? (/^(\d{1,10})-(\d{1,10})$/.exec(value) ?? []) : [value, value, value]
  const range = { first: Number(from), last: Number(to) }
  return range.first >= 1 && range.first <= range.last && range.last <= LAST_AS ? range : undefined
}

export function formatAsRange({ first, last }: AsRange): string {
  return first === last ? String(first) : `${first}-${last}`
}

export function containsAs(ranges: readonly AsRange[], as: number): boolean {
  return ranges.some(({ first, last }) => first <= as && as <= last)
}
