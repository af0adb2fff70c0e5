import { filterClause, type Token, tokenize } from './filter-tokens.ts'
import { GraphQueryError, type QueryProblem } from './graph-query-error.ts'

/** Walks the tokens of one $filter. */
export class FilterReader {
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

  at(kind: Token['kind']): boolean {
    return this.next.kind === kind
  }

  /** Whether the token after the next one is of this kind. */
  follows(kind: Token['kind']): boolean {
    return this.#tokens[this.#index + 1]?.kind === kind
  }

  take(): Token {
    const token = this.next
    if (token.kind !== 'end') this.#index += 1
    return token
  }

  takeIf(kind: Token['kind']): boolean {
    const found = this.at(kind)
    if (found) this.take()
    return found
  }

  /** Operators are taken in any case (OData 4.01). */
  atWord(...words: readonly string[]): boolean {
    return this.at('name') && words.includes(this.next.text.toLowerCase())
  }

  takeWord(word: string): boolean {
    const found = this.atWord(word)
    if (found) this.take()
    return found
  }

  expect(kind: Token['kind'], problem: QueryProblem): Token {
    if (!this.at(kind)) throw this.error(problem)
    return this.take()
  }

  error(problem: QueryProblem, values: Readonly<Record<string, string>> = {}, at: Token = this.next): GraphQueryError {
    const position = { clause: filterClause, position: at.offset, text: this.#text }
    return new GraphQueryError(problem, { values: { ...position, ...values } })
  }
}
