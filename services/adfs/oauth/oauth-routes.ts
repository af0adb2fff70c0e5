import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { surfaceErrors } from '#shared/http/server.ts'
import { keySet, openIdConfiguration } from './discovery.ts'
import type { OAuthParts } from './oauth-parts.ts'
import { oauthPaths } from './oauth-urls.ts'
import { answerWebFinger } from './web-finger.ts'
import { writeOAuthError } from './write-error.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: OAuthParts) => Promise<FastifyReply>

// The handlers are loaded with the first request that needs them: most stacks start without a single OAuth client.
const pages = {
  authorize: async (...request: Parameters<Handler>) =>
    (await import('./authorize/authorize.ts')).answerAuthorize(...request),
  device: async (...request: Parameters<Handler>) =>
    (await import('./device/device-authentication.ts')).answerDeviceAuthentication(...request),
  logout: async (...request: Parameters<Handler>) => (await import('./logout.ts')).answerLogout(...request),
}

/** Pages for people; whoever calls is known by the session, or is asked. */
export function addOAuthPages(app: FastifyInstance, parts: OAuthParts): void {
  const { authorize, deviceAuthentication, logout } = oauthPaths
  const rows: readonly (readonly [string, Handler])[] = [
    [authorize, pages.authorize],
    [authorize.slice(0, -1), pages.authorize],
    [deviceAuthentication, pages.device],
    [`${deviceAuthentication}/`, pages.device],
    [logout, pages.logout],
    [`${logout}/`, pages.logout],
  ]
  for (const [url, handler] of rows) {
    app.route({ method: ['GET', 'POST'], url, handler: (request, reply) => handler(request, reply, parts) })
  }
}

/** Where the pages send agents that sign in with Windows credentials. */
export function addOAuthWindowsPages(app: FastifyInstance, parts: OAuthParts): void {
  const { authorize, deviceAuthentication } = oauthPaths
  app.get(`${authorize}wia`, (request, reply) => pages.authorize(request, reply, parts))
  app.get(`${deviceAuthentication}/wia`, (request, reply) => pages.device(request, reply, parts))
}

/** JSON for programs; clients prove themselves, documents are for everybody. */
export function addOAuthEndPoints(app: FastifyInstance, parts: OAuthParts): void {
  surfaceErrors(app, writeOAuthError)
  const { token, deviceCode, userInfo, keys, configuration, webFinger } = oauthPaths
  const redeem = async (request: FastifyRequest, reply: FastifyReply) =>
    (await import('./token/token.ts')).answerToken(request, reply, parts)
  const begin = async (request: FastifyRequest, reply: FastifyReply) =>
    (await import('./device/device-code.ts')).answerDeviceCode(request, reply, parts)
  for (const url of [token, token.slice(0, -1)]) {
    app.post(url, redeem)
    app.get(url, async (request) => (await import('./token/token.ts')).refuseOtherMethods(request))
  }
  for (const url of [deviceCode, `${deviceCode}/`]) app.post(url, begin)
  const tell = async (request: FastifyRequest, reply: FastifyReply) =>
    (await import('./user-info.ts')).answerUserInfo(request, reply, parts)
  app.route({ method: ['GET', 'POST'], url: userInfo, handler: tell })
  const { urls, identifier } = parts.conversation.config
  const document = openIdConfiguration(urls, identifier)
  app.get(configuration, async (_request, reply) => reply.send(document))
  app.get(webFinger, answerWebFinger(urls))
  for (const url of [keys, `${keys}/`]) app.get(url, async (_request, reply) => reply.send(keySet(parts.certificates)))
}
