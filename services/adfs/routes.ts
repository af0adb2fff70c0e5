import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { surfaceErrors } from '#shared/http/server.ts'
import {
  addCertificateHost,
  addCertificateSignIn,
  type CertificateHostParts,
} from './certificate-authentication/certificate-host.ts'
import { AdfsError } from './errors.ts'
import { gapAt } from './gaps.ts'
import { idpInitiatedPath } from './idp-initiated/path.ts'
import type { OAuthParts } from './oauth/oauth-parts.ts'
import { addOAuthEndPoints, addOAuthPages, addOAuthWindowsPages } from './oauth/oauth-routes.ts'
import type { Themes } from './pages/frame.ts'
import type { PortalAsset } from './pages/portal-assets.ts'
import { picturePath, sendPicture, type ThemePart, themeParts } from './pages/theme-picture.ts'
import type { errorPageWriter } from './pages/write-error.ts'
import { refuseStrangeProxies } from './proxy/proxy-authentication.ts'
import { addProxyRoutes, type ProxyParts } from './proxy/proxy-routes.ts'
import { answerPassive, type PassiveParts } from './sign-in/passive-end-point.ts'
import { updatePasswordPath } from './update-password/update-password-path.ts'
import { requireWindowsUser, type WiaParts } from './windows-authentication/wia-end-point.ts'
import { addWsTrust, type WsTrustParts } from './ws-trust/routes.ts'

export interface RouteParts {
  readonly passive: PassiveParts
  readonly oauth: OAuthParts
  readonly proxy: ProxyParts
  readonly federationMetadata: () => Promise<string>
  readonly wsTrust: WsTrustParts
  readonly wia: WiaParts
  readonly certificates: CertificateHostParts
  readonly writeErrorPage: ReturnType<typeof errorPageWriter>
}

/** Browsers get the error page; the proxy's configuration REST answers with a status. */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  addCertificateHost(app, parts.certificates)
  app.addHook('onRequest', refuseStrangeProxies(parts.proxy.proxies))
  app.register(async (scope) => addBrowserRoutes(scope, parts))
  app.register(async (scope) => addWsTrust(scope, parts.wsTrust))
  app.register(async (scope) => addOAuthEndPoints(scope, parts.oauth))
  app.register(async (scope) => addArtifactResolution(scope, parts.passive))
  app.register(async (scope) => addProxyRoutes(scope, parts.proxy))
}

function addArtifactResolution(scope: FastifyInstance, { protocols }: PassiveParts): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('text/xml', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  surfaceErrors(scope, (error, _request, reply) => reply.code(error.status).send(''))
  scope.post('/adfs/services/trust/artifactresolution', async (request, reply) => {
    const { resolveArtifact } = await import('./saml/artifact-resolution.ts')
    return resolveArtifact(request, reply, protocols)
  })
}

function addBrowserRoutes(
  app: FastifyInstance,
  { passive, oauth, wia, certificates, federationMetadata, writeErrorPage }: RouteParts,
): void {
  const { themes } = passive.conversation
  surfaceErrors(app, writeErrorPage)
  addCertificateSignIn(app, certificates)
  for (const url of ['/adfs/ls', '/adfs/ls/']) addPassive(app, url, passive)
  addOAuthPages(app, oauth)
  addUpdatePassword(app, passive)
  for (const url of [idpInitiatedPath, `${idpInitiatedPath}.aspx`]) addIdpInitiated(app, url, passive)
  app.register(async (scope) => addWindowsPages(scope, { passive, oauth, wia }))
  for (const asset of [themes.assets.stylesheet, themes.assets.script]) addAsset(app, asset)
  for (const part of themeParts) addPicture(app, part, themes)
  app.get('/adfs/probe', (_request, reply) => reply.send(''))
  app.get('/FederationMetadata/2007-06/FederationMetadata.xml', async (_request, reply) =>
    reply.type('application/samlmetadata+xml').send(await federationMetadata()),
  )
  app.all('/*', refuseUnknownPath)
}

function addUpdatePassword(app: FastifyInstance, parts: PassiveParts): void {
  for (const url of [updatePasswordPath, updatePasswordPath.slice(0, -1)]) {
    app.route({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) =>
        (await import('./update-password/update-password.ts')).answerUpdatePassword(request, reply, parts),
    })
  }
}

function addPassive(app: FastifyInstance, url: string, parts: PassiveParts): void {
  app.route({
    method: ['GET', 'POST'],
    url,
    handler: (request, reply) => answerPassive(request, reply, parts),
  })
  app.options(url, (_request, reply) => reply.header('allow', 'OPTIONS, GET, HEAD, POST').send(''))
}

function addIdpInitiated(app: FastifyInstance, url: string, parts: PassiveParts): void {
  app.route({
    method: ['GET', 'POST'],
    url,
    handler: async (request, reply) => {
      const { answerIdpInitiated } = await import('./idp-initiated/sign-on.ts')
      return answerIdpInitiated(request, reply, parts)
    },
  })
}

/** The same requests where the connection has to prove a Windows user first. */
function addWindowsPages(
  scope: FastifyInstance,
  { passive, oauth, wia }: Pick<RouteParts, 'passive' | 'oauth' | 'wia'>,
) {
  scope.addHook('preHandler', requireWindowsUser(wia))
  scope.route({
    method: ['GET', 'OPTIONS'],
    url: '/adfs/ls/wia',
    handler: (request, reply) => answerPassive(request, reply, passive),
  })
  addOAuthWindowsPages(scope, oauth)
  addIdpInitiated(scope, `${idpInitiatedPath}/wia`, passive)
}

function addAsset(app: FastifyInstance, { path, type, content }: PortalAsset): void {
  app.get(path, (_request, reply) =>
    reply
      .type(type)
      .header('cache-control', 'public, max-age=86400')
      .header('x-content-type-options', 'nosniff')
      .send(content),
  )
}

function addPicture(app: FastifyInstance, part: ThemePart, themes: Themes): void {
  app.get(picturePath(part), async (request, reply) => {
    const picture = themes.picture(part)
    return picture ? sendPicture(reply, picture) : refuseUnknownPath(request, reply)
  })
}

async function refuseUnknownPath(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = request.url.split('?')[0] ?? '/'
  const gap = gapAt(path)
  if (gap) throw gap
  if (path.toLowerCase().startsWith('/adfs/')) {
    throw new AdfsError('unknownMessage', { reason: `nothing is at ${path}`, values: [path] })
  }
  // Outside /adfs the HTTP stack of Windows answers, not AD FS.
  return reply
    .code(404)
    .type('text/html; charset=us-ascii')
    .send('<h2>Not Found</h2><hr><p>HTTP Error 404. The requested resource is not found.</p>')
}
