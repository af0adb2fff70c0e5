import type { Appointment, Item } from '../mailbox/item.ts'
import type { AppointmentProperties, TimeProposal } from '../mailbox/item-properties.ts'
import type { MailboxStore, Recipient } from '../mailbox/mailbox-store.ts'
import { type MeetingText, readMeetingText } from '../mailbox/meeting-text.ts'
import { recurrenceOfRule } from '../mailbox/recurrence-rule.ts'
import { wallClock } from '../mailbox/time-zones.ts'
import { type MeetingParts, sendMeetingMail } from './meeting-mail.ts'

export type MeetingAnswer = 'accepted' | 'tentative' | 'declined'

/** A meeting that somebody invited the mailbox to. */
export interface Meeting {
  readonly subject: string
  readonly text: string
  readonly properties: AppointmentProperties
  /** In the calendar already. */
  readonly existing?: Appointment
  /** The one occurrence that the invitation is about. */
  readonly occurrence?: string
}

/** What an item of the mailbox invites to; undefined for one that invites to nothing. */
export async function meetingOf(mailboxes: MailboxStore, mailboxId: string, item: Item): Promise<Meeting | undefined> {
  if (item.kind === 'appointment') {
    if (!item.properties.isReceived) return undefined
    return { subject: item.subject, text: '', properties: item.properties, existing: item }
  }
  const text = invitationIn(item)
  if (!text) return undefined
  const existing = await mailboxes.findByUid(mailboxId, text.uid)
  const properties = await propertiesOf(text)
  return {
    subject: text.subject,
    text: text.description,
    properties: existing ? keptOf(existing.properties, properties, text) : properties,
    ...(existing && { existing }),
    ...(text.occurrence !== undefined && { occurrence: text.occurrence }),
  }
}

export function invitationIn(item: Item): MeetingText | undefined {
  if (item.kind !== 'message' || item.messageClass !== 'IPM.Schedule.Meeting.Request') return undefined
  return item.properties.calendarText === undefined ? undefined : readMeetingText(item.properties.calendarText)
}

/** What the calendar has is newer than an old invitation, and is the whole series where the invitation is a part. */
function keptOf(before: AppointmentProperties, invited: AppointmentProperties, text: MeetingText) {
  const isOld = (before.sequence ?? 0) > text.sequence
  return isOld || text.occurrence !== undefined ? before : { ...invited, exceptions: before.exceptions }
}

/** Minutes, for invitations that say nothing of it. */
const usualReminder = 15

/** As it comes into the calendar of somebody who is invited and has not answered. */
export async function propertiesOf(text: MeetingText): Promise<AppointmentProperties> {
  const wall = wallClock(text.timeZone, new Date(text.start))
  const recurrence = text.rule === undefined ? undefined : await recurrenceOfRule(text.rule, wall)
  return {
    uid: text.uid,
    start: text.start,
    end: text.end,
    allDay: text.allDay,
    location: text.location,
    busyStatus: text.busyStatus,
    sensitivity: text.sensitivity,
    reminderMinutes: text.reminderMinutes ?? usualReminder,
    attendees: text.attendees,
    ...(text.organizer && { organizer: text.organizer }),
    isMeeting: true,
    isReceived: true,
    isCancelled: false,
    response: 'notResponded',
    responseRequested: text.responseRequested,
    disallowNewTimeProposal: text.disallowNewTimeProposal,
    stamp: text.stamp,
    sequence: text.sequence,
    ...(text.timeZone && { timeZone: text.timeZone }),
    ...(recurrence && { recurrence }),
    exceptions: recurrence ? text.excluded.map((originalStart) => ({ originalStart, deleted: true })) : [],
  }
}

export interface Answering {
  readonly mailboxId: string
  readonly meeting: Meeting
  readonly answer: MeetingAnswer
  /** The start that the pattern gives the one occurrence that is answered for. */
  readonly occurrence?: string | undefined
}

/**
 * Accepted or tentative: in the calendar; declined: not there, or this occurrence is not.
 * @returns The id of the appointment that is in the calendar now.
 */
export async function keepAnswer(
  { context, mailboxes }: MeetingParts,
  { mailboxId, meeting, answer, occurrence }: Answering,
): Promise<string | undefined> {
  const { subject, text, properties, existing } = meeting
  if (occurrence !== undefined && existing)
    return keepOccurrenceAnswer(mailboxes, mailboxId, existing, { answer, occurrence })
  if (answer === 'declined') {
    if (existing) await mailboxes.deleteItem(mailboxId, existing.id, 'toDeletedItems')
    return undefined
  }
  const busyStatus = answer === 'tentative' ? 'tentative' : 'busy'
  const now = context.clock.now()
  const answered = { ...properties, response: answer, repliedAt: now.toISOString(), busyStatus } as const
  if (existing) return (await mailboxes.updateItem(mailboxId, existing.id, { subject, properties: answered }))?.id
  const calendar = await mailboxes.wellKnownFolder(mailboxId, 'calendar')
  const created = await mailboxes.createItem(mailboxId, {
    kind: 'appointment',
    folderId: calendar.id,
    subject,
    properties: answered,
    text,
    createdAt: now,
  })
  return created.id
}

async function keepOccurrenceAnswer(
  mailboxes: MailboxStore,
  mailboxId: string,
  { id, properties }: Appointment,
  { answer, occurrence }: { readonly answer: MeetingAnswer; readonly occurrence: string },
): Promise<string | undefined> {
  const others = properties.exceptions.filter((each) => each.originalStart !== occurrence)
  const before = properties.exceptions.find((each) => each.originalStart === occurrence)
  const busyStatus = answer === 'tentative' ? ('tentative' as const) : ('busy' as const)
  const exception = { ...before, originalStart: occurrence, deleted: answer === 'declined', busyStatus }
  const changed = await mailboxes.updateItem(mailboxId, id, {
    properties: { ...properties, exceptions: [...others, exception] },
  })
  return answer === 'declined' ? undefined : changed?.id
}

const prefixes = { accepted: 'Accepted', tentative: 'Tentative', declined: 'Declined' } as const

export interface AnswerText {
  readonly comment?: string | undefined
  /** When the attendee would rather meet. */
  readonly proposal?: TimeProposal | undefined
}

/** The organizer learns the answer by mail (RFC 5546 §3.2.3, and §3.2.7 with a proposal). */
export async function sendMeetingAnswer(
  parts: MeetingParts,
  user: Recipient,
  { meeting, answer, occurrence }: Omit<Answering, 'mailboxId'>,
  { comment = '', proposal }: AnswerText = {},
): Promise<void> {
  const { subject, properties } = meeting
  const { organizer } = properties
  if (!organizer) return
  const self = { name: user.displayName, address: user.emailAddress, type: 'required', status: answer } as const
  const changed = occurrence === undefined ? {} : timesOf(properties, occurrence)
  await sendMeetingMail(parts, {
    sender: user,
    to: [organizer],
    subject: `${proposal ? 'New Time Proposed' : prefixes[answer]}: ${subject}`,
    news: {
      method: proposal ? 'COUNTER' : 'REPLY',
      subject,
      properties: { ...properties, ...changed },
      attendees: [self],
      occurrence,
      text: comment,
      proposal,
    },
  })
}

/** When an occurrence takes place: as the series, or as its exception says. */
export function timesOf(
  { start, end, exceptions }: AppointmentProperties,
  occurrence: string,
): Pick<AppointmentProperties, 'start' | 'end'> {
  const exception = exceptions.find((each) => each.originalStart === occurrence)
  const duration = Date.parse(end) - Date.parse(start)
  const begins = exception?.start ?? occurrence
  return { start: begins, end: exception?.end ?? new Date(Date.parse(begins) + duration).toISOString() }
}
