import { GraphQueryError } from './graph-query-error.ts'

export interface Token {
  readonly kind: LiteralKind | 'name' | 'string' | '(' | ')' | ',' | '/' | ':' | 'end'
  /** As written; of a string what it means. */
  readonly text: string
  readonly offset: number
}

type LiteralKind = 'dateTime' | 'date' | 'guid' | 'number'

const spaces = /\s*/y
const string = /'(?:[^']|'')*'(?!')/y
const signs = ['(', ')', ',', '/', ':'] as const
/** In the order in which they must be tried: a date begins like a number, a GUID like a number or a name. */
const patterns: readonly (readonly [LiteralKind | 'name', RegExp])[] = [
  ['dateTime', /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?(?![\w-])/iy],
  ['guid', /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\w-])/iy],
  ['date', /\d{4}-\d\d-\d\d(?![\w-])/y],
  ['number', /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.-])/iy],
  ['name', /[\p{L}_$][\p{L}\p{N}_.]*/uy],
]

export const filterClause = 'Invalid filter clause: '

export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  for (;;) {
    offset += matchAt(spaces, text, offset)?.length ?? 0
    if (offset === text.length) return [...tokens, { kind: 'end', text: '', offset }]
    const { token, end } = readToken(text, offset)
    tokens.push(token)
    offset = end
  }
}

function readToken(text: string, offset: number): { token: Token; end: number } {
  const first = text.charAt(offset)
  if (first === "'") return readString(text, offset)
  const sign = signs.find((each) => each === first)
  if (sign) return { token: { kind: sign, text: sign, offset }, end: offset + 1 }
  for (const [kind, pattern] of patterns) {
    const match = matchAt(pattern, text, offset)
    if (match !== undefined) return { token: { kind, text: match, offset }, end: offset + match.length }
  }
  const found = String.fromCodePoint(text.codePointAt(offset) ?? 0)
  const values = { clause: filterClause, found, position: offset, text }
  throw new GraphQueryError('characterNotValid', { values })
}

/** Two single quotes stand for one ([OData URL] SQUOTE-in-string). */
function readString(text: string, offset: number): { token: Token; end: number } {
  const match = matchAt(string, text, offset)
  if (match === undefined) {
    throw new GraphQueryError('unterminatedString', { values: { clause: filterClause, position: offset, text } })
  }
  const meaning = match.slice(1, -1).replaceAll("''", "'")
  return { token: { kind: 'string', text: meaning, offset }, end: offset + match.length }
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}
