import type { z } from 'zod'
import type { Located, ScenarioProblem } from './positions.ts'

type Issue = z.core.$ZodIssue

/** What zod found, in the words of someone who edits a file. */
export function describeIssue(issue: Issue): readonly Located[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown field "${key}"`, at: 'key' }))
  }
  return [{ path, message: explain(issue, path.at(-1)) }]
}

function explain(issue: Issue, field: string | number = 'file'): string {
  // In YAML a field without a value is null; to whoever wrote it, it is missing.
  if (/received (undefined|null)$/.test(issue.message)) return `"${field}" is missing`
  if (/expected string, received (number|boolean)$/.test(issue.message)) return 'expected text: put the value in quotes'
  if (issue.code === 'too_small' && issue.origin === 'array') return `expected at least ${issue.minimum} in this list`
  return issue.message.replace(/^Invalid (input|option): /, '')
}

export type RefusedScenario = {
  readonly ok: false
  readonly fileName: string
  readonly problems: readonly ScenarioProblem[]
}

/** The whole report for a terminal, each line of the file quoted. */
export function formatProblems({ problems, fileName }: Pick<RefusedScenario, 'fileName' | 'problems'>): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return [`${fileName}: ${count}`, ...problems.map((problem) => formatProblem(problem, fileName))].join('\n\n')
}

function formatProblem(problem: ScenarioProblem, fileName: string): string {
  const { line, column, path, message, source } = problem
  const heading = `${fileName}:${line}:${column}${path === '' ? '' : `  ${path}`}\n  ${message}`
  if (source === '') return heading
  const margin = String(line)
  return `${heading}\n  ${margin} | ${source}\n  ${' '.repeat(margin.length)} | ${' '.repeat(column - 1)}^`
}
