import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from '#shared/html/html.ts'
import type { Federation } from '#shared/scenario/world.ts'
import { signOutUrl } from '#shared/ws-federation/sign-in-url.ts'
import { EntraError } from '../errors.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { signedOutBody } from '../pages/signed-out-page.ts'
import type { SessionAccount } from '../sign-in/browser-session.ts'
import { frontChannelUrls } from '../sign-in/front-channel.ts'
import { asQuery, fromQuery, type PostLogoutRedirect } from '../sign-in/post-logout-redirect.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { samlConsumer } from '../urls.ts'

type SignOutServices = Pick<SignInServices, 'people' | 'keys' | 'clock' | 'random'>

/**
 * Where the browser ends the account's session at the federation service of its domain: `wa=wsignout1.0`, or for
 * SAML 2.0 a LogoutRequest by redirect ("Use a SAML 2.0 Identity Provider for single sign-on"). Undefined for a
 * managed domain. `wreply` or RelayState brings the browser back to `GET /login.srf` with the application's address.
 */
export async function providerSignOutUrl(
  services: SignOutServices,
  { objectId, userPrincipalName }: Pick<SessionAccount, 'objectId' | 'userPrincipalName'>,
  afterwards: PostLogoutRedirect,
): Promise<string | undefined> {
  const federation = services.people.domainOf(userPrincipalName)?.federation
  if (!federation?.signOutUri) return undefined
  const back = asQuery(afterwards)
  if (federation.preferredAuthenticationProtocol !== 'saml') {
    const wreply = back && `${samlConsumer}?${back}`
    return signOutUrl({ endpoint: federation.signOutUri, ...(wreply && { wreply }) })
  }
  const person = await services.people.byObjectId(objectId)
  return person?.immutableId === undefined ? undefined : logoutAddress(services, federation, person.immutableId, back)
}

/** Names the person as the assertion did, and no SessionIndex: all of their sessions end (SAML 2.0 Core §3.7.3.1). */
async function logoutAddress(
  { keys, clock, random }: SignOutServices,
  { signOutUri }: Federation,
  immutableId: string,
  relayState: string | undefined,
): Promise<string> {
  const [{ signedRedirect }, { logoutRequest }] = await Promise.all([
    import('#shared/saml/signed-redirect.ts'),
    import('./logout-request.ts'),
  ])
  const id = `_${random.uuid()}`
  const message = logoutRequest({ id, issueInstant: clock.now(), destination: signOutUri, nameId: immutableId })
  const sending = { field: 'SAMLRequest', url: signOutUri, key: keys.current(), algorithm: 'rsa-sha256' } as const
  return signedRedirect(message, { ...sending, relayState })
}

/**
 * `GET /login.srf`: the federation service is done with the sign-out that began here, or tells of one that began
 * elsewhere (`wa=wsignoutcleanup1.0`, [MS-MWBF] §2.2.5).
 */
export function providerSignedOut({ config, sessions }: Pick<SignInServices, 'config' | 'sessions'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const rawQuery = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : ''
    const query = new URLSearchParams(rawQuery)
    if (query.get('wa') === 'wsignoutcleanup1.0') return cleanUp({ config, sessions }, request, reply)
    const next = fromQuery(config.applications, new URLSearchParams(query.get('RelayState') ?? rawQuery))
    if (query.has('post_logout_redirect_uri')) request.recording.note({ decision: 'providerSignedOut' })
    else {
      // Our session has ended before; what the other service says of its own changes nothing here.
      const status = await statusOf(rawQuery)
      request.recording.note({ decision: 'providerSignedOut', detail: { status } })
    }
    return next === undefined ? sendSignedOut(reply, config.tenant.displayName) : reply.redirect(next, 302)
  }
}

/**
 * Ends the session and tells the applications that took part. Unlike the pages that people see, this answer may stand
 * in a frame of somebody else's.
 */
async function cleanUp(
  { config, sessions }: Pick<SignInServices, 'config' | 'sessions'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const accounts = (await sessions.read(request))?.accounts ?? []
  await sessions.end(request, reply)
  const user = accounts[0]?.userPrincipalName
  const frames = frontChannelUrls(config, accounts, 2)
  request.recording.note({ decision: 'signOutCleanup', ...(user !== undefined && { user }) })
  const origins = [...new Set(frames.map((url) => new URL(url).origin))]
  const policy = ["default-src 'none'", ...(origins.length > 0 ? [`frame-src ${origins.join(' ')}`] : [])].join('; ')
  const body = html`<!doctype html><html lang="en"><title>Signed out</title><p>You are signed out.</p>${frames.map((source, index) => html`<iframe hidden title="Sign-out of application ${index + 1}" src="${source}"></iframe>`)}</html>`
  return reply
    .type('text/html; charset=utf-8')
    .headers({ 'cache-control': 'no-store', 'content-security-policy': policy })
    .send(body.text)
}

function sendSignedOut(reply: FastifyReply, organization: string): FastifyReply {
  return sendSignInPage(reply, {
    pageId: 'ConvergedSignOut',
    title: 'Sign out',
    heading: 'You are signed out',
    organization,
    body: signedOutBody({ frames: [] }),
    config: {},
  })
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
