import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'

/** `GetMessageSource` (ours): the message byte by byte, as a file. */
export async function downloadSource(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { id } = request.query as Record<string, unknown>
  const mime = await parts.mailboxes.readMime(visit.session.mailboxId, String(id))
  if (!mime) throw new ExchangeError('noSuchItem', `the mailbox has no message "${id}"`)
  request.recording.note({ decision: 'messageSource' })
  return reply
    .headers({
      'content-type': 'message/rfc822',
      'content-disposition': 'attachment; filename="message.eml"',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    })
    .send(mime)
}
