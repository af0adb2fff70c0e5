import { isMap, LineCounter, parseDocument, visit } from 'yaml'
import { locate, placeAt, type ScenarioProblem, type ScenarioText } from './positions.ts'
import { checkReferences } from './references.ts'
import { describeIssue, type RefusedScenario } from './report.ts'
import { resolveScenario } from './resolve.ts'
import { scenarioSchema } from './schema.ts'
import type { Scenario } from './world.ts'

export type LoadedScenario = { readonly ok: true; readonly scenario: Scenario } | RefusedScenario

const notAWorld: ScenarioProblem = {
  line: 1,
  column: 1,
  path: '',
  message: 'expected a world: fields such as domains and users',
  source: '',
}

/** One report of everything that is wrong: the YAML, the fields, and the names that fields mention. */
export function readScenario(text: string, fileName: string): LoadedScenario {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const source: ScenarioText = { document, lines, text }
  const problems = [...syntaxProblems(source)]
  if (!isMap(document.contents)) return { ok: false, fileName, problems: problems.length > 0 ? problems : [notAWorld] }
  const world: unknown = document.toJS({ maxAliasCount: -1 })
  const parsed = scenarioSchema.safeParse(world)
  const located = [...(parsed.error?.issues.flatMap(describeIssue) ?? []), ...checkReferences(world)]
  problems.push(...located.map((problem) => locate(source, problem)))
  if (parsed.success && problems.length === 0) return { ok: true, scenario: resolveScenario(parsed.data) }
  return { ok: false, fileName, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

/** An alias without its anchor is removed, as the rest of the file cannot be read otherwise. */
function syntaxProblems(source: ScenarioText): readonly ScenarioProblem[] {
  const { document } = source
  const found = [...document.errors, ...document.warnings].map(({ pos, message }) => ({ offset: pos[0], message }))
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined
      found.push({ offset: alias.range?.[0] ?? 0, message: `alias *${alias.source} has no anchor before it` })
      return visit.REMOVE
    },
  })
  return found.map(({ offset, message }) => ({ ...placeAt(source, offset), path: '', message }))
}
