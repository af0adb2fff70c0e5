import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import type { Message } from '../mailbox/mailbox-store.ts'
import { mailboxPage } from '../pages/mailbox-page.ts'
import { searchUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { folderLinks, frameOf } from './frame.ts'
import { preferencesOf } from './preferences.ts'
import { rowOf } from './show-folder.ts'

const pageSize = 25
const longest = 200

/** `/owa/?path=/mail/search&q=…`: messages with all the words, in every folder, newest first. */
export async function searchMail(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, context, mailboxes } = parts
  const { mailboxId } = visit.session
  const { q, before } = request.query as Record<string, unknown>
  const text = (typeof q === 'string' ? q : '').slice(0, longest).trim()
  const { zone } = await preferencesOf(parts, visit.session)
  const cursor = typeof before === 'string' ? before : undefined
  const folders = await mailboxes.listFolders(mailboxId)
  const found =
    text === '' ? { items: [] } : await mailboxes.search(mailboxId, { text, limit: pageSize, before: cursor })
  const messages = found.items.filter((item): item is Message => item.kind === 'message')
  request.recording.note({ decision: 'searchPage', detail: { found: messages.length } })
  const view = {
    ...frameOf(config, visit),
    folders: folderLinks(folders, ''),
    folderName: text === '' ? 'Search' : `Results for “${text}”`,
    searched: text,
    totalCount: messages.length,
    messages: messages.map((message) => rowOf({ ...message, flagged: message.flag?.status === 'active' })),
    now: context.clock.now(),
    zone,
    olderUrl: 'next' in found && found.next ? searchUrl(text, found.next) : undefined,
    newestUrl: cursor === undefined ? undefined : searchUrl(text),
  }
  return sendPage(reply, mailboxPage(view))
}
