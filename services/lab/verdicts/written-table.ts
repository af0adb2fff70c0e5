import { expectWhatIs } from '#shared/verdict-baseline.ts'
import { read } from '../api/route.ts'
import { LabError } from '../errors.ts'
import type { Manage } from '../peers/ask.ts'
import { judgeRows } from './judge-rows.ts'
import { type Judged, verdictTableSchema } from './schemas.ts'

export interface JudgedTable {
  readonly judged: Judged
  /** The same text, with what is decided now in the place of what was expected. */
  readonly baseline: string
}

/**
 * A table of decisions as people write it, in YAML or JSON.
 * @throws LabError that names the line, or every field that is wrong
 */
export async function judgeWritten(manage: Manage, text: string): Promise<JudgedTable> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem) throw new LabError('invalidRequest', { message: `This is not YAML: ${problem.message}` })
  const { verdicts } = read(verdictTableSchema, document.toJS({ maxAliasCount: 100 }), 'table')
  const judged = await judgeRows(manage, verdicts)
  expectWhatIs(document, judged.verdicts)
  return { judged, baseline: document.toString({ flowCollectionPadding: false, lineWidth: 0 }) }
}
