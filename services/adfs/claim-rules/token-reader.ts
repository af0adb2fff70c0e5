import { ClaimRuleError } from './claim-rule-error.ts'
import type { Token } from './scan.ts'

/** Words are keywords by their place, whatever their case; the language reserves none. */
export interface TokenReader {
  peek(): Token
  atEnd(): boolean
  is(text: string): boolean
  /** Whether `text` stands right after the next token. */
  follows(text: string): boolean
  take(text: string): boolean
  expect(text: string): Token
  string(): Token
  number(): Token
  identifier(): Token
  word(...allowed: readonly string[]): Token
  oneOf<T extends string>(symbols: readonly T[]): T
}

export function readTokens(tokens: readonly Token[]): TokenReader {
  let index = 0
  const at = (offset: number): Token => tokens[Math.min(offset, tokens.length - 1)] as Token
  const peek = () => at(index)
  const next = () => at(index++)
  const refuse = (expected: string): never => {
    const { kind, text, position } = peek()
    const found = kind === 'end' ? text : `"${text}"`
    throw new ClaimRuleError(`expected ${expected} but found ${found}`, position)
  }
  const ofKind = (kind: Token['kind'], name: string) => (peek().kind === kind ? next() : refuse(name))
  const is = (text: string) => matches(peek(), text)
  return {
    peek,
    atEnd: () => peek().kind === 'end',
    is,
    follows: (text) => matches(at(index + 1), text),
    take: (text) => is(text) && next() !== undefined,
    expect: (text) => (is(text) ? next() : refuse(`"${text}"`)),
    string: () => ofKind('string', 'a string'),
    number: () => ofKind('number', 'a whole number'),
    identifier: () => ofKind('word', 'an identifier'),
    word: (...allowed) => (allowed.some(is) ? next() : refuse(listed(allowed))),
    oneOf: (symbols) => {
      const found = symbols.find(is)
      if (found === undefined) return refuse(listed(symbols))
      next()
      return found
    },
  }
}

function matches({ kind, text }: Token, wanted: string): boolean {
  if (kind !== 'word' && kind !== 'symbol') return false
  return text.toLowerCase() === wanted.toLowerCase()
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(' or ')
}
