import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Federation } from '#shared/scenario/world.ts'
import { signOutUrl } from '#shared/ws-federation/sign-in-url.ts'
import { EntraError } from '../errors.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { signedOutBody } from '../pages/signed-out-page.ts'
import type { SessionAccount } from '../sign-in/browser-session.ts'
import type { SignInServices } from '../sign-in/services.ts'

type SignOutServices = Pick<SignInServices, 'people' | 'keys' | 'clock' | 'random'>

/**
 * Where the browser ends the account's session at the federation service of its domain: `wa=wsignout1.0`, or for
 * SAML 2.0 a LogoutRequest by redirect ("Use a SAML 2.0 Identity Provider for single sign-on"). Undefined for a
 * managed domain.
 */
export async function providerSignOutUrl(
  services: SignOutServices,
  { objectId, userPrincipalName }: Pick<SessionAccount, 'objectId' | 'userPrincipalName'>,
): Promise<string | undefined> {
  const federation = services.people.domainOf(userPrincipalName)?.federation
  if (!federation?.signOutUri) return undefined
  if (federation.preferredAuthenticationProtocol !== 'saml') return signOutUrl({ endpoint: federation.signOutUri })
  const person = await services.people.byObjectId(objectId)
  return person?.immutableId === undefined ? undefined : logoutAddress(services, federation, person.immutableId)
}

/** Names the person as the assertion did, and no SessionIndex: all of their sessions end (SAML 2.0 Core §3.7.3.1). */
async function logoutAddress(
  { keys, clock, random }: SignOutServices,
  { signOutUri }: Federation,
  immutableId: string,
): Promise<string> {
  const [{ signedRedirect }, { logoutRequest }] = await Promise.all([
    import('#shared/saml/signed-redirect.ts'),
    import('./logout-request.ts'),
  ])
  const id = `_${random.uuid()}`
  const message = logoutRequest({ id, issueInstant: clock.now(), destination: signOutUri, nameId: immutableId })
  const sending = { field: 'SAMLRequest', url: signOutUri, key: keys.current(), algorithm: 'rsa-sha256' } as const
  return signedRedirect(message, sending)
}

/** `GET /login.srf`: the federation service is done, in the frame that sent it the LogoutRequest. */
export function providerSignedOut({ config }: Pick<SignInServices, 'config'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const rawQuery = request.url.slice(request.url.indexOf('?') + 1)
    const status = await statusOf(request.url.includes('?') ? rawQuery : '')
    // Our session has ended before; what the other service says of its own changes nothing here.
    request.recording.note({ decision: 'providerSignedOut', detail: { status } })
    return sendSignInPage(reply, {
      pageId: 'ConvergedSignOut',
      title: 'Sign out',
      heading: 'You are signed out',
      organization: config.tenant.displayName,
      body: signedOutBody({ frames: [] }),
      config: {},
    })
  }
}

async function statusOf(rawQuery: string): Promise<string> {
  const [{ readLogoutStatus }, { SamlRefusal }] = await Promise.all([
    import('./logout-request.ts'),
    import('#shared/saml/saml-refusal.ts'),
  ])
  try {
    return readLogoutStatus(rawQuery)
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error
    throw new EntraError('federationMessageInvalid', { reason: error.message, cause: error })
  }
}
