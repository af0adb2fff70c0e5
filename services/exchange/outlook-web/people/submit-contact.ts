import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../../errors.ts'
import type { Contact } from '../../mailbox/item.ts'
import type { ContactProperties } from '../../mailbox/item-properties.ts'
import { contactUrl, peopleUrl } from '../../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../../web-session/visit.ts'
import { readDay } from '../calendar/calendar-span.ts'
import { unlessFull } from '../compose/submit-compose.ts'
import { shownFields } from './contact-fields.ts'
import { findContact, sendContactForm } from './show-people.ts'

/** `POST /owa/people.owa`: saves or deletes a contact. */
export async function submitContact(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Record<string, unknown>
  const { mailboxId } = visit.session
  const before = form.ItemID ? await findContact(parts.mailboxes, mailboxId, form.ItemID) : undefined
  if (form.action === 'delete' && before) {
    await parts.mailboxes.deleteItem(mailboxId, before.id, 'toDeletedItems')
    request.recording.note({ decision: 'contactDeleted' })
    return reply.redirect(peopleUrl, 303)
  }
  if (form.action !== 'save') throw new ExchangeError('noSuchItem', `there is no action "${form.action}"`)
  const written = readContact(form)
  if (written.problem !== undefined) {
    const { problem, values, notes } = written
    request.recording.note({ decision: 'contactNotSaved', reason: problem })
    return sendContactForm(reply, parts, visit, { values, notes, itemId: before?.id, problem })
  }
  const saved = await unlessFull(saveContact(parts, mailboxId, written, before))
  request.recording.note({ decision: before ? 'contactChanged' : 'contactMade' })
  return reply.redirect(contactUrl(saved), 303)
}

interface WrittenContact {
  readonly values: Readonly<Record<string, string>>
  readonly notes: string
  readonly problem?: string
}

function readContact(form: Readonly<Record<string, unknown>>): WrittenContact {
  const text = (name: string) => (typeof form[name] === 'string' ? (form[name] as string) : '')
  const line = (name: string) =>
    text(name)
      .replace(/[\r\n]+/g, ' ')
      .trim()
      .slice(0, 255)
  const values = Object.fromEntries([
    ...shownFields.map(([name]) => [name, line(name)]),
    ['birthday', line('birthday')],
  ])
  const notes = text('notes')
  if (values.birthday !== '' && !readDay(values.birthday)) return { values, notes, problem: 'The birthday is no date.' }
  const isNamed = ['firstName', 'lastName', 'companyName', 'email1Address'].some((name) => values[name] !== '')
  return isNamed ? { values, notes } : { values, notes, problem: 'A contact has a name, a company or a mail address.' }
}

async function saveContact(
  { mailboxes, context }: WebParts,
  mailboxId: string,
  { values, notes }: WrittenContact,
  before: Contact | undefined,
): Promise<string> {
  const properties = propertiesOf(values, before)
  const subject = properties.fields.fileAs ?? ''
  if (before) {
    await mailboxes.updateItem(mailboxId, before.id, { subject, properties, body: { text: notes } })
    return before.id
  }
  const { id } = await mailboxes.wellKnownFolder(mailboxId, 'contacts')
  const createdAt = context.clock.now()
  return (
    await mailboxes.createItem(mailboxId, {
      kind: 'contact',
      folderId: id,
      subject,
      properties,
      text: notes,
      createdAt,
    })
  ).id
}

function propertiesOf(values: Readonly<Record<string, string>>, before: Contact | undefined): ContactProperties {
  const { firstName, lastName, companyName, email1Address, birthday } = values
  const fileAs = [lastName, firstName].filter((part) => part).join(', ') || companyName || email1Address || ''
  const dated = birthday ? `${birthday}T00:00:00.000Z` : ''
  const fields = { ...before?.properties.fields, ...values, fileAs, birthday: dated }
  return {
    children: before?.properties.children ?? [],
    ...(before?.properties.picture !== undefined && { picture: before.properties.picture }),
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')),
  }
}
