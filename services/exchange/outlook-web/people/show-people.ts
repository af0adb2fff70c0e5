import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../../errors.ts'
import type { Contact, Item } from '../../mailbox/item.ts'
import type { ItemPage, MailboxStore, Recipient } from '../../mailbox/mailbox-store.ts'
import { contactFormPage, contactPage, type PersonRow, peoplePage } from '../../pages/people-page.ts'
import { composeUrl, contactUrl, newContactUrl, peopleActionUrl, peopleSearchUrl, peopleUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { writtenAddress } from '../compose/recipients.ts'
import { frameOf } from '../frame.ts'
import { contactName } from '../people-suggestions.ts'
import { contactGroups, shownFields } from './contact-fields.ts'
import { pictureUrl } from './picture-url.ts'

const pageSize = 50
const mostPeople = 20
const longestSearch = 100

/** `/owa/?path=/people&q=…`: the contacts, and people of the directory whose names begin so. */
export async function showPeople(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, mailboxes, recipients } = parts
  const { mailboxId } = visit.session
  const { q, before } = request.query as Record<string, unknown>
  const searched = (typeof q === 'string' ? q : '').slice(0, longestSearch).trim()
  const folder = await mailboxes.wellKnownFolder(mailboxId, 'contacts')
  const page = { limit: pageSize, before: typeof before === 'string' ? before : undefined }
  const found: ItemPage =
    searched === ''
      ? await mailboxes.listItems(mailboxId, folder.id, page)
      : await mailboxes.search(mailboxId, { ...page, text: searched, folderIds: [folder.id] })
  request.recording.note({ step: config.steps.read, decision: 'peoplePage' })
  return sendPage(
    reply,
    peoplePage({
      ...frameOf(config, visit, 'people'),
      searched,
      total: folder.totalCount,
      contacts: found.items.filter(isContact).map(contactRow),
      directory: searched === '' ? [] : (await recipients.searchRecipients(searched, mostPeople)).map(directoryRow),
      newUrl: newContactUrl,
      olderUrl: found.next && peopleSearchUrl(searched, found.next),
    }),
  )
}

function isContact(item: Item): item is Contact {
  return item.kind === 'contact'
}

function contactRow(contact: Contact): PersonRow {
  const { jobTitle, companyName, email1Address } = contact.properties.fields
  const name = contactName(contact)
  const detail = [jobTitle, companyName === name ? undefined : companyName].filter((each) => each).join(', ')
  return { name, detail, address: email1Address ?? '', url: contactUrl(contact.id) }
}

function directoryRow({ displayName, title, department, emailAddress }: Recipient): PersonRow {
  const to = writtenAddress({ name: displayName, address: emailAddress })
  return {
    name: displayName,
    detail: [title, department].filter((each) => each !== '').join(', '),
    address: emailAddress,
    url: `${composeUrl('new')}&to=${encodeURIComponent(to)}`,
  }
}

/** @throws ExchangeError noSuchItem for what is no contact of the mailbox. */
export async function findContact(mailboxes: MailboxStore, mailboxId: string, id: unknown): Promise<Contact> {
  const item = await mailboxes.findItem(mailboxId, String(id))
  if (item?.kind === 'contact') return item
  throw new ExchangeError('noSuchItem', `the mailbox has no contact "${id}"`)
}

/** `/owa/?path=/people/item&ItemID=…` */
export async function showContact(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, mailboxes } = parts
  const { mailboxId } = visit.session
  const contact = await findContact(mailboxes, mailboxId, (request.query as Record<string, unknown>).ItemID)
  const { fields } = contact.properties
  const facts = shownFields.flatMap(([name, label]) => {
    const value = fields[name]
    if (!value) return []
    const isMail = name.startsWith('email') && value.includes('@')
    return [{ label, value, ...(isMail && { url: `${composeUrl('new')}&to=${encodeURIComponent(value)}` }) }]
  })
  const birthday = fields.birthday?.slice(0, 10)
  request.recording.note({ step: config.steps.read, decision: 'contactPage' })
  return sendPage(
    reply,
    contactPage({
      ...frameOf(config, visit, 'people'),
      name: contactName(contact),
      facts: birthday ? [...facts, { label: 'Birthday', value: birthday }] : facts,
      notes: (await mailboxes.readBody(mailboxId, contact.id))?.text ?? '',
      pictureUrl: pictureUrl(contact.properties.picture),
      action: peopleActionUrl,
      canary: visit.canary,
      itemId: contact.id,
      editUrl: contactUrl(contact.id, 'action/edit'),
      backUrl: peopleUrl,
    }),
  )
}

/** `/owa/?path=/people/action/compose` and `/people/action/edit&ItemID=…`. */
export async function showContactForm(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { ItemID } = request.query as Record<string, unknown>
  const { mailboxes } = parts
  const { mailboxId } = visit.session
  request.recording.note({ decision: 'contactForm' })
  if (ItemID === undefined) return sendContactForm(reply, parts, visit, { values: {}, notes: '' })
  const contact = await findContact(mailboxes, mailboxId, ItemID)
  const notes = (await mailboxes.readBody(mailboxId, contact.id))?.text ?? ''
  return sendContactForm(reply, parts, visit, { values: contact.properties.fields, notes, itemId: contact.id })
}

export interface ContactForm {
  readonly values: Readonly<Record<string, string | undefined>>
  readonly notes: string
  /** Absent for a new one. */
  readonly itemId?: string | undefined
  readonly problem?: string
}

export function sendContactForm(reply: FastifyReply, parts: WebParts, visit: Visit, form: ContactForm) {
  const { values, notes, itemId, problem } = form
  const view = {
    ...frameOf(parts.config, visit, 'people'),
    heading: itemId === undefined ? 'New contact' : 'Edit contact',
    action: peopleActionUrl,
    canary: visit.canary,
    itemId: itemId ?? '',
    groups: contactGroups.map(([legend, fields]) => ({
      legend,
      fields: fields.map(([name, label]) => ({ name, label, value: values[name] ?? '' })),
    })),
    birthday: values.birthday?.slice(0, 10) ?? '',
    notes,
    cancelUrl: itemId === undefined ? peopleUrl : contactUrl(itemId),
    problem,
  }
  return sendPage(reply, contactFormPage(view), problem === undefined ? 200 : 400)
}
