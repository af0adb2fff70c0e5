import { xml, xmlText } from '#shared/xml/markup.ts'

export interface Judged {
  readonly changed: number
  readonly verdicts: readonly JudgedRow[]
}

export interface JudgedRow {
  readonly name: string
  readonly expected: readonly string[]
  readonly got: readonly string[]
  readonly asExpected: boolean
  readonly why: string
  readonly problems: readonly string[]
}

/** What became of a table of decisions, for people and for the programs that read reports of tests. */
export const verdictReports = { text: textReport, json: jsonReport, junit: junitReport, tap: tapReport } as const

export type VerdictFormat = keyof typeof verdictReports

function jsonReport(judged: Judged): string {
  return `${JSON.stringify(judged, undefined, 2)}\n`
}

function textReport({ changed, verdicts }: Judged): string {
  const rows = [
    ['', 'Row', 'Expected', 'Got', 'Why'],
    ...verdicts.map(({ asExpected, name, expected, got, why, problems }) => [
      asExpected ? 'ok' : 'CHANGED',
      name,
      expected.join(', '),
      got.join(', '),
      [why, ...problems.filter((problem) => !problem.startsWith('expected '))].join('; '),
    ]),
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const sum = changed === 0 ? 'Every decision is as expected.' : `${changed} of ${verdicts.length} decisions changed.`
  return `${lines.join('\n')}\n${sum}\n`
}

/** The XML that CI servers show, in the shape that JUnit's Ant task gave it. */
function junitReport({ changed, verdicts }: Judged): string {
  const cases = verdicts.map(
    (row) => xml`
  <testcase classname="verdicts" name="${row.name}">${
    !row.asExpected &&
    xml`<failure message="${summaryOf(row)}" type="changed">${[row.why, ...row.problems].join('\n')}</failure>`
  }</testcase>`,
  )
  const suite = xml`<testsuites><testsuite name="verdicts" tests="${String(verdicts.length)}" failures="${String(changed)}" errors="0" skipped="0">${cases}
</testsuite></testsuites>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlText(suite)}\n`
}

/** Test Anything Protocol, version 13. */
function tapReport({ verdicts }: Judged): string {
  const lines = verdicts.flatMap((row, index) => [
    // A hash begins a directive (TAP 13, Directives).
    `${row.asExpected ? 'ok' : 'not ok'} ${index + 1} - ${row.name.replaceAll('#', '\\#')}`,
    ...(row.asExpected ? [] : [summaryOf(row), row.why, ...row.problems].map((text) => `# ${text}`)),
  ])
  return ['TAP version 13', `1..${verdicts.length}`, ...lines, ''].join('\n')
}

function summaryOf({ expected, got }: JudgedRow): string {
  return `expected ${expected.join(', ')}, got ${got.join(', ')}`
}
