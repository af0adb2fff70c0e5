import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { surfaceErrors } from '#shared/http/server.ts'
import { WbxmlError } from '#shared/wbxml/wbxml-error.ts'
import { authenticateUser, writeAuthenticationError } from '../authentication/authenticate-user.ts'
import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { setBackEnd } from '../server-headers.ts'
import type { ActiveSyncParts, Call, Command } from './call.ts'
import { admitDevice } from './devices/admit-device.ts'
import { ActiveSyncError } from './http/active-sync-error.ts'
import { type CommandLine, readCommandLine } from './http/command-line.ts'
import { readDocument } from './http/documents.ts'
import { MailboxElsewhere, mailboxOf } from './http/mailbox-of.ts'
import { writeAnswer, writeRefusal } from './http/write-answer.ts'
import { hasCommonStatus, isSpoken, offeredCommands, offeredVersions } from './versions.ts'

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
  scope.route({ method: 'OPTIONS', url: path, handler: (request, reply) => answerOptions(parts, request, reply) })
  scope.route({
    method: 'POST',
    url: path,
    bodyLimit: largestBody,
    handler: (request, reply) => answerCommand(parts, request, reply),
  })
  scope.route({
    method: ['GET', 'PUT', 'DELETE'],
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
  const { recipient } = await authenticateUser(parts, request, { protocol: 'ActiveSync', scopes })
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

async function answerCommand(parts: ActiveSyncParts, request: FastifyRequest, reply: FastifyReply) {
  const user = await signedIn(parts, request)
  const mailboxId = mailboxOf(user, parts.config)
  setBackEnd(reply, parts.config, mailboxId)
  const line = readCommandLine(request.url.split('?').slice(1).join('?'), request.headers)
  if (!line) throw new ActiveSyncError('invalidContent', 'the query is neither plain nor base64')
  try {
    const { command, version } = await commandOf(line)
    request.recording.note({
      decision: line.command,
      user: user.userPrincipalName,
      detail: { deviceId: line.deviceId },
    })
    const call = await callOf(parts, request, { user, mailboxId, line, version }, command)
    return await writeAnswer(request, reply, await command.run(call), version)
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    request.recording.note({ decision: refusal.code, reason: refusal.reason })
    return writeRefusal(reply, refusal, line)
  }
}

/** The commands are loaded when the first device comes. */
async function commandOf(line: CommandLine): Promise<{ readonly command: Command; readonly version: number }> {
  const { version } = line
  if (!isSpoken(version))
    throw new ActiveSyncError('versionNotSupported', `version ${version ?? 'absent'}; offered are ${offeredVersions}`)
  const { commands } = await import('./commands/registry.ts')
  const command = commands.get(line.command.toLowerCase())
  if (!command) throw new ActiveSyncError('commandNotSupported', `there is no command "${line.command}"`)
  if (version < (command.since ?? 0) || version > (command.until ?? 999))
    throw new ActiveSyncError(
      hasCommonStatus(version) ? 'versionNotSupported' : 'commandNotSupported',
      `${line.command} is no command of version ${version / 10}`,
    )
  return { command, version }
}

type Sender = Pick<Call, 'user' | 'mailboxId' | 'line' | 'version'>

async function callOf(
  parts: ActiveSyncParts,
  request: FastifyRequest,
  sender: Sender,
  command: Command,
): Promise<Call> {
  const now = parts.context.clock.now()
  const userAgent = request.headers['user-agent'] ?? ''
  const device = await admitDevice(parts, { ...sender, userAgent, now }, command)
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const body = readDocument(raw, request.headers['content-type'], command, sender)
  const key = { mailboxId: sender.mailboxId, deviceId: device.deviceId }
  return { ...sender, parts, request, device, key, body, raw, now }
}

/** What the device is told of; anything else is a crash. */
function refusalOf(error: unknown): ActiveSyncError | undefined {
  if (error instanceof ActiveSyncError) return error
  if (error instanceof WbxmlError) return new ActiveSyncError('invalidWbxml', error.message, { cause: error })
  if (error instanceof MailboxRefusal && error.code === 'quotaExceeded')
    return new ActiveSyncError('mailboxQuotaExceeded', error.message, { cause: error })
  return undefined
}
