import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdfsConfig } from '../config.ts'

type Settings = AdfsConfig['homeRealmDiscovery']

const persistent = 'MSISIPSelectionPersistent'
const session = 'MSISIPSelectionSession'
const attributes = { path: '/adfs', secure: true, httpOnly: true, sameSite: 'none' } as const
const dayMs = 24 * 60 * 60_000

/** The identifier of the claims provider that was chosen in this browser; nobody signs it, so it is no more than a hint. */
export function rememberedProvider(request: FastifyRequest): string | undefined {
  const value = request.cookies[persistent] ?? request.cookies[session]
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
}

/** HRDCookieLifetimeInDays; for the browser session alone while HRDCookieEnabled is off. */
export function rememberProvider(
  reply: FastifyReply,
  identifier: string,
  { cookieEnabled, cookieLifetimeDays }: Settings,
  now: Date,
): void {
  const value = Buffer.from(identifier).toString('base64')
  if (!cookieEnabled) return void reply.setCookie(session, value, attributes)
  const expires = new Date(now.getTime() + cookieLifetimeDays * dayMs)
  reply.setCookie(persistent, value, { ...attributes, expires })
}
