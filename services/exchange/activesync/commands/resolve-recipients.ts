import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { BusyStatus } from '../../mailbox/item-properties.ts'
import { occurrencesOf } from '../../mailbox/occurrences.ts'
import { offsetAt } from '../../mailbox/time-zone.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { busyStatuses } from '../classes/shades.ts'
import { all, child, element, numberOf, text, textOf, valueText } from '../elements.ts'
import { requiredMoment } from '../moments.ts'
import { wantedCertificates } from './wanted-certificates.ts'
import { type PictureOf, wantedPictures } from './wanted-pictures.ts'
import { type Candidate, whoIsMeant } from './who-is-meant.ts'

const mostNames = 100
const slotMs = 30 * 60_000
const longestSpanMs = 42 * 86_400_000

interface Wishes {
  readonly availability?: { readonly from: Date; readonly to: Date }
  readonly certificatesOf: (recipient: Candidate) => Promise<WbxmlElement | undefined>
  readonly pictureOf: PictureOf
  readonly mostAmbiguous: number
}

/** [MS-ASCMD] 2.2.1.15: who is meant, and whether they are free. */
export async function resolveRecipients(call: Call): Promise<CommandAnswer> {
  const names = all(call.body, 'ResolveRecipients:To').map(valueText)
  const wishes = wishesOf(call)
  const answer = (status: number, responses: readonly WbxmlElement[] = []) =>
    document(element('ResolveRecipients:ResolveRecipients', text('ResolveRecipients:Status', status), responses))
  if (names.length === 0 || names.length > mostNames || !wishes) return answer(5)
  const responses: WbxmlElement[] = []
  for (const name of names) responses.push(await responseOf(call, name, wishes))
  return answer(1, responses)
}

function wishesOf(call: Call): Wishes | undefined {
  const { body } = call
  const options = child(body, 'ResolveRecipients:Options')
  const availability = child(options, 'ResolveRecipients:Availability')
  const span = availability && {
    from: new Date(requiredMoment(textOf(availability, 'ResolveRecipients:StartTime'))),
    to: new Date(requiredMoment(textOf(availability, 'ResolveRecipients:EndTime'))),
  }
  const length = span ? span.to.getTime() - span.from.getTime() : 1
  if (length <= 0 || length > longestSpanMs) return undefined
  return {
    ...(span && { availability: span }),
    certificatesOf: wantedCertificates(call, options),
    pictureOf: wantedPictures(call, options, { asked: 'ResolveRecipients', answered: 'ResolveRecipients' }),
    mostAmbiguous: numberOf(options, 'ResolveRecipients:MaxAmbiguousRecipients') ?? Number.POSITIVE_INFINITY,
  }
}

async function responseOf(call: Call, name: string, wishes: Wishes): Promise<WbxmlElement> {
  const found = await whoIsMeant(call, name)
  const shown = found.length > 1 ? found.slice(0, wishes.mostAmbiguous) : found
  const status = found.length === 0 ? 4 : found.length === 1 ? 1 : shown.length < found.length ? 3 : 2
  const described: WbxmlElement[] = []
  for (const each of shown) described.push(await recipientElement(call, each, wishes))
  return element(
    'ResolveRecipients:Response',
    text('ResolveRecipients:To', name),
    text('ResolveRecipients:Status', status),
    text('ResolveRecipients:RecipientCount', found.length),
    described,
  )
}

async function recipientElement(call: Call, recipient: Candidate, wishes: Wishes): Promise<WbxmlElement> {
  return element(
    'ResolveRecipients:Recipient',
    text('ResolveRecipients:Type', recipient.type),
    text('ResolveRecipients:DisplayName', recipient.displayName),
    text('ResolveRecipients:EmailAddress', recipient.emailAddress),
    wishes.availability && (await availabilityElement(call, recipient, wishes.availability)),
    await wishes.certificatesOf(recipient),
    await wishes.pictureOf(recipient),
  )
}

/** Of somebody whose mailbox is elsewhere nothing is known: 163. */
async function availabilityElement(
  call: Call,
  { mailboxId }: Candidate,
  span: { readonly from: Date; readonly to: Date },
): Promise<WbxmlElement> {
  if (mailboxId === undefined) return element('ResolveRecipients:Availability', text('ResolveRecipients:Status', 163))
  return element(
    'ResolveRecipients:Availability',
    text('ResolveRecipients:Status', 1),
    text('ResolveRecipients:MergedFreeBusy', await mergedFreeBusy(call, mailboxId, span)),
  )
}

const order: readonly BusyStatus[] = ['free', 'elsewhere', 'tentative', 'busy', 'outOfOffice']

/** A digit for each half hour that begins in the span; the busier one counts. */
async function mergedFreeBusy(
  { parts }: Call,
  mailboxId: string,
  span: { readonly from: Date; readonly to: Date },
): Promise<string> {
  const calendar = await parts.mailboxes.wellKnownFolder(mailboxId, 'calendar')
  const slots = Array.from(
    { length: Math.ceil((span.to.getTime() - span.from.getTime()) / slotMs) },
    () => 'free' as BusyStatus,
  )
  for (const { properties } of await parts.mailboxes.listAppointments(mailboxId, calendar.id, span)) {
    const occurrences = await occurrencesOf(properties, span, (instant) => offsetAt(properties.timeZone, instant))
    for (const { start, end, exception } of occurrences) {
      const status = exception?.busyStatus ?? properties.busyStatus
      const first = Math.max(0, Math.floor((start.getTime() - span.from.getTime()) / slotMs))
      const last = Math.ceil((end.getTime() - span.from.getTime()) / slotMs)
      for (let slot = first; slot < Math.min(last, slots.length); slot += 1)
        if (order.indexOf(status) > order.indexOf(slots[slot] ?? 'free')) slots[slot] = status
    }
  }
  return slots.map((status) => (status === 'elsewhere' ? 0 : busyStatuses[status])).join('')
}
