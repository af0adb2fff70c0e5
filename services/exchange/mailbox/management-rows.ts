import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ExchangeParts } from '../parts.ts'
import { wellKnownFolders } from './folder.ts'
import type { Message } from './mailbox-store.ts'

type Parts = Pick<ExchangeParts, 'mailboxes' | 'recipients' | 'context'>

const folderSchema = z.object({
  folder: z.enum(wellKnownFolders).default('inbox'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

const waitSchema = folderSchema.extend({
  subject: z.string().optional(),
  from: z.string().optional(),
  timeoutMs: z.coerce.number().int().min(0).max(60_000).default(10_000),
})

const injectionSchema = z.object({ mime: z.base64(), folder: z.enum(wellKnownFolders).default('inbox') })
const quotaSchema = z.object({ bytes: z.number().int().min(0).nullable() })

class NoMailbox extends Error {}

/** Rows of the management port: what is in mailboxes, for tests that wait for mail and for those that bring it. */
export function addMailboxRows(management: FastifyInstance, parts: Parts): void {
  management.register(async (scope) => {
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof NoMailbox) return reply.code(404).send({ error: error.message })
      if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) })
      throw error
    })
    addReadingRows(scope, parts)
    addChangingRows(scope, parts)
  })
}

function addReadingRows(scope: FastifyInstance, parts: Parts): void {
  const { mailboxes } = parts
  scope.get('/mailboxes/:upn/messages', async (request) => {
    const mailboxId = await mailboxOf(parts, request.params)
    const { folder, limit } = folderSchema.parse(request.query)
    const { id } = await mailboxes.wellKnownFolder(mailboxId, folder)
    const { messages } = await mailboxes.listMessages(mailboxId, id, { limit })
    return { messages: messages.map(factsOf) }
  })
  scope.get('/mailboxes/:upn/messages/:id', async (request, reply) => {
    const mailboxId = await mailboxOf(parts, request.params)
    const { id } = request.params as { id: string }
    const message = await mailboxes.findMessage(mailboxId, id)
    const mime = message && (await mailboxes.readMime(mailboxId, id))
    if (!mime) return reply.code(404).send({ error: 'there is no such message' })
    return { ...factsOf(message), mime: mime.toString('base64') }
  })
  scope.get('/mailboxes/:upn/wait', async (request, reply) => {
    const mailboxId = await mailboxOf(parts, request.params)
    const wanted = waitSchema.parse(request.query)
    const found = await waitFor(parts, mailboxId, wanted)
    return found ? { message: factsOf(found) } : reply.code(408).send({ error: 'no such message came in time' })
  })
}

function addChangingRows(scope: FastifyInstance, parts: Parts): void {
  const { mailboxes, context } = parts
  scope.post('/mailboxes/:upn/messages', { bodyLimit: 64 * 1024 * 1024 }, async (request) => {
    const mailboxId = await mailboxOf(parts, request.params)
    const { mime, folder } = injectionSchema.parse(request.body)
    const { id: folderId } = await mailboxes.wellKnownFolder(mailboxId, folder)
    const receivedAt = context.clock.now()
    return factsOf(await mailboxes.deliver(mailboxId, { folderId, mime: Buffer.from(mime, 'base64'), receivedAt }))
  })
  scope.delete('/mailboxes/:upn/messages', async (request) => {
    const mailboxId = await mailboxOf(parts, request.params)
    const { folder } = folderSchema.parse(request.query)
    const { id } = await mailboxes.wellKnownFolder(mailboxId, folder)
    await mailboxes.emptyFolder(mailboxId, id)
    return {}
  })
  scope.put('/mailboxes/:upn/quota', async (request) => {
    const mailboxId = await mailboxOf(parts, request.params)
    await mailboxes.setQuota(mailboxId, quotaSchema.parse(request.body).bytes)
    return mailboxes.usage(mailboxId)
  })
}

async function mailboxOf({ recipients }: Parts, params: unknown): Promise<string> {
  const { upn } = params as { upn: string }
  const recipient = await recipients.findRecipient('userPrincipalName', upn)
  if (recipient?.mailboxId) return recipient.mailboxId
  throw new NoMailbox(`${upn} has no mailbox here`)
}

/** The newest message that fits, now or as soon as it comes. Real time: whoever waits is a test. */
async function waitFor({ mailboxes }: Parts, mailboxId: string, wanted: z.output<typeof waitSchema>) {
  const { id } = await mailboxes.wellKnownFolder(mailboxId, wanted.folder)
  const look = async () => {
    const { messages } = await mailboxes.listMessages(mailboxId, id, { limit: wanted.limit })
    return messages.find((message) => fits(message, wanted))
  }
  const ended = AbortSignal.timeout(wanted.timeoutMs)
  for (;;) {
    const changed = Promise.withResolvers<void>()
    using _ = mailboxes.onChange(mailboxId, () => changed.resolve())
    const found = await look()
    if (found || ended.aborted) return found
    ended.addEventListener('abort', () => changed.resolve(), { once: true })
    await changed.promise
  }
}

function fits(message: Message, { subject, from }: z.output<typeof waitSchema>): boolean {
  const contains = (text: string, part: string | undefined) =>
    part === undefined || text.toLowerCase().includes(part.toLowerCase())
  return contains(message.subject, subject) && contains(`${message.sender} ${message.senderAddress}`, from)
}

function factsOf(message: Message) {
  const { id, subject, sender, senderAddress, receivedAt, unread, preview, hasAttachments, internetMessageId } = message
  return {
    id,
    subject,
    from: { name: sender, address: senderAddress },
    receivedAt: receivedAt.toISOString(),
    unread,
    preview,
    hasAttachments,
    internetMessageId,
  }
}
