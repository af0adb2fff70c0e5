import type { FastifyRequest } from 'fastify'
import { basicCredentials } from './basic-credentials.ts'

/** Where clients say who they are, in the names of all surfaces. */
const parameters = ['username', 'login', 'UserName', 'login_hint', 'User', 'Email', 'userPrincipalName', 'identity']
const claims = ['upn', 'preferred_username', 'unique_name']

/** Whom a request is about, as far as it says so by itself; nobody vouches for it. */
export function personIn(request: FastifyRequest): string | undefined {
  const { body, query, headers } = request
  const email = headers['x-email']
  if (typeof email === 'string') return email
  const named = firstOf(parameters, query) ?? firstOf(parameters, Buffer.isBuffer(body) ? undefined : body)
  return named ?? personInAuthorization(headers.authorization)
}

function firstOf(names: readonly string[], values: unknown): string | undefined {
  if (typeof values !== 'object' || values === null) return undefined
  const found = names.map((name) => (values as Record<string, unknown>)[name])
  return found.find((value): value is string => typeof value === 'string' && /[@\\]/.test(value))
}

function personInAuthorization(authorization: string | undefined): string | undefined {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]+$/.exec(authorization ?? '') ?? []
  if (payload === undefined) return basicCredentials(authorization)?.userName
  try {
    return firstOf(claims, JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
  } catch {
    return undefined
  }
}
