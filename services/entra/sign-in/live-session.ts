import type { FastifyRequest } from 'fastify'
import type { BrowserSession } from './browser-session.ts'
import type { SignInServices } from './services.ts'

/** The browser's session without the accounts whose sign-in was revoked since. */
export async function liveSession(
  { sessions, revocations }: Pick<SignInServices, 'sessions' | 'revocations'>,
  request: FastifyRequest,
): Promise<BrowserSession | undefined> {
  const session = await sessions.read(request)
  if (!session) return undefined
  const revoked = await Promise.all(
    session.accounts.map(({ objectId, sid, authentication }) =>
      revocations.isRevoked({ objectId, sid, authentication, issuedAt: 0, confidential: false }),
    ),
  )
  return { ...session, accounts: session.accounts.filter((_, index) => !revoked[index]) }
}
