import type { Problem } from '../model/errors.ts'

/**
 * Problems as lines for a terminal or a log: `file:line:column: path: what is wrong. What would be right.`
 * @param source name of the text that problems are in which name none themselves
 */
export function formatProblems(problems: readonly Problem[], source = 'configuration'): string {
  return problems.map(problem => formatProblem(problem, source)).join('\n')
}

function formatProblem(
  { severity, path, line, column, detail, fix, ...problem }: Problem,
  source: string,
): string {
  const name = problem.source ?? source
  const position = line === undefined ? name : `${name}:${line}:${column ?? 1}`
  const mark = severity === 'warning' ? ' warning:' : ''
  return `${position}:${mark} ${path === undefined ? '' : `${path}: `}${detail}\n    ${fix}`
}
