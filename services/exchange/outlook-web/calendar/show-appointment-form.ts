import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../../errors.ts'
import { wallClock } from '../../mailbox/time-zones.ts'
import { type AppointmentFormState, appointmentFormPage } from '../../pages/appointment-form-page.ts'
import { appointmentUrl, calendarActionUrl, calendarUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { frameOf } from '../frame.ts'
import { peopleSuggestions } from '../people-suggestions.ts'
import { preferencesOf } from '../preferences.ts'
import { newState, stateOf } from './appointment-form.ts'
import { midnight, readDay } from './calendar-span.ts'
import { type FoundAppointment, findAppointment } from './find-appointment.ts'
import { recurrenceWords } from './recurrence-words.ts'

/** `/owa/?path=/calendar/action/compose&date=…`: a new appointment. */
export async function showNewAppointment(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { zone } = await preferencesOf(parts, visit.session)
  const now = wallClock(zone.written, parts.context.clock.now())
  const day = readDay((request.query as Record<string, unknown>).date) ?? midnight(now)
  request.recording.note({ decision: 'newAppointment' })
  return sendForm(reply, parts, visit, { state: newState(day, now) })
}

/** `/owa/?path=/calendar/action/edit&ItemID=…&occurrence=…`: what the organizer may change. */
export async function editAppointment(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { mailboxes } = parts
  const { mailboxId } = visit.session
  const found = await findAppointment(mailboxes, mailboxId, request.query as Record<string, unknown>)
  requireOrganizer(found)
  const { zone } = await preferencesOf(parts, visit.session)
  const text = (await mailboxes.readBody(mailboxId, found.appointment.id))?.text ?? ''
  request.recording.note({ decision: 'editAppointment' })
  return sendForm(reply, parts, visit, { state: stateOf(found.appointment, found.shown, { zone, text }), found })
}

/** @throws ExchangeError for a meeting that somebody else organizes: its changes would be nobody's. */
export function requireOrganizer({ appointment }: FoundAppointment): void {
  if (!appointment.properties.isReceived) return
  throw new ExchangeError('notOrganizer', `the meeting "${appointment.id}" is somebody else's`)
}

export interface ShownForm {
  readonly state: AppointmentFormState
  readonly found?: FoundAppointment | undefined
  readonly problem?: string
}

export async function sendForm(reply: FastifyReply, parts: WebParts, visit: Visit, form: ShownForm) {
  const { state, found, problem } = form
  const { zone } = await preferencesOf(parts, visit.session)
  const { recurrence } = found?.appointment.properties ?? {}
  const view = {
    ...frameOf(parts.config, visit, 'calendar'),
    heading: found ? 'Edit event' : 'New event',
    action: calendarActionUrl,
    canary: visit.canary,
    itemId: found?.appointment.id ?? '',
    occurrence: found?.occurrence ?? '',
    zoneLabel: zone.label,
    state,
    canRepeat: found?.occurrence === undefined,
    keptPattern: recurrence && recurrenceWords(recurrence),
    people: await peopleSuggestions(parts, visit.session),
    cancelUrl: found ? appointmentUrl(found.appointment.id, found.occurrence) : calendarUrl('month'),
    problem,
  }
  return sendPage(reply, appointmentFormPage(view), problem === undefined ? 200 : 400)
}
