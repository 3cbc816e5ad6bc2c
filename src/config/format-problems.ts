import type { Problem } from '../model/errors.ts'

/**
 * Problems as lines for a terminal or a log: `file:line:column: path: what is wrong. What would be right.`
 * @param source name of the file or input that positions are in
 */
export function formatProblems(problems: readonly Problem[], source = 'configuration'): string {
  return problems.map(problem => formatProblem(problem, source)).join('\n')
}

function formatProblem({ severity, path, line, column, detail, fix }: Problem, source: string): string {
  const position = line === undefined ? source : `${source}:${line}:${column ?? 1}`
  const mark = severity === 'warning' ? ' warning:' : ''
  return `${position}:${mark} ${path === undefined ? '' : `${path}: `}${detail}\n    ${fix}`
}
