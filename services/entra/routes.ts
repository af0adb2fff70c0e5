import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { onFirstRequest } from '#shared/http/on-first-request.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { oauthErrorWriter } from './error-body.ts'
import { EntraError, errorKeyOf } from './errors.ts'
import type { FederationServices } from './federation/login-return.ts'
import type { PageName } from './page-handlers.ts'
import { errorPageWriter } from './sign-in/error-view.ts'
import type { TokenHandlerName } from './token-handlers.ts'
import { assetPaths, deviceLoginPath, onLoginHost, signInPaths } from './urls.ts'

type Row = readonly [methods: string, path: string, handler: RouteHandlerMethod]

function rows(scope: FastifyInstance, list: readonly Row[]): void {
  for (const [methods, url, handler] of list) scope.route({ method: methods.split('|'), url, handler })
}

/** Pages: refusals are shown to the person. The conversation proves who the caller is; nothing here is anonymous but the start. */
export function addPages(scope: FastifyInstance, services: FederationServices): void {
  const { clock, config } = services
  surfaceErrors(scope, errorPageWriter({ clock, organization: config.tenant.displayName }), unreadableRequest)
  const page = onFirstRequest<PageName>(async () => (await import('./page-handlers.ts')).pageHandlers(services))
  rows(scope, [
    ['GET|POST', '/:tenant/oauth2/authorize', page('authorize1')],
    ['GET|POST', '/:tenant/oauth2/v2.0/authorize', page('authorize2')],
    ['GET|POST', '/:tenant/oauth2/logout', page('logout1')],
    ['GET|POST', '/:tenant/oauth2/v2.0/logout', page('logout2')],
    ['POST', '/:tenant/login', page('login')],
    ['POST', '/:tenant/reprocess', page('reprocess')],
    ['POST', '/:tenant/SAS/ProcessAuth', page('processAuth')],
    ['POST', '/:tenant/Consent/Set', page('setConsent')],
    ['POST', '/:tenant/fido/get', page('fidoGet')],
    ['POST', '/:tenant/fido/create', page('fidoCreate')],
    ['GET', signInPaths.securityInfo, page('securityInfo')],
    ['POST', signInPaths.securityInfo, page('securityInfoPost')],
    ['POST', signInPaths.skipRegistration, page('skipRegistration')],
    ['POST', signInPaths.changePassword, page('changePassword')],
    ['POST', signInPaths.termsOfUse, page('answerTerms')],
    ['POST', signInPaths.confirmApplication, page('confirmApplication')],
    ['POST', signInPaths.keepSignedIn, page('keepSignedIn')],
    ['POST', signInPaths.federationReturn, page('loginReturn')],
    ['GET', signInPaths.federationReturn, page('providerSignedOut')],
    ['GET', signInPaths.deviceAuthentication, page('deviceReturn')],
    ['GET|POST', '/:tenant/oauth2/deviceauth', page('codeEntry')],
    ['GET', '/error', explainError],
    ['GET', '/common/oauth2/nativeclient', nativeLanding],
    ['GET', '/:tenant/oauth2/checksession', checkSession],
    ['GET', assetPaths.checkSessionScript, asset('check-session.js', 'text/javascript; charset=utf-8')],
    ['GET', assetPaths.stylesheet, asset('sign-in.css', 'text/css; charset=utf-8')],
    ['GET', assetPaths.script, asset('sign-in.js', 'text/javascript; charset=utf-8')],
    ['GET', assetPaths.icon, asset('favicon.ico', 'image/x-icon')],
    ['GET', assetPaths.passkeyScript, asset('passkey.js', 'text/javascript; charset=utf-8')],
    ['GET|POST', '/:tenant/wsfed', gap('WS-Federation for applications')],
    ['GET|POST', '/:tenant/saml2', gap('SAML for applications')],
    ['GET|POST', '/:tenant/adminconsent', page('adminConsent1')],
    ['GET|POST', '/:tenant/v2.0/adminconsent', page('adminConsent2')],
  ])
}

/** JSON for programs: the client authenticates itself. */
export function addTokenEndpoints(scope: FastifyInstance, services: FederationServices): void {
  surfaceErrors(scope, oauthErrorWriter(services.clock), unreadableRequest)
  const load = async () => (await import('./token-handlers.ts')).tokenHandlers(services)
  const program = onFirstRequest<TokenHandlerName>(load)
  rows(scope, [
    ['POST', '/:tenant/oauth2/token', program('token1')],
    ['POST', '/:tenant/oauth2/v2.0/token', program('token2')],
    ['GET', '/:tenant/oauth2/token', program('otherMethod')],
    ['GET', '/:tenant/oauth2/v2.0/token', program('otherMethod')],
    ['OPTIONS', '/:tenant/oauth2/token', program('preflight')],
    ['OPTIONS', '/:tenant/oauth2/v2.0/token', program('preflight')],
    ['POST', '/:tenant/oauth2/devicecode', program('deviceCode1')],
    ['POST', '/:tenant/oauth2/v2.0/devicecode', program('deviceCode2')],
    ['GET', '/:tenant/oauth2/devicecode', program('otherMethod')],
    ['GET', '/:tenant/oauth2/v2.0/devicecode', program('otherMethod')],
    ['OPTIONS', '/:tenant/oauth2/devicecode', program('preflight')],
    ['OPTIONS', '/:tenant/oauth2/v2.0/devicecode', program('preflight')],
    ['GET|POST', '/:tenant/openid/userinfo', program('userInfo')],
    ['POST', '/:tenant/SAS/BeginAuth', program('beginAuth')],
    ['GET|POST', '/:tenant/SAS/EndAuth', program('endAuth')],
  ])
}

/** The short address that devices show. */
export function addDeviceLogin(scope: FastifyInstance): void {
  scope.get('/devicelogin', async (_request, reply) => reply.redirect(onLoginHost(deviceLoginPath), 302))
}

/** Clients read every answer of these surfaces as JSON or as a page, those to broken requests too. */
function unreadableRequest(status: number, reason: string): EntraError {
  return new EntraError(status === 413 ? 'requestTooLarge' : 'requestMalformed', { reason })
}

function gap(what: string): RouteHandlerMethod {
  return async () => {
    throw new Gap(what, 'services/entra/README.md')
  }
}

function asset(name: string, type: string): RouteHandlerMethod {
  const bytes = readFileSync(new URL(`./pages/${name}`, import.meta.url))
  return async (_request, reply) => reply.type(type).header('cache-control', 'public, max-age=3600').send(bytes)
}

/** Where `error_uri` leads: the text of one code, without the values of any request. */
async function explainError(request: FastifyRequest): Promise<never> {
  const code = Number((request.query as { code?: string }).code)
  const key = errorKeyOf(code)
  if (key === undefined) throw new EntraError('invalidUserInput', { reason: `no error ${code} in the catalogue` })
  throw new EntraError(key, { reason: 'the page of error_uri was opened' })
}

/** The blank page at which native clients read the answer from the address bar. */
async function nativeLanding(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .type('text/html; charset=utf-8')
    .send('<!doctype html><html lang="en"><title>Signed in</title><p>You may close this window.</p></html>')
}

/** `check_session_iframe`: a page for the frames of applications; it shows nothing and answers their messages. */
async function checkSession(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; script-src 'self'")
    .send(
      `<!doctype html><html lang="en"><title>Session</title><script src="${assetPaths.checkSessionScript}"></script></html>`,
    )
}
