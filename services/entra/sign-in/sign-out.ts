import type { FastifyReply, FastifyRequest } from 'fastify'
import { readParameters } from '#shared/oauth/request-parameters.ts'
import type { Application } from '../applications/application.ts'
import { readLoginHint } from '../authorize/login-hint.ts'
import { sameRedirect } from '../authorize/redirect-uri-registered.ts'
import { providerSignOutUrl } from '../federation/provider-sign-out.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { type SignOutFields, signOutPickerBody } from '../pages/sign-out-picker-page.ts'
import { signedOutBody } from '../pages/signed-out-page.ts'
import { refuseOddParameters } from '../request-parameters.ts'
import { tenantSegment } from '../tenants.ts'
import { type EndpointVersion, issuerOf, samlConsumer } from '../urls.ts'
import type { BrowserSession, SessionAccount } from './browser-session.ts'
import type { Exchange, SignInServices } from './services.ts'
import { type SignOutHint, signOutChoice } from './sign-out-choice.ts'

export const signOutParameters = ['post_logout_redirect_uri', 'state', 'id_token_hint', 'logout_hint'] as const
type Parameters = Readonly<Partial<Record<(typeof signOutParameters)[number], string>>>

/** Ends the browser's session, tells the applications that took part, and goes back only where one of them is registered. */
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
    const next = returnAddress(services, request, { session: ending, hint, parameters: read.values })
    const frames = await frontChannelUrls(services, ending, version)
    if (next !== undefined && frames.length === 0) return reply.redirect(next, 302)
    return sendSignInPage(reply, {
      pageId: 'ConvergedSignOut',
      title: 'Sign out',
      heading: choice.ending.length > 0 ? 'You signed out of your account' : 'You are signed out',
      organization: services.config.tenant.displayName,
      scripts: true,
      // A federation service leads its frame back here.
      frameSources: [...new Set([...frames, samlConsumer].map((url) => new URL(url).origin))],
      body: signedOutBody({ frames, next }),
      config: { urlSignedOut: next ?? null },
    })
  }
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
): string | undefined {
  const { post_logout_redirect_uri: wanted, state } = parameters
  const applications = session ? applicationsOf(services, session, hint) : services.config.applications.all
  const allowed = wanted !== undefined && applications.some((application) => isRegistered(application, wanted))
  noteSignOut(request, session, wanted, allowed)
  return allowed ? withState(wanted, state) : undefined
}

function applicationsOf(
  { config }: SignInServices,
  session: BrowserSession,
  hint: SignOutHint | undefined,
): readonly Application[] {
  const ids = new Set([...session.accounts.flatMap((account) => account.applications), hint?.clientId ?? ''])
  return [...ids].flatMap((id) => config.applications.byId(id) ?? [])
}

function isRegistered({ redirectUris }: Application, uri: string): boolean {
  return Object.values(redirectUris).some((list) => list.some((registered) => sameRedirect(registered, uri)))
}

/** The applications' own sign-out URLs, and the federation service of federated people, each in a hidden frame. */
async function frontChannelUrls(
  services: SignInServices,
  session: BrowserSession | undefined,
  version: EndpointVersion,
): Promise<readonly string[]> {
  const { config } = services
  const accounts = session?.accounts ?? []
  const issuer = issuerOf(version, config.tenant.id)
  const urls = accounts.flatMap(({ sid, applications }) =>
    applications.flatMap((id) => {
      const logoutUrl = config.applications.byId(id)?.logoutUrl
      if (logoutUrl === undefined) return []
      const url = new URL(logoutUrl)
      url.searchParams.set('iss', issuer)
      url.searchParams.set('sid', sid)
      return [url.href]
    }),
  )
  const providers = await Promise.all(accounts.map((account) => providerSignOutUrl(services, account)))
  return [...new Set([...urls, ...providers.flatMap((url) => url ?? [])])]
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

function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`
}
