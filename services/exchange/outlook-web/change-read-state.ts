import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import { folderUrl } from '../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../web-session/visit.ts'
import { folderKey } from './frame.ts'

/** The form of the reading page. */
export async function changeReadState(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const { ItemID, unread } = (request.body ?? {}) as Record<string, unknown>
  const { mailboxId } = visit.session
  const message = await parts.mailboxes.findMessage(mailboxId, String(ItemID))
  if (!message) throw new ExchangeError('noSuchItem', `the mailbox has no message "${ItemID}"`)
  await parts.mailboxes.setUnread(mailboxId, message.id, unread === '1')
  const folder = (await parts.mailboxes.listFolders(mailboxId)).find((each) => each.id === message.folderId)
  request.recording.note({ decision: unread === '1' ? 'markedUnread' : 'markedRead' })
  return reply.redirect(folderUrl(folder ? folderKey(folder) : 'inbox'), 303)
}
