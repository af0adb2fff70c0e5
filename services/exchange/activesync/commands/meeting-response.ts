import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { keepAnswer, meetingOf, sendMeetingAnswer } from '../../calendar/answer-meeting.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { instanceOf } from '../classes/appointment.ts'
import { all, child, element, numberOf, optional, text, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { requiredMoment } from '../moments.ts'

const mostRequests = 100
const responses = { 1: 'accepted', 2: 'tentative', 3: 'declined' } as const

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
  const meeting = item && answer && (await meetingOf(mailboxes, call.mailboxId, item))
  if (!meeting) return { status: 2 }
  if (instanceId !== undefined && !meeting.properties.recurrence) return { status: 146 }
  const occurrence = instanceId === undefined ? meeting.occurrence : instanceOf(instanceId)
  const calendarId = await keepAnswer(call.parts, { mailboxId: call.mailboxId, meeting, answer, occurrence })
  await sendWhereWanted(call, request, { meeting, answer, occurrence })
  if (item.kind === 'message') await mailboxes.deleteItem(call.mailboxId, item.id, 'toDeletedItems')
  await devices.keepMove(call.key, `meeting ${requestId}`, calendarId ?? '', '')
  return { status: 1, ...(calendarId && { calendarId }) }
}

/** From 16.0 on, and only where the client asks for it: before, it mails the answer itself. */
async function sendWhereWanted(call: Call, request: WbxmlElement, answering: Parameters<typeof sendMeetingAnswer>[2]) {
  const wanted = child(request, 'MeetingResponse:SendResponse')
  if (!wanted || call.version < 160) return
  const comment = textOf(child(wanted, 'AirSyncBase:Body'), 'AirSyncBase:Data')
  await sendMeetingAnswer(call.parts, call.user, answering, comment)
}
