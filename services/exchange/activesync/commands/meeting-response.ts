import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Appointment, Item, Message } from '../../mailbox/item.ts'
import type { AppointmentProperties } from '../../mailbox/item-properties.ts'
import { type MeetingText, readMeetingText } from '../../mailbox/meeting-text.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { instanceOf } from '../classes/appointment.ts'
import { all, child, element, numberOf, optional, text, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { requiredMoment } from '../moments.ts'
import { sendMeetingAnswer } from './meeting-answer.ts'

const mostRequests = 100
const responses = { 1: 'accepted', 2: 'tentative', 3: 'declined' } as const
export type MeetingAnswer = (typeof responses)[keyof typeof responses]

/** [MS-ASCMD] 2.2.1.11: the answer to an invitation, given on the message or on the calendar's item. */
export async function meetingResponse(call: Call): Promise<CommandAnswer> {
  const requests = all(call.body, 'MeetingResponse:Request')
  if (requests.length > mostRequests) throw new ActiveSyncError('invalidXml', `${requests.length} requests`)
  const results: WbxmlElement[] = []
  for (const request of requests) results.push(await resultOf(call, request))
  return document(element('MeetingResponse:MeetingResponse', results))
}

async function resultOf(call: Call, request: WbxmlElement): Promise<WbxmlElement> {
  const requestId = textOf(request, 'MeetingResponse:RequestId') ?? textOf(request, 'Search:LongId')
  const outcome = await call.parts.devices.together(() => respond(call, request, requestId ?? ''))
  return element(
    'MeetingResponse:Result',
    optional('MeetingResponse:RequestId', requestId),
    text('MeetingResponse:Status', outcome.status),
    optional('MeetingResponse:CalendarId', outcome.calendarId),
  )
}

async function respond(
  call: Call,
  request: WbxmlElement,
  requestId: string,
): Promise<{ readonly status: number; readonly calendarId?: string }> {
  const { devices, mailboxes } = call.parts
  const answer = responses[(numberOf(request, 'MeetingResponse:UserResponse') ?? 0) as keyof typeof responses]
  const instanceId = textOf(request, 'MeetingResponse:InstanceId')
  if (instanceId !== undefined) requiredMoment(instanceId)
  // The same answer once more, when the first was not heard.
  const before = await devices.findMove(call.key, `meeting ${requestId}`)
  if (before) return { status: 1, ...(before.destinationId && { calendarId: before.destinationId }) }
  const item = await mailboxes.findItem(call.mailboxId, requestId)
  const meeting = item && answer && (await meetingOf(call, item))
  if (!meeting) return { status: 2 }
  if (instanceId !== undefined && !meeting.properties.recurrence) return { status: 146 }
  const calendarId = await keepAnswer(call, meeting, answer, instanceId)
  await sendWhereWanted(call, request, meeting, answer)
  if (item.kind === 'message') await mailboxes.deleteItem(call.mailboxId, item.id, 'toDeletedItems')
  await devices.keepMove(call.key, `meeting ${requestId}`, calendarId ?? '', '')
  return { status: 1, ...(calendarId && { calendarId }) }
}

/** From 16.0 on, and only where the client asks for it: before, it mails the answer itself. */
async function sendWhereWanted(call: Call, request: WbxmlElement, meeting: Meeting, answer: MeetingAnswer) {
  const wanted = child(request, 'MeetingResponse:SendResponse')
  if (!wanted || call.version < 160) return
  await sendMeetingAnswer(call, meeting, answer, textOf(child(wanted, 'AirSyncBase:Body'), 'AirSyncBase:Data'))
}

export interface Meeting {
  readonly subject: string
  readonly properties: AppointmentProperties
  /** In the calendar already. */
  readonly existing?: Appointment
}

async function meetingOf(call: Call, item: Item): Promise<Meeting | undefined> {
  if (item.kind === 'appointment') {
    if (!item.properties.isReceived) return undefined
    return { subject: item.subject, properties: item.properties, existing: item }
  }
  const text = item.kind === 'message' ? calendarTextOf(item) : undefined
  if (!text) return undefined
  const existing = await call.parts.mailboxes.findByUid(call.mailboxId, text.uid)
  return { subject: text.subject, properties: propertiesOf(text), ...(existing && { existing }) }
}

function calendarTextOf({ messageClass, properties }: Message): MeetingText | undefined {
  if (messageClass !== 'IPM.Schedule.Meeting.Request' || properties.calendarText === undefined) return undefined
  return readMeetingText(properties.calendarText)
}

function propertiesOf(text: MeetingText): AppointmentProperties {
  return {
    uid: text.uid,
    start: text.start,
    end: text.end,
    allDay: text.allDay,
    location: text.location,
    busyStatus: 'busy',
    sensitivity: 'normal',
    reminderMinutes: 15,
    attendees: text.attendees,
    ...(text.organizer && { organizer: text.organizer }),
    isMeeting: true,
    isReceived: true,
    isCancelled: false,
    response: 'notResponded',
    responseRequested: true,
    disallowNewTimeProposal: false,
    stamp: text.stamp,
    exceptions: [],
  }
}

/** Accepted or tentative: in the calendar; declined: not there, or this occurrence is not. */
async function keepAnswer(
  call: Call,
  { subject, properties, existing }: Meeting,
  answer: MeetingAnswer,
  instanceId: string | undefined,
): Promise<string | undefined> {
  const { mailboxes } = call.parts
  if (instanceId !== undefined && existing) return keepInstanceAnswer(call, existing, answer, instanceId)
  if (answer === 'declined') {
    if (existing) await mailboxes.deleteItem(call.mailboxId, existing.id, 'toDeletedItems')
    return undefined
  }
  const busyStatus = answer === 'tentative' ? 'tentative' : 'busy'
  const answered = { ...properties, response: answer, repliedAt: call.now.toISOString(), busyStatus } as const
  if (existing) return (await mailboxes.updateItem(call.mailboxId, existing.id, { properties: answered }))?.id
  const calendar = await mailboxes.wellKnownFolder(call.mailboxId, 'calendar')
  const created = await mailboxes.createItem(call.mailboxId, {
    kind: 'appointment',
    folderId: calendar.id,
    subject,
    properties: answered,
    createdAt: call.now,
  })
  return created.id
}

async function keepInstanceAnswer(call: Call, existing: Appointment, answer: MeetingAnswer, instanceId: string) {
  const originalStart = instanceOf(instanceId)
  const { properties } = existing
  const others = properties.exceptions.filter((each) => each.originalStart !== originalStart)
  const before = properties.exceptions.find((each) => each.originalStart === originalStart)
  const busyStatus = answer === 'tentative' ? ('tentative' as const) : ('busy' as const)
  const exception = { ...before, originalStart, deleted: answer === 'declined', busyStatus }
  const changed = await call.parts.mailboxes.updateItem(call.mailboxId, existing.id, {
    properties: { ...properties, exceptions: [...others, exception] },
  })
  return answer === 'declined' ? undefined : changed?.id
}
