import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { expectWhatIs } from '#shared/verdict-baseline.ts'
import { LabClient, LabRefusal } from './lab-client.ts'
import type { LabSurroundings } from './lab-command-line.ts'
import { type Judged, type VerdictFormat, verdictReports } from './verdict-reports.ts'

/**
 * `fauxchange verdicts FILE`: judges a table of decisions by a running stack, and prints what became of them.
 * Returns 1 when a decision changed, 2 when the table could not be judged. With `--update` the file has what is now. `--format` is text, json, junit or tap.
 */
export async function runVerdicts(
  gateway: string,
  args: readonly string[],
  { print, complain }: LabSurroundings,
): Promise<number> {
  try {
    const options = { update: { type: 'boolean' }, json: { type: 'boolean' }, format: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [file] = positionals
    if (file === undefined || positionals.length > 1) throw new Error(usage)
    const report = verdictReports[formatOf(values.format ?? (values.json ? 'json' : 'text'))]
    const { parseDocument } = await import('yaml')
    const table = parseDocument(await readFile(file, 'utf8'))
    if (table.errors[0]) throw new Error(`${file}: ${table.errors[0].message}`)
    const judged = await new LabClient(gateway).call<Judged>('POST', '/api/verdicts', table.toJS())
    print(report(judged))
    if (!values.update) return judged.changed > 0 ? 1 : 0
    return await update(file, table, judged, { print, complain })
  } catch (error) {
    complain(`${problemOf(error, gateway)}\n`)
    return 2
  }
}

const usage = 'fauxchange verdicts FILE [--update] [--format text|json|junit|tap]'

function formatOf(name: string): VerdictFormat {
  if (!Object.hasOwn(verdictReports, name)) throw new Error(usage)
  return name as VerdictFormat
}

function problemOf(error: unknown, gateway: string): string {
  if (error instanceof LabRefusal) return JSON.stringify(error.answer, undefined, 2)
  if (error instanceof TypeError && error.cause !== undefined) return `No stack answers at ${gateway}.`
  return (error as Error).message
}

interface WritableTable {
  setIn(path: readonly (string | number)[], value: unknown): void
  toString(): string
}

/** Comments and order stay; JSON is YAML, and stays JSON. What policies must do is not rewritten. */
async function update(
  file: string,
  table: WritableTable,
  { verdicts }: Judged,
  { print, complain }: LabSurroundings,
): Promise<number> {
  const failed = verdicts.filter(({ got }) => got.includes('error'))
  for (const { name, why } of failed) complain(`"${name}" was not judged: ${why}\n`)
  if (failed.length > 0) return 2
  expectWhatIs(table, verdicts)
  await writeFile(
    file,
    file.endsWith('.json') ? `${JSON.stringify(JSON.parse(String(table)), undefined, 2)}\n` : String(table),
  )
  print(`${file} has what is now.\n`)
  return 0
}
