import { DeviceFilterRuleError } from './rule-error.ts'

export interface Token {
  /** A word is a property, an operator or a bare value. */
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | ',' | 'end'
  /** As written; of a string what it means. */
  readonly text: string
  readonly offset: number
}

const spaces = /\s*/y
const word = /[^\s()[\],"']+/y
const signs = ['(', ')', '[', ']', ','] as const

export function tokenize(rule: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  for (;;) {
    offset += matchAt(spaces, rule, offset).length
    const { token, end } = readToken(rule, offset)
    tokens.push(token)
    if (token.kind === 'end') return tokens
    offset = end
  }
}

function readToken(rule: string, offset: number): { token: Token; end: number } {
  const first = rule.charAt(offset)
  if (first === '') return { token: { kind: 'end', text: '', offset }, end: offset }
  if (first === '"' || first === "'") return readString(rule, offset, first)
  const sign = signs.find((each) => each === first)
  const text = sign ?? matchAt(word, rule, offset)
  return { token: { kind: sign ?? 'word', text, offset }, end: offset + text.length }
}

/** "Manage rules for dynamic membership groups": a backtick escapes ", two single quotes stand for one. */
function readString(rule: string, start: number, quote: '"' | "'"): { token: Token; end: number } {
  const escaped = quote === '"' ? '`"' : "''"
  let text = ''
  for (let offset = start + 1; offset < rule.length; ) {
    if (rule.startsWith(escaped, offset)) {
      text += quote
      offset += 2
    } else if (rule[offset] === quote) {
      return { token: { kind: 'string', text, offset: start }, end: offset + 1 }
    } else {
      text += rule[offset]
      offset += 1
    }
  }
  throw new DeviceFilterRuleError('unterminatedString', { text: rule, offset: start })
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0] ?? ''
}
