import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../errors.ts'
import type { Message } from '../mailbox/mailbox-store.ts'
import { folderUrl, messageUrl } from '../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../web-session/visit.ts'
import { folderKey } from './frame.ts'

interface Action {
  readonly parts: WebParts
  readonly mailboxId: string
  readonly message: Message
  readonly form: Readonly<Record<string, unknown>>
}

/** Each says where the person is afterwards: with the folder, or still with the message. */
const actions: Readonly<Record<string, (action: Action) => Promise<'folder' | 'message'>>> = {
  delete: async ({ parts, mailboxId, message }) => {
    await parts.mailboxes.deleteItem(mailboxId, message.id, 'toDeletedItems')
    return 'folder'
  },
  move: async ({ parts, mailboxId, message, form }) => {
    const folder = await parts.mailboxes.findFolder(mailboxId, String(form.folder))
    if (folder?.folderClass !== 'mail')
      throw new ExchangeError('noSuchItem', `the mailbox has no mail folder "${form.folder}"`)
    await parts.mailboxes.moveItem(mailboxId, message.id, folder.id)
    return 'folder'
  },
  flag: async ({ parts, mailboxId, message }) => {
    const flag = message.flag?.status === 'active' ? null : ({ status: 'active' } as const)
    await parts.mailboxes.updateItem(mailboxId, message.id, { flag })
    return 'message'
  },
  unread: async ({ parts, mailboxId, message }) => {
    await parts.mailboxes.setUnread(mailboxId, message.id, true)
    return 'folder'
  },
}

/** The buttons of the reading page. */
export async function actOnMessage(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Record<string, unknown>
  const { mailboxId } = visit.session
  const name = String(form.action)
  const act = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!act) throw new ExchangeError('noSuchItem', `there is no action "${name}"`)
  const message = await parts.mailboxes.findMessage(mailboxId, String(form.ItemID))
  if (!message) throw new ExchangeError('noSuchItem', `the mailbox has no message "${form.ItemID}"`)
  const place = await act({ parts, mailboxId, message, form })
  request.recording.note({ decision: `message ${name}` })
  if (place === 'message') return reply.redirect(messageUrl(message.id), 303)
  const folder = await parts.mailboxes.findFolder(mailboxId, message.folderId)
  return reply.redirect(folderUrl(folder ? folderKey(folder) : 'inbox'), 303)
}
