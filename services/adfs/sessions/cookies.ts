import type { FastifyReply, FastifyRequest } from 'fastify'
import { readTokenCount, type TokenCount, writeTokenCount } from './loop-detection.ts'

const path = '/adfs'
// Entra frames the sign-out page and SAML service providers post from their own sites.
const attributes = { path, secure: true, httpOnly: true, sameSite: 'none' } as const
const plain = { ...attributes, encode: (value: string) => value }

export function sessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies.MSISAuth
}

/** A session cookie, unless the user asked to be kept signed in. */
export function setSessionCookie(reply: FastifyReply, value: string, keepUntil?: Date): void {
  reply.setCookie('MSISAuth', value, { ...plain, ...(keepUntil && { expires: keepUntil }) })
}

export interface TokenTrace {
  readonly authenticated: Date
  readonly count: TokenCount
  /** The relying parties that this browser session has visited, by object identifier. */
  readonly visited: readonly string[]
}

/** The three cookies that accompany every token. */
export function setTokenCookies(reply: FastifyReply, { authenticated, count, visited }: TokenTrace): void {
  reply.setCookie('MSISAuthenticated', encoded(americanTime(authenticated)), plain)
  reply.setCookie('MSISLoopDetectionCookie', encoded(writeTokenCount(count)), plain)
  reply.setCookie('MSISSignOut', encoded(visited.join('|')), plain)
}

export function tokenCountOf(request: FastifyRequest): TokenCount | undefined {
  return readTokenCount(decoded(request.cookies.MSISLoopDetectionCookie))
}

export function visitedRelyingParties(request: FastifyRequest): readonly string[] {
  return decoded(request.cookies.MSISSignOut)
    .split('|')
    .filter((id) => /^[^|\s]{1,200}$/.test(id))
    .slice(0, 50)
}

export function clearSessionCookies(reply: FastifyReply): void {
  for (const name of ['MSISAuth', 'MSISAuthenticated', 'MSISSignOut', 'SamlSession'])
    reply.clearCookie(name, attributes)
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64')
}

function decoded(value: string | undefined): string {
  return Buffer.from(value ?? '', 'base64').toString()
}

/** `6/7/2020 8:27:59 AM`, in UTC. */
function americanTime(instant: Date): string {
  const date = `${instant.getUTCMonth() + 1}/${instant.getUTCDate()}/${instant.getUTCFullYear()}`
  const minutes = instant.toISOString().slice(13, 19)
  const hours = instant.getUTCHours()
  return `${date} ${hours % 12 || 12}${minutes} ${hours < 12 ? 'AM' : 'PM'}`
}
