import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LoadedScenario } from './read.ts'
import { formatProblems } from './report.ts'
import type { Scenario } from './world.ts'

/**
 * The way to a world. Parser and schemas take over 100 ms of a cold start, so they are imported on first use,
 * and the default world, which most starts take, is also kept compiled, for as long as contoso.yaml is unchanged.
 */
export { formatProblems } from './report.ts'

export const defaultScenarioFile: string = fileURLToPath(new URL('contoso.yaml', import.meta.url))

const compiledDefaultFile = fileURLToPath(new URL('contoso.compiled.jsonl', import.meta.url))

export async function loadDefaultScenario(): Promise<Scenario> {
  const text = readFileSync(defaultScenarioFile, 'utf8')
  const compiled = compiledScenario(readFileSync(compiledDefaultFile, 'utf8'), text)
  if (compiled !== undefined) return compiled
  const loaded = await loadScenario(text, defaultScenarioFile)
  if (loaded.ok) return loaded.scenario
  throw new Error(formatProblems(loaded))
}

export async function loadScenarioFile(path: string): Promise<LoadedScenario> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { ok: false, fileName: path, problems: [{ line: 1, column: 1, path: '', message, source: '' }] }
  }
  return loadScenario(text, path)
}

export async function loadScenario(text: string, fileName: string): Promise<LoadedScenario> {
  const { readScenario } = await import('./read.ts')
  return readScenario(text, fileName)
}

/** One line for the source, then one for each section, so that a change shows where it happened. */
export function compileScenario(text: string, scenario: Scenario): string {
  const lines = [['source', fingerprint(text)], ...Object.entries(scenario)]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** Nothing, when the text is not what was compiled. */
export function compiledScenario(compiled: string, text: string): Scenario | undefined {
  const lines = compiled.trimEnd().split('\n')
  const { source, ...sections } = Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]))
  return source === fingerprint(text) ? (sections as Scenario) : undefined
}

/** A checkout may have changed line ends. */
function fingerprint(text: string): string {
  return hash('sha256', text.replaceAll('\r\n', '\n'))
}
