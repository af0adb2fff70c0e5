import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { signOutUrl } from '#shared/ws-federation/sign-in-url.ts'
import type { Application } from '../applications/application.ts'
import { sameRedirect } from '../authorize/redirect-uri-registered.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { signedOutBody } from '../pages/signed-out-page.ts'
import { tenantSegment } from '../tenants.ts'
import { type EndpointVersion, issuerOf } from '../urls.ts'
import type { BrowserSession } from './browser-session.ts'
import type { SignInServices } from './services.ts'

const schema = z.object({
  post_logout_redirect_uri: z.string().optional(),
  state: z.string().optional(),
})

/** Ends the browser's session, tells the applications that took part, and goes back only where one of them is registered. */
export function signOutEndpoint(services: SignInServices, version: EndpointVersion) {
  return async (
    request: FastifyRequest<{ Params: { tenant: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    tenantSegment(services.config, request.params.tenant)
    const session = await services.sessions.read(request)
    await services.sessions.end(request, reply)
    const next = returnAddress(services, request, session)
    const frames = frontChannelUrls(services, session, version)
    if (next !== undefined && frames.length === 0) return reply.redirect(next, 302)
    return sendSignInPage(reply, {
      pageId: 'ConvergedSignOut',
      title: 'Sign out',
      heading: session ? 'You signed out of your account' : 'You are signed out',
      organization: services.config.tenant.displayName,
      scripts: true,
      frameSources: [...new Set(frames.map((url) => new URL(url).origin))],
      body: signedOutBody({ frames, next }),
      config: { urlSignedOut: next ?? null },
    })
  }
}

/** Without a session there is nobody to ask for whom: any registered address will do. */
function returnAddress(
  services: SignInServices,
  request: FastifyRequest,
  session: BrowserSession | undefined,
): string | undefined {
  const parsed = schema.safeParse(request.method === 'POST' ? request.body : request.query)
  const { post_logout_redirect_uri: wanted, state } = parsed.success ? parsed.data : {}
  const applications = session ? applicationsOf(services, session) : services.config.applications.all
  const allowed = wanted !== undefined && applications.some((application) => isRegistered(application, wanted))
  noteSignOut(request, session, wanted, allowed)
  return allowed ? withState(wanted, state) : undefined
}

function applicationsOf({ config }: SignInServices, session: BrowserSession): readonly Application[] {
  const ids = new Set(session.accounts.flatMap((account) => account.applications))
  return [...ids].flatMap((id) => config.applications.byId(id) ?? [])
}

function isRegistered({ redirectUris }: Application, uri: string): boolean {
  return Object.values(redirectUris).some((list) => list.some((registered) => sameRedirect(registered, uri)))
}

/** The applications' own sign-out URLs, and the federation service of federated people, each in a hidden frame. */
function frontChannelUrls(
  { config, people }: SignInServices,
  session: BrowserSession | undefined,
  version: EndpointVersion,
): readonly string[] {
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
  const providers = accounts.flatMap(
    ({ userPrincipalName }) => people.domainOf(userPrincipalName)?.federation?.signOutUri ?? [],
  )
  return [...new Set([...urls, ...providers.map((endpoint) => signOutUrl({ endpoint }))])]
}

function noteSignOut(
  request: FastifyRequest,
  session: BrowserSession | undefined,
  wanted: string | undefined,
  allowed: boolean,
): void {
  const user = session?.accounts[0]?.userPrincipalName
  request.recording.note({
    decision: session ? 'signedOut' : 'noSessionToEnd',
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
