import { ClaimRuleError, type Position } from './claim-rule-error.ts'

export interface Token {
  readonly kind: 'string' | 'word' | 'number' | 'symbol' | 'end'
  /** A string without its quotes; everything else as written. */
  readonly text: string
  readonly position: Position
}

const spaces = /[\s\uFEFF]+/y
// Strings are raw: a backslash is the regular expression engine's, not the language's.
const lexemes: readonly { readonly kind: Token['kind']; readonly pattern: RegExp }[] = [
  { kind: 'string', pattern: /"([^"]*)"/y },
  { kind: 'word', pattern: /[A-Za-z_][A-Za-z0-9_]*/y },
  { kind: 'number', pattern: /[0-9]+/y },
  { kind: 'symbol', pattern: /=>|==|=~|!=|!~|>=|<=|&&|[[\](){},;:.@=+<>]/y },
]

export function scanClaimRules(text: string): readonly Token[] {
  const positionAt = lineCounter(text)
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    offset = lengthAt(spaces, text, offset)
    if (offset >= text.length) break
    const token = tokenAt(text, offset, positionAt(offset))
    tokens.push(token.token)
    offset = token.end
  }
  return [...tokens, { kind: 'end', text: 'the end of the rules', position: positionAt(text.length) }]
}

function tokenAt(text: string, offset: number, position: Position): { token: Token; end: number } {
  for (const { kind, pattern } of lexemes) {
    pattern.lastIndex = offset
    const match = pattern.exec(text)
    if (match) return { token: { kind, text: match[1] ?? match[0], position }, end: pattern.lastIndex }
  }
  const message = text[offset] === '"' ? 'this string has no end' : `unexpected character "${text[offset]}"`
  throw new ClaimRuleError(message, position)
}

function lengthAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : offset
}

/** Asked in ascending order of offsets, so every line end is seen once. */
function lineCounter(text: string): (offset: number) => Position {
  let line = 1
  let start = 0
  return (offset) => {
    for (let end = text.indexOf('\n', start); end !== -1 && end < offset; end = text.indexOf('\n', start)) {
      line += 1
      start = end + 1
    }
    return { line, column: offset - start + 1 }
  }
}
