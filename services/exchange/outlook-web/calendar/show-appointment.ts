import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { ItemBody } from '../../mailbox/item.ts'
import type { AppointmentProperties, Attendee } from '../../mailbox/item-properties.ts'
import { type TimeZone, wallClock } from '../../mailbox/time-zones.ts'
import { type AppointmentActions, appointmentPage } from '../../pages/appointment-page.ts'
import type { BodyView } from '../../pages/message-parts.ts'
import { dateText, dayText, timeText } from '../../pages/moments.ts'
import { appointmentUrl, calendarActionUrl, calendarUrl, itemFileUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { shownAddress } from '../compose/recipients.ts'
import { frameOf } from '../frame.ts'
import { preferencesOf } from '../preferences.ts'
import { sanitiseMail } from '../sanitise-mail.ts'
import { midnight } from './calendar-span.ts'
import { type FoundAppointment, findAppointment } from './find-appointment.ts'
import { recurrenceWords } from './recurrence-words.ts'

/** `/owa/?path=/calendar/item&ItemID=…&occurrence=…`: an appointment, or one occurrence of a series. */
export async function showAppointment(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config, mailboxes } = parts
  const { mailboxId } = visit.session
  const found = await findAppointment(mailboxes, mailboxId, request.query as Record<string, unknown>)
  const { appointment, shown, occurrence } = found
  const { properties } = appointment
  const { exception } = shown
  const { zone } = await preferencesOf(parts, visit.session)
  const body = await mailboxes.readBody(mailboxId, appointment.id)
  const start = wallClock(zone.written, shown.start)
  request.recording.note({ step: config.steps.read, decision: 'appointmentPage' })
  return sendPage(
    reply,
    appointmentPage({
      ...frameOf(config, visit, 'calendar'),
      subject: exception?.subject ?? appointment.subject,
      when: whenText(shown.start, shown.end, { allDay: exception?.allDay ?? properties.allDay, properties, zone }),
      repeats: properties.recurrence && recurrenceWords(properties.recurrence),
      location: exception?.location ?? properties.location,
      organizer: properties.isMeeting ? properties.organizer && shownAddress(properties.organizer) : undefined,
      attendees: (exception?.attendees ?? properties.attendees).map(attendeeView),
      notes: notesOf(properties, occurrence !== undefined),
      files: (body?.attachments ?? []).map(({ id, name, size }) => ({
        name,
        url: itemFileUrl(appointment.id, id),
        bytes: size,
      })),
      body: await bodyView(exception?.bodyText === undefined ? body : { text: exception.bodyText, attachments: [] }),
      backUrl: calendarUrl('month', midnight(start)),
      actions: actionsOf(found, visit.canary),
    }),
  )
}

interface WhenContext {
  readonly allDay: boolean
  readonly properties: AppointmentProperties
  readonly zone: TimeZone
}

/** The days of a whole-day appointment are those of its own zone. */
export function whenText(start: Date, end: Date, { allDay, properties, zone }: WhenContext): Html {
  if (allDay) {
    const first = wallClock(properties.timeZone, start)
    const last = new Date(Math.max(first.getTime(), wallClock(properties.timeZone, end).getTime() - 1))
    const isOne = midnight(first).getTime() === midnight(last).getTime()
    return html`${dayText(first)} ${first.getUTCFullYear()}${!isOne && ` – ${dateText(last)}`}, all day`
  }
  const [from, to] = [wallClock(zone.written, start), wallClock(zone.written, end)]
  const sameDay = midnight(from).getTime() === midnight(to).getTime()
  const until = sameDay ? timeText(to) : `${dayText(to)} ${to.getUTCFullYear()}, ${timeText(to)}`
  return html`<time datetime="${start.toISOString()}">${dayText(from)} ${from.getUTCFullYear()}, ${timeText(from)}</time> – <time datetime="${end.toISOString()}">${until}</time>`
}

const answers: Readonly<Record<Attendee['status'], string>> = {
  unknown: 'no answer yet',
  notResponded: 'no answer yet',
  accepted: 'accepted',
  tentative: 'tentative',
  declined: 'declined',
}

function attendeeView(attendee: Attendee) {
  return { name: shownAddress(attendee), type: attendee.type, answer: answers[attendee.status] }
}

const own: Readonly<Record<AppointmentProperties['response'], string>> = {
  none: '',
  organizer: '',
  tentative: 'You said that you may come.',
  accepted: 'You accepted.',
  declined: 'You declined.',
  notResponded: 'You have not answered yet.',
}

function notesOf(properties: AppointmentProperties, isOccurrence: boolean): readonly string[] {
  const { isCancelled, isReceived, response, sensitivity, busyStatus } = properties
  return [
    isCancelled ? 'The organizer canceled this meeting.' : isReceived ? own[response] : '',
    isOccurrence ? 'This is one occurrence of a series.' : '',
    sensitivity === 'private' ? 'Private' : '',
    { free: 'Shown as free', outOfOffice: 'Shown as away', elsewhere: 'Shown as working elsewhere' }[
      busyStatus as string
    ] ?? '',
  ].filter((note) => note !== '')
}

async function bodyView(body: ItemBody | undefined): Promise<BodyView> {
  if (body?.html === undefined) return { kind: 'text', text: body?.text ?? '' }
  return { kind: 'html', ...(await sanitiseMail(body.html, [])) }
}

function actionsOf({ appointment, occurrence }: FoundAppointment, canary: string): AppointmentActions {
  const { id, properties } = appointment
  const { isReceived, isCancelled, recurrence, attendees } = properties
  const isOrganizer = !isReceived
  const calls = isOrganizer && attendees.length > 0 ? 'Cancel' : isCancelled ? 'Remove' : 'Delete'
  const one = occurrence === undefined ? [] : [occurrence]
  return {
    action: calendarActionUrl,
    canary,
    itemId: id,
    occurrence: occurrence ?? '',
    edits: isOrganizer
      ? [
          ...one.map((each) => ({ text: 'Edit this occurrence', url: appointmentUrl(id, each, 'action/edit') })),
          { text: recurrence ? 'Edit the series' : 'Edit', url: appointmentUrl(id, undefined, 'action/edit') },
        ]
      : [],
    deletes: [
      ...one.map(() => ({ text: `${calls} this occurrence`, scope: 'occurrence' as const })),
      { text: recurrence ? `${calls} the series` : calls, scope: 'all' as const },
    ],
    canAnswer: isReceived && !isCancelled,
  }
}
