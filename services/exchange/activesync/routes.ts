import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { surfaceErrors } from '#shared/http/server.ts'
import { authenticateUser, writeAuthenticationError } from '../authentication/authenticate-user.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { shutDoor } from '../organization/client-access.ts'
import type { answerCommand } from './answer-command.ts'
import type { ActiveSyncParts } from './call.ts'
import { ClientNotAllowed, DeviceThrottled } from './http/active-sync-error.ts'
import { MailboxElsewhere } from './http/mailbox-of.ts'
import { offeredCommands, offeredVersions } from './versions.ts'

/*
 * Exchange ActiveSync: one URL for every command of every device.
 * Owns the requests of [MS-ASHTTP], partnerships, policies and where each collection stands; what a mailbox holds is
 * the mailbox store's. A command is read, run and written in one file of `commands/`.
 */
const path = '/Microsoft-Server-ActiveSync'
const largestBody = 35 * 1024 * 1024

export function addActiveSync(scope: FastifyInstance, parts: ActiveSyncParts): void {
  surfaceErrors(scope, (error, _request, reply) => {
    if (error instanceof MailboxElsewhere) return reply.code(451).header('x-ms-location', error.location).send()
    if (error instanceof DeviceThrottled) return reply.code(error.status).headers(error.headers).send()
    return writeAuthenticationError(error, reply, parts.config) ?? reply.code(error.status).send()
  })
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestBody }, (_request, body, done) =>
    done(null, body),
  )
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'private',
      'ms-server-activesync': parts.config.version.split('.').slice(0, 2).join('.'),
      'request-id': request.id,
      'x-feserver': parts.config.servers[0] ?? '',
      'x-aspnet-version': '4.0.30319',
      'x-powered-by': 'ASP.NET',
    })
  })
  let answer: typeof answerCommand | undefined
  scope.route({ method: 'OPTIONS', url: path, handler: (request, reply) => answerOptions(parts, request, reply) })
  scope.route({
    method: 'POST',
    url: path,
    bodyLimit: largestBody,
    handler: async (request, reply) => {
      const user = await signedIn(parts, request)
      answer ??= (await import('./answer-command.ts')).answerCommand
      return answer(parts, user, request, reply)
    },
  })
  scope.route({
    method: ['GET', 'PUT', 'DELETE', 'PATCH'],
    url: path,
    handler: async (request, reply) => {
      await signedIn(parts, request)
      return reply
        .code(request.method === 'GET' ? 405 : 501)
        .header('allow', 'OPTIONS,POST')
        .send()
    },
  })
}

async function signedIn(parts: ActiveSyncParts, request: FastifyRequest): Promise<Recipient> {
  const scopes = ['EAS.AccessAsUser.All', 'full_access_as_user']
  const { recipient, claims } = await authenticateUser(parts, request, { protocol: 'ActiveSync', scopes })
  const { appId, step } = parts.config.accessTokens.documentedClient
  if (claims?.appid !== appId) return recipient
  request.recording.note({ step })
  const shut = await shutDoor(parts.organization, 'OutlookMobileEnabled', recipient)
  if (shut !== undefined) throw new ClientNotAllowed(shut)
  return recipient
}

async function answerOptions(parts: ActiveSyncParts, request: FastifyRequest, reply: FastifyReply) {
  await signedIn(parts, request)
  request.recording.note({ decision: 'activeSyncOptions' })
  return reply
    .headers({
      allow: 'OPTIONS,POST',
      public: 'OPTIONS,POST',
      'ms-asprotocolversions': offeredVersions,
      'ms-asprotocolcommands': offeredCommands,
      'content-type': 'application/vnd.ms-sync.wbxml',
      'content-length': '0',
    })
    .send()
}
