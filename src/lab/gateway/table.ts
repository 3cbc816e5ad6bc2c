import type { PathResult } from './try-paths.ts'

/** The table of paths, for people: one row a path, columns as wide as they must be. */
export function formatTable(results: readonly PathResult[]): string {
  const head = ['from', 'to', 'family', 'on the wire', 'loss', 'largest', 'source', '']
  const rows = results.map(result => [
    result.path.from.name,
    result.path.to.name,
    `IPv${result.path.family}`,
    result.wire ?? 'nothing',
    loss(result),
    result.largest === undefined ? '-' : String(result.largest),
    sourceText(result),
    result.problems.length === 0 ? 'ok' : `WRONG: ${result.problems.join('; ')}`,
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length)))
  return [head, ...rows]
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A sentence with the number of paths that are right. */
export function summary(results: readonly PathResult[]): string {
  const wrong = results.filter(result => result.problems.length > 0).length
  const count = `${results.length} path${results.length === 1 ? '' : 's'}`
  return wrong === 0 ? `${count}, all right` : `${count}, ${wrong} wrong`
}

/** The same for programs: an array of objects, one a path. */
export function tableJson(results: readonly PathResult[]) {
  return results.map(({ path, ...result }) => ({
    from: path.from.name,
    to: path.to.name,
    family: `ipv${path.family}`,
    wire: result.wire ?? null,
    sent: result.sent,
    received: result.received,
    largest: result.largest ?? null,
    source: result.source ?? null,
    expected: { wire: path.wire, largest: path.largest, source: path.from.addresses[path.family] },
    problems: result.problems,
  }))
}

function loss({ sent, received }: PathResult): string {
  return sent === 0 ? '-' : `${Math.round(((sent - received) / sent) * 100)} %`
}

function sourceText({ path, source }: PathResult): string {
  if (source === undefined) return '-'
  return source === path.from.addresses[path.family] ? 'unchanged' : source
}
