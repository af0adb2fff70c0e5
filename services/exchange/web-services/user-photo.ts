import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExchangeParts } from '../parts.ts'
import { pictureType } from '../recipients/recipient-files.ts'
import { requireAccess } from './run-request.ts'
import { WebServicesError } from './web-services-error.ts'
import { whoCalls } from './who-calls.ts'

/** @throws WebServicesError for an address of nobody, and for somebody without a picture. */
export async function photoOf({ recipients, files }: ExchangeParts, address: string) {
  const shown = address.slice(0, 80)
  const known = await recipients.findRecipient('emailAddress', address)
  if (!known) throw new WebServicesError('ErrorNonExistentMailbox', `nobody here is "${shown}"`)
  const picture = await files.pictureOf(known.objectGuid)
  if (!picture) throw new WebServicesError('ErrorItemNotFound', `there is no picture of ${shown}`)
  return picture
}

/**
 * `GET /EWS/Exchange.asmx/s/GetUserPhoto?email=&size=` ("How to: Get user photos by using EWS in Exchange"): the one
 * picture that is kept, whatever size is asked for; 304 where the client has it, 404 where there is none.
 */
export async function answerPhoto(
  parts: ExchangeParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = await whoCalls(parts, request)
  if (caller.kind === 'person') await requireAccess(parts, request, caller, caller.recipient)
  const { email } = request.query as { readonly email?: unknown }
  request.recording.note({ decision: 'GetUserPhoto' })
  try {
    const { content, changedAt } = await photoOf(parts, typeof email === 'string' ? email : '')
    const tag = `"${changedAt.getTime().toString(16)}-${content.length.toString(16)}"`
    reply.header('etag', tag)
    if (request.headers['if-none-match'] === tag) return reply.code(304).send()
    return reply.type(pictureType(content) ?? 'application/octet-stream').send(content)
  } catch (error) {
    if (!(error instanceof WebServicesError)) throw error
    request.recording.note({ decision: error.code, reason: error.reason })
    return reply.code(404).send()
  }
}
