import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { GraphQueryError } from './graph-query-error.ts'

/** Where the next page starts: behind the record `after`, or at `offset` when that record is gone. */
export interface PagePosition {
  readonly offset: number
  readonly after: string
}

/** Opaque, signed, and good for the query only that it was given out for. */
export interface SkipTokens {
  issue(position: PagePosition, query: string): string
  /** Throws GraphQueryError. */
  read(token: string, query: string): PagePosition
}

const longestToken = 2048

export function createSkipTokens(key: Uint8Array): SkipTokens {
  return {
    issue(position, query) {
      const body = Buffer.from(JSON.stringify([position.offset, position.after])).toString('base64url')
      return `${body}.${seal(key, body, query).toString('base64url')}`
    },
    read(token, query) {
      const [body = '', signature = '', ...rest] = token.slice(0, longestToken).split('.')
      const given = Buffer.from(signature, 'base64url')
      const expected = seal(key, body, query)
      const genuine = rest.length === 0 && given.length === expected.length && timingSafeEqual(given, expected)
      if (!genuine) throw new GraphQueryError('skipTokenNotValid', { reason: 'not a token of this query, or altered' })
      const [offset, after] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [number, string]
      return { offset, after }
    },
  }
}

function seal(key: Uint8Array, body: string, query: string): Buffer {
  const digest = createHash('sha256').update(query).digest('base64url')
  return createHmac('sha256', key).update(`${body}.${digest}`).digest()
}
