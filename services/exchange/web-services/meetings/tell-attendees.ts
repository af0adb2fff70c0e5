import { isOtherMeeting, isOtherOccurrence, tellAttendees } from '../../calendar/meeting-change.ts'
import { sendCancellation } from '../../calendar/organize-meeting.ts'
import type { Appointment } from '../../mailbox/item.ts'
import type { AppointmentProperties } from '../../mailbox/item-properties.ts'
import { requireToSendAs } from '../../transport/sent-under.ts'
import type { Call } from '../call.ts'
import { attribute } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'

export interface Invitations {
  readonly sends: boolean
  readonly onlyChanged: boolean
  readonly saveInSent: boolean
}

/** [MS-OXWSCDATA] CalendarItemCreateOrDeleteOperationType and CalendarItemUpdateOperationType. */
const values: Readonly<Record<string, Invitations>> = {
  SendToNone: { sends: false, onlyChanged: false, saveInSent: false },
  SendOnlyToAll: { sends: true, onlyChanged: false, saveInSent: false },
  SendToAllAndSaveCopy: { sends: true, onlyChanged: false, saveInSent: true },
  SendOnlyToChanged: { sends: true, onlyChanged: true, saveInSent: false },
  SendToChangedAndSaveCopy: { sends: true, onlyChanged: true, saveInSent: true },
}

const required = {
  SendMeetingInvitations: 'ErrorSendMeetingInvitationsRequired',
  SendMeetingCancellations: 'ErrorSendMeetingCancellationsRequired',
  SendMeetingInvitationsOrCancellations: 'ErrorSendMeetingInvitationsOrCancellationsRequired',
} as const

/** @throws WebServicesError for a request about an appointment that does not say whether to tell the attendees. */
export function readInvitations({ body }: Call, name: keyof typeof required): Invitations {
  const written = attribute(body, name)
  const found = written === undefined ? undefined : values[written]
  if (found) return found
  if (written === undefined) throw new WebServicesError(required[name], `${name} is not there`)
  throw new WebServicesError('ErrorSchemaValidation', `${name} is "${written.slice(0, 40)}"`)
}

/** Whether there is anybody to tell. @throws SendAsDenied where the user may not tell them in the owner's name. */
export async function requireToTell(
  { parts, user, owner }: Call,
  { isMeeting, isReceived }: Pick<AppointmentProperties, 'isMeeting' | 'isReceived'>,
  { sends }: Invitations,
): Promise<boolean> {
  if (!sends || !isMeeting || isReceived) return false
  await requireToSendAs(parts, user, owner)
  return true
}

export async function inviteAttendees(call: Call, after: Appointment, how: Invitations): Promise<void> {
  await tell(call, { after, isNews: true }, how)
}

export interface Changed {
  readonly before?: Appointment
  readonly after: Appointment
  readonly isNews: boolean
  readonly occurrence?: string | undefined
}

async function tell(call: Call, changed: Changed, { sends, onlyChanged, saveInSent }: Invitations): Promise<void> {
  const { properties, id } = changed.after
  if (!sends || !properties.isMeeting || properties.isReceived) return
  const text = (await call.parts.mailboxes.readBody(call.mailboxId, id))?.text ?? ''
  const told = await tellAttendees(call.parts, { ...changed, organizer: call.owner, text, onlyChanged, saveInSent })
  call.request.recording.note({ decision: 'attendeesTold', detail: { invited: told } })
}

/** Of a change of the meeting, or of the one occurrence. */
export async function tellOfChange(
  call: Call,
  {
    before,
    after,
    occurrence,
    isText,
  }: { before: Appointment; after: Appointment; occurrence?: string; isText: boolean },
  how: Invitations,
): Promise<void> {
  const exception = ({ properties }: Appointment) =>
    properties.exceptions.find(({ originalStart }) => originalStart === occurrence)
  const changed = exception(after)
  const isOther = changed ? isOtherOccurrence(exception(before), changed) : isOtherMeeting(before, after)
  await tell(call, { before, after, isNews: isOther || isText, occurrence }, how)
}

/** That the meeting, or the one occurrence, does not take place. */
export async function callOff(
  call: Call,
  appointment: Appointment,
  {
    text = '',
    occurrence,
    how,
  }: { readonly text?: string; readonly occurrence?: string | undefined; readonly how: Invitations },
): Promise<void> {
  const { properties } = appointment
  if (!how.sends || !properties.isMeeting || properties.isReceived) return
  const cancelled = { ...appointment, properties: { ...properties, ...nextInvitation(call, properties) } }
  const meeting = { organizer: call.owner, appointment: cancelled, text, occurrence, saveInSent: how.saveInSent }
  await sendCancellation(call.parts, meeting)
  call.request.recording.note({ decision: 'meetingCancelled' })
}

/** What numbers and dates the next invitation (RFC 5545 §3.8.7.4). */
export function nextInvitation(
  { now }: Pick<Call, 'now'>,
  { sequence = 0 }: AppointmentProperties,
): Pick<AppointmentProperties, 'sequence' | 'stamp'> {
  return { sequence: sequence + 1, stamp: now.toISOString() }
}
