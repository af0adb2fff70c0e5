import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { XmlPart } from '#shared/xml/markup.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { evaluateWebServicesAccess } from '../organization/client-access.ts'
import type { ExchangeParts } from '../parts.ts'
import type { Call, Operation, WebServicesParts } from './call.ts'
import { type Envelope, readEnvelope, writeEnvelope, writeFault, writeResponse } from './envelope.ts'
import { operations } from './operations/registry.ts'
import { checkRequest } from './request-schema.ts'
import { asRefusal } from './response-messages.ts'
import { sharedMailboxes } from './shared-mailbox.ts'
import { WebServicesBlocked, WebServicesError } from './web-services-error.ts'
import { type Caller, mailboxOwner, whoCalls } from './who-calls.ts'
import { mailboxAsked } from './whose-mailbox.ts'
import { contextZone } from './zones.ts'

export interface SoapAnswer {
  readonly status: number
  readonly body: string | Readable
  readonly mailboxId?: string
}

/** Who calls comes first, then what is asked; refusals of the whole request are SOAP faults with status 500. */
export async function runRequest(parts: WebServicesParts, request: FastifyRequest): Promise<SoapAnswer> {
  const caller = await whoCalls(parts, request)
  try {
    return await runOperation(parts, request, caller, readEnvelope(request.body))
  } catch (error) {
    const refusal = asRefusal(error)
    if (!refusal) throw error
    request.recording.note({ decision: refusal.code, reason: refusal.reason })
    return { status: 500, body: writeEnvelope(parts.config, writeFault(refusal.code, refusal.message)) }
  }
}

/** @throws WebServicesBlocked where the organization or the mailbox shuts this door. */
export async function requireAccess(
  { organization, config }: ExchangeParts,
  request: FastifyRequest,
  { appId }: Caller,
  { objectGuid }: Recipient,
): Promise<void> {
  const [settings, mailbox] = await Promise.all([organization.settings(), organization.recipientSettings(objectGuid)])
  const userAgent = request.headers['user-agent'] ?? ''
  const reason = evaluateWebServicesAccess({ organization: settings, mailbox, userAgent, appId })
  if (reason !== undefined) throw new WebServicesBlocked(reason, config.location)
}

async function runOperation(
  parts: WebServicesParts,
  request: FastifyRequest,
  caller: Caller,
  { header, operation }: Envelope,
): Promise<SoapAnswer> {
  const name = operation.localName ?? ''
  const run = operations.get(name)
  checkRequest(operation)
  const user = await mailboxOwner(parts, caller, header)
  const { owner, access } = await mailboxAsked(parts, user, operation)
  const { mailboxId } = owner
  if (mailboxId === undefined)
    throw new WebServicesError('ErrorNonExistentMailbox', `the mailbox of ${user.userPrincipalName} is elsewhere`)
  await requireAccess(parts, request, caller, user)
  request.recording.note({ decision: name, user: user.userPrincipalName })
  const now = parts.context.clock.now()
  const zone = contextZone(header)
  const mailboxes = access ? sharedMailboxes(parts.mailboxes, access) : parts.mailboxes
  const seen = { ...parts, mailboxes, submittedBy: user }
  const call = { parts: seen, request, user, owner, mailboxId, access, body: operation, now, zone }
  return { status: 200, body: run ? await written(call, name, run) : await streamed(call, name), mailboxId }
}

async function written(call: Call, name: string, run: Operation): Promise<string> {
  return writeEnvelope(call.parts.config, writeResponse(name.replace(/Request$/, ''), await run(call)))
}

/** One envelope after the other, on one connection. */
async function streamed(call: Call, name: string): Promise<Readable> {
  const { getStreamingEvents } = await import('./notifications/get-streaming-events.ts')
  const parts = await getStreamingEvents(call)
  return Readable.from(envelopes(call, name, parts))
}

async function* envelopes(call: Call, name: string, parts: AsyncIterable<XmlPart>): AsyncGenerator<string> {
  for await (const content of parts) yield writeEnvelope(call.parts.config, writeResponse(name, content))
}
