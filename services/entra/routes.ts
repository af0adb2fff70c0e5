import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { adminConsentEndpoint } from './authorize/admin-consent.ts'
import { authorizeEndpoint } from './authorize/authorize.ts'
import { codeEntry } from './device-code/code-entry.ts'
import { deviceAuthorizationEndpoint } from './device-code/device-authorization.ts'
import { oauthErrorWriter } from './error-body.ts'
import { EntraError, errorKeyOf } from './errors.ts'
import { type FederationServices, loginReturn } from './federation/login-return.ts'
import { fidoCreate, fidoGet } from './passkeys/fido-pages.ts'
import { answerTerms, changePassword } from './sign-in/demand-posts.ts'
import { deviceReturn } from './sign-in/device-return.ts'
import { errorPageWriter } from './sign-in/error-view.ts'
import {
  confirmApplication,
  keepSignedIn,
  login,
  pagePost,
  processAuth,
  reprocess,
  setConsent,
} from './sign-in/page-posts.ts'
import { securityInfoPost, skipRegistration } from './sign-in/registration-posts.ts'
import { beginAuth, endAuth } from './sign-in/sas/sas.ts'
import { securityInfoEntrance } from './sign-in/security-info-entrance.ts'
import { signOutEndpoint } from './sign-in/sign-out.ts'
import { refuseOtherMethods, tokenEndpoint, tokenPreflight } from './token/token.ts'
import { versionOneUserInfo } from './token/user-info.ts'
import { assetPaths, deviceLoginPath, onLoginHost, signInPaths } from './urls.ts'

type Row = readonly [methods: string, path: string, handler: RouteHandlerMethod]

function rows(scope: FastifyInstance, list: readonly Row[]): void {
  for (const [methods, url, handler] of list) scope.route({ method: methods.split('|'), url, handler })
}

/** Pages: refusals are shown to the person. The conversation proves who the caller is; nothing here is anonymous but the start. */
export function addPages(scope: FastifyInstance, services: FederationServices): void {
  const { clock, config } = services
  surfaceErrors(scope, errorPageWriter({ clock, organization: config.tenant.displayName }), unreadableRequest)
  rows(scope, [
    ['GET|POST', '/:tenant/oauth2/authorize', authorizeEndpoint(services, 1) as RouteHandlerMethod],
    ['GET|POST', '/:tenant/oauth2/v2.0/authorize', authorizeEndpoint(services, 2) as RouteHandlerMethod],
    ['GET|POST', '/:tenant/oauth2/logout', signOutEndpoint(services, 1) as RouteHandlerMethod],
    ['GET|POST', '/:tenant/oauth2/v2.0/logout', signOutEndpoint(services, 2) as RouteHandlerMethod],
    ['POST', '/:tenant/login', pagePost(services, login)],
    ['POST', '/:tenant/reprocess', pagePost(services, reprocess)],
    ['POST', '/:tenant/SAS/ProcessAuth', pagePost(services, processAuth)],
    ['POST', '/:tenant/Consent/Set', pagePost(services, setConsent)],
    ['POST', '/:tenant/fido/get', fidoGet(services)],
    ['POST', '/:tenant/fido/create', fidoCreate(services)],
    ['GET', signInPaths.securityInfo, securityInfoEntrance(services)],
    ['POST', signInPaths.securityInfo, pagePost(services, securityInfoPost)],
    ['POST', signInPaths.skipRegistration, pagePost(services, skipRegistration)],
    ['POST', signInPaths.changePassword, pagePost(services, changePassword)],
    ['POST', signInPaths.termsOfUse, pagePost(services, answerTerms)],
    ['POST', signInPaths.confirmApplication, pagePost(services, confirmApplication)],
    ['POST', signInPaths.keepSignedIn, pagePost(services, keepSignedIn)],
    ['POST', signInPaths.federationReturn, loginReturn(services)],
    ['GET', signInPaths.deviceAuthentication, deviceReturn(services)],
    ['GET|POST', '/:tenant/oauth2/deviceauth', codeEntry(services)],
    ['GET', '/error', explainError],
    ['GET', '/common/oauth2/nativeclient', nativeLanding],
    ['GET', '/:tenant/oauth2/checksession', checkSession],
    ['GET', assetPaths.checkSessionScript, asset('check-session.js', 'text/javascript; charset=utf-8')],
    ['GET', assetPaths.stylesheet, asset('sign-in.css', 'text/css; charset=utf-8')],
    ['GET', assetPaths.script, asset('sign-in.js', 'text/javascript; charset=utf-8')],
    ['GET', assetPaths.passkeyScript, asset('passkey.js', 'text/javascript; charset=utf-8')],
    ['GET|POST', '/:tenant/wsfed', gap('WS-Federation for applications')],
    ['GET|POST', '/:tenant/saml2', gap('SAML for applications')],
    ['GET|POST', '/:tenant/adminconsent', adminConsentEndpoint(services, 1) as RouteHandlerMethod],
    ['GET|POST', '/:tenant/v2.0/adminconsent', adminConsentEndpoint(services, 2) as RouteHandlerMethod],
  ])
}

/** JSON for programs: the client authenticates itself. */
export function addTokenEndpoints(scope: FastifyInstance, services: FederationServices): void {
  surfaceErrors(scope, oauthErrorWriter(services.clock), unreadableRequest)
  rows(scope, [
    ['POST', '/:tenant/oauth2/token', tokenEndpoint(services, 1) as RouteHandlerMethod],
    ['POST', '/:tenant/oauth2/v2.0/token', tokenEndpoint(services, 2) as RouteHandlerMethod],
    ['GET', '/:tenant/oauth2/token', refuseOtherMethods],
    ['GET', '/:tenant/oauth2/v2.0/token', refuseOtherMethods],
    ['OPTIONS', '/:tenant/oauth2/token', tokenPreflight],
    ['OPTIONS', '/:tenant/oauth2/v2.0/token', tokenPreflight],
    ['POST', '/:tenant/oauth2/devicecode', deviceAuthorizationEndpoint(services, 1) as RouteHandlerMethod],
    ['POST', '/:tenant/oauth2/v2.0/devicecode', deviceAuthorizationEndpoint(services, 2) as RouteHandlerMethod],
    ['GET', '/:tenant/oauth2/devicecode', refuseOtherMethods],
    ['GET', '/:tenant/oauth2/v2.0/devicecode', refuseOtherMethods],
    ['OPTIONS', '/:tenant/oauth2/devicecode', tokenPreflight],
    ['OPTIONS', '/:tenant/oauth2/v2.0/devicecode', tokenPreflight],
    ['GET|POST', '/:tenant/openid/userinfo', versionOneUserInfo(services)],
    ['POST', '/:tenant/SAS/BeginAuth', beginAuth(services)],
    ['GET|POST', '/:tenant/SAS/EndAuth', endAuth(services)],
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
  const text = readFileSync(new URL(`./pages/${name}`, import.meta.url), 'utf8')
  return async (_request, reply) => reply.type(type).header('cache-control', 'public, max-age=3600').send(text)
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
