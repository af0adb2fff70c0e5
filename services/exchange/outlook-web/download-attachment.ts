import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import { type ReadAttachment, readMime } from '../mailbox/read-mime.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'

/** `GetFileAttachment`: always as a download, never as a page of our own origin. */
export async function downloadAttachment(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const attachment = await findFile(parts, visit.session.mailboxId, request.query as Record<string, unknown>)
  request.recording.note({ decision: 'attachment', detail: { contentType: attachment.contentType } })
  return reply
    .headers({
      'content-type': servedType(attachment),
      'content-disposition': disposition(attachment.name),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    })
    .send(attachment.content)
}

/** By its place in a message, or by its id in any other item. */
async function findFile({ mailboxes }: WebParts, mailboxId: string, { id, index, file }: Record<string, unknown>) {
  const mime = file === undefined ? await mailboxes.readMime(mailboxId, String(id)) : undefined
  const found = mime
    ? (await readMime(mime)).attachments[Number(index)]
    : await mailboxes.readAttachment(mailboxId, String(id), String(file))
  if (found) return found
  throw new ExchangeError('noSuchItem', `the mailbox has no attachment ${file ?? index} of item "${id}"`)
}

/** Nothing that a browser would run. */
function servedType({ contentType }: ReadAttachment): string {
  const harmless = /^(image\/(png|jpeg|gif|webp)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf|text\/(plain|csv))$/
  return harmless.test(contentType) ? contentType : 'application/octet-stream'
}

/** RFC 6266 §5: a name for every client, and the real one for those that read it. */
function disposition(name: string): string {
  const plain = name.replace(/[^\w. -]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
