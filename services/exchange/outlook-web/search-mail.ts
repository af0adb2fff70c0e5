import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { wallClock } from '../mailbox/time-zones.ts'
import { mailboxPage } from '../pages/mailbox-page.ts'
import { searchUrl } from '../urls.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { findMail } from './find-mail.ts'
import { folderKey, folderLinks, frameOf } from './frame.ts'
import { rowOf, scopeOf } from './list-view.ts'
import { preferencesOf } from './preferences.ts'
import { readSearch } from './search-query.ts'

const longest = 200

/** `/owa/?path=/mail/search&q=…`: messages of every folder, or of the one that `in` names, with all the words and properties, newest first. */
export async function searchMail(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, context, mailboxes } = parts
  const { mailboxId } = visit.session
  const { q, before, in: scope } = request.query as Record<string, unknown>
  const text = (typeof q === 'string' ? q : '').slice(0, longest).trim()
  const { zone, categories } = await preferencesOf(parts, visit.session)
  const cursor = typeof before === 'string' ? before : undefined
  const folders = await mailboxes.listFolders(mailboxId)
  const folder = folders.find((each) => each.folderClass === 'mail' && folderKey(each) === scope)
  const today = wallClock(zone.written, context.clock.now()).toISOString().slice(0, 10)
  const query = readSearch(text, today)
  const search = { mailboxId, folders: folder ? [folder] : folders, zone, query, before: cursor }
  const found = await findMail(mailboxes, { ...search, everywhere: folder === undefined })
  request.recording.note({ decision: 'searchPage', detail: { found: found.messages.length } })
  const scopeIn = folder && folderKey(folder)
  const view = {
    ...frameOf(config, visit),
    folders: folderLinks(folders, folder?.id ?? ''),
    folderName: text === '' ? 'Search' : `Results for “${text}”`,
    searched: text,
    scope: folder && { ...scopeOf(folder), chosen: true },
    totalCount: found.messages.length,
    messages: found.messages.map((message) => rowOf(message, categories)),
    now: context.clock.now(),
    zone,
    olderUrl: found.next && searchUrl(text, { folder: scopeIn, before: found.next }),
    newestUrl: cursor === undefined ? undefined : searchUrl(text, { folder: scopeIn }),
  }
  return sendPage(reply, mailboxPage(view))
}
