import { sendCancellation, sendInvitation } from '../../calendar/organize-meeting.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type {
  AppointmentException,
  AppointmentProperties,
  Attendee,
  BusyStatus,
} from '../../mailbox/item-properties.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { TimeZone } from '../../mailbox/time-zones.ts'
import type { AppointmentFormState } from '../../pages/appointment-form-page.ts'
import type { WebParts } from '../../web-session/visit.ts'
import { readRecipients } from '../compose/recipients.ts'
import { type AppointmentTimes, readPattern, readTimes } from './appointment-form.ts'
import type { FoundAppointment } from './find-appointment.ts'

export interface Saving {
  readonly mailboxId: string
  readonly owner: Recipient
  readonly zone: TimeZone
  readonly state: AppointmentFormState
  /** Absent for a new one. */
  readonly found?: FoundAppointment | undefined
}

/** What the person is told when the form cannot be saved, or the appointment as it is now. */
export async function saveAppointment(parts: WebParts, saving: Saving): Promise<Appointment | string> {
  const { state, zone, found } = saving
  const times = readTimes(state, zone)
  if (typeof times === 'string') return times
  const attendees = await readAttendees(parts, saving)
  if (typeof attendees === 'string') return attendees
  const facts = { ...factsOf(state), ...times, attendees }
  if (found?.occurrence !== undefined)
    return saveOccurrence(parts, saving, { ...found, occurrence: found.occurrence }, facts)
  const recurrence = readPattern(state, times, found?.appointment.properties.recurrence)
  if (typeof recurrence === 'string') return recurrence
  return saveWhole(parts, saving, { ...facts, ...(recurrence && { recurrence }) })
}

const busyStatuses: readonly BusyStatus[] = ['free', 'tentative', 'busy', 'outOfOffice', 'elsewhere']

function factsOf({ location, busyStatus, isPrivate, reminder }: AppointmentFormState) {
  const minutes = /^\d{1,6}$/.test(reminder) ? Number(reminder) : undefined
  return {
    location,
    busyStatus: busyStatuses.find((each) => each === busyStatus) ?? 'busy',
    sensitivity: isPrivate ? 'private' : 'normal',
    ...(minutes !== undefined && { reminderMinutes: minutes }),
  } as const
}

type Facts = ReturnType<typeof factsOf> & AppointmentTimes & { readonly attendees: readonly Attendee[] }

const mostAttendees = 500

/** Names come from the directory; those who were invited before keep their answers. */
async function readAttendees(parts: WebParts, { state, found, owner }: Saving): Promise<readonly Attendee[] | string> {
  const [required, optional] = [readRecipients(state.attendees), readRecipients(state.optionalAttendees)]
  const unreadable = [...required.unreadable, ...optional.unreadable]
  if (unreadable.length > 0) return `These are no mail addresses: ${unreadable.join(', ')}`
  const wanted = [
    ...required.addresses.map((each) => ({ ...each, type: 'required' as const })),
    ...optional.addresses.map((each) => ({ ...each, type: 'optional' as const })),
  ]
  if (wanted.length > mostAttendees) return `There are more than ${mostAttendees} attendees.`
  const known = found?.shown.exception?.attendees ?? found?.appointment.properties.attendees ?? []
  const isSame = (address: string) => (each: { readonly address: string }) =>
    each.address.toLowerCase() === address.toLowerCase()
  const once = wanted.filter((each, index) => wanted.findIndex(isSame(each.address)) === index)
  const others = once.filter((each) => !isSame(owner.emailAddress)(each))
  return Promise.all(
    others.map(async (each) => {
      const recipient = await parts.recipients.findRecipient('emailAddress', each.address)
      const status = known.find(isSame(each.address))?.status ?? 'notResponded'
      return { ...each, name: recipient?.displayName ?? each.name, status }
    }),
  )
}

async function saveWhole(
  parts: WebParts,
  saving: Saving,
  facts: Facts & Pick<AppointmentProperties, 'recurrence'>,
): Promise<Appointment> {
  const { mailboxes, context } = parts
  const { mailboxId, owner, state, found } = saving
  const before = found?.appointment.properties
  const isMeeting = facts.attendees.length > 0
  const properties: AppointmentProperties = {
    uid: before?.uid ?? context.random.uuid().replaceAll('-', '').toUpperCase(),
    ...(before?.clientUid !== undefined && { clientUid: before.clientUid }),
    ...facts,
    organizer: before?.organizer ?? { name: owner.displayName, address: owner.emailAddress },
    isMeeting,
    isReceived: false,
    isCancelled: false,
    response: isMeeting ? 'organizer' : 'none',
    responseRequested: isMeeting,
    disallowNewTimeProposal: before?.disallowNewTimeProposal ?? false,
    stamp: context.clock.now().toISOString(),
    sequence: before ? (before.sequence ?? 0) + 1 : 0,
    exceptions: before && isSamePattern(before, facts) ? before.exceptions : [],
  }
  const saved = found
    ? await changeWhole(parts, saving, found.appointment, properties)
    : await mailboxes.createItem(mailboxId, {
        kind: 'appointment',
        folderId: (await mailboxes.wellKnownFolder(mailboxId, 'calendar')).id,
        subject: state.subject,
        text: state.body,
        properties,
        createdAt: context.clock.now(),
      })
  await tell(parts, saving, saved as Appointment)
  return saved as Appointment
}

/** Other times or another pattern have other occurrences ([MS-ASCAL] 3.2.4.6). */
function isSamePattern(before: AppointmentProperties, after: Pick<AppointmentProperties, 'start' | 'recurrence'>) {
  return before.start === after.start && JSON.stringify(before.recurrence) === JSON.stringify(after.recurrence)
}

async function changeWhole(
  { mailboxes }: WebParts,
  { mailboxId, state }: Saving,
  { id }: Appointment,
  properties: AppointmentProperties,
) {
  const text = (await mailboxes.readBody(mailboxId, id))?.text ?? ''
  const isSame = text.replace(/\r\n?/g, '\n').trim() === state.body.replace(/\r\n?/g, '\n').trim()
  const body = isSame ? {} : { body: { text: state.body } }
  return mailboxes.updateItem(mailboxId, id, { subject: state.subject, properties, ...body })
}

async function saveOccurrence(
  parts: WebParts,
  saving: Saving,
  { appointment, occurrence }: FoundAppointment & { readonly occurrence: string },
  { timeZone: _, ...facts }: Facts,
): Promise<Appointment> {
  const { mailboxId, state } = saving
  const { properties } = appointment
  const exception: AppointmentException = {
    ...facts,
    reminderMinutes: facts.reminderMinutes ?? null,
    originalStart: occurrence,
    deleted: false,
    subject: state.subject,
    bodyText: state.body,
  }
  const others = properties.exceptions.filter((each) => each.originalStart !== occurrence)
  const exceptions = [...others, exception].sort((a, b) => a.originalStart.localeCompare(b.originalStart))
  const sequence = (properties.sequence ?? 0) + 1
  const stamp = parts.context.clock.now().toISOString()
  const saved = await parts.mailboxes.updateItem(mailboxId, appointment.id, {
    properties: { ...properties, exceptions, sequence, stamp },
  })
  await tell(parts, saving, saved as Appointment, occurrence)
  return saved as Appointment
}

/** Those who are invited learn of it, and those who are no longer, too. */
async function tell(parts: WebParts, { owner, state, found }: Saving, appointment: Appointment, occurrence?: string) {
  const { attendees, exceptions } = appointment.properties
  const exception = exceptions.find(({ originalStart }) => originalStart === occurrence)
  const invited = exception?.attendees ?? attendees
  const before = found?.shown.exception?.attendees ?? found?.appointment.properties.attendees ?? []
  const left = before.filter((each) => !invited.some(({ address }) => address === each.address))
  const meeting = { organizer: owner, appointment, text: state.body, occurrence }
  await sendInvitation(parts, meeting)
  await sendCancellation(parts, meeting, left)
}
