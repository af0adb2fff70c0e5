import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { mailboxPage } from '../pages/mailbox-page.ts'
import { searchUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { findMail } from './find-mail.ts'
import { folderLinks, frameOf } from './frame.ts'
import { rowOf } from './list-view.ts'
import { preferencesOf } from './preferences.ts'
import { readSearch } from './search-query.ts'

const longest = 200

/** `/owa/?path=/mail/search&q=…`: messages of every folder with all the words and properties, newest first. */
export async function searchMail(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, context, mailboxes } = parts
  const { mailboxId } = visit.session
  const { q, before } = request.query as Record<string, unknown>
  const text = (typeof q === 'string' ? q : '').slice(0, longest).trim()
  const { zone, categories } = await preferencesOf(parts, visit.session)
  const cursor = typeof before === 'string' ? before : undefined
  const folders = await mailboxes.listFolders(mailboxId)
  const found = await findMail(mailboxes, { mailboxId, folders, zone, query: readSearch(text), before: cursor })
  request.recording.note({ decision: 'searchPage', detail: { found: found.messages.length } })
  const view = {
    ...frameOf(config, visit),
    folders: folderLinks(folders, ''),
    folderName: text === '' ? 'Search' : `Results for “${text}”`,
    searched: text,
    totalCount: found.messages.length,
    messages: found.messages.map((message) => rowOf(message, categories)),
    now: context.clock.now(),
    zone,
    olderUrl: found.next && searchUrl(text, found.next),
    newestUrl: cursor === undefined ? undefined : searchUrl(text),
  }
  return sendPage(reply, mailboxPage(view))
}
