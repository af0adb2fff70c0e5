import {
  type ComparisonOperator,
  comparisonOperators,
  type FilterExpression,
  type Lambda,
  type Literal,
  type Path,
  textFunctions,
} from './filter-expression.ts'
import { FilterReader } from './filter-reader.ts'
import { filterClause } from './filter-tokens.ts'
import { GraphQueryError, queryGap } from './graph-query-error.ts'
import { atLiteral, readLiteral } from './read-literal.ts'

/** Ours: longer than any URL that Graph takes. */
const longestFilter = 8192
const deepestFilter = 100

/** What OData knows besides what is implemented here. */
const otherFunctions = new Set(
  'concat indexof length substring tolower toupper trim matchespattern year month day hour minute second date time now round floor ceiling cast isof'.split(
    ' ',
  ),
)
const otherOperators = ['has', 'add', 'sub', 'mul', 'div', 'divby', 'mod'] as const

/** What surrounds the place that is being read. */
interface Surroundings {
  readonly depth: number
  readonly variables: readonly string[]
}

/** Throws GraphQueryError or Gap. Precedence: comparisons, not, and, or ([OData URL] §5.1.1.16). */
export function parseFilter(text: string): FilterExpression {
  if (text.length > longestFilter) {
    const values = { clause: filterClause, length: text.length, limit: longestFilter }
    throw new GraphQueryError('tooLong', { values })
  }
  const reader = new FilterReader(text)
  const expression = readJunction(reader, 'or', { depth: 0, variables: [] })
  if (!reader.at('end')) throw reader.error('syntaxError')
  return expression
}

function readJunction(reader: FilterReader, kind: 'and' | 'or', around: Surroundings): FilterExpression {
  const readTerm = () => (kind === 'or' ? readJunction(reader, 'and', around) : readUnary(reader, around))
  const first = readTerm()
  const terms = [first]
  while (reader.takeWord(kind)) terms.push(readTerm())
  return terms.length === 1 ? first : { kind, terms }
}

function readUnary(reader: FilterReader, around: Surroundings): FilterExpression {
  if (around.depth > deepestFilter) throw reader.error('tooDeep')
  const inside = { ...around, depth: around.depth + 1 }
  if (reader.takeWord('not')) return { kind: 'not', term: readUnary(reader, inside) }
  if (!reader.takeIf('(')) return readPredicate(reader, inside)
  const expression = readJunction(reader, 'or', inside)
  reader.expect(')', 'closingExpected')
  return comparedWithBoolean(reader, expression)
}

function readPredicate(reader: FilterReader, around: Surroundings): FilterExpression {
  if (atLiteral(reader)) return readReversedComparison(reader, around)
  if (!reader.at('name')) throw reader.error('expressionExpected')
  if (reader.follows('(')) return comparedWithBoolean(reader, readFunction(reader, around))
  const path = readPath(reader, around)
  if (path.lambda) return comparedWithBoolean(reader, path.lambda)
  return readComparison(reader, path)
}

/** `startswith(mail,'a') eq false` is `not startswith(mail,'a')`. */
function comparedWithBoolean(reader: FilterReader, expression: FilterExpression): FilterExpression {
  if (!reader.atWord('eq', 'ne')) return expression
  const equal = reader.take().text.toLowerCase() === 'eq'
  if (!reader.atWord('true', 'false')) throw reader.error('syntaxError')
  const value = reader.take().text.toLowerCase() === 'true'
  return equal === value ? expression : { kind: 'not', term: expression }
}

/** A boolean property may stand alone. */
function readComparison(reader: FilterReader, path: Path): FilterExpression {
  if (reader.takeWord('in')) return { kind: 'in', path, values: readList(reader) }
  const operator = readOperator(reader)
  if (!operator) return { kind: 'comparison', path, operator: 'eq', value: { type: 'boolean', value: true } }
  return { kind: 'comparison', path, operator, value: readLiteral(reader) }
}

function readReversedComparison(reader: FilterReader, around: Surroundings): FilterExpression {
  const value = readLiteral(reader)
  const operator = readOperator(reader)
  if (!operator || !reader.at('name')) throw reader.error('syntaxError')
  const path = readPath(reader, around)
  if (path.lambda) throw reader.error('syntaxError')
  return { kind: 'comparison', path, operator: mirrored[operator], value }
}

const mirrored = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const

function readOperator(reader: FilterReader): ComparisonOperator | undefined {
  if (reader.atWord(...otherOperators)) throw queryGap(`the operator ${reader.next.text}`)
  const operator = comparisonOperators.find((each) => reader.atWord(each))
  if (operator) reader.take()
  return operator
}

function readList(reader: FilterReader): readonly Literal[] {
  reader.expect('(', 'syntaxError')
  const values = [readLiteral(reader)]
  while (reader.takeIf(',')) values.push(readLiteral(reader))
  reader.expect(')', 'closingOrCommaExpected')
  return values
}

function readFunction(reader: FilterReader, around: Surroundings): FilterExpression {
  const name = reader.take().text.toLowerCase()
  const known = textFunctions.find((each) => each === name)
  if (!known && otherFunctions.has(name)) throw queryGap(`the function ${name}`)
  if (!known) throw reader.error('unknownFunction', { name })
  reader.take()
  if (atLiteral(reader)) throw reader.error('operatorUnsupported', { operator: known })
  if (!reader.at('name')) throw reader.error('expressionExpected')
  const path = readPath(reader, around)
  if (path.lambda || !reader.takeIf(',') || !reader.at('string')) throw reader.error('functionSignature', { name })
  const value = reader.take().text
  reader.expect(')', 'closingOrCommaExpected')
  return { kind: 'text', name: known, path, value }
}

/** A path, which a lambda may end: `identities/any(i:i/issuer eq 'contoso.com')`. */
function readPath(reader: FilterReader, around: Surroundings): Path & { readonly lambda?: Lambda } {
  const first = reader.take().text
  const variable = around.variables.includes(first) ? first : undefined
  const segments = variable === undefined ? [first] : []
  while (reader.takeIf('/')) {
    if (!reader.at('name')) throw reader.error('syntaxError')
    if (reader.atWord('any', 'all') && reader.follows('(')) {
      const path = pathOf(variable, segments)
      return { ...path, lambda: readLambda(reader, path, around) }
    }
    if (reader.takeWord('$count')) return { ...pathOf(variable, segments), count: true }
    segments.push(reader.take().text)
  }
  return pathOf(variable, segments)
}

function pathOf(variable: string | undefined, segments: readonly string[]): Path {
  return variable === undefined ? { segments } : { variable, segments }
}

function readLambda(reader: FilterReader, path: Path, around: Surroundings): Lambda {
  const kind = reader.take().text.toLowerCase() === 'any' ? 'any' : 'all'
  reader.take()
  if (kind === 'any' && reader.takeIf(')')) return { kind, path }
  const variable = reader.expect('name', 'expressionExpected').text
  reader.expect(':', 'syntaxError')
  const inside = { depth: around.depth + 1, variables: [...around.variables, variable] }
  const condition = readJunction(reader, 'or', inside)
  reader.expect(')', 'closingExpected')
  return { kind, path, element: { variable, condition } }
}
