import type { Appointment, Message } from '../mailbox/item.ts'
import type { AppointmentException, AppointmentProperties, Attendee } from '../mailbox/item-properties.ts'
import type { MailboxStore } from '../mailbox/mailbox-store.ts'
import { type MeetingText, readMeetingText } from '../mailbox/meeting-text.ts'
import { propertiesOf, timesOf } from './answer-meeting.ts'
import { withException } from './meeting-change.ts'

export interface ReceivingParts {
  readonly mailboxes: MailboxStore
  readonly now: Date
}

interface Received {
  readonly parts: ReceivingParts
  readonly mailboxId: string
  readonly message: Message
  readonly text: MeetingText
  /** In the calendar already. */
  readonly existing: Appointment | undefined
}

const effects: Readonly<Record<string, (received: Received) => Promise<unknown>>> = {
  REQUEST: takeInvitation,
  REPLY: takeAnswer,
  COUNTER: takeAnswer,
  CANCEL: takeCancellation,
}

/**
 * What Exchange does with meeting mail as it arrives ("Set-CalendarProcessing", AutoUpdate): new meetings come into
 * the calendar as tentative, changes and cancellations change it, answers are noted on the organizer's appointment.
 * Only the organizer may change or cancel a meeting, and each attendee answers for nobody else.
 */
export async function receiveMeeting(parts: ReceivingParts, mailboxId: string, message: Message): Promise<void> {
  const { calendarText } = message.properties
  const text = calendarText === undefined ? undefined : readMeetingText(calendarText)
  const take = text && effects[text.method]
  if (!text || !take || text.uid === '') return
  const existing = await parts.mailboxes.findByUid(mailboxId, text.uid)
  await take({ parts, mailboxId, message, text, existing })
}

function isFrom({ senderAddress }: Message, address: string | undefined): boolean {
  return address !== undefined && senderAddress.toLowerCase() === address.toLowerCase()
}

async function takeInvitation(received: Received): Promise<void> {
  const { parts, mailboxId, message, text, existing } = received
  const { mailboxes, now } = parts
  if (existing) return takeChange(received, existing)
  const calendar = await mailboxes.wellKnownFolder(mailboxId, 'calendar')
  await mailboxes.createItem(mailboxId, {
    kind: 'appointment',
    folderId: calendar.id,
    subject: message.subject,
    text: text.description,
    createdAt: now,
    properties: { ...(await propertiesOf(text)), busyStatus: 'tentative' },
  })
}

async function takeChange(received: Received, existing: Appointment): Promise<void> {
  const { parts, mailboxId, message, text } = received
  const before = existing.properties
  const isOld = text.sequence < (before.sequence ?? 0) || text.stamp < before.stamp
  if (!before.isReceived || isOld || !isFrom(message, before.organizer?.address)) return
  if (text.occurrence === undefined || !before.recurrence) return takeWholeChange(received, existing)
  const lastUpdate = { sequence: text.sequence, about: aboutOccurrence(before, text) }
  const changed = changedException(before, { ...occurrenceFacts(text), busyStatus: 'tentative' })
  const properties = { ...changed, sequence: Math.max(text.sequence, before.sequence ?? 0), lastUpdate }
  await parts.mailboxes.updateItem(mailboxId, existing.id, { properties })
}

async function takeWholeChange({ parts, mailboxId, text }: Received, existing: Appointment): Promise<void> {
  const { mailboxes } = parts
  const before = existing.properties
  const invited = await propertiesOf(text)
  const isMoved = invited.start !== before.start || invited.end !== before.end
  const { response, busyStatus, exceptions, reminderMinutes } = before
  const kept = { response, busyStatus, exceptions, ...(reminderMinutes !== undefined && { reminderMinutes }) }
  const known = { ...existing, text: (await mailboxes.readBody(mailboxId, existing.id))?.text ?? '' }
  const about = isMoved ? 'times' : aboutWhole(known, text, invited)
  const lastUpdate = { sequence: text.sequence, about } as const
  const properties = { ...invited, ...(isMoved ? { busyStatus: 'tentative' as const } : kept), lastUpdate }
  await mailboxes.updateItem(mailboxId, existing.id, {
    subject: text.subject,
    properties,
    body: { text: text.description },
  })
}

type About = NonNullable<AppointmentProperties['lastUpdate']>['about']

/** What an update is about for who is invited: a time to be looked at again, something else, or nothing of theirs. */
function aboutWhole(
  { subject, text, properties: before }: Appointment & { readonly text: string },
  update: MeetingText,
  invited: AppointmentProperties,
): About {
  if (JSON.stringify(before.recurrence) !== JSON.stringify(invited.recurrence)) return 'times'
  const facts = [subject, text.trim(), before.location, before.sensitivity]
  const newer = [update.subject, update.description.trim(), invited.location, invited.sensitivity]
  return JSON.stringify(facts) === JSON.stringify(newer) ? 'nothing' : 'details'
}

function aboutOccurrence(before: AppointmentProperties, { start, end, occurrence = start }: MeetingText): About {
  const known = timesOf(before, occurrence)
  return known.start === start && known.end === end ? 'details' : 'times'
}

function occurrenceFacts(text: MeetingText): AppointmentException {
  const { start, end, location, subject, occurrence = start } = text
  return { originalStart: occurrence, deleted: false, start, end, location, subject }
}

function changedException(before: AppointmentProperties, exception: AppointmentException): AppointmentProperties {
  const same = before.exceptions.find((each) => each.originalStart === exception.originalStart)
  return withException(before, { ...same, ...exception })
}

async function takeAnswer({ parts, mailboxId, message, text, existing }: Received): Promise<void> {
  const found = text.attendees.find(({ address }) => isFrom(message, address))
  if (!existing || existing.properties.isReceived || !found) return
  const { start, end } = text
  const answer = { ...found, ...(text.method === 'COUNTER' && { proposal: { start, end } }) }
  const { properties } = existing
  const { occurrence } = text
  const kept =
    occurrence === undefined || !properties.recurrence
      ? { ...properties, attendees: answered(properties.attendees, answer) }
      : withOccurrenceAnswer(properties, occurrence, answer)
  await parts.mailboxes.updateItem(mailboxId, existing.id, { properties: kept })
}

function withOccurrenceAnswer(properties: AppointmentProperties, originalStart: string, answer: Attendee) {
  const before = properties.exceptions.find((each) => each.originalStart === originalStart)
  if (before?.deleted) return properties
  const attendees = answered(before?.attendees ?? properties.attendees, answer)
  return changedException(properties, {
    ...timesOf(properties, originalStart),
    originalStart,
    deleted: false,
    attendees,
  })
}

/** Somebody who was not invited comes as optional. */
function answered(attendees: readonly Attendee[], answer: Attendee): readonly Attendee[] {
  const isSame = ({ address }: Attendee) => address.toLowerCase() === answer.address.toLowerCase()
  if (!attendees.some(isSame)) return [...attendees, { ...answer, type: 'optional' }]
  const { status, proposal } = answer
  return attendees.map((each) => {
    if (!isSame(each)) return each
    const { proposal: _, ...kept } = each
    return { ...kept, status, ...(proposal && { proposal }) }
  })
}

const cancelledPrefix = 'Canceled: '

async function takeCancellation({ parts, mailboxId, message, text, existing }: Received): Promise<void> {
  const before = existing?.properties
  if (!existing || !before?.isReceived || !isFrom(message, before.organizer?.address)) return
  const subject = existing.subject.startsWith(cancelledPrefix)
    ? existing.subject
    : `${cancelledPrefix}${existing.subject}`
  if (text.occurrence !== undefined && before.recurrence) {
    const cancelled = { ...occurrenceFacts(text), subject, busyStatus: 'free' } as const
    await parts.mailboxes.updateItem(mailboxId, existing.id, { properties: changedException(before, cancelled) })
    return
  }
  const properties = { ...before, isCancelled: true, busyStatus: 'free', sequence: text.sequence } as const
  await parts.mailboxes.updateItem(mailboxId, existing.id, { subject, properties })
}
