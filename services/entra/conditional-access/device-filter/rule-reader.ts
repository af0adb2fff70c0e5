import type { Vocabulary } from './properties.ts'
import { DeviceFilterRuleError, type RuleProblem } from './rule-error.ts'
import { type Token, tokenize } from './tokens.ts'

/** Walks the tokens of one rule. */
export class RuleReader {
  readonly vocabulary: Vocabulary
  readonly #text: string
  readonly #tokens: readonly Token[]
  #index = 0

  constructor(text: string, vocabulary: Vocabulary) {
    this.vocabulary = vocabulary
    this.#text = text
    this.#tokens = tokenize(text)
  }

  get next(): Token {
    // The last token is always `end` and is never taken.
    return this.#tokens[this.#index] as Token
  }

  at(kind: Token['kind']): boolean {
    return this.next.kind === kind
  }

  take(): Token {
    const token = this.next
    if (token.kind !== 'end') this.#index += 1
    return token
  }

  /** "Operators can be used with or without the hyphen (-) prefix" ("rules for dynamic membership groups"). */
  takeWord(name: string): boolean {
    const found = this.at('word') && this.next.text.toLowerCase().replace(/^-/, '') === name
    if (found) this.take()
    return found
  }

  error(problem: RuleProblem, values: Readonly<Record<string, string | number>> = {}, at: Token = this.next) {
    const position = { text: this.#text, offset: at.offset }
    return new DeviceFilterRuleError(problem, position, { found: describe(at), ...values })
  }
}

function describe({ kind, text }: Token): string {
  if (kind === 'end') return 'the end'
  if (kind === 'string') return `the string ${JSON.stringify(text)}`
  return `"${text}"`
}
