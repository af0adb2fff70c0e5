import type { Element } from '@xmldom/xmldom'
import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import type { BusyStatus } from '../../mailbox/item-properties.ts'
import { occurrencesOf } from '../../mailbox/occurrences.ts'
import { offsetAt } from '../../mailbox/time-zone.ts'
import type { Call, Operation } from '../call.ts'
import { child, children, descend, m, t, textOf } from '../elements.ts'
import { asRefusal, problem } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

/** LegacyFreeBusyType of [MS-OXWSCDATA] 2.2.5.14. */
const busyTypes: Readonly<Record<BusyStatus, string>> = {
  free: 'Free',
  tentative: 'Tentative',
  busy: 'Busy',
  outOfOffice: 'OOF',
  elsewhere: 'WorkingElsewhere',
}

const mostDays = 62
const mostMailboxes = 100

interface Span {
  readonly from: Date
  readonly to: Date
}

/** [MS-OXWSGUAVL] 3.1.4.1: when people of this place are busy, without what they do. */
export const getUserAvailability: Operation = async (call) => {
  const span = spanOf(descend(call.body, 'FreeBusyViewOptions', 'TimeWindow'))
  const asked = children(child(call.body, 'MailboxDataArray'))
  if (asked.length === 0 || asked.length > mostMailboxes)
    throw new WebServicesError('ErrorInvalidRequest', `${asked.length} mailboxes are asked for`)
  const answers: Xml[] = []
  for (const each of asked) answers.push(m('FreeBusyResponse', await availability(call, each, span)))
  return m('FreeBusyResponseArray', answers)
}

/** In the time zone of the request, of which only UTC is told apart. */
function spanOf(window: Element | undefined): Span {
  const instant = (name: string) => new Date(`${(textOf(window, name) ?? '').replace(/Z$/, '')}Z`)
  const span = { from: instant('StartTime'), to: instant('EndTime') }
  const days = (span.to.getTime() - span.from.getTime()) / 86_400_000
  if (days > 0 && days <= mostDays) return span
  throw new WebServicesError('ErrorInvalidRequest', 'StartTime and EndTime are no span, or one of more than 62 days')
}

async function availability(call: Call, data: Element, span: Span): Promise<XmlPart> {
  try {
    const events = await eventsOf(call, textOf(data, 'Email', 'Address')?.trim() ?? '', span)
    const message = xml`<m:ResponseMessage ResponseClass="Success">${m('ResponseCode', 'NoError')}</m:ResponseMessage>`
    return [message, m('FreeBusyView', t('FreeBusyViewType', 'FreeBusy'), t('CalendarEventArray', events))]
  } catch (error) {
    const refused = asRefusal(error)
    if (!refused) throw error
    return xml`<m:ResponseMessage ResponseClass="Error">${problem(refused)}</m:ResponseMessage>`
  }
}

async function eventsOf({ parts }: Call, address: string, span: Span): Promise<readonly Xml[]> {
  const { recipients, mailboxes } = parts
  const mailboxId = (await recipients.findRecipient('emailAddress', address))?.mailboxId
  if (mailboxId === undefined) throw new WebServicesError('ErrorNonExistentMailbox', `${address} has no mailbox here`)
  const calendar = await mailboxes.wellKnownFolder(mailboxId, 'calendar')
  const events: { readonly start: Date; readonly xml: Xml }[] = []
  for (const { properties } of await mailboxes.listAppointments(mailboxId, calendar.id, span)) {
    const occurrences = await occurrencesOf(properties, span, (instant) => offsetAt(properties.timeZone, instant))
    for (const { start, end, exception } of occurrences)
      events.push({ start, xml: eventElement(start, end, exception?.busyStatus ?? properties.busyStatus) })
  }
  return events.sort((a, b) => a.start.getTime() - b.start.getTime()).map((each) => each.xml)
}

function eventElement(start: Date, end: Date, status: BusyStatus): Xml {
  const local = (at: Date) => at.toISOString().slice(0, 19)
  return t('CalendarEvent', t('StartTime', local(start)), t('EndTime', local(end)), t('BusyType', busyTypes[status]))
}
