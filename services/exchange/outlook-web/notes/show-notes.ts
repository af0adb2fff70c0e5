import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../../errors.ts'
import { wallClock } from '../../mailbox/time-zones.ts'
import { dateText } from '../../pages/moments.ts'
import { itemListPage, itemPage } from '../../pages/tasks-page.ts'
import { notesUrl, noteUrl, tasksUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { frameOf } from '../frame.ts'
import { preferencesOf } from '../preferences.ts'
import { requestedItems } from '../requested-items.ts'

/** `/owa/?path=/notes`: notes are read here, and written by Outlook and phones, as in the product. */
export async function showNotes(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config } = parts
  const { items, next } = await requestedItems(request, parts, visit, 'notes')
  request.recording.note({ step: config.steps.read, decision: 'notesPage' })
  return sendPage(
    reply,
    itemListPage({
      ...frameOf(config, visit, 'tasks'),
      heading: 'Notes',
      rows: items.map(({ id, subject, preview, categories }) => ({
        name: subject,
        detail: [preview === subject ? '' : preview, ...categories].filter((each) => each !== '').join(', '),
        isDone: false,
        url: noteUrl(id),
      })),
      empty: 'There are no notes.',
      beside: { text: 'Tasks', url: tasksUrl() },
      olderUrl: next && notesUrl(next),
    }),
  )
}

/** `/owa/?path=/notes/item&ItemID=…` */
export async function showNote(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, mailboxes } = parts
  const { mailboxId } = visit.session
  const { ItemID } = request.query as Record<string, unknown>
  const note = await mailboxes.findItem(mailboxId, String(ItemID))
  if (note?.kind !== 'note') throw new ExchangeError('noSuchItem', `the mailbox has no note "${ItemID}"`)
  const { zone } = await preferencesOf(parts, visit.session)
  const changed = dateText(wallClock(zone.written, new Date(note.properties.modifiedAt)))
  request.recording.note({ step: config.steps.read, decision: 'notePage' })
  return sendPage(
    reply,
    itemPage({
      ...frameOf(config, visit, 'tasks'),
      subject: note.subject,
      facts: [{ label: 'Changed', value: changed }, ...note.categories.map((value) => ({ label: 'Category', value }))],
      text: (await mailboxes.readBody(mailboxId, note.id))?.text ?? '',
      back: { text: 'Back to notes', url: notesUrl() },
    }),
  )
}
