import { type Aim, CASES } from './cases.ts'
import type { Measured } from './measure.ts'

/** One step of one try of one contender. */
export interface Figure extends Measured {
  readonly case: string
  readonly contender: string
  readonly round: number
}

/** Our own name among the contenders. */
const OURS = 'causeway'

const VALUE: Readonly<
  Record<Aim['quantity'], { readonly unit: string; of(one: Measured): number | undefined }>
> = {
  time: { unit: 's', of: one => one.seconds },
  latency: { unit: 'ms', of: one => one.latency },
  memory: { unit: 'MiB', of: one => one.peakMemory },
  gap: { unit: 'ms', of: one => one.longestGap },
  turn: { unit: 'ms', of: one => one.longestTurn },
  work: { unit: 'ms', of: one => one.longestWork },
}

/** For each aim a line a contender, medians, and whether we meet it. */
export function reportText(figures: readonly Figure[]): string {
  const sections: string[] = []
  for (const [name, { aims }] of Object.entries(CASES)) {
    const own = figures.filter(figure => figure.case === name)
    if (own.length === 0) continue
    for (const aim of aims) sections.push(section(aim, own))
  }
  return sections.join('\n\n')
}

function section(aim: Aim, figures: readonly Figure[]): string {
  const contenders = [...new Set(figures.map(figure => figure.contender))]
  const ours = figureOf(aim, figures, OURS)
  const rows = contenders.map(contender => row(aim, figures, contender, ours))
  const all = [['', VALUE[aim.quantity].unit, 'to ours', 'cpu s', 'driver s', 'MiB', 'rounds'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map(cells => cells[column]!.length)))
  const lines = all.map(cells =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
  return [`${aim.name}${verdict(aim, figures, ours)}`, ...lines.map(line => `  ${line}`)].join('\n')
}

function row(aim: Aim, figures: readonly Figure[], contender: string, ours: number): string[] {
  const own = figures.filter(figure => figure.contender === contender)
  const failed = own.find(figure => figure.failure)
  const step = own.filter(figure => figure.step === aim.step && !figure.failure)
  const value = figureOf(aim, figures, contender)
  if (Number.isNaN(value)) return [contender, shortened(failed?.failure ?? '-'), '', '', '', '', '']
  const ratio = value / ours
  return [
    contender,
    format(value),
    Number.isNaN(ratio) ? '' : ratio.toFixed(2),
    median(step.map(figure => figure.cpu)).toFixed(2),
    median(step.map(figure => figure.driverCpu)).toFixed(2),
    String(Math.round(median(step.map(figure => figure.peakMemory)))),
    String(step.length),
  ]
}

/** `: 0.65 of bird (≤ 0.80), met`. */
function verdict(aim: Aim, figures: readonly Figure[], ours: number): string {
  if (Number.isNaN(ours)) return ''
  const parts: string[] = []
  for (const [rival, most] of Object.entries(aim.ratios ?? {})) {
    const ratio = ours / figureOf(aim, figures, rival)
    if (!Number.isNaN(ratio))
      parts.push(
        `${ratio.toFixed(2)} of ${rival} (aim ≤ ${most.toFixed(2)}: ${ratio <= most ? 'met' : 'missed'})`,
      )
  }
  if (aim.limit !== undefined) {
    const { unit } = VALUE[aim.quantity]
    parts.push(
      `${format(ours)} ${unit} (aim ≤ ${aim.limit} ${unit}: ${ours <= aim.limit ? 'met' : 'missed'})`,
    )
  }
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}

/** The median over the rounds, NaN where there is none. */
function figureOf(aim: Aim, figures: readonly Figure[], contender: string): number {
  const { of } = VALUE[aim.quantity]
  const values = figures
    .filter(figure => figure.contender === contender && figure.step === aim.step && !figure.failure)
    .map(figure => of(figure) ?? Number.NaN)
  return median(values)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3)
}

/** A failure as a cell: its whole text was on standard error. */
function shortened(text: string): string {
  return text.length <= 24 ? text : `${text.slice(0, 23)}…`
}
