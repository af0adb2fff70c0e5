import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { outlineOf } from '#shared/wbxml/outline.ts'
import { WbxmlError } from '#shared/wbxml/wbxml-error.ts'
import { MailboxRefusal, type RefusalCode } from '../mailbox/mailbox-refusal.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { setBackEnd } from '../server-headers.ts'
import { SendAsDenied } from '../transport/sent-under.ts'
import type { ActiveSyncParts, Call, Command } from './call.ts'
import { commands } from './commands/registry.ts'
import { admitDevice } from './devices/admit-device.ts'
import { ActiveSyncError, type ActiveSyncErrorKey } from './http/active-sync-error.ts'
import { type CommandLine, readCommandLine } from './http/command-line.ts'
import { readDocument } from './http/documents.ts'
import { mailboxOf } from './http/mailbox-of.ts'
import { writeAnswer, writeRefusal } from './http/write-answer.ts'
import { hasCommonStatus, isSpoken, offeredVersions } from './versions.ts'

/** One request of a device, from its query to its answer. Loaded when the first device comes, with all commands. */
export async function answerCommand(
  parts: ActiveSyncParts,
  user: Recipient,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const mailboxId = mailboxOf(user, parts.config)
  setBackEnd(reply, parts.config, mailboxId)
  const line = readCommandLine(request.url.split('?').slice(1).join('?'), request.headers)
  if (!line) throw new ActiveSyncError('invalidContent', 'the query is neither plain nor base64')
  try {
    const { command, version } = commandOf(line)
    request.recording.note({
      decision: line.command,
      user: user.userPrincipalName,
      detail: { deviceId: line.deviceId },
    })
    using _open = parts.ledger.open(mailboxId)
    const call = await callOf(parts, request, { user, mailboxId, line, version }, command)
    noteRequest(call)
    const answer = await command.run(call)
    if ('root' in answer) request.recording.note({ detail: { answer: outlineOf(answer.root) } })
    return await writeAnswer(request, reply, answer, version)
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    request.recording.note({ decision: refusal.code, reason: refusal.reason })
    return writeRefusal(reply, refusal, line)
  }
}

function commandOf(line: CommandLine): { readonly command: Command; readonly version: number } {
  const { version } = line
  // [MS-ASHTTP] 2.2.2.1.1: of devices that know nothing later.
  if (version === 10) throw new ActiveSyncError('protocolTooOld', `version 1.0; offered are ${offeredVersions}`)
  if (!isSpoken(version))
    throw new ActiveSyncError('versionNotSupported', `version ${version ?? 'absent'}; offered are ${offeredVersions}`)
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
  const wlHeader = [request.headers['x-ms-wl']].flat()[0]
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const said = () => createHash('sha256').update(request.url).update(raw).digest('base64url')
  const { device, limits } = await admitDevice(parts, { ...sender, userAgent, wlHeader, said, now }, command)
  const body = readDocument(raw, request.headers['content-type'], command, sender)
  const key = { mailboxId: sender.mailboxId, deviceId: device.deviceId }
  return { ...sender, parts, request, device, limits, key, body, raw, now }
}

/** For whoever looks at the journal; mail and passwords are told by their length. */
function noteRequest({ request, line, version, body }: Call): void {
  const { policyKey } = line
  const said = { version: (version / 10).toFixed(1), ...(policyKey !== undefined && { policyKey: String(policyKey) }) }
  request.recording.note({ detail: { ...said, ...(body && { request: outlineOf(body) }) } })
}

/** [MS-ASCMD] 2.2.2; a message that is too large for its sender has no status of its own. */
const limits: Readonly<Partial<Record<RefusalCode, ActiveSyncErrorKey>>> = {
  quotaExceeded: 'mailboxQuotaExceeded',
  sendQuotaExceeded: 'sendQuotaExceeded',
  messageTooLarge: 'mailSubmissionFailed',
}

/** What the device is told of; anything else is a crash. */
function refusalOf(error: unknown): ActiveSyncError | undefined {
  if (error instanceof ActiveSyncError) return error
  if (error instanceof WbxmlError) return new ActiveSyncError('invalidWbxml', error.message, { cause: error })
  const limit = error instanceof MailboxRefusal ? limits[error.code] : undefined
  if (limit) return new ActiveSyncError(limit, (error as Error).message, { cause: error })
  if (error instanceof SendAsDenied) return new ActiveSyncError('mailSubmissionFailed', error.message, { cause: error })
  return undefined
}
