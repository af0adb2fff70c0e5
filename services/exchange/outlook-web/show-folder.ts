import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../errors.ts'
import type { Folder, MessageHead } from '../mailbox/mailbox-store.ts'
import { type MessageRowView, mailboxPage } from '../pages/mailbox-page.ts'
import { composeUrl, folderUrl, messageUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { folderKey, folderLinks, frameOf } from './frame.ts'
import { liveView } from './live-mail.ts'
import { preferencesOf } from './preferences.ts'

const pageSize = 25

/** `/owa/` and `/owa/?path=/mail/inbox`: the folders, and the newest messages of one of them. */
export async function showFolder(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, context, mailboxes } = parts
  const { path, before } = request.query as Record<string, unknown>
  const { zone } = await preferencesOf(parts, visit.session)
  const cursor = typeof before === 'string' ? before : undefined
  const folders = await mailboxes.listFolders(visit.session.mailboxId)
  const folder = folderAt(folders, typeof path === 'string' ? path : '/mail/inbox')
  request.recording.note({ step: config.steps.read, decision: 'mailboxPage', reason: `folder ${folder.displayName}` })
  const key = folderKey(folder)
  // Before the messages are read: what comes in between is news.
  const live = await liveView(parts, visit, { folders, source: folderUrl(key, cursor) })
  const page = await mailboxes.listHeads(visit.session.mailboxId, folder.id, { limit: pageSize, before: cursor })
  const view = {
    live,
    ...frameOf(config, visit),
    folders: folderLinks(folders, folder.id),
    folderName: folder.displayName,
    totalCount: folder.totalCount,
    messages: page.heads.map(rowOf),
    now: context.clock.now(),
    zone,
    olderUrl: page.next && folderUrl(key, page.next),
    newestUrl: cursor && folderUrl(key),
  }
  return sendPage(reply, mailboxPage(view))
}

function folderAt(folders: readonly Folder[], path: string): Folder {
  const key = /^\/mail\/([^/]+)\/?/.exec(path)?.[1]?.toLowerCase() ?? 'inbox'
  const folder = folders.find((each) => each.wellKnown === key || each.id === key)
  if (!folder) throw new ExchangeError('noSuchItem', `the mailbox has no folder "${key}"`)
  return folder
}

/** A draft is opened to go on writing. */
export function rowOf(message: Omit<MessageHead, 'categories'>): MessageRowView {
  const { sender, subject, preview, receivedAt, unread, hasAttachments, importance, isDraft, flagged } = message
  const url = isDraft ? composeUrl('draft', message.id) : messageUrl(message.id)
  return {
    url,
    flagged,
    sender,
    subject,
    preview,
    receivedAt,
    unread,
    hasAttachments,
    importance,
  }
}
