import type { Appointment } from '../mailbox/item.ts'
import type { Attendee } from '../mailbox/item-properties.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { timesOf } from './answer-meeting.ts'
import { type MeetingParts, sendMeetingMail } from './meeting-mail.ts'

/** What an organizer tells the attendees of. */
export interface MeetingToTell {
  readonly organizer: Recipient
  readonly appointment: Appointment
  /** Its plain text. */
  readonly text: string
  /** The start that the pattern gives the one occurrence it is about. */
  readonly occurrence?: string | undefined
  /** Whether the organizer keeps a copy in Sent Items; true unless told otherwise. */
  readonly saveInSent?: boolean
}

/** Invites everybody, or tells them of a change; only those of `to`, where it is given. */
export async function sendInvitation(
  parts: MeetingParts,
  meeting: MeetingToTell,
  to: readonly Attendee[] = othersOf(meeting),
): Promise<void> {
  const others = othersOf(meeting)
  const isWanted = ({ address }: Attendee) => to.some((each) => each.address === address)
  await send(parts, meeting, { method: 'REQUEST', to: others.filter(isWanted), attendees: others })
}

/** Calls the meeting off, for those who are named or for everybody. */
export async function sendCancellation(
  parts: MeetingParts,
  meeting: MeetingToTell,
  attendees: readonly Attendee[] = othersOf(meeting),
): Promise<void> {
  await send(parts, meeting, { method: 'CANCEL', to: attendees, attendees })
}

function othersOf({ organizer, appointment, occurrence }: MeetingToTell): readonly Attendee[] {
  const { attendees, exceptions } = appointment.properties
  const exception = exceptions.find(({ originalStart }) => originalStart === occurrence)
  const own = organizer.emailAddress.toLowerCase()
  return (exception?.attendees ?? attendees).filter(({ address }) => address.toLowerCase() !== own)
}

interface Telling {
  readonly method: 'REQUEST' | 'CANCEL'
  readonly to: readonly Attendee[]
  readonly attendees: readonly Attendee[]
}

async function send(parts: MeetingParts, meeting: MeetingToTell, { method, to, attendees }: Telling): Promise<void> {
  const { organizer, appointment, text, occurrence, saveInSent = true } = meeting
  const { properties } = appointment
  const exception = properties.exceptions.find(({ originalStart }) => originalStart === occurrence)
  const { subject = appointment.subject, location = properties.location } = exception ?? {}
  await sendMeetingMail(parts, {
    sender: organizer,
    to,
    saveInSent,
    subject: method === 'CANCEL' ? `Canceled: ${subject}` : subject,
    news: {
      method,
      subject,
      properties: { ...properties, location, ...(occurrence !== undefined && timesOf(properties, occurrence)) },
      attendees,
      occurrence,
      text,
    },
  })
}
