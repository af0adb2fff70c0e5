import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../errors.ts'
import type { Folder } from '../mailbox/mailbox-store.ts'
import { mailboxPage } from '../pages/mailbox-page.ts'
import { folderUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { folderKey, folderLinks, frameOf } from './frame.ts'
import { filterLinks, filterOf, rowOf, scopeOf, selectionOf, writtenFilter } from './list-view.ts'
import { liveView } from './live-mail.ts'
import { preferencesOf } from './preferences.ts'

const pageSize = 25

/** `/owa/` and `/owa/?path=/mail/inbox`: the folders, and the newest messages of one of them, all or a part. */
export async function showFolder(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, context, mailboxes } = parts
  const { path, before, filter: asked } = request.query as Record<string, unknown>
  const { mailboxId } = visit.session
  const { zone, conversations, categories } = await preferencesOf(parts, visit.session)
  const cursor = typeof before === 'string' ? before : undefined
  const filter = filterOf(asked)
  const byConversation = conversations && !filter
  const folders = await mailboxes.listFolders(mailboxId)
  const folder = folderAt(folders, typeof path === 'string' ? path : '/mail/inbox')
  request.recording.note({ step: config.steps.read, decision: 'mailboxPage', reason: `folder ${folder.displayName}` })
  const urlOf = (from?: string) => folderUrl(folderKey(folder), from, writtenFilter(filter))
  // Before the messages are read: what comes in between is news.
  const live = await liveView(parts, visit, { folders, source: urlOf(cursor) })
  const page = await mailboxes.listHeads(mailboxId, folder.id, {
    limit: pageSize,
    before: cursor,
    filter,
    byConversation,
  })
  const view = {
    live,
    ...frameOf(config, visit),
    folders: folderLinks(folders, folder.id),
    folderName: folder.displayName,
    totalCount: folder.totalCount,
    scope: { ...scopeOf(folder), chosen: false },
    filters: filterLinks(folderKey(folder), filter, categories),
    selection: selectionOf(folders, folder, { canary: visit.canary, byConversation, categories }),
    messages: page.heads.map((head) => rowOf(head, categories)),
    now: context.clock.now(),
    zone,
    olderUrl: page.next && urlOf(page.next),
    newestUrl: cursor && urlOf(),
  }
  return sendPage(reply, mailboxPage(view))
}

function folderAt(folders: readonly Folder[], path: string): Folder {
  const key = /^\/mail\/([^/]+)\/?/.exec(path)?.[1]?.toLowerCase() ?? 'inbox'
  const folder = folders.find((each) => each.wellKnown === key || each.id === key)
  if (!folder) throw new ExchangeError('noSuchItem', `the mailbox has no folder "${key}"`)
  return folder
}
