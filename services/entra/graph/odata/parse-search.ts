import { GraphQueryError, type QueryProblem } from './graph-query-error.ts'

/** A $search as a tree ("Use the $search query parameter", "Using $search on directory object collections"). */
export type SearchExpression = SearchClause | SearchJunction

export interface SearchClause {
  readonly kind: 'clause'
  readonly property: string
  readonly text: string
}

export interface SearchJunction {
  readonly kind: 'and' | 'or'
  /** Two or more. */
  readonly terms: readonly SearchExpression[]
}

/** Ours: longer than any URL that Graph takes. */
const longestSearch = 8192
const deepestSearch = 100

interface Token {
  readonly kind: 'clause' | 'AND' | 'OR' | '(' | ')' | 'end'
  readonly text: string
  readonly offset: number
}

const spaces = /\s*/y
/** A clause stands in double quotes, within which a backslash escapes. */
const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['clause', /"(?:[^"\\]|\\.)*"/sy],
  ['AND', /AND(?!\w)/y],
  ['OR', /OR(?!\w)/y],
  ['(', /\(/y],
  [')', /\)/y],
]

/** Throws GraphQueryError. AND binds tighter than OR; parentheses group. */
export function parseSearch(text: string): SearchExpression {
  if (text.length > longestSearch) {
    throw new GraphQueryError('tooLong', { values: { length: text.length, limit: longestSearch } })
  }
  const reader = new SearchReader(text)
  const expression = readJunction(reader, 'or', 0)
  if (reader.next.kind !== 'end') throw reader.error('syntaxError')
  return expression
}

function readJunction(reader: SearchReader, kind: 'and' | 'or', depth: number): SearchExpression {
  const readTerm = () => (kind === 'or' ? readJunction(reader, 'and', depth) : readPrimary(reader, depth))
  const first = readTerm()
  const terms = [first]
  while (reader.takeIf(kind === 'or' ? 'OR' : 'AND')) terms.push(readTerm())
  return terms.length === 1 ? first : { kind, terms }
}

function readPrimary(reader: SearchReader, depth: number): SearchExpression {
  if (depth > deepestSearch) throw reader.error('tooDeep')
  if (reader.takeIf('(')) {
    const expression = readJunction(reader, 'or', depth + 1)
    if (!reader.takeIf(')')) throw reader.error('closingExpected')
    return expression
  }
  const token = reader.next
  if (!reader.takeIf('clause')) throw reader.error('expressionExpected')
  return readClause(token.text)
}

function readClause(quoted: string): SearchClause {
  const clause = quoted.slice(1, -1).replace(/\\(.)/gs, '$1')
  const colon = clause.indexOf(':')
  const [property, text] = [clause.slice(0, colon).trim(), clause.slice(colon + 1)]
  if (colon < 1 || property === '' || text.trim() === '') {
    throw new GraphQueryError('searchClauseNotValid', { values: { found: clause } })
  }
  return { kind: 'clause', property, text }
}

class SearchReader {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #index = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  get next(): Token {
    // The last token is always `end` and is never taken.
    return this.#tokens[this.#index] as Token
  }

  takeIf(kind: Exclude<Token['kind'], 'end'>): boolean {
    const found = this.next.kind === kind
    if (found) this.#index += 1
    return found
  }

  error(problem: QueryProblem): GraphQueryError {
    return new GraphQueryError(problem, { values: { position: this.next.offset, text: this.#text } })
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  for (;;) {
    offset += matchAt(spaces, text, offset)?.length ?? 0
    if (offset === text.length) return [...tokens, { kind: 'end', text: '', offset }]
    const token = readToken(text, offset)
    tokens.push(token)
    offset += token.text.length
  }
}

function readToken(text: string, offset: number): Token {
  for (const [kind, pattern] of patterns) {
    const match = matchAt(pattern, text, offset)
    if (match !== undefined) return { kind, text: match, offset }
  }
  if (text[offset] === '"') throw new GraphQueryError('unterminatedString', { values: { position: offset, text } })
  const stray = /[^\w\s]/.exec(text.slice(offset))
  const position = offset + (stray?.index ?? 0)
  const found = String.fromCodePoint(text.codePointAt(position) ?? 0)
  throw new GraphQueryError('characterNotValid', { values: { found, position, text } })
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}
