import { tellAttendees } from '../../calendar/meeting-change.ts'
import { sendCancellation } from '../../calendar/organize-meeting.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { AppointmentProperties } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'

/**
 * From 16.0 on the server tells attendees what the organizer did on the device; up to 14.1 the device mails
 * ([MS-ASCMD] 2.2.1.21, [MS-ASCAL] 3.1.5): a second mail would be one too many (SOGo 4022).
 */
export interface OrganizerChange {
  /** Absent for a new appointment. */
  readonly before?: Appointment | undefined
  readonly after: Appointment
  /** Of the text, or the one occurrence: what an attendee would want to know. */
  readonly isNews: boolean
  /** The start that the pattern gives the one occurrence it is about. */
  readonly occurrence?: string | undefined
}

export function isServerTelling({ version }: Pick<Call, 'version'>, properties: AppointmentProperties): boolean {
  return version >= 160 && properties.isMeeting && !properties.isReceived
}

/** Whoever the change concerns. */
export async function tellOfChange(call: Call, change: OrganizerChange): Promise<void> {
  const { before, after } = change
  const wasMeeting = before !== undefined && isServerTelling(call, before.properties)
  if (!isServerTelling(call, after.properties) && !wasMeeting) return
  const told = { ...change, organizer: call.user, text: await textOf(call, after) }
  const count = await tellAttendees(call.parts, told)
  call.request.recording.note({ decision: 'attendeesTold', detail: { invited: count } })
}

/** The meeting, or the one occurrence, does not take place. */
export async function tellOfRemoval(call: Call, appointment: Appointment, occurrence?: string): Promise<void> {
  const { properties } = appointment
  if (!isServerTelling(call, properties)) return
  const cancelled = { ...appointment, properties: { ...properties, sequence: (properties.sequence ?? 0) + 1 } }
  await sendCancellation(call.parts, { organizer: call.user, appointment: cancelled, text: '', occurrence })
  call.request.recording.note({ decision: 'meetingCancelled' })
}

/** What numbers and dates the next invitation (RFC 5545 §3.8.7.4); nothing where the device itself mails it. */
export function nextInvitation(
  call: Pick<Call, 'version' | 'now'>,
  { properties }: Pick<Appointment, 'properties'>,
): Pick<AppointmentProperties, 'sequence' | 'stamp'> | undefined {
  if (!isServerTelling(call, properties)) return undefined
  return { sequence: (properties.sequence ?? 0) + 1, stamp: call.now.toISOString() }
}

async function textOf(call: Call, { id }: Appointment): Promise<string> {
  return (await call.parts.mailboxes.readBody(call.mailboxId, id))?.text ?? ''
}
