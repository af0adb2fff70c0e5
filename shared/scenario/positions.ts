import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml'

export type Path = readonly (string | number)[]

/** One thing that is wrong in a scenario file, and where: lines and columns count from 1. */
export type ScenarioProblem = {
  readonly line: number
  readonly column: number
  /** The field, such as `users[3].groups[0]`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  /** The line of the file, to be quoted. */
  readonly source: string
}

export type Located = { readonly path: Path; readonly message: string; readonly at?: 'key' }

export type ScenarioText = { readonly document: Document; readonly lines: LineCounter; readonly text: string }

export function locate(source: ScenarioText, problem: Located): ScenarioProblem {
  const offset = offsetOf(source.document, problem.path, problem.at === 'key')
  return { ...placeAt(source, offset), path: pathText(problem.path), message: problem.message }
}

export function placeAt(
  { lines, text }: ScenarioText,
  offset: number,
): Pick<ScenarioProblem, 'line' | 'column' | 'source'> {
  const { line, col } = lines.linePos(offset)
  const start = lines.lineStarts[line - 1] ?? 0
  const end = text.indexOf('\n', start)
  const source = text.slice(start, end === -1 ? undefined : end).trimEnd()
  return { line: Math.max(line, 1), column: Math.max(col, 1), source }
}

export function pathText(path: Path): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
  return steps.join('').replace(/^\./, '')
}

/** The place of the value at the path, or of the nearest thing around it when there is none. */
function offsetOf(document: Document, path: Path, atKey: boolean): number {
  let place: Place = { value: document.contents }
  for (const [index, step] of path.entries()) {
    const next = stepInto(isAlias(place.value) ? place.value.resolve(document) : place.value, step)
    const isWanted = atKey && index === path.length - 1
    if (next.key !== undefined && (isWanted || isEmpty(next.value))) return startOf(next.key)
    if (next.value == null) return startOf(place.value)
    place = next
  }
  return startOf(place.value)
}

type Place = { readonly key?: Node; readonly value: Node | null | undefined }

function stepInto(container: Node | null | undefined, step: string | number): Place {
  if (isSeq(container)) return { value: container.items[Number(step)] as Node | undefined }
  const pair = isMap(container) ? container.items.find((item) => keyOf(item) === step) : undefined
  return pair === undefined ? { value: undefined } : { key: pair.key as Node, value: pair.value as Node | null }
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? String(pair.key.value) : pair.key
}

function isEmpty(node: Node | null | undefined): boolean {
  return node == null || (isScalar(node) && node.value === null)
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0
}
