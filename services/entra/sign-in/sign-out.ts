import type { FastifyReply, FastifyRequest } from 'fastify'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import type { Application } from '../applications/application.ts'
import { readLoginHint } from '../authorize/login-hint.ts'
import { providerSignOutUrl } from '../federation/provider-sign-out.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { type SignOutFields, signOutPickerBody } from '../pages/sign-out-picker-page.ts'
import { type SignedOutView, signedOutBody } from '../pages/signed-out-page.ts'
import { refuseOddParameters } from '../request-parameters.ts'
import { tenantSegment } from '../tenants.ts'
import type { EndpointVersion } from '../urls.ts'
import type { BrowserSession, SessionAccount } from './browser-session.ts'
import { frontChannelUrls } from './front-channel.ts'
import { isRegistered, type PostLogoutRedirect, withState } from './post-logout-redirect.ts'
import type { Exchange, SignInServices } from './services.ts'
import { type SignOutHint, signOutChoice } from './sign-out-choice.ts'

export const signOutParameters = ['post_logout_redirect_uri', 'state', 'id_token_hint', 'logout_hint'] as const
type Parameters = Readonly<Partial<Record<(typeof signOutParameters)[number], string>>>

/**
 * Ends the browser's session and tells the applications that took part, in frames. Then a federated person's browser
 * goes to the federation service, which needs its own cookies: browsers keep those from frames. At the end it goes back
 * only where an application that took part is registered.
 */
export function signOutEndpoint(services: SignInServices, version: EndpointVersion) {
  return async (
    request: FastifyRequest<{ Params: { tenant: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    tenantSegment(services.config, request.params.tenant)
    const read = readParameters(request.method === 'POST' ? request.body : request.query, {
      names: signOutParameters,
      keepEmpty: ['state'],
    })
    refuseOddParameters(read)
    const session = await services.sessions.read(request)
    const hint = await hintOf(services, read.values)
    const choice = signOutChoice(session?.accounts ?? [], hint)
    if (choice.outcome === 'ask') return askWhich(services, { request, reply }, choice.accounts, read.values)
    await endSession(services, { request, reply }, session, choice.ending)
    const ending = session && { ...session, accounts: choice.ending }
    const afterwards = returnAddress(services, request, { session: ending, hint, parameters: read.values })
    const [provider, ...providers] = await providerUrls(services, choice.ending, afterwards)
    const frames = [...frontChannelUrls(services.config, choice.ending, version), ...providers]
    const next = provider ?? addressOf(afterwards)
    if (next !== undefined && frames.length === 0) return reply.redirect(next, 302)
    const heading = choice.ending.length > 0 ? 'You signed out of your account' : 'You are signed out'
    return sendSignedOut(services, reply, { heading, frames, next })
  }
}

function sendSignedOut(
  { config }: SignInServices,
  reply: FastifyReply,
  { heading, frames, next }: SignedOutView & { readonly heading: string },
): FastifyReply {
  return sendSignInPage(reply, {
    pageId: 'ConvergedSignOut',
    title: 'Sign out',
    heading,
    organization: config.tenant.displayName,
    scripts: true,
    frameSources: [...new Set(frames.map((url) => new URL(url).origin))],
    body: signedOutBody({ frames, next }),
    config: { urlSignedOut: next ?? null },
  })
}

/** OpenID Connect RP-Initiated Logout §2: a token that we issued, however old, or the hint that it carried. */
async function hintOf({ signer, config }: SignInServices, parameters: Parameters): Promise<SignOutHint | undefined> {
  const { id_token_hint: token, logout_hint: text } = parameters
  const claims = token === undefined ? undefined : await signer.read(token)
  if (claims?.tid === config.tenant.id && claims.scp === undefined) {
    return { sid: String(claims.sid), objectId: String(claims.oid), clientId: String(claims.aud) }
  }
  const userPrincipalName = readLoginHint(text)
  return userPrincipalName === undefined ? undefined : { userPrincipalName }
}

function askWhich(
  { config }: SignInServices,
  { request, reply }: Exchange,
  accounts: readonly SessionAccount[],
  { post_logout_redirect_uri, state }: Parameters,
): FastifyReply {
  request.recording.note({ decision: 'signOutPicker' })
  const fields: SignOutFields = { post_logout_redirect_uri, state }
  return sendSignInPage(reply, {
    pageId: 'ConvergedSignOutPicker',
    title: 'Sign out',
    heading: 'Pick an account',
    organization: config.tenant.displayName,
    body: signOutPickerBody({ accounts, fields }),
    config: { arrSessions: accounts.map(({ userPrincipalName }) => ({ name: userPrincipalName, isSignedIn: true })) },
  })
}

/** Other accounts of the browser stay signed in. */
async function endSession(
  { sessions }: SignInServices,
  { request, reply }: Exchange,
  session: BrowserSession | undefined,
  ending: readonly SessionAccount[],
): Promise<void> {
  const staying = session?.accounts.filter((each) => !ending.includes(each)) ?? []
  if (session && staying.length > 0) await sessions.begin(request, reply, { ...session, accounts: staying })
  else await sessions.end(request, reply)
}

interface SignOut {
  readonly session: BrowserSession | undefined
  readonly hint: SignOutHint | undefined
  readonly parameters: Parameters
}

/** Without a session there is nobody to ask for whom: any registered address will do. */
function returnAddress(
  services: SignInServices,
  request: FastifyRequest,
  { session, hint, parameters }: SignOut,
): PostLogoutRedirect {
  const { post_logout_redirect_uri: wanted, state } = parameters
  const applications = session ? applicationsOf(services, session, hint) : services.config.applications.all
  const allowed = wanted !== undefined && applications.some((application) => isRegistered(application, wanted))
  noteSignOut(request, session, wanted, allowed)
  return allowed ? { post_logout_redirect_uri: wanted, state } : {}
}

function addressOf({ post_logout_redirect_uri: uri, state }: PostLogoutRedirect): string | undefined {
  return uri === undefined ? undefined : withState(uri, state)
}

function applicationsOf(
  { config }: SignInServices,
  session: BrowserSession,
  hint: SignOutHint | undefined,
): readonly Application[] {
  const ids = new Set([...session.accounts.flatMap((account) => account.applications), hint?.clientId ?? ''])
  return [...ids].flatMap((id) => config.applications.byId(id) ?? [])
}

/** The federation services of federated people. The browser can be sent to one; others are left to frames. */
async function providerUrls(
  services: SignInServices,
  accounts: readonly SessionAccount[],
  afterwards: PostLogoutRedirect,
): Promise<readonly string[]> {
  const urls = await Promise.all(accounts.map((account) => providerSignOutUrl(services, account, afterwards)))
  return [...new Set(urls.flatMap((url) => url ?? []))]
}

function noteSignOut(
  request: FastifyRequest,
  session: BrowserSession | undefined,
  wanted: string | undefined,
  allowed: boolean,
): void {
  const user = session?.accounts[0]?.userPrincipalName
  request.recording.note({
    decision: user === undefined ? 'noSessionToEnd' : 'signedOut',
    ...(user !== undefined && { user }),
    ...(wanted !== undefined &&
      !allowed && {
        reason: `post_logout_redirect_uri "${wanted}" is not registered for an application that took part`,
      }),
  })
}
