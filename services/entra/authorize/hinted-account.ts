import type { FastifyRequest } from 'fastify'
import { EntraError } from '../errors.ts'
import { liveSession } from '../sign-in/live-session.ts'
import type { SignInServices } from '../sign-in/services.ts'

type Services = Pick<SignInServices, 'config' | 'people' | 'sessions' | 'revocations' | 'signer'>

/** Whom a request means by an earlier id_token, or by the session that one was issued in; a login_hint goes before. */
export async function hintedAccount(
  services: Services,
  request: FastifyRequest,
  hints: { readonly idToken: string | undefined; readonly sid: string | undefined },
): Promise<string | undefined> {
  if (hints.idToken !== undefined) return accountOfIdToken(services, hints.idToken)
  if (hints.sid === undefined) return undefined
  const session = await liveSession(services, request)
  const account = session?.accounts.find(({ sid }) => sid === hints.sid)
  if (account) return account.userPrincipalName
  throw new EntraError('sessionNotFound', { reason: `this browser has no session with sid ${hints.sid}` })
}

/** OpenID Connect Core §3.1.2.1: it may have expired, and was issued by us. */
export async function accountOfIdToken({ config, people, signer }: Services, token: string): Promise<string> {
  const claims = await signer.read(token)
  if (!claims || claims.tid !== config.tenant.id || claims.scp !== undefined) {
    throw new EntraError('jwtInvalid', { reason: 'the id_token_hint is no id_token that this tenant issued' })
  }
  const person = await people.byObjectId(String(claims.oid))
  if (person) return person.userPrincipalName
  throw new EntraError('userNotFound', {
    values: { user: String(claims.oid), tenant: config.tenant.displayName },
    reason: 'the account of the id_token_hint is gone',
  })
}
