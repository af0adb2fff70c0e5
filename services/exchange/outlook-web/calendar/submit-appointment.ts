import type { FastifyReply, FastifyRequest } from 'fastify'
import { keepAnswer, type MeetingAnswer, meetingOf, sendMeetingAnswer } from '../../calendar/answer-meeting.ts'
import { sendCancellation } from '../../calendar/organize-meeting.ts'
import { ExchangeError } from '../../errors.ts'
import { wallClock } from '../../mailbox/time-zones.ts'
import { appointmentUrl, calendarUrl, folderUrl } from '../../urls.ts'
import { requireCanary, type Visit, type WebParts } from '../../web-session/visit.ts'
import { sendingAsOwner } from '../compose/senders.ts'
import { unlessFull } from '../compose/submit-compose.ts'
import { ownerOf, preferencesOf } from '../preferences.ts'
import { readState } from './appointment-form.ts'
import { midnight } from './calendar-span.ts'
import { type FoundAppointment, findAppointment } from './find-appointment.ts'
import { saveAppointment } from './save-appointment.ts'
import { requireOrganizer, sendForm } from './show-appointment-form.ts'

interface Submitted {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly parts: WebParts
  readonly visit: Visit
  readonly form: Readonly<Record<string, unknown>>
}

const actions: Readonly<Record<string, (submitted: Submitted) => Promise<unknown>>> = {
  save,
  delete: remove,
  accepted: (submitted) => answer(submitted, 'accepted'),
  tentative: (submitted) => answer(submitted, 'tentative'),
  declined: (submitted) => answer(submitted, 'declined'),
  removeCancelled,
}

/** `POST /owa/calendar.owa`: the forms and buttons of the calendar, and those of meeting mail. */
export async function submitAppointment(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const form = (request.body ?? {}) as Record<string, unknown>
  const name = String(form.action)
  const act = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!act) throw new ExchangeError('noSuchItem', `there is no action "${name}"`)
  return act({ request, reply, parts, visit, form })
}

async function save({ request, reply, parts, visit, form }: Submitted) {
  const { mailboxId } = visit.session
  const found = form.ItemID ? await findAppointment(parts.mailboxes, mailboxId, form) : undefined
  if (found) requireOrganizer(found)
  const [owner, { zone }] = [await ownerOf(parts, visit.session), await preferencesOf(parts, visit.session)]
  const state = readState(form)
  const told = [...(found?.appointment.properties.attendees ?? []), state.attendees, state.optionalAttendees]
  const sending = told.some((each) => each !== '') ? await sendingAsOwner(parts, visit) : parts
  const saved = await unlessFull(saveAppointment(sending, { mailboxId, owner, zone, state, found }))
  if (typeof saved === 'string') {
    request.recording.note({ decision: 'appointmentNotSaved', reason: saved })
    return sendForm(reply, parts, visit, { state, found, problem: saved })
  }
  const invited = saved.properties.attendees.length
  request.recording.note({ decision: found ? 'appointmentChanged' : 'appointmentMade', detail: { invited } })
  return reply.redirect(appointmentUrl(saved.id, found?.occurrence), 303)
}

/** One occurrence or all; who was invited is told by the organizer. */
async function remove({ request, reply, parts, visit, form }: Submitted) {
  const { mailboxes } = parts
  const { mailboxId } = visit.session
  const found = await findAppointment(mailboxes, mailboxId, form)
  const scope = form.scope === 'occurrence' ? found.occurrence : undefined
  const { appointment } = found
  if (!appointment.properties.isReceived) await callOff(parts, visit, found, scope)
  if (scope === undefined) await mailboxes.deleteItem(mailboxId, appointment.id, 'toDeletedItems')
  else await removeOccurrence(parts, mailboxId, found, scope)
  request.recording.note({ decision: scope === undefined ? 'appointmentDeleted' : 'occurrenceDeleted' })
  const { zone } = await preferencesOf(parts, visit.session)
  return reply.redirect(calendarUrl('month', midnight(wallClock(zone.written, found.shown.start))), 303)
}

async function callOff(
  parts: WebParts,
  visit: Visit,
  { appointment }: FoundAppointment,
  occurrence: string | undefined,
) {
  const { properties } = appointment
  if (properties.attendees.length === 0) return
  const cancelled = { ...appointment, properties: { ...properties, sequence: (properties.sequence ?? 0) + 1 } }
  const organizer = await ownerOf(parts, visit.session)
  await sendCancellation(await sendingAsOwner(parts, visit), {
    organizer,
    appointment: cancelled,
    text: '',
    occurrence,
  })
}

async function removeOccurrence(
  { mailboxes }: WebParts,
  mailboxId: string,
  { appointment: { id, properties } }: FoundAppointment,
  originalStart: string,
) {
  const others = properties.exceptions.filter((each) => each.originalStart !== originalStart)
  const exceptions = [...others, { originalStart, deleted: true }]
  exceptions.sort((a, b) => a.originalStart.localeCompare(b.originalStart))
  await mailboxes.updateItem(mailboxId, id, { properties: { ...properties, exceptions } })
}

/** On the invitation's mail, which is done with afterwards, or on the calendar's item. */
async function answer({ request, reply, parts, visit, form }: Submitted, given: MeetingAnswer) {
  const { mailboxes } = parts
  const { mailboxId } = visit.session
  const item = await mailboxes.findItem(mailboxId, String(form.ItemID))
  const meeting = item && (await meetingOf(mailboxes, mailboxId, item))
  if (!item || !meeting) throw new ExchangeError('noSuchItem', `"${form.ItemID}" invites to nothing`)
  const asked = item.kind === 'appointment' ? (await findAppointment(mailboxes, mailboxId, form)).occurrence : undefined
  const occurrence = asked ?? meeting.occurrence
  const sending = form.send === '1' ? await sendingAsOwner(parts, visit) : parts
  await unlessFull(keepAnswer(parts, { mailboxId, meeting, answer: given, occurrence }))
  if (form.send === '1') {
    const comment = String(form.comment ?? '').slice(0, 500)
    await sendMeetingAnswer(
      sending,
      await ownerOf(parts, visit.session),
      { meeting, answer: given, occurrence },
      { comment },
    )
  }
  request.recording.note({ decision: `meeting ${given}` })
  if (item.kind !== 'message') return reply.redirect(calendarUrl('month'), 303)
  await mailboxes.deleteItem(mailboxId, item.id, 'toDeletedItems')
  return reply.redirect(folderUrl('inbox'), 303)
}

/** On the mail that cancels a meeting: both go. */
async function removeCancelled({ request, reply, parts, visit, form }: Submitted) {
  const { mailboxes } = parts
  const { mailboxId } = visit.session
  const message = await mailboxes.findMessage(mailboxId, String(form.ItemID))
  const { readMeetingText } = await import('../../mailbox/meeting-text.ts')
  const meeting = readMeetingText(message?.properties.calendarText ?? '')
  if (!message || !meeting) throw new ExchangeError('noSuchItem', `"${form.ItemID}" cancels nothing`)
  const existing = await mailboxes.findByUid(mailboxId, meeting.uid)
  if (existing?.properties.isReceived && meeting.occurrence === undefined)
    await mailboxes.deleteItem(mailboxId, existing.id, 'toDeletedItems')
  await mailboxes.deleteItem(mailboxId, message.id, 'toDeletedItems')
  request.recording.note({ decision: 'cancelledMeetingRemoved' })
  return reply.redirect(folderUrl('inbox'), 303)
}
