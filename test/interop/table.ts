import { PEERS, type PeerName } from './bench.ts'
import type { Case } from './case.ts'
import { DECLARED } from './declared.ts'
import type { Cell, Column, Result } from './matrix.ts'

const SHOWN: Readonly<Record<Result, string>> = { yes: 'yes', no: 'NO', 'peer lacks it': '-' }

/** A row for each case, a column for each peer, the head first. */
function rowsOf(columns: readonly Column[], cases: readonly Case[]): string[][] {
  const head = ['', ...columns.map(({ peer }) => PEERS[peer].program.name)]
  const rows = cases.map(({ name, title }) => [
    title,
    ...columns.map(({ cells }) => {
      const cell = cells.find(one => one.case === name)
      return cell ? SHOWN[cell.result] : '?'
    }),
  ])
  return [head, ...rows]
}

/** The matrix for people; below, what stands behind what is no `yes`. */
export function formatMatrix(columns: readonly Column[], cases: readonly Case[]): string {
  const rows = rowsOf(columns, cases)
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  const table = rows.map(row =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  const notes = columns.flatMap(({ cells }) => cells.filter(cell => cell.result !== 'yes').map(note))
  const versions = columns.map(({ peer, version }) => `${PEERS[peer].program.name}: ${version}`)
  return [...table, '', ...versions, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

/** The same as a page of documentation. */
export function markdownMatrix(columns: readonly Column[], cases: readonly Case[]): string {
  const [head, ...rows] = rowsOf(columns, cases)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const notes = columns.flatMap(({ cells }) => cells.filter(({ evidence }) => evidence !== undefined))
  const code = (text: string) => `\`\` ${text.replace(/\s+/g, ' ')} \`\``
  return [
    '# With other BGP speakers',
    '',
    'What `npm run interop -- --markdown docs/interop.md` wrote. `yes`: tried in the run, and seen in what the peer itself says, in our state, in the kernel or on the wire. `-`: the peer lacks it; what shows that is below.',
    '',
    ...columns.map(({ peer, version }) => `- ${PEERS[peer].program.name}: ${version}`),
    '',
    line(head!),
    line(head!.map(() => '---')),
    ...rows.map(line),
    '',
    '## What was seen',
    '',
    ...notes.map(
      cell => `- ${PEERS[cell.peer].program.name}, ${cell.case} (${cell.result}): ${code(cell.evidence!)}`,
    ),
    '',
  ].join('\n')
}

function note(cell: Cell): string {
  const what = cell.result === 'no' ? 'NO' : 'the peer lacks it'
  return `${PEERS[cell.peer].program.name}, ${cell.case}: ${what}: ${cell.evidence}`
}

/** A sentence for each cell that is not as declared. */
export function unexpected(columns: readonly Column[]): string[] {
  return columns.flatMap(({ peer, cells }) =>
    cells
      .filter(cell => cell.result !== declared(peer, cell.case))
      .map(cell => `${peer} ${cell.case}: ${cell.result}, declared is: ${declared(peer, cell.case)}`),
  )
}

function declared(peer: PeerName, name: string): Result {
  return DECLARED[peer].includes(name) ? 'peer lacks it' : 'yes'
}
