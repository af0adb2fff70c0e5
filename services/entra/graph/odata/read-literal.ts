import type { Literal } from './filter-expression.ts'
import type { FilterReader } from './filter-reader.ts'
import type { Token } from './filter-tokens.ts'

export function atLiteral(reader: FilterReader): boolean {
  if (reader.at('name')) return reader.atWord('true', 'false', 'null') && !reader.follows('/')
  return ['string', 'number', 'guid', 'dateTime', 'date'].includes(reader.next.kind)
}

export function readLiteral(reader: FilterReader): Literal {
  if (!atLiteral(reader)) throw reader.error('expressionExpected')
  const token = reader.take()
  switch (token.kind) {
    case 'string':
      return { type: 'string', value: token.text }
    case 'guid':
      return { type: 'guid', value: token.text.toLowerCase() }
    case 'number':
      return { type: 'number', value: readNumber(reader, token) }
    case 'dateTime':
    case 'date':
      return { type: token.kind, value: readInstant(reader, token) }
    default:
      return readConstant(token)
  }
}

function readConstant({ text }: Token): Literal {
  const word = text.toLowerCase()
  return word === 'null' ? { type: 'null', value: null } : { type: 'boolean', value: word === 'true' }
}

function readNumber(reader: FilterReader, token: Token): number {
  const value = Number(token.text)
  if (!Number.isFinite(value)) throw reader.error('numberNotValid', { found: token.text }, token)
  return value
}

/** A date and time needs its zone; a date alone is midnight UTC. */
function readInstant(reader: FilterReader, token: Token): string {
  const zoned = token.kind === 'date' || /(?:Z|[+-]\d\d:\d\d)$/i.test(token.text)
  const text = token.text.toUpperCase()
  if (!zoned || Number.isNaN(Date.parse(text))) throw reader.error('dateTimeNotValid', { found: token.text }, token)
  return text
}
